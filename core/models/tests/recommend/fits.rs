//! Every model finds simulated tastes, says why, and is the same again on any number of threads.

use flownote_models::recommend::{
    Bpr, BprOptions, Ease, Filter, Ials, IalsOptions, Interactions, ItemKnn, Metric, NOTHING,
    Popularity, Recommender, Score, Solver, top_k,
};
use flownote_models::{Model, ModelError, Saved};

use crate::simulated::{Matrix, members};

const IALS: IalsOptions = IalsOptions {
    factors: 12,
    alpha: 2.0,
    l2: 1.0,
    iterations: 12,
    solver: Solver::Blocks,
    seed: 5,
};
const BPR: BprOptions =
    BprOptions { factors: 12, learning_rate: 0.05, l2: 0.01, iterations: 60, seed: 5 };
const UNSEEN: Filter<'_> = Filter { unseen: true, allowed: None };

fn never() -> bool {
    false
}

fn ndcg(model: &impl Recommender, known: &Matrix, later: &Matrix) -> f64 {
    let ranking = top_k(model, &known.events(), None, 10, UNSEEN, &never).unwrap();
    let values = Metric::Ndcg(10).measure(&ranking.items, 10, &later.events()).unwrap();
    values.iter().sum::<f64>() / values.len() as f64
}

