//! Every policy: what it shows adds up, it learns in pieces as at once, and goes on where it was
//! saved.

use proptest::prelude::*;
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::*;
use crate::{ModelError, Saved};

/// Rounds of a world in which each action's clicks depend on two numbers.
struct World {
    actions: Vec<i64>,
    rewards: Vec<f64>,
    contexts: Vec<f64>,
}

impl World {
    fn new(rows: usize, actions: usize, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut world = Self { actions: vec![], rewards: vec![], contexts: vec![] };
        for _ in 0..rows {
            let action = random.random_range(0..actions);
            let taste: f64 = random.random_range(-1.0..1.0);
            let rate = 0.3 + 0.2 * taste * if action.is_multiple_of(2) { 1.0 } else { -1.0 };
            world.actions.push(action as i64);
            world.rewards.push(f64::from(u8::from(random.random::<f64>() < rate)));
            world.contexts.extend([1.0, taste]);
        }
        world
    }

    fn rounds(&self, from: usize, to: usize) -> Rounds<'_> {
        Rounds {
            actions: &self.actions[from..to],
            rewards: &self.rewards[from..to],
            contexts: Contexts::new(&self.contexts[2 * from..2 * to], to - from, 2).unwrap(),
        }
    }
}

/// What holds of any policy of `actions` actions.
fn check<P: Policy + Clone + PartialEq + std::fmt::Debug>(fresh: &P, world: &World) {
    let rows = world.actions.len();
    let contexts = Contexts::new(&world.contexts, rows, 2).unwrap();
    let mut at_once = fresh.clone();
    at_once.learn(&world.rounds(0, rows)).unwrap();
    let shown = at_once.propensities(&contexts).unwrap();
    assert_eq!(shown.len(), rows * fresh.actions());
    for row in shown.chunks_exact(fresh.actions()) {
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{row:?}");
        assert!(row.iter().all(|it| (0.0..=1.0 + 1e-12).contains(it)), "{row:?}");
    }

    let mut in_pieces = fresh.clone();
    let middle = rows / 3;
    (0..middle).for_each(|row| in_pieces.learn(&world.rounds(row, row + 1)).unwrap());
    let saved = Saved::from_bytes(&in_pieces.save().to_bytes()).unwrap();
    let mut again = P::load(&saved).unwrap();
    assert_eq!(again, in_pieces);
    again.learn(&world.rounds(middle, rows)).unwrap();
    assert_eq!(again, at_once);

    let chosen = at_once.choose(&contexts, 4).unwrap();
    assert_eq!(chosen, at_once.choose(&contexts, 4).unwrap());
    let possible = |(row, action): (usize, &i64)| shown[row * fresh.actions() + *action as usize];
    assert!(chosen.iter().enumerate().map(possible).all(|probability| probability > 0.0));

    // Nothing is learnt from rounds of which one is wrong.
    let (mut actions, mut rewards) = (world.actions.clone(), world.rewards.clone());
    rewards[rows - 1] = f64::NAN;
    let bad = Rounds { rewards: &rewards, ..world.rounds(0, rows) };
    let error = again.learn(&bad).unwrap_err();
    assert_eq!(error.to_string(), format!("`rewards` has NaN at row {}", rows - 1));
    actions[0] = 99;
    let error = again.learn(&Rounds { actions: &actions, ..world.rounds(0, rows) }).unwrap_err();
    assert_eq!(error.to_string(), "`actions` has 99 at row 0");
    assert_eq!(again, at_once);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_policy_is_one(rows in 3_usize..60, actions in 1_usize..6, seed: u64) {
        let world = World::new(rows, actions, seed);
        check(&EpsilonGreedy::new(actions, 0.1).unwrap(), &world);
        check(&Softmax::new(actions, 0.05).unwrap(), &world);
        check(&Ucb1::new(actions, 1.4).unwrap(), &world);
        check(&Thompson::new(actions, 1.0, 1.0).unwrap(), &world);
        check(&LinUcb::new(actions, 2, 1.0, 1.0).unwrap(), &world);
        check(&LinTs::new(actions, 2, 0.5, 1.0).unwrap(), &world);
    }

    #[test]
    fn thompson_adds_up_whatever_was_clicked(
        arms in proptest::collection::vec((0_u32..1_000_000, 0.0..1.0_f64), 1..9),
        clicks in 0.05..20.0_f64,
        misses in 0.05..2_000.0_f64,
    ) {
        let counts: Vec<f64> = arms.iter().map(|(count, _)| f64::from(*count)).collect();
        let sums = arms.iter().map(|(count, rate)| (f64::from(*count) * rate).floor()).collect();
        let saved = Saved::new(Thompson::KIND, &serde_json::json!({"clicks": clicks, "misses": misses}))
            .with("counts", &[arms.len()], counts)
            .with("sums", &[arms.len()], sums);
        let policy = Thompson::load(&saved).unwrap();
        let sum: f64 = policy.integrals().iter().sum();
        prop_assert!((sum - 1.0).abs() < 1e-8, "{}", sum);
    }
}

