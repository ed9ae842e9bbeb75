//! Very many items are ranked by an index, which finds nearly what scoring all of them does.

use flownote_models::recommend::{
    Filter, Ials, IalsOptions, MANY, Ranking, Recommender as _, Solver, near_top_k, near_top_of,
    top_k, top_of,
};
use flownote_models::{Model as _, Saved};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::simulated::Matrix;

const ITEMS: usize = 60_000;

/// Members of forty tastes, each of which is for some of the items; popular ones are seen more.
fn members(members: usize) -> Matrix {
    let mut random = StdRng::seed_from_u64(3);
    let rows: Vec<Vec<(i32, f64)>> = (0..members)
        .map(|member| {
            let mut row: Vec<i32> = (0..60)
                .map(|_| {
                    let popular = random.random::<f64>().powi(2) * ITEMS as f64;
                    let item = popular as usize;
                    let taste = if random.random::<f64>() < 0.8 { member % 40 } else { item % 40 };
                    ((item - item % 40 + taste) % ITEMS) as i32
                })
                .collect();
            row.sort_unstable();
            row.dedup();
            row.into_iter().map(|item| (item, 1.0)).collect()
        })
        .collect();
    Matrix::of(&rows, ITEMS)
}

/// Which share of the places of one are among those of the other, row by row.
fn shared(near: &Ranking, exact: &Ranking) -> f64 {
    let rows = near.items.chunks_exact(near.places).zip(exact.items.chunks_exact(near.places));
    let both = rows.map(|(near, exact)| near.iter().filter(|it| exact.contains(it)).count());
    both.sum::<usize>() as f64 / exact.items.len() as f64
}

fn never() -> bool {
    false
}

#[test]
fn sixty_thousand_items() {
    const { assert!(ITEMS > MANY) };
    let known = members(6000);
    let options = IalsOptions {
        factors: 16,
        alpha: 10.0,
        l2: 1.0,
        iterations: 3,
        solver: Solver::Blocks,
        seed: 7,
    };
    let model = Ials::fit(&known.events(), options, &never).unwrap();
    let rows = known.events();
    let some = rows.between(0..500);
    for filter in [Filter::default(), Filter { unseen: true, allowed: None }] {
        let near = near_top_k(&model, &some, None, 10, filter, &never).unwrap();
        let exact = top_k(&model, &some, None, 10, filter, &never).unwrap();
        let share = shared(&near, &exact);
        assert!(share >= 0.95, "recall@10 {share}");
    }

    // Members of the fit, and one at a time.
    let numbers: Vec<usize> = (0..500).collect();
    let all = Filter::default();
    let near = near_top_k(&model, &some, Some(&numbers), 10, all, &never).unwrap();
    let exact = top_k(&model, &some, Some(&numbers), 10, all, &never).unwrap();
    assert!(shared(&near, &exact) >= 0.95);
    let one = near_top_of(&model, some.row(3), 10, all).unwrap();
    let among = near_top_k(&model, &some, None, 10, all, &never).unwrap();
    let expected: Vec<i64> = among.items[30..40].to_vec();
    assert_eq!(one.iter().map(|it| it.0 as i64).collect::<Vec<_>>(), expected);

    // Where hardly anything may be shown, all is scored, and nothing else is shown.
    let few: Vec<bool> = (0..ITEMS).map(|item| item % 5000 == 17).collect();
    let filter = Filter { unseen: false, allowed: Some(&few) };
    let near = near_top_k(&model, &some, None, 12, filter, &never).unwrap();
    assert_eq!(near, top_k(&model, &some, None, 12, filter, &never).unwrap());
    let one = near_top_of(&model, some.row(0), 12, filter).unwrap();
    assert_eq!(one, top_of(&model, some.row(0), 12, filter).unwrap());

    // The index is of the model: it comes back with it.
    let back = Ials::load(&Saved::from_bytes(&model.save().to_bytes()).unwrap()).unwrap();
    assert!(back.index().is_some() && back == model);
}
