//! Functions give what their models say, and say what is wrong with a row.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{ScoringFunction, offers};
use crate::bandit::{Contexts, LinUcb, Policy, Rounds, Thompson};
use crate::customer::{
    BgNbd, Customer, Estimates, GammaGamma, Horizon, KMeans, Logistic, PurchaseModel, Purchases,
    Rows, Search, ShiftedBetaGeometric, lifetime_value,
};
use crate::recommend::{Ease, Ials, IalsOptions, Interactions, Recommender, Solver};
use crate::{Model, ModelError, Saved};
use flownote_flow::help::Help;

const FREQUENCY: [f64; 6] = [2.0, 0.0, 1.0, 5.0, 0.0, 3.0];
const RECENCY: [f64; 6] = [20.0, 0.0, 4.0, 30.0, 0.0, 12.0];
const AGE: [f64; 6] = [38.0, 38.0, 30.0, 34.0, 29.0, 39.0];

fn estimates<const N: usize>(values: [f64; N]) -> Estimates<N> {
    let (log_likelihood, customers, iterations) = (-9582.4, 2357, 20);
    Estimates { values, standard_errors: [f64::NAN; N], log_likelihood, customers, iterations }
}

/// As Fader, Hardie and Lee print it.
fn bg_nbd() -> BgNbd {
    BgNbd { estimates: estimates([0.243, 4.414, 0.793, 2.426]) }
}

fn function(model: &impl Model, name: &str, fixed: &[(&str, f64)]) -> ScoringFunction {
    let fixed: BTreeMap<String, f64> =
        fixed.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    let made = ScoringFunction::new(model.save(), name, &fixed).unwrap();
    // What is used is what was kept.
    let kept = ScoringFunction::load(Saved::from_bytes(&made.save().to_bytes()).unwrap()).unwrap();
    assert_eq!(kept.save().to_bytes(), made.save().to_bytes());
    assert_eq!((kept.signature(), kept.fixed()), (made.signature(), made.fixed()));
    kept
}

fn score(function: &ScoringFunction, columns: &[&[f64]]) -> Vec<f64> {
    function.score(columns, &|| false).unwrap()
}

#[test]
fn a_function_gives_what_its_model_says() {
    let model = bg_nbd();
    let customers: Vec<Customer> =
        Purchases::new(&FREQUENCY, &RECENCY, &AGE).unwrap().iter().collect();
    let alive = function(&model, "probability_alive", &[]);
    assert_eq!(alive.signature().names(), "frequency, recency, age");
    let known: Vec<f64> = customers.iter().map(|it| model.probability_alive(*it)).collect();
    assert_eq!(score(&alive, &[&FREQUENCY, &RECENCY, &AGE]), known);

    let soon = function(&model, "predict", &[("periods", 0.1)]);
    assert_eq!(soon.signature().names(), "frequency, recency, age");
    let known: Vec<f64> = customers.iter().map(|it| model.future_purchases(*it, 0.1)).collect();
    assert_eq!(score(&soon, &[&FREQUENCY, &RECENCY, &AGE]), known);
}

#[test]
fn horizons_may_differ_from_row_to_row() {
    let model = bg_nbd();
    let worth = function(&model, "lifetime_value", &[("discount", 0.01)]);
    assert_eq!(worth.signature().names(), "frequency, recency, age, value, steps, step");
    let (value, steps, step) = ([10.0; 6], [3.0, 3.0, 5.0, 5.0, 5.0, 0.0], [4.0; 6]);
    let found = score(&worth, &[&FREQUENCY, &RECENCY, &AGE, &value, &steps, &step]);
    for row in 0..6 {
        let one = Purchases::new(&FREQUENCY[row..=row], &RECENCY[row..=row], &AGE[row..=row]);
        let horizon = Horizon { steps: steps[row] as usize, step: 4.0, discount: 0.01 };
        let known = lifetime_value(&model, &one.unwrap(), &[10.0], horizon).unwrap();
        assert_eq!(found[row], known[0], "{row}");
    }
}