/// A policy that has seen so many clicks of so many rounds of each action.
fn thompson(arms: &[(usize, usize)]) -> Thompson {
    let mut policy = Thompson::new(arms.len(), 1.0, 1.0).unwrap();
    for (action, &(clicks, rounds)) in arms.iter().enumerate() {
        let rewards: Vec<f64> = (0..rounds).map(|row| f64::from(u8::from(row < clicks))).collect();
        let (actions, contexts) = (vec![action as i64; rounds], Contexts::none(rounds));
        policy.learn(&Rounds { actions: &actions, rewards: &rewards, contexts }).unwrap();
    }
    policy
}

/// P(Beta(a, b) > Beta(c, d)) of whole numbers, summed as Cook (2005, *Exact calculation of beta
/// inequalities*) does.
fn beats(a: usize, b: usize, c: usize, d: usize) -> f64 {
    let ln_beta = |x: f64, y: f64| libm::lgamma(x) + libm::lgamma(y) - libm::lgamma(x + y);
    let [b_, c_, d_] = [b, c, d].map(|it| it as f64);
    (0..a)
        .map(|i| {
            let i = i as f64;
            let logarithm = ln_beta(c_ + i, b_ + d_) - (b_ + i).ln() - ln_beta(1.0 + i, b_);
            (logarithm - ln_beta(c_, d_)).exp()
        })
        .sum()
}

#[test]
fn of_two_actions_thompsons_propensity_is_the_closed_form() {
    for [(clicks, rounds), (others, other_rounds)] in [
        [(0, 0), (0, 0)],
        [(3, 10), (5, 10)],
        [(0, 40), (1, 3)],
        [(42, 10_000), (38, 10_000)],
        [(250, 900), (3, 3)],
        [(1, 100_000), (0, 10)],
    ] {
        let shown = thompson(&[(clicks, rounds), (others, other_rounds)])
            .propensities(&Contexts::none(1))
            .unwrap();
        let expected =
            beats(clicks + 1, rounds - clicks + 1, others + 1, other_rounds - others + 1);
        assert!((shown[0] - expected).abs() < 1e-9, "{} {expected}", shown[0]);
    }
}

/// What a policy draws is as frequent as it says.
fn check_frequencies(policy: &impl Policy, context: &[f64]) {
    const DRAWS: usize = 40_000;
    let row = Contexts::new(context, 1, context.len()).unwrap();
    let shown = policy.propensities(&row).unwrap();
    let many = context.repeat(DRAWS);
    let many = Contexts::new(&many, DRAWS, context.len()).unwrap();
    let mut counts = vec![0.0; shown.len()];
    policy.choose(&many, 12).unwrap().iter().for_each(|action| counts[*action as usize] += 1.0);
    for (count, probability) in counts.iter().zip(&shown) {
        let error = (probability * (1.0 - probability) / DRAWS as f64).sqrt();
        let off = (count / DRAWS as f64 - probability).abs();
        assert!(off <= 4.0 * error + 1e-9, "{counts:?} {shown:?}");
    }
}

#[test]
fn what_is_drawn_is_as_frequent_as_the_propensities_say() {
    check_frequencies(&thompson(&[(3, 30), (6, 40), (0, 2), (20, 200)]), &[]);
    let world = World::new(80, 4, 3);
    let mut linear = LinTs::new(4, 2, 0.6, 1.0).unwrap();
    linear.learn(&world.rounds(0, 80)).unwrap();
    check_frequencies(&linear, &[1.0, 0.7]);
    check_frequencies(&linear, &[1.0, -0.2]);
    check_frequencies(&linear, &[0.0, 0.0]);
    let mut greedy = EpsilonGreedy::new(4, 0.3).unwrap();
    greedy.learn(&world.rounds(0, 80)).unwrap();
    check_frequencies(&greedy, &[]);
}

