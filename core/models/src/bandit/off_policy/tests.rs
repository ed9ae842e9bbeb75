//! The estimators against the Open Bandit Pipeline's, and against policies whose worth is known.

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::Deserialize;

use super::*;
use crate::{ModelError, bandit::Contexts};

/// What `make_obp.py` wrote.
#[derive(Deserialize)]
struct Golden {
    drawn: Drawn,
}

#[derive(Deserialize)]
struct Drawn {
    action: Vec<i64>,
    reward: Vec<f64>,
    propensity: Vec<f64>,
    wanted: Vec<f64>,
    predicted: Vec<f64>,
    taken: Vec<i64>,
    context: Vec<f64>,
    actions: usize,
    clip: f64,
    threshold: f64,
    l2: f64,
    estimates: std::collections::BTreeMap<String, f64>,
    ridge: Vec<f64>,
    logistic: Vec<f64>,
}

fn golden() -> Drawn {
    let text = include_str!("../../../tests/golden/obp.json");
    serde_json::from_str::<Golden>(text).unwrap().drawn
}

fn never() -> bool {
    false
}

const ANALYTIC: Options = Options { level: 0.95, method: Method::Analytic };

#[test]
fn every_estimator_gives_what_the_open_bandit_pipeline_gives() {
    let golden = golden();
    let log = Log::new(&golden.action, &golden.reward, &golden.propensity).unwrap();
    let wanted = Target::Rows { values: &golden.wanted, actions: golden.actions };
    let predicted = Predicted::new(&golden.predicted, golden.actions, &log, &wanted).unwrap();
    let taken = Target::Taken(&golden.taken);
    for (name, estimator, target) in [
        ("ips", Estimator::InversePropensity, &wanted),
        ("clipped", Estimator::ClippedInversePropensity { max_weight: golden.clip }, &wanted),
        ("snips", Estimator::SelfNormalized, &wanted),
        ("dm", Estimator::Direct, &wanted),
        ("dr", Estimator::DoublyRobust, &wanted),
        ("switch", Estimator::SwitchDoublyRobust { threshold: golden.threshold }, &wanted),
        ("replay", Estimator::Replay, &taken),
    ] {
        let found = evaluate(&log, target, estimator, Some(&predicted), ANALYTIC, &never).unwrap();
        let expected = golden.estimates[name];
        assert!((found.value - expected).abs() < 1e-12, "{name}: {} {expected}", found.value);
        assert!(found.interval.low < expected && expected < found.interval.high, "{name}");
    }
}

#[test]
fn the_reward_models_are_scikit_learns() {
    let golden = golden();
    let rows: Vec<usize> = (0..golden.action.len()).collect();
    let contexts = Contexts::new(&golden.context, rows.len(), 2).unwrap();
    let log = Log::new(&golden.action, &golden.reward, &golden.propensity).unwrap();
    let ridge = RewardModel { link: Link::Identity, l2: golden.l2 };
    let fitted = ridge.fit(&log, &contexts, golden.actions, &rows, &|| false).unwrap();
    let found = rows.iter().flat_map(|&row| fitted.predict(contexts.row(row)));
    assert!(found.zip(&golden.ridge).all(|(a, b)| (a - b).abs() < 1e-12));

    // Each row again with its reward turned, as the golden numbers were made.
    let turned = golden.reward.iter().map(|reward| 1.0 - reward);
    let reward: Vec<f64> = golden.reward.iter().copied().chain(turned).collect();
    let other = golden.context.chunks_exact(2).flat_map(|x| [-x[0], 0.5 * x[1]]);
    let context: Vec<f64> = golden.context.iter().copied().chain(other).collect();
    let (action, propensity) = (golden.action.repeat(2), golden.propensity.repeat(2));
    let twice = Log::new(&action, &reward, &propensity).unwrap();
    let of_twice = Contexts::new(&context, 2 * rows.len(), 2).unwrap();
    let all: Vec<usize> = (0..2 * rows.len()).collect();
    let logistic = RewardModel { link: Link::Logit, l2: golden.l2 };
    let fitted = logistic.fit(&twice, &of_twice, golden.actions, &all, &|| false).unwrap();
    for (row, expected) in golden.logistic.chunks_exact(golden.actions).enumerate() {
        for (found, expected) in fitted.predict(contexts.row(row)).zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }
}

