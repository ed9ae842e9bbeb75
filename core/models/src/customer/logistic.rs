//! Logistic regression with a ridge: who will leave, from what is known of them.
//!
//! Fitted by iteratively reweighted least squares (McCullagh and Nelder 1989, chapter 4): the
//! largest log-likelihood less `penalty`/2 · |weights|². The intercept isn't penalised.

use faer::linalg::solvers::Solve;
use faer::{Mat, Side};
use serde::{Deserialize, Serialize};

use super::clusters::Rows;
use crate::{Model, ModelError, Result, Saved, Watch};

/// Where the search ends at the latest; with a ridge it takes 5–15 steps.
const MOST_ITERATIONS: usize = 100;

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// The intercept, then a weight for each feature.
    pub weights: Vec<f64>,
    /// The log-likelihood, without the penalty.
    pub log_likelihood: f64,
    /// How many steps the search took.
    pub iterations: usize,
}

impl Logistic {
    /// Fits it to rows whose `target` is 0 or 1. `watch` is told of each step.
    ///
    /// # Errors
    /// [`ModelError::Input`] where a target is neither or all are the same, or `penalty` isn't
    /// above 0; [`ModelError::Cancelled`] when `watch` says so.
    pub fn fit(rows: Rows<'_>, target: &[f64], penalty: f64, watch: &dyn Watch) -> Result<Self> {
        check(rows, target, penalty)?;
        let mut weights = vec![0.0; rows.width() + 1];
        let mut cost = cost(rows, target, penalty, &weights);
        watch.begins(None);
        for iteration in 1..=MOST_ITERATIONS {
            watch.go_on()?;
            let (slope, step) = newton(rows, target, penalty, &weights)?;
            let found = |weights: Vec<f64>, iterations| {
                let log_likelihood = -self::cost(rows, target, 0.0, &weights);
                Ok(Self { weights, log_likelihood, iterations })
            };
            if slope <= 1e-10 * rows.len() as f64 {
                return found(weights, iteration - 1);
            }
            // The whole step, or what of it pays.
            let shorter = (0..30).map(|halved| 0.5_f64.powi(halved)).find_map(|length| {
                let next: Vec<f64> =
                    weights.iter().zip(&step).map(|(weight, by)| weight - length * by).collect();
                let next_cost = self::cost(rows, target, penalty, &next);
                (next_cost < cost).then_some((next, next_cost))
            });
            let Some((next, next_cost)) = shorter else { return found(weights, iteration) };
            (weights, cost) = (next, next_cost);
            watch.made(1);
        }
        Err(ModelError::Diverged {
            model: "logistic regression",
            iterations: MOST_ITERATIONS,
            hint: "raise `penalty`, or bring the features to one scale".to_owned(),
        })
    }

    /// The probability of a 1 for each row.
    ///
    /// # Errors
    /// [`ModelError::Input`] where rows have another width.
    pub fn probability(&self, rows: Rows<'_>) -> Result<Vec<f64>> {
        if rows.width() + 1 != self.weights.len() {
            let columns = self.weights.len() - 1;
            let problem = format!("has {} columns, and the fit had {columns}", rows.width());
            return Err(ModelError::input("features", problem, "give the columns of the fit"));
        }
        Ok((0..rows.len()).map(|i| chance(score(&self.weights, rows.row(i)))).collect())
    }
}

fn score(weights: &[f64], row: &[f64]) -> f64 {
    weights[0] + weights[1..].iter().zip(row).map(|(weight, value)| weight * value).sum::<f64>()
}

fn chance(score: f64) -> f64 {
    if score >= 0.0 { 1.0 / (1.0 + (-score).exp()) } else { 1.0 - 1.0 / (1.0 + score.exp()) }
}

/// The negative log-likelihood with its penalty.
fn cost(rows: Rows<'_>, target: &[f64], penalty: f64, weights: &[f64]) -> f64 {
    let of_rows: f64 = (0..rows.len())
        .map(|i| {
            let score = score(weights, rows.row(i));
            // ln(1 + eˢ) − y s
            score.max(0.0) + (-score.abs()).exp().ln_1p() - target[i] * score
        })
        .sum();
    of_rows + 0.5 * penalty * weights[1..].iter().map(|weight| weight * weight).sum::<f64>()
}

/// The cost's largest slope, and Newton's step against it.
fn newton(
    rows: Rows<'_>,
    target: &[f64],
    penalty: f64,
    weights: &[f64],
) -> Result<(f64, Vec<f64>)> {
    let size = weights.len();
    let ridge = |i: usize| if i == 0 { 0.0 } else { penalty };
    let mut slope: Vec<f64> = (0..size).map(|i| ridge(i) * weights[i]).collect();
    let mut curvature = Mat::from_fn(size, size, |i, j| if i == j { ridge(i) } else { 0.0 });
    for (row, target) in target.iter().enumerate() {
        let row = rows.row(row);
        let chance = chance(score(weights, row));
        let feature = |i: usize| if i == 0 { 1.0 } else { row[i - 1] };
        let spread = chance * (1.0 - chance);
        for i in 0..size {
            slope[i] += (chance - target) * feature(i);
            for j in 0..=i {
                curvature[(i, j)] += spread * feature(i) * feature(j);
            }
        }
    }
    let factors = curvature.llt(Side::Lower).map_err(|_| {
        let problem = "is so far from 0 that every chance is 0 or 1";
        ModelError::input("features", problem, "bring the features to one scale")
    })?;
    let step = factors.solve(Mat::from_fn(size, 1, |i, _| slope[i]));
    let most = slope.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    Ok((most, (0..size).map(|i| step[(i, 0)]).collect()))
}

