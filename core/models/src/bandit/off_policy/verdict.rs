//! Which of two policies is better, or that the log can't tell.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    estimate::Estimate,
    interval::Interval,
    normal,
    terms::Spread,
    weights::{FEW_ROWS, WeightReport},
};
use crate::{ModelError, Result, Watch};

/// How sure to be of telling a difference, where rows that are needed are counted.
const POWER: f64 = 0.8;

/// What two estimates say of one another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// The first is better.
    Better,
    /// The first is worse.
    Worse,
    /// The interval of the difference holds zero, or is of fewer than a hundred rows that are
    /// all alike.
    CannotTell {
        /// How many rows like these would tell a difference as large as the one that was seen,
        /// four times in five (a hundred, where all are alike); nothing where no difference was
        /// seen.
        needed: Option<f64>,
    },
    /// Few rows carry the weight, so that no interval is to be believed.
    WeightsUnfit {
        /// How many rows like these would be worth a hundred of equal weight, and tell the
        /// difference.
        needed: Option<f64>,
    },
}

/// Two policies, compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// How far the first is above the second.
    pub difference: f64,
    /// Its standard error.
    pub error: f64,
    /// From where to where the difference may be.
    pub interval: Interval,
    /// Which is better.
    pub verdict: Verdict,
}

/// Compares two estimates on the same rows of one log. What both policies share cancels, so this
/// tells more than two intervals side by side.
///
/// # Errors
/// [`ModelError::Input`] where they aren't of equally many rows; [`ModelError::Cancelled`] when
/// `watch` says so, which is told of each resample.
pub fn compare(first: &Estimate, second: &Estimate, watch: &dyn Watch) -> Result<Comparison> {
    if first.rows != second.rows {
        return Err(ModelError::input(
            "second",
            format!("is of {} rows, and `first` of {}", second.rows, first.rows),
            "estimates from different logs are compared as such",
        ));
    }
    let (of_first, of_second) = (first.terms.pulls(), second.terms.pulls());
    let pulls: Vec<f64> = of_first.iter().zip(&of_second).map(|(a, b)| a - b).collect();
    let spread = Spread::of(&pulls);
    let both = Some(&second.terms);
    let interval = Interval::of(&first.terms, both, spread, &first.options, watch)?;
    Ok(judge(first, second, spread.error, interval, is_still(spread, first.rows)))
}

/// Compares two estimates from different logs, such as two arms of an experiment.
#[must_use]
pub fn compare_apart(first: &Estimate, second: &Estimate) -> Comparison {
    let spread = Spread::apart(first.spread, second.spread);
    let difference = first.value - second.value;
    let interval = Interval::around(difference, spread, first.options.level);
    let still = [first, second].iter().any(|it| is_still(it.spread, it.rows));
    judge(first, second, spread.error, interval, still)
}

/// A few rows that are all alike say nothing of how far others may be from them.
fn is_still(spread: Spread, rows: usize) -> bool {
    spread.error == 0.0 && (rows as f64) < FEW_ROWS
}

fn judge(
    first: &Estimate,
    second: &Estimate,
    error: f64,
    interval: Interval,
    still: bool,
) -> Comparison {
    let difference = first.value - second.value;
    let rows = first.rows.min(second.rows) as f64;
    let told = match still {
        true => (difference != 0.0).then_some(FEW_ROWS),
        false => needed_to_tell(rows, difference, error, interval.level),
    };
    let reports = || [first, second].into_iter().filter_map(|it| it.weights.as_ref());
    let verdict = if reports().any(|report| !report.warnings.is_empty()) {
        let carried = reports().map(needed_to_carry).fold(0.0, f64::max);
        WeightsUnfit { needed: told.map(|told| told.max(carried)) }
    } else if still || !interval.excludes_zero() {
        CannotTell { needed: told }
    } else if difference > 0.0 {
        Better
    } else {
        Worse
    };
    Comparison { difference, error, interval, verdict }
}

use Verdict::{Better, CannotTell, WeightsUnfit, Worse};

/// Rows whose interval would exclude zero with a probability of [`POWER`], were the difference
/// the one that was seen: intervals narrow by the root of the number of rows.
fn needed_to_tell(rows: f64, difference: f64, error: f64, level: f64) -> Option<f64> {
    let errors = normal::quantile(0.5 + level / 2.0) + normal::quantile(POWER);
    let needed = rows * (errors * error / difference).powi(2);
    (difference != 0.0 && needed.is_finite()).then(|| rounded(needed.max(rows)))
}

/// Rows of which as many are effective as an interval needs, were the share to stay.
fn needed_to_carry(report: &WeightReport) -> f64 {
    if report.effective == 0.0 {
        return 0.0;
    }
    let rows = report.rows as f64;
    rounded(rows * (FEW_ROWS / report.effective).max(1.0))
}

/// To two digits: more would be made up.
fn rounded(rows: f64) -> f64 {
    let unit = 10_f64.powf(rows.log10().floor() - 1.0);
    if unit > 1.0 { (rows / unit).ceil() * unit } else { rows.ceil() }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = |needed: Option<f64>| match needed {
            None => "no number of rows like these would".to_owned(),
            Some(needed) => format!("needs about {} rows", with_commas(needed)),
        };
        match self.verdict {
            Better => write!(f, "better"),
            Worse => write!(f, "worse"),
            CannotTell { needed } => write!(f, "cannot tell; {}", rows(needed)),
            WeightsUnfit { needed } => {
                write!(f, "cannot tell, few rows carry the weight; {}", rows(needed))
            }
        }
    }
}

fn with_commas(rows: f64) -> String {
    if rows >= 1e15 {
        return format!("{rows:.1e}");
    }
    let digits = format!("{rows:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