/// A world of three actions and two kinds of visitors, in which what any policy earns is known.
struct World {
    random: StdRng,
}

const CLICKS: [[f64; 3]; 2] = [[0.1, 0.3, 0.2], [0.4, 0.05, 0.1]];
const LOGGED: [[f64; 3]; 2] = [[0.6, 0.1, 0.3], [0.2, 0.5, 0.3]];
const WANTED: [[f64; 3]; 2] = [[0.1, 0.8, 0.1], [0.7, 0.1, 0.2]];

struct Drawing {
    kinds: Vec<f64>,
    actions: Vec<i64>,
    rewards: Vec<f64>,
    propensities: Vec<f64>,
    wanted: Vec<f64>,
    /// What a poor model expects: the same of everything.
    poor: Vec<f64>,
}

impl World {
    fn new(seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed) }
    }

    /// What a policy earns per round: both kinds are as frequent.
    fn worth(policy: &[[f64; 3]; 2]) -> f64 {
        let pairs = policy.iter().flatten().zip(CLICKS.iter().flatten());
        pairs.map(|(probability, rate)| probability * rate).sum::<f64>() / 2.0
    }

    fn draw(&mut self, rows: usize) -> Drawing {
        let mut drawing = Drawing {
            kinds: Vec::new(),
            actions: Vec::new(),
            rewards: Vec::new(),
            propensities: Vec::new(),
            wanted: Vec::new(),
            poor: vec![0.25; rows * 3],
        };
        for _ in 0..rows {
            let kind = usize::from(self.random.random::<bool>());
            let share: f64 = self.random.random();
            let [first, second, _] = LOGGED[kind];
            let action = usize::from(share >= first) + usize::from(share >= first + second);
            let click = self.random.random::<f64>() < CLICKS[kind][action];
            drawing.kinds.push(kind as f64);
            drawing.actions.push(action as i64);
            drawing.rewards.push(f64::from(u8::from(click)));
            drawing.propensities.push(LOGGED[kind][action]);
            drawing.wanted.extend(WANTED[kind]);
        }
        drawing
    }
}

impl Drawing {
    fn log(&self) -> Log<'_> {
        Log::new(&self.actions, &self.rewards, &self.propensities).unwrap()
    }

    fn target(&self) -> Target<'_> {
        Target::Rows { values: &self.wanted, actions: 3 }
    }

    fn evaluate(&self, estimator: Estimator, options: Options) -> Estimate {
        let (log, target) = (self.log(), self.target());
        let poor = Predicted::new(&self.poor, 3, &log, &target).unwrap();
        evaluate(&log, &target, estimator, Some(&poor), options, &never).unwrap()
    }
}

#[test]
fn inverse_propensities_and_doubly_robust_are_unbiased_over_ten_thousand_logs() {
    const LOGS: usize = 10_000;
    let mut world = World::new(5);
    let drawings: Vec<Drawing> = (0..LOGS).map(|_| world.draw(40)).collect();
    for estimator in [Estimator::InversePropensity, Estimator::DoublyRobust] {
        let values: Vec<f64> =
            drawings.iter().map(|it| it.evaluate(estimator, ANALYTIC).value).collect();
        let mean = values.iter().sum::<f64>() / LOGS as f64;
        let square: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let error = square.sqrt() / LOGS as f64;
        let off = (mean - World::worth(&WANTED)) / error;
        assert!(off.abs() < 3.5, "{estimator:?}: {off} standard errors from the truth");
    }
    // The direct method on a poor model is not, which shows that the above can fail.
    let direct = drawings[0].evaluate(Estimator::Direct, ANALYTIC).value;
    assert!((direct - World::worth(&WANTED)).abs() > 0.03);
}