/// Checks what holds of every model, of a fit that can be made again.
fn check<M: Recommender + Model + PartialEq + Send>(
    fit: impl Fn(&Interactions<'_>) -> M + Sync,
    least: f64,
) {
    let (known, later) = members(200, 60, 1);
    let model = fit(&known.events());
    let found = ndcg(&model, &known, &later);
    assert!(found > least, "{}: nDCG {found}", M::KIND);

    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let (first, second) =
        (alone.install(|| fit(&known.events())), three.install(|| fit(&known.events())));
    assert!(first == model && second == model, "{} isn't the same again", M::KIND);

    let bytes = model.save().to_bytes();
    let again = M::load(&Saved::from_bytes(&bytes).unwrap()).unwrap();
    assert!(again == model && again.save().to_bytes() == bytes, "{} isn't what was saved", M::KIND);

    // Reasons add up to the score, for a member that the fit doesn't know as well.
    let (others, _) = members(5, 60, 9);
    let mut scores = vec![M::Score::default(); 60];
    for events in others.events().rows() {
        model.fold_in(events, &mut scores);
        for item in [0, 17, 59] {
            let Some(reasons) = model.explain(events, item).unwrap() else { continue };
            let sum: f64 = reasons.iter().map(|reason| reason.adds).sum();
            let score: f64 = scores[item].into();
            let bias = if M::KIND == Popularity::KIND { score } else { 0.0 };
            assert!(
                (sum + bias - score).abs() < 1e-5 * (1.0 + score.abs()),
                "{sum} is not {score}"
            );
            assert!(reasons.is_sorted_by(|a, b| a.adds >= b.adds));
        }
        // Together they are said as one by one, to the last digit.
        let some = [17, 0, 59, 17];
        let alone = some.map(|item| model.explain(events, item).unwrap());
        assert_eq!(model.explain_all(events, &some).unwrap(), alone);
    }
    assert!(matches!(model.explain(others.events().row(0), 60), Err(ModelError::Input { .. })));
}

#[test]
fn every_model_finds_tastes() {
    check(|events| Popularity::fit(events).unwrap(), 0.05);
    check(|events| ItemKnn::fit(events, 10, 5.0, &never).unwrap(), 0.3);
    check(|events| Ease::fit(events, 20.0, &never).unwrap(), 0.3);
    check(|events| Ials::fit(events, IALS, &never).unwrap(), 0.3);
    let exact = IalsOptions { solver: Solver::Exact, ..IALS };
    check(|events| Ials::fit(events, exact, &never).unwrap(), 0.3);
    check(|events| Bpr::fit(events, BPR, &never).unwrap(), 0.3);
}

#[test]
fn ease_is_the_ridge_regression_of_each_item_on_all_others() {
    let (known, _) = members(80, 24, 3);
    let model = Ease::fit(&known.events(), 7.0, &never).unwrap();
    let dense = known.dense();
    for item in 0..24 {
        assert_eq!(model.row(item)[item], 0.0);
        // The slope of the squares of what is missed, and of the penalty, is zero.
        for other in (0..24).filter(|other| *other != item) {
            let slope: f64 = dense
                .iter()
                .map(|row| {
                    let told: f64 = (0..24).map(|it| row[it] * model.row(it)[item]).sum();
                    row[other] * (row[item] - told)
                })
                .sum();
            assert!((slope - 7.0 * model.row(other)[item]).abs() < 1e-9);
        }
    }
}

#[test]
fn neighbours_are_the_nearest_by_the_shrunk_cosine() {
    let row = |items: &[i32]| items.iter().map(|item| (*item, 1.0)).collect::<Vec<_>>();
    let known = Matrix::of(&[row(&[0, 1]), row(&[0, 1, 2]), row(&[1, 2]), row(&[3])], 4);
    let model = ItemKnn::fit(&known.events(), 1, 1.0, &never).unwrap();
    // Together: 0-1 twice, 1-2 twice, 0-2 once; of 2, 3, 2 and 1 members.
    let near = 2.0 / (2.0_f64.sqrt() * 3.0_f64.sqrt() + 1.0);
    for (item, neighbours) in [(0, &[1][..]), (1, &[0]), (2, &[1]), (3, &[])] {
        let (found, weights) = model.neighbours(item);
        assert_eq!(found, neighbours, "of {item}");
        assert!(weights.iter().all(|weight| (weight - near).abs() < 1e-15));
    }
}

/// The loss that iALS is the least of.
fn loss(model: &Ials, dense: &[Vec<f64>]) -> f64 {
    let (members, items) = (model.member_factors(), model.item_factors());
    let square = |row: &[f32]| row.iter().map(|it| f64::from(*it).powi(2)).sum::<f64>();
    let mut sum = 0.0;
    for (member, row) in dense.iter().enumerate() {
        for (item, strength) in row.iter().enumerate() {
            let pairs = members.row(member).iter().zip(items.row(item));
            let told: f64 = pairs.map(|(x, y)| f64::from(*x) * f64::from(*y)).sum();
            let seen = f64::from(u8::from(*strength > 0.0));
            sum += (1.0 + model.options.alpha * strength) * (seen - told).powi(2);
        }
    }
    let penalty: f64 = (0..members.len()).map(|it| square(members.row(it))).sum::<f64>()
        + (0..items.len()).map(|it| square(items.row(it))).sum::<f64>();
    sum + model.options.l2 * penalty
}

#[test]
fn each_iteration_of_ials_lowers_its_loss_and_both_solvers_end_alike() {
    let (known, _) = members(100, 40, 4);
    let dense = known.dense();
    let mut ends = Vec::new();
    for solver in [Solver::Exact, Solver::Blocks] {
        let fit = |iterations| {
            Ials::fit(&known.events(), IalsOptions { iterations, solver, ..IALS }, &never).unwrap()
        };
        let losses: Vec<f64> = (1..8).map(|iterations| loss(&fit(iterations), &dense)).collect();
        assert!(losses.is_sorted_by(|a, b| a >= b), "{solver:?}: {losses:?}");
        ends.push(loss(&fit(60), &dense));
    }
    assert!((ends[0] / ends[1] - 1.0).abs() < 0.01, "{ends:?}");
}

#[test]
fn a_member_folded_in_gets_the_factors_of_an_exact_solve() {
    let (known, _) = members(100, 40, 4);
    let exact = IalsOptions { solver: Solver::Exact, ..IALS };
    let model = Ials::fit(&known.events(), exact, &never).unwrap();
    let dense = known.dense();
    let found = model.factors_of(known.events().row(7));
    // The slope of the member's part of the loss is zero.
    for factor in 0..12 {
        let parts = dense[7].iter().enumerate().map(|(item, strength)| {
            let row = model.item_factors().row(item);
            let told: f64 = row.iter().zip(&found).map(|(y, x)| f64::from(*y) * x).sum();
            let seen = f64::from(u8::from(*strength > 0.0));
            (1.0 + exact.alpha * strength) * (told - seen) * f64::from(row[factor])
        });
        let slope = parts.sum::<f64>() + exact.l2 * found[factor];
        assert!(slope.abs() < 1e-9, "{slope}");
    }
}

#[test]
fn known_members_are_ranked_by_their_own_factors() {
    let (known, _) = members(70, 40, 6);
    for solver in [Solver::Exact, Solver::Blocks] {
        let options = IalsOptions { solver, iterations: 2, ..IALS };
        let model = Ials::fit(&known.events(), options, &never).unwrap();
        let numbers: Vec<usize> = (0..70).collect();
        let found =
            top_k(&model, &known.events(), Some(&numbers), 5, Filter::default(), &never).unwrap();
        for member in numbers {
            let own = model.member_factors().row(member);
            let score = |item: usize| -> f32 {
                own.iter().zip(model.item_factors().row(item)).map(|(x, y)| x * y).sum()
            };
            let mut items: Vec<usize> = (0..40).collect();
            items.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
            for (place, item) in items.iter().take(5).enumerate() {
                let ranked = usize::try_from(found.items[member * 5 + place]).unwrap();
                // Sums in another order may tell equals apart.
                assert!((score(ranked) - score(*item)).abs() < 1e-5);
            }
        }
    }
}

#[test]
fn filters_leave_out_what_was_seen_and_what_is_not_allowed() {
    let (known, _) = members(50, 30, 2);
    let events = known.events();
    let model = Ease::fit(&events, 20.0, &never).unwrap();
    let allowed: Vec<bool> = (0..30).map(|item| item % 3 == 0).collect();
    let filter = Filter { unseen: true, allowed: Some(&allowed) };
    let ranking = top_k(&model, &events, None, 12, filter, &never).unwrap();
    for (member, row) in ranking.items.chunks(12).enumerate() {
        let left = (0..30).filter(|it| it % 3 == 0 && !events.row(member).contains(*it)).count();
        let shown: Vec<i64> = row.iter().copied().filter(|item| *item != NOTHING).collect();
        assert_eq!(shown.len(), left.min(12));
        assert!(row[shown.len()..].iter().all(|item| *item == NOTHING));
        assert!(shown.iter().all(|it| it % 3 == 0 && !events.row(member).contains(*it as usize)));
    }
}

#[test]
fn equal_scores_keep_the_order_of_the_items() {
    let known = Matrix::of(&[vec![(0, 1.0), (2, 1.0), (4, 1.0)], vec![(1, 1.0)]], 6);
    let model = Popularity::fit(&known.events()).unwrap();
    let ranking = top_k(&model, &known.events(), None, 6, Filter::default(), &never).unwrap();
    assert_eq!(ranking.items[..6], [0, 1, 2, 4, 3, 5]);
    assert_eq!(ranking.scores[..6], [1.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
    assert_eq!(f64::NEG_INFINITY, f64::NONE);
}
