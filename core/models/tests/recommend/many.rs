//! Very many items are ranked by an index, which finds nearly what scoring all of them does.

use flownote_models::recommend::{
    Bpr, BprOptions, Filter, Ials, IalsOptions, Interactions, MANY, Recommender, Solver,
    near_top_k, near_top_of, top_k, top_of,
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

/// Which share of what scoring all finds an index finds for each of 300 members, and the least.
fn recall(
    model: &impl Recommender,
    rows: &Interactions<'_>,
    k: usize,
    filter: Filter<'_>,
) -> (f64, f64) {
    let exact = top_k(model, &rows.between(0..300), None, k, filter, &never).unwrap();
    let shares: Vec<f64> = (0..300)
        .map(|member| {
            let near = near_top_of(model, rows.row(member), k, filter).unwrap();
            let exact = &exact.items[member * k..][..k];
            let both = near.iter().filter(|(item, _)| exact.contains(&(*item as i64)));
            both.count() as f64 / k as f64
        })
        .collect();
    (shares.iter().sum::<f64>() / 300.0, shares.iter().copied().fold(1.0, f64::min))
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
    let options = BprOptions { factors: 16, learning_rate: 0.05, l2: 0.01, iterations: 5, seed: 7 };
    let biased = Bpr::fit(&known.events(), options, &never).unwrap();
    let rows = known.events();
    let half: Vec<bool> = (0..ITEMS).map(|item| item % 2 == 0).collect();
    let tenth: Vec<bool> = (0..ITEMS).map(|item| item % 10 == 0).collect();
    for (k, unseen, allowed) in [
        (10, false, None),
        (20, true, None),
        (10, true, Some(half.as_slice())),
        (10, true, Some(tenth.as_slice())),
        (200, true, None),
    ] {
        let filter = Filter { unseen, allowed };
        let (mean, least) = recall(&model, &rows, k, filter);
        assert!(mean >= 0.98 && least >= 0.8, "iALS, {k} places: {mean}, {least}");
        let (mean, least) = recall(&biased, &rows, k, filter);
        assert!(mean >= 0.98 && least >= 0.8, "BPR, {k} places: {mean}, {least}");
    }

    // Few members together as one at a time, of the fit, too.
    let (some, numbers): (Interactions<'_>, Vec<usize>) = (rows.between(0..8), (0..8).collect());
    let all = Filter::default();
    let among = near_top_k(&model, &some, None, 10, all, &never).unwrap();
    let one = near_top_of(&model, some.row(3), 10, all).unwrap();
    let expected: Vec<i64> = among.items[30..40].to_vec();
    assert_eq!(one.iter().map(|it| it.0 as i64).collect::<Vec<_>>(), expected);
    let near = near_top_k(&model, &some, Some(&numbers), 10, all, &never).unwrap();
    let exact = top_k(&model, &some, Some(&numbers), 10, all, &never).unwrap();
    let shared = near.items.iter().zip(&exact.items).filter(|(near, exact)| near == exact);
    assert!(shared.count() >= 76, "{:?} {:?}", near.items, exact.items);

    // Many together are scored, every one.
    let many = rows.between(0..10);
    let near = near_top_k(&model, &many, None, 10, all, &never).unwrap();
    assert_eq!(near, top_k(&model, &many, None, 10, all, &never).unwrap());

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