#[test]
fn nineteen_in_twenty_intervals_hold_the_truth() {
    const LOGS: usize = 600;
    let mut world = World::new(6);
    let drawings: Vec<Drawing> = (0..LOGS).map(|_| world.draw(1_000)).collect();
    let truth = World::worth(&WANTED);
    let bootstrap = Options { method: Method::Bootstrap { resamples: 200, seed: 1 }, ..ANALYTIC };
    for estimator in
        [Estimator::InversePropensity, Estimator::SelfNormalized, Estimator::DoublyRobust]
    {
        for options in [ANALYTIC, bootstrap] {
            let hold = drawings.iter().filter(|drawing| {
                let interval = drawing.evaluate(estimator, options).interval;
                interval.low <= truth && truth <= interval.high
            });
            // A binomial of 600 and 0.95 is between 550 and 588, but for once in a thousand.
            let hold = hold.count();
            assert!((550..=588).contains(&hold), "{estimator:?} {options:?}: {hold}");
        }
    }
}

#[test]
fn a_bootstrap_is_what_its_seed_makes_it() {
    let drawing = World::new(7).draw(500);
    let with = |seed| {
        let options = Options { method: Method::Bootstrap { resamples: 200, seed }, ..ANALYTIC };
        drawing.evaluate(Estimator::SelfNormalized, options).interval
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1), with(2));
}

#[test]
fn replay_says_how_many_rows_it_took() {
    let log = Log::new(&[0, 1, 1, 0], &[1.0, 1.0, 0.0, 0.0], &[0.5; 4]).unwrap();
    let found =
        evaluate(&log, &Target::Taken(&[0, 1, 0, 1]), Estimator::Replay, None, ANALYTIC, &never)
            .unwrap();
    assert_eq!((found.value, found.taken), (1.0, Some(0.5)));
}

#[test]
fn what_no_answer_can_be_computed_from_is_named_with_its_row() {
    let check = |log: crate::Result<Log<'_>>, expected: &str| {
        let error = log.unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(matches!(error, ModelError::Input { hint, .. } if !hint.is_empty()));
    };
    check(Log::new(&[], &[], &[]), "`actions` is empty");
    check(Log::new(&[0, -1], &[0.0; 2], &[0.5; 2]), "`actions` has -1 at row 1");
    check(Log::new(&[0], &[0.0; 2], &[0.5; 1]), "`rewards` has 2 rows, and `actions` has 1");
    check(Log::new(&[0, 1], &[0.0, f64::NAN], &[0.5; 2]), "`rewards` has NaN at row 1");
    check(Log::new(&[0, 1], &[0.0; 2], &[0.5, 0.0]), "`propensities` has 0 at row 1");
    check(Log::new(&[0, 1], &[0.0; 2], &[f64::NAN, 1.0]), "`propensities` has NaN at row 0");

    let log = Log::new(&[0, 2], &[1.0, 0.0], &[0.5, 0.25]).unwrap();
    let refused = |target: Target<'_>, estimator, expected: &str| {
        let error = evaluate(&log, &target, estimator, None, ANALYTIC, &never).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    use Estimator::{DoublyRobust, InversePropensity, Replay, SelfNormalized};
    refused(
        Target::Rows { values: &[0.5, 0.5, 0.0, 0.5, 0.2, 0.2], actions: 3 },
        InversePropensity,
        "`probabilities` sums to 0.8999999999999999 at row 1",
    );
    refused(
        Target::Logged(&[0.1, f64::NAN]),
        InversePropensity,
        "`probabilities` has NaN at row 1",
    );
    refused(Target::Same(&[0.5, 0.5]), InversePropensity, "`actions` has 2 at row 1");
    refused(
        Target::Rows { values: &[], actions: 0 },
        InversePropensity,
        "`probabilities` has no columns",
    );
    refused(
        Target::Taken(&[1, 1]),
        SelfNormalized,
        "`probabilities` takes none of the logged actions in any row",
    );
    refused(
        Target::Taken(&[1, 1]),
        Replay,
        "`probabilities` takes none of the logged actions in any row",
    );
    refused(
        Target::Same(&[0.2, 0.3, 0.5]),
        Replay,
        "`probabilities` leaves more than one action open at row 0",
    );
    refused(Target::Same(&[0.2, 0.3, 0.5]), DoublyRobust, "`predicted` is missing");
}