#[test]
fn every_kind_of_model_has_functions() {
    let check = |model: Saved, expected: &[&str]| {
        let offers: Vec<String> = offers(&model).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(offers, expected, "{}", model.kind);
    };
    let paid = GammaGamma { estimates: estimates([6.25, 3.74, 15.44]) };
    check(
        paid.save(),
        &[
            "predict(frequency, value) -> value",
            "log_likelihood(frequency, value) -> log-likelihood",
        ],
    );
    let features = [0.0, 1.0, 0.5, 3.0, 2.0, 2.0, 1.0, 0.0];
    let rows = Rows::new(&features, 2).unwrap();
    let leaving = Logistic::fit(rows, &[0.0, 1.0, 1.0, 0.0], 1.0, &|| false).unwrap();
    check(
        leaving.save(),
        &[
            "predict_proba(feature_0, feature_1) -> probability",
            "predict(feature_0, feature_1) -> 1 or 0",
        ],
    );
    let chance = function(&leaving, "predict_proba", &[]);
    let columns = [[0.0, 0.5, 2.0, 1.0], [1.0, 3.0, 2.0, 0.0]];
    assert_eq!(score(&chance, &[&columns[0], &columns[1]]), leaving.probability(rows).unwrap());
    let search = Search { clusters: 2, starts: 2, rounds: 20, seed: 1 };
    let groups = KMeans::fit(rows, search, &|| false).unwrap();
    let group = function(&groups, "predict", &[]);
    assert!(group.signature().whole);
    let known: Vec<f64> = groups.predict(rows).unwrap().iter().map(|it| *it as f64).collect();
    assert_eq!(score(&group, &[&columns[0], &columns[1]]), known);
}

#[test]
fn curves_are_read_at_a_place() {
    let model = ShiftedBetaGeometric::fit(&[131.0, 126.0, 90.0, 60.0], 1000.0).unwrap();
    let survival = function(&model, "survival", &[]);
    let curve = model.survival(7);
    assert_eq!(score(&survival, &[&[7.0, 0.0, 3.0]]), [curve[7], curve[0], curve[3]]);
    let retention = function(&model, "retention", &[]);
    assert_eq!(score(&retention, &[&[1.0]]), model.retention(1));
    let error = retention.score(&[&[1.0, 0.0]], &|| false).unwrap_err();
    assert_eq!(error.to_string(), "`periods` is 0 (of periods 0)");
    let ahead = function(&model, "residual_lifetime", &[("discount", 0.1)]);
    assert_eq!(score(&ahead, &[&[4.0]]), [model.residual_lifetime(4, 0.1).unwrap()]);
}

#[test]
fn a_policy_says_how_likely_an_action_is() {
    let mut policy = Thompson::new(3, 1.0, 1.0).unwrap();
    let rewards = [1.0, 0.0, 1.0];
    let contexts = Contexts::none(3);
    policy.learn(&Rounds { actions: &[0, 1, 0], rewards: &rewards, contexts }).unwrap();
    let likely = function(&policy, "propensities", &[]);
    let known = policy.propensities(&Contexts::none(1)).unwrap();
    assert_eq!(score(&likely, &[&[2.0, 0.0, 1.0]]), [known[2], known[0], known[1]]);
    let error = likely.score(&[&[3.0]], &|| false).unwrap_err();
    assert_eq!(error.to_string(), "`action` is 3 (of action 3)");
    assert_eq!(error.hint().as_deref(), Some("there are 3, numbered from 0"));

    let mut policy = LinUcb::new(2, 2, 1.0, 1.0).unwrap();
    let values = [1.0, 0.0, 1.0, 1.0];
    let contexts = Contexts::new(&values, 2, 2).unwrap();
    policy.learn(&Rounds { actions: &[0, 1], rewards: &[1.0, 0.0], contexts }).unwrap();
    let likely = function(&policy, "propensities", &[]);
    assert_eq!(likely.signature().names(), "action, context_0, context_1");
    let known = policy.propensities(&contexts).unwrap();
    let found = score(&likely, &[&[0.0, 1.0], &[1.0, 1.0], &[0.0, 1.0]]);
    assert_eq!(found, [known[0], known[3]]);
}