fn check(rows: Rows<'_>, target: &[f64], penalty: f64) -> Result<()> {
    if target.len() != rows.len() {
        return Err(ModelError::input(
            "target",
            format!("has {} rows and `features` {}", target.len(), rows.len()),
            "give one row for each customer in both",
        ));
    }
    if let Some(row) = target.iter().position(|&value| value != 0.0 && value != 1.0) {
        return Err(ModelError::input(
            "target",
            format!("is {} at row {row}", target[row]),
            "give 1 for who left, 0 for who stayed",
        ));
    }
    if target.iter().all(|value| Some(value) == target.first()) {
        return Err(ModelError::input(
            "target",
            "is the same for all rows",
            "give customers who left and customers who stayed",
        ));
    }
    if !(penalty.is_finite() && penalty > 0.0) {
        return Err(ModelError::input(
            "penalty",
            format!("is {penalty}"),
            "give a number above 0: without it, features that tell all apart have no fit",
        ));
    }
    Ok(())
}

/// What isn't an array.
#[derive(Serialize, Deserialize)]
struct Plain {
    iterations: usize,
}

impl Model for Logistic {
    const KIND: &'static str = "customer.logistic";

    fn save(&self) -> Saved {
        Saved::new(Self::KIND, &Plain { iterations: self.iterations })
            .with("weights", &[self.weights.len()], self.weights.clone())
            .with("log_likelihood", &[1], vec![self.log_likelihood])
    }

    fn load(saved: &Saved) -> Result<Self> {
        let Plain { iterations } = saved.parameters(Self::KIND)?;
        let weights = saved.array("weights")?.values.clone();
        let &[log_likelihood] = saved.array("log_likelihood")?.values.as_slice() else {
            let problem = "its `log_likelihood` is no number".to_owned();
            return Err(ModelError::Saved { kind: Self::KIND.to_owned(), problem });
        };
        if weights.is_empty() {
            let problem = "it has no weights".to_owned();
            return Err(ModelError::Saved { kind: Self::KIND.to_owned(), problem });
        }
        Ok(Self { weights, log_likelihood, iterations })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], target: &[f64], penalty: f64, expected: &str) {
        let found =
            Rows::new(values, 1).and_then(|rows| Logistic::fit(rows, target, penalty, &|| false));
        assert_eq!(found.unwrap_err().to_string(), expected);
    }

    #[test]
    fn what_has_no_fit_is_told() {
        check(&[1.0, 2.0], &[1.0], 1.0, "`target` has 1 rows and `features` 2");
        check(&[1.0, 2.0], &[1.0, 2.0], 1.0, "`target` is 2 at row 1");
        check(&[1.0, 2.0], &[1.0, 1.0], 1.0, "`target` is the same for all rows");
        check(&[1.0, 2.0], &[0.0, 1.0], 0.0, "`penalty` is 0");
        check(&[], &[], 1.0, "`target` is the same for all rows");
    }

    #[test]
    fn a_flag_has_the_odds_of_its_groups() {
        // 3 of 10 leave without the flag, 8 of 10 with it; hardly penalised, the intercept is
        // the first group's log-odds and the weight the difference to the second's.
        let flags: Vec<f64> = (0..20).map(|i| f64::from(u8::from(i >= 10))).collect();
        let left: Vec<f64> =
            (0..20).map(|i| f64::from(u8::from(i < 3 || (10..18).contains(&i)))).collect();
        let rows = Rows::new(&flags, 1).unwrap();
        let found = Logistic::fit(rows, &left, 1e-9, &|| false).unwrap();
        let (first, second) = ((3.0_f64 / 7.0).ln(), (8.0_f64 / 2.0).ln());
        assert!((found.weights[0] - first).abs() < 1e-7, "{found:?}");
        assert!((found.weights[1] - (second - first)).abs() < 1e-7, "{found:?}");
        let likely = found.probability(rows).unwrap();
        assert!((likely[0] - 0.3).abs() < 1e-7 && (likely[19] - 0.8).abs() < 1e-7, "{likely:?}");
        let saved = Saved::from_bytes(&found.save().to_bytes()).unwrap();
        assert_eq!(Logistic::load(&saved).unwrap(), found);
    }

    #[test]
    fn what_a_feature_tells_apart_has_a_fit_all_the_same() {
        let rows = Rows::new(&[-2.0, -1.0, 1.0, 2.0], 1).unwrap();
        let found = Logistic::fit(rows, &[0.0, 0.0, 1.0, 1.0], 0.1, &|| false).unwrap();
        // At the maximum, what the rows pull is what the ridge holds.
        let pull: f64 = (0..4)
            .map(|i| {
                (f64::from(u8::from(i >= 2)) - found.probability(rows).unwrap()[i]) * rows.row(i)[0]
            })
            .sum();
        assert!((pull - 0.1 * found.weights[1]).abs() < 1e-8, "{pull} {found:?}");
    }
}