#[test]
fn without_a_click_nothing_is_worth_anything_and_nothing_can_be_told() {
    let log = Log::new(&[0, 1, 0, 1], &[0.0; 4], &[0.5; 4]).unwrap();
    let found = evaluate(
        &log,
        &Target::Same(&[0.1, 0.9]),
        Estimator::SelfNormalized,
        None,
        ANALYTIC,
        &never,
    );
    let comparison =
        compare(&found.unwrap(), &Estimate::logged(&log, ANALYTIC, &never).unwrap(), &never)
            .unwrap();
    assert_eq!((comparison.interval.low, comparison.interval.high), (0.0, 0.0));
    let text = comparison.to_string();
    assert_eq!(text, "cannot tell, few rows carry the weight; no number of rows like these would");
}

#[test]
fn a_single_action_and_a_single_row_have_an_answer() {
    let log = Log::new(&[0], &[1.0], &[1.0]).unwrap();
    let found =
        evaluate(&log, &Target::Same(&[1.0]), Estimator::InversePropensity, None, ANALYTIC, &never);
    assert_eq!(found.unwrap().value, 1.0);
    assert!(folds(1, 2, 0).is_err());
}

#[test]
fn the_verdict_is_right_and_its_rows_are_enough() {
    let mut world = World::new(8);
    let worse = |rows: usize, world: &mut World| {
        let drawing = world.draw(rows);
        let wanted = drawing.evaluate(Estimator::SelfNormalized, ANALYTIC);
        let logged = Estimate::logged(&drawing.log(), ANALYTIC, &never).unwrap();
        (compare(&wanted, &logged, &never).unwrap(), compare(&logged, &wanted, &never).unwrap())
    };
    // 0.28 against 0.146: a few thousand rows are plenty.
    let (better, worse_verdict) = worse(4_000, &mut world);
    assert_eq!((better.verdict, worse_verdict.verdict), (Verdict::Better, Verdict::Worse));
    assert!((better.difference + worse_verdict.difference).abs() < 1e-15);

    // At as many rows as it takes, four in five logs tell; of about 300, most don't.
    let (few, _) = worse(300, &mut world);
    let true_difference = World::worth(&WANTED) - World::worth(&LOGGED);
    let needed = 300.0 * (2.8016 * few.error / true_difference).powi(2);
    let told =
        (0..400).filter(|_| worse(needed as usize, &mut world).0.interval.excludes_zero()).count();
    assert!((270..=370).contains(&told), "{told} of 400 with {needed} rows");
}

#[test]
fn a_few_rows_that_are_all_alike_tell_nothing_and_many_do() {
    let of = |rows: usize, reward: fn(usize) -> f64| {
        let rewards: Vec<f64> = (0..rows).map(reward).collect();
        let (actions, even) = (vec![0; rows], vec![1.0; rows]);
        let log = Log::new(&actions, &rewards, &even).unwrap();
        Estimate::logged(&log, ANALYTIC, &never).unwrap()
    };
    let many = of(10_000, |row| f64::from(u8::from(row % 10 == 0)));
    for rows in [1, 3, 99] {
        let won = of(rows, |_| 1.0);
        for other in [&of(rows, |_| 0.0), &many] {
            let found = compare_apart(&won, other).verdict;
            assert_eq!(found, Verdict::CannotTell { needed: Some(100.0) }, "{rows}");
        }
    }
    assert_eq!(compare_apart(&of(100, |_| 1.0), &of(100, |_| 0.0)).verdict, Verdict::Better);
}