#[test]
fn recommenders_score_pairs() {
    let (bounds, items, strengths) = ([0, 2, 4, 5], [0, 1, 1, 2, 0], [1.0; 5]);
    let events = Interactions::new(&bounds, &items, &strengths, 3).unwrap();
    let options = IalsOptions {
        factors: 4,
        alpha: 10.0,
        l2: 0.1,
        iterations: 3,
        solver: Solver::Exact,
        seed: 7,
    };
    let model = Ials::fit(&events, options, &|| false).unwrap();
    let mut known = vec![0.0; 9];
    model.score_known(&[0, 1, 2], &mut known);
    let found = score(&function(&model, "predict", &[]), &[&[2.0, 0.0, 2.0], &[1.0, 2.0, 0.0]]);
    for (found, known) in found.iter().zip([known[7], known[2], known[6]]) {
        assert!((found - f64::from(known)).abs() < 1e-6, "{found} is not {known}");
    }

    let model = Ease::fit(&events, 1.0, &|| false).unwrap();
    let weight = function(&model, "weight", &[]);
    let mut known = vec![0.0; 3];
    model.fold_in(events.row(1), &mut known);
    let parts = score(&weight, &[&[1.0, 2.0], &[0.0, 0.0]]);
    assert!((parts.iter().sum::<f64>() - known[0]).abs() < 1e-12);
    let error = weight.score(&[&[0.0], &[3.5]], &|| false).unwrap_err();
    assert_eq!(error.to_string(), "`item` is 3.5 (of event 0, item 3.5)");
}

#[test]
fn the_first_row_that_is_wrong_is_named() {
    let alive = function(&bg_nbd(), "probability_alive", &[]);
    let rows = 10_000;
    let (frequency, mut recency, age) = (vec![1.0; rows], vec![2.0; rows], vec![3.0; rows]);
    recency[7_321] = 4.0;
    recency[9_000] = f64::NAN;
    let error = alive.score(&[&frequency, &recency, &age], &|| false).unwrap_err();
    assert!(matches!(error, ModelError::Row { row: 7_321, name: "recency", .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "`recency` is 4, later than the customer's `age` of 3 (of frequency 1, recency 4, age 3)"
    );
    assert_eq!(
        alive.score(&[&frequency, &recency, &age], &|| true).unwrap_err(),
        ModelError::Cancelled
    );
    assert_eq!(score(&alive, &[&[], &[], &[]]), [0.0; 0]);
}

#[test]
fn what_is_no_function_says_so() {
    let made = |name: &str, fixed: &[&str]| {
        let fixed = fixed.iter().map(|name| ((*name).to_owned(), 1.0)).collect();
        let error = ScoringFunction::new(bg_nbd().save(), name, &fixed).unwrap_err();
        format!("{error} / {}", error.hint().unwrap_or_default())
    };
    assert_eq!(
        made("probability_alife", &[]),
        "`function` is `probability_alife`, which no `customer.bg_nbd` has / did you mean \
         `probability_alive`? A `customer.bg_nbd` has `probability_alive`, `predict`, \
         `expected_purchases`, `log_likelihood` and `lifetime_value`"
    );
    assert_eq!(
        made("predict", &["period"]),
        "`fixed` names `period`, which `predict` doesn't take / `predict` takes frequency, \
         recency, age, periods"
    );
    assert!(made("expected_purchases", &["periods"]).starts_with("`fixed` names all arguments"));
    let plain = ScoringFunction::load(bg_nbd().save()).unwrap_err();
    assert!(plain.to_string().starts_with("this isn't a saved scoring function: "), "{plain}");
    let other = offers(&Saved::new("artwork.detector", &1)).unwrap_err();
    assert!(other.to_string().contains("it is a `artwork.detector`"), "{other}");
}

proptest! {
    /// Rows are scored by themselves: in any order, in any parts, with the same bits.
    #[test]
    fn rows_depend_on_nothing_but_themselves(order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(), cut in 0..6_usize) {
        let predict = function(&bg_nbd(), "predict", &[("periods", 39.0)]);
        let whole = score(&predict, &[&FREQUENCY, &RECENCY, &AGE]);
        let turned = |column: [f64; 6]| order.iter().map(|row| column[*row]).collect::<Vec<_>>();
        let columns = [FREQUENCY, RECENCY, AGE].map(turned);
        let part = |range: std::ops::Range<usize>| {
            score(&predict, &[&columns[0][range.clone()], &columns[1][range.clone()], &columns[2][range]])
        };
        let parts = [part(0..cut), part(cut..6)].concat();
        prop_assert_eq!(parts, turned(whole.try_into().unwrap()));
    }
}