/// Shows what `policy` shows after 3 clicks of 4 on the first action and 1 of 2 on the second; the
/// third was never tried.
fn shown_after(mut policy: impl Policy) -> Vec<f64> {
    let (actions, rewards) = ([0, 0, 0, 0, 1, 1], [1.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
    policy
        .learn(&Rounds { actions: &actions, rewards: &rewards, contexts: Contexts::none(6) })
        .unwrap();
    policy.propensities(&Contexts::none(1)).unwrap()
}

#[test]
fn policies_of_actions_alone_by_hand() {
    let close = |found: Vec<f64>, expected: &[f64]| {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    };
    close(shown_after(EpsilonGreedy::new(2, 0.1).unwrap()), &[0.95, 0.05]);
    close(shown_after(EpsilonGreedy::new(3, 0.3).unwrap()), &[0.1, 0.1, 0.8]);
    // 0.75 + √(2 ln 6 / 4) is 1.70, 0.5 + √(2 ln 6 / 2) is 1.84.
    close(shown_after(Ucb1::new(2, 2_f64.sqrt()).unwrap()), &[0.0, 1.0]);
    close(shown_after(Ucb1::new(2, 0.1).unwrap()), &[1.0, 0.0]);
    close(shown_after(Ucb1::new(3, 1.0).unwrap()), &[0.0, 0.0, 1.0]);
    let [a, b, c] = [0.75, 0.5, 4.0 / 6.0].map(|mean: f64| (mean / 0.5).exp());
    let sum = a + b + c;
    close(shown_after(Softmax::new(3, 0.5).unwrap()), &[a / sum, b / sum, c / sum]);
}

#[test]
fn lin_ucb_is_the_algorithm_of_its_paper() {
    // One number, so that A is one too: A = 1 + Σx², b = Σrx.
    let mut policy = LinUcb::new(2, 1, 0.5, 1.0).unwrap();
    let x = [2.0, 1.0, 1.0, 3.0];
    let rounds = Rounds {
        actions: &[0, 0, 1, 1],
        rewards: &[1.0, 0.0, 1.0, 0.0],
        contexts: Contexts::new(&x, 4, 1).unwrap(),
    };
    policy.learn(&rounds).unwrap();
    // At x: x (2/6) + 0.5 |x| / √6, against x (1/11) + 0.5 |x| / √11.
    let contexts = [1.0, -1.0];
    let shown = policy.propensities(&Contexts::new(&contexts, 2, 1).unwrap()).unwrap();
    // −1/3 + 0.204 = −0.129; −1/11 + 0.151 = 0.060.
    assert_eq!(shown, [1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn policies_learn_whom_to_show_what() {
    let mut random = StdRng::seed_from_u64(2);
    let mut shown_best = 0;
    let mut policy = LinTs::new(2, 2, 0.5, 1.0).unwrap();
    for round in 0..3_000 {
        let taste: f64 = if random.random() { 1.0 } else { -1.0 };
        let values = [1.0, taste];
        let contexts = Contexts::new(&values, 1, 2).unwrap();
        let action = policy.choose(&contexts, round).unwrap()[0];
        let best = i64::from(taste < 0.0);
        let rate = if action == best { 0.5 } else { 0.2 };
        let reward = [f64::from(u8::from(random.random::<f64>() < rate))];
        policy.learn(&Rounds { actions: &[action], rewards: &reward, contexts }).unwrap();
        shown_best += usize::from(round >= 1_000 && action == best);
    }
    assert!(shown_best > 1_700, "{shown_best} of 2000");
}

#[test]
fn what_no_policy_can_be_made_of_is_said() {
    let said = |error: ModelError| error.to_string();
    assert_eq!(said(Thompson::new(0, 1.0, 1.0).unwrap_err()), "`n_actions` is 0");
    assert_eq!(said(Thompson::new(2, 0.0, 1.0).unwrap_err()), "`prior` has 0");
    assert_eq!(said(EpsilonGreedy::new(2, f64::NAN).unwrap_err()), "`epsilon` is NaN");
    assert_eq!(said(Softmax::new(2, 0.0).unwrap_err()), "`temperature` is 0");
    assert_eq!(said(LinUcb::new(2, 0, 1.0, 1.0).unwrap_err()), "`contexts` has no columns");
    assert_eq!(said(LinTs::new(2, 1, 1.0, -1.0).unwrap_err()), "`l2` is -1");
    assert_eq!(
        said(Contexts::new(&[1.0, f64::NAN], 2, 1).unwrap_err()),
        "`contexts` has NaN at row 1"
    );

    let mut policy = Thompson::new(2, 1.0, 1.0).unwrap();
    let rounds = Rounds { actions: &[0, 1], rewards: &[1.0, 0.5], contexts: Contexts::none(2) };
    assert_eq!(said(policy.learn(&rounds).unwrap_err()), "`rewards` has 0.5 at row 1");

    let policy = LinUcb::new(2, 3, 1.0, 1.0).unwrap();
    let contexts = [1.0, 2.0];
    let error = policy.propensities(&Contexts::new(&contexts, 1, 2).unwrap()).unwrap_err();
    assert_eq!(said(error), "`contexts` has 2 columns, and the policy 3");
    let saved = Saved::new(LinUcb::KIND, &serde_json::json!({"alpha": 1.0, "l2": 1.0}))
        .with("moments", &[1, 2, 2], vec![0.0; 4])
        .with("products", &[1, 2], vec![0.0; 2]);
    assert!(matches!(LinUcb::load(&saved), Err(ModelError::Saved { .. })));
}