#[test]
fn a_row_that_weighs_all_is_warned_of_and_no_verdict_rests_on_it() {
    let rows = 2_000;
    let actions: Vec<i64> = (0..rows).map(|row| row % 2).collect();
    let rewards: Vec<f64> = (0..rows).map(|row| f64::from(u8::from(row % 3 == 0))).collect();
    let mut propensities = vec![0.5; 2_000];
    propensities[7] = 1e-6;
    let log = Log::new(&actions, &rewards, &propensities).unwrap();
    let wanted = Target::Same(&[0.5, 0.5]);
    let even = evaluate(&log, &wanted, Estimator::SelfNormalized, None, ANALYTIC, &never).unwrap();
    let report = even.weights.clone().unwrap();
    assert!(report.effective < 1.1 && report.max_share > 0.99 && report.top_share > 0.99);
    assert_eq!(report.warnings.len(), 4, "{report:?}");
    let comparison =
        compare(&even, &Estimate::logged(&log, ANALYTIC, &never).unwrap(), &never).unwrap();
    assert!(matches!(comparison.verdict, Verdict::WeightsUnfit { .. }));

    propensities[7] = 0.5;
    let log = Log::new(&actions, &rewards, &propensities).unwrap();
    let even = evaluate(&log, &wanted, Estimator::SelfNormalized, None, ANALYTIC, &never).unwrap();
    assert_eq!(even.weights.unwrap().warnings, []);
}

#[test]
fn a_round_is_expected_by_models_that_have_not_seen_it() {
    let drawing = World::new(9).draw(200);
    let contexts = Contexts::new(&drawing.kinds, 200, 1).unwrap();
    let fold = folds(200, 5, 3).unwrap();
    assert_eq!((0..5).map(|it| fold.iter().filter(|f| **f == it).count()).max(), Some(40));
    for link in [Link::Identity, Link::Logit] {
        let model = RewardModel { link, l2: 1.0 };
        let predict = |rewards: &[f64]| {
            let log = Log::new(&drawing.actions, rewards, &drawing.propensities).unwrap();
            cross_fit(&model, &log, &contexts, 3, &fold, &never).unwrap()
        };
        let before = predict(&drawing.rewards);
        let mut changed = drawing.rewards.clone();
        changed[17] = 1.0 - changed[17];
        let after = predict(&changed);
        assert_eq!(before[17 * 3..][..3], after[17 * 3..][..3]);
        assert_ne!(before, after);
        // And it learns: what it expects is nearer to the truth than one number for all.
        let kinds = drawing.kinds.iter().flat_map(|kind| CLICKS[*kind as usize]);
        let squares = |expected: &mut dyn Iterator<Item = f64>| -> f64 {
            kinds.clone().zip(expected).map(|(truth, it)| (truth - it).powi(2)).sum()
        };
        let learnt = squares(&mut before.iter().copied());
        assert!(learnt < 0.7 * squares(&mut std::iter::repeat(0.2)), "{link:?}: {learnt}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_the_numbers_there_is_an_estimate_or_a_reason(
        actions in proptest::collection::vec(-1_i64..4, 0..12),
        rewards in proptest::collection::vec(proptest::num::f64::ANY, 0..12),
        propensities in proptest::collection::vec(proptest::prop_oneof![
            3 => 1e-9..1.0, 1 => proptest::num::f64::ANY], 0..12),
        wanted in proptest::collection::vec(proptest::prop_oneof![
            3 => 0.0..1.0, 1 => proptest::num::f64::ANY], 0..12),
    ) {
        let resampled = Options { method: Method::Bootstrap { resamples: 20, seed: 0 }, ..ANALYTIC };
        let Ok(log) = Log::new(&actions, &rewards, &propensities) else { return Ok(()) };
        for target in [Target::Logged(&wanted), Target::Same(&wanted), Target::Taken(&actions),
                       Target::Rows { values: &wanted, actions: 3 }] {
            for options in [ANALYTIC, resampled] {
                for estimator in [Estimator::Replay, Estimator::InversePropensity,
                                  Estimator::SelfNormalized, Estimator::Direct] {
                    let found = evaluate(&log, &target, estimator, None, options, &never);
                    if let Ok(found) = found {
                        let logged = Estimate::logged(&log, options, &never).unwrap();
                        let _ = compare(&found, &logged, &never).unwrap().to_string();
                    }
                }
            }
        }
    }
}
