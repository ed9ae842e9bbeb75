//! Customers who are drawn from a model: a fit finds it again, and what the model says of the
//! future is what happens to them, whose fate is known.

use flownote_models::customer::{
    BgNbd, Customer, GammaGamma, ParetoNbd, PurchaseModel, Purchases, ShiftedBetaGeometric,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use rand_distr::{Beta, Distribution, Exp, Gamma};

const CUSTOMERS: usize = 20_000;
const WATCHED: f64 = 40.0;
const AHEAD: f64 = 30.0;

/// A customer's past, and what came after it.
struct Life {
    past: Customer,
    alive: bool,
    later: f64,
}

/// Draws the life of somebody who buys at a `rate` until they stop: of themselves at `end`, or
/// after any purchase with probability `dropout`.
fn live(random: &mut StdRng, rate: f64, end: f64, dropout: f64) -> Life {
    let gap = Exp::new(rate.max(1e-12)).unwrap();
    let mut life = Life {
        past: Customer { frequency: 0.0, recency: 0.0, age: WATCHED },
        alive: end > WATCHED,
        later: 0.0,
    };
    let mut time = gap.sample(random);
    while time < end.min(WATCHED + AHEAD) {
        let stops = random.random::<f64>() < dropout;
        if time <= WATCHED {
            life.past =
                Customer { frequency: life.past.frequency + 1.0, recency: time, age: WATCHED };
            life.alive &= !stops;
        } else {
            life.later += 1.0;
        }
        if stops {
            break;
        }
        time += gap.sample(random);
    }
    life
}

/// Customers of a BG/NBD: r 0.6, α 5, a 0.8, b 2.5.
fn bg_nbd() -> Vec<Life> {
    let mut random = StdRng::seed_from_u64(1);
    let rates = Gamma::new(0.6, 1.0 / 5.0).unwrap();
    let dropouts = Beta::new(0.8, 2.5).unwrap();
    (0..CUSTOMERS)
        .map(|_| {
            let (rate, dropout) = (rates.sample(&mut random), dropouts.sample(&mut random));
            live(&mut random, rate, f64::INFINITY, dropout)
        })
        .collect()
}

/// Customers of a Pareto/NBD: r 0.6, α 5, s 0.7, β 12.
fn pareto_nbd() -> Vec<Life> {
    let mut random = StdRng::seed_from_u64(2);
    let rates = Gamma::new(0.6, 1.0 / 5.0).unwrap();
    let deaths = Gamma::new(0.7, 1.0 / 12.0).unwrap();
    (0..CUSTOMERS)
        .map(|_| {
            let (rate, death): (f64, f64) = (rates.sample(&mut random), deaths.sample(&mut random));
            let end = Exp::new(death.max(1e-12)).unwrap().sample(&mut random);
            live(&mut random, rate, end, 0.0)
        })
        .collect()
}

fn columns(lives: &[Life]) -> [Vec<f64>; 3] {
    let column = |of: fn(&Customer) -> f64| lives.iter().map(|life| of(&life.past)).collect();
    [column(|past| past.frequency), column(|past| past.recency), column(|past| past.age)]
}

/// The model says of groups of customers what became of them.
fn check(model: &dyn PurchaseModel, lives: &[Life]) {
    let groups: [fn(&Customer) -> bool; 4] = [
        |_| true,
        |past| past.frequency == 0.0,
        |past| past.frequency > 0.0 && past.recency < 15.0,
        |past| past.frequency >= 3.0 && past.recency > 30.0,
    ];
    for (group, is_in) in groups.iter().enumerate() {
        let group_lives: Vec<&Life> = lives.iter().filter(|life| is_in(&life.past)).collect();
        let mean = |of: &dyn Fn(&Life) -> f64| {
            group_lives.iter().map(|life| of(life)).sum::<f64>() / group_lives.len() as f64
        };
        let alive = mean(&|life| model.probability_alive(life.past));
        let lived = mean(&|life| f64::from(u8::from(life.alive)));
        assert!((alive - lived).abs() < 0.02, "group {group}: {alive} alive, not {lived}");
        let expected = mean(&|life| model.future_purchases(life.past, AHEAD));
        let bought = mean(&|life| life.later);
        let near = (expected - bought).abs() < 0.04 * bought + 0.02;
        assert!(near, "group {group}: {expected} purchases to come, not {bought}");
    }
    let expected = model.expected_purchases(WATCHED);
    let bought = lives.iter().map(|life| life.past.frequency).sum::<f64>() / lives.len() as f64;
    assert!((expected / bought - 1.0).abs() < 0.03, "{expected} purchases, not {bought}");
}

fn near(found: &[f64], errors: &[f64], truth: &[f64]) {
    for ((found, error), truth) in found.iter().zip(errors).zip(truth) {
        assert!((found - truth).abs() < 4.0 * error, "{found} ± {error} is not {truth}");
    }
}

#[test]
fn bg_nbd_knows_its_own_customers() {
    let lives = bg_nbd();
    let [frequency, recency, age] = columns(&lives);
    let model =
        BgNbd::fit(&Purchases::new(&frequency, &recency, &age).unwrap(), &|| false).unwrap();
    let found = model.estimates;
    near(&found.values, &found.standard_errors, &[0.6, 5.0, 0.8, 2.5]);
    check(&model, &lives);
}

#[test]
fn pareto_nbd_knows_its_own_customers() {
    let lives = pareto_nbd();
    let [frequency, recency, age] = columns(&lives);
    let model =
        ParetoNbd::fit(&Purchases::new(&frequency, &recency, &age).unwrap(), &|| false).unwrap();
    let found = model.estimates;
    near(&found.values, &found.standard_errors, &[0.6, 5.0, 0.7, 12.0]);
    check(&model, &lives);
}

#[test]
fn gamma_gamma_knows_what_its_customers_pay() {
    let mut random = StdRng::seed_from_u64(3);
    let (p, q, v) = (5.0, 4.0, 20.0);
    let rates = Gamma::new(q, 1.0 / v).unwrap();
    let (mut frequency, mut value, mut later) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..20_000_u32 {
        let pays = Gamma::new(p, 1.0 / rates.sample(&mut random)).unwrap();
        let count = i % 6;
        let sum: f64 = (0..count).map(|_| pays.sample(&mut random)).sum();
        frequency.push(f64::from(count));
        value.push(if count == 0 { 0.0 } else { sum / f64::from(count) });
        later.push(pays.sample(&mut random));
    }
    let model = GammaGamma::fit(&frequency, &value, &|| false).unwrap();
    let found = model.estimates;
    near(&found.values, &found.standard_errors, &[p, q, v]);
    // Of those who bought twice for much, and of those of whom nothing is known.
    let expected = model.expected_value(&frequency, &value).unwrap();
    for (count, low) in [(2.0, 45.0), (0.0, 0.0), (5.0, 0.0)] {
        let rows: Vec<usize> =
            (0..value.len()).filter(|&i| frequency[i] == count && value[i] >= low).collect();
        let mean = |of: &[f64]| rows.iter().map(|&i| of[i]).sum::<f64>() / rows.len() as f64;
        let (said, paid) = (mean(&expected), mean(&later));
        assert!((said / paid - 1.0).abs() < 0.05, "{count} purchases: {said}, not {paid}");
    }
}

#[test]
fn sbg_knows_how_long_its_customers_stay() {
    let mut random = StdRng::seed_from_u64(4);
    let leaves = Beta::new(0.9, 3.0).unwrap();
    let mut lost = [0.0; 12];
    for _ in 0..50_000 {
        let chance: f64 = leaves.sample(&mut random);
        if let Some(period) = (0..12).find(|_| random.random::<f64>() < chance) {
            lost[period] += 1.0;
        }
    }
    let model = ShiftedBetaGeometric::fit(&lost[..5], 50_000.0).unwrap();
    let found = model.estimates;
    near(&found.values, &found.standard_errors, &[0.9, 3.0]);
    let left = 1.0 - lost.iter().sum::<f64>() / 50_000.0;
    let said = model.survival(12)[12];
    assert!((said - left).abs() < 0.01, "{said} are left, not {left}");
    // The residual lifetime is the sum that it stands for.
    let survival = model.survival(5000);
    let sum: f64 = (3..5000).map(|t| survival[t] / survival[2] / 1.1_f64.powi(t as i32 - 3)).sum();
    let said = model.residual_lifetime(2, 0.1).unwrap();
    assert!((said / sum - 1.0).abs() < 1e-12, "{said} is not {sum}");
}
