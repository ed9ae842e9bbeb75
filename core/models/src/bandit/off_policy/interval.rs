//! How far from an estimate the truth may be: by the central limit theorem, or by resampling.

use rand::{SeedableRng, rngs::StdRng};
use rand_distr::{Binomial, Distribution};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    chance::Draws,
    normal,
    terms::{Spread, Terms},
};
use crate::{ModelError, Result, Watch};

/// How an interval is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Estimate ± Student's quantile × standard error: the normal one, where no few rounds make
    /// the estimate.
    Analytic,
    /// Percentiles of estimates on rows drawn with replacement (Efron, 1979).
    Bootstrap {
        /// How often rows are drawn.
        resamples: usize,
        /// Equal seeds give equal intervals, on however many threads.
        seed: u64,
    },
}

/// What is asked of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// The share of such intervals that hold the truth, such as 0.95.
    pub level: f64,
    /// How it is made.
    pub method: Method,
}

impl Default for Options {
    fn default() -> Self {
        Self { level: 0.95, method: Method::Analytic }
    }
}

impl Options {
    /// Checks the numbers.
    ///
    /// # Errors
    /// [`ModelError::Input`] where the level isn't between 0 and 1, or nothing is drawn.
    pub fn check(&self) -> Result<()> {
        if !(self.level > 0.0 && self.level < 1.0) {
            let problem = format!("is {}", self.level);
            return Err(ModelError::input("level", problem, "give a share such as 0.95"));
        }
        if matches!(self.method, Method::Bootstrap { resamples, .. } if resamples < 2) {
            let hint = "a thousand draws give an interval, two are the least";
            return Err(ModelError::input("resamples", "is below 2", hint));
        }
        Ok(())
    }
}

/// From where to where the truth may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The share of such intervals that hold the truth.
    pub level: f64,
}

impl Interval {
    /// A value ± as many standard errors as the level asks for.
    pub(super) fn around(value: f64, spread: Spread, level: f64) -> Self {
        let margin = normal::student(0.5 + level / 2.0, spread.freedom) * spread.error;
        Self { low: value - margin, high: value + margin, level }
    }

    /// The interval of `first`, or of how far it is above `second` on the same rows.
    pub(super) fn of(
        first: &Terms,
        second: Option<&Terms>,
        spread: Spread,
        options: &Options,
        watch: &dyn Watch,
    ) -> Result<Self> {
        let difference = first.value() - second.map_or(0.0, Terms::value);
        match options.method {
            Method::Analytic => Ok(Self::around(difference, spread, options.level)),
            Method::Bootstrap { resamples, seed } => {
                let mut values = resampled(first, second, resamples, seed, watch)?;
                values.sort_unstable_by(f64::total_cmp);
                let tail = (1.0 - options.level) / 2.0;
                let (low, high) = (percentile(&values, tail), percentile(&values, 1.0 - tail));
                Ok(Self { low, high, level: options.level })
            }
        }
    }

    /// Whether both ends are on one side of zero.
    #[must_use]
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// A percentile of sorted values, between neighbours where it falls between them.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

/// The estimate (or the difference of two) on each of many draws of the same rows.
fn resampled(
    first: &Terms,
    second: Option<&Terms>,
    resamples: usize,
    seed: u64,
    watch: &dyn Watch,
) -> Result<Vec<f64>> {
    watch.begins(Some(resamples));
    if first.denominators.is_none() && second.is_none_or(|it| it.denominators.is_none()) {
        let values: Vec<f64> = match second {
            None => first.numerators.clone(),
            Some(second) => {
                first.numerators.iter().zip(&second.numerators).map(|(a, b)| a - b).collect()
            }
        };
        return resampled_means(&values, resamples, seed, watch);
    }
    let rows = first.numerators.len();
    (0..resamples)
        .into_par_iter()
        .map(|resample| {
            watch.go_on()?;
            let difference = drawn(first, rows, seed, resample);
            let other = second.map_or(0.0, |second| drawn(second, rows, seed, resample));
            watch.made(1);
            Ok(difference - other)
        })
        .collect()
}

/// The estimate on the rows of one draw. Where nothing is drawn below the line, which happens
/// where few rounds weigh anything, it is the estimate on all rows: nothing was learnt.
fn drawn(terms: &Terms, rows: usize, seed: u64, resample: usize) -> f64 {
    let mut draws = Draws::new(seed, resample);
    let (above, below) = match &terms.denominators {
        None => {
            let [above] = draws.sums([&terms.numerators], rows);
            (above, rows as f64)
        }
        Some(denominators) => {
            let [above, below] = draws.sums([&terms.numerators, denominators], rows);
            (above, below)
        }
    };
    if below == 0.0 { terms.value() } else { above / below }
}

/// Means of rows drawn with replacement. Most clicks are zero, and a zero drawn changes nothing:
/// how many others are drawn is binomial, and only those are looked up.
fn resampled_means(
    values: &[f64],
    resamples: usize,
    seed: u64,
    watch: &dyn Watch,
) -> Result<Vec<f64>> {
    let others: Vec<f64> = values.iter().copied().filter(|value| *value != 0.0).collect();
    let (rows, share) = (values.len(), others.len() as f64 / values.len() as f64);
    let binomial = Binomial::new(rows as u64, share).expect("a share is between zero and one");
    (0..resamples)
        .into_par_iter()
        .map(|resample| {
            watch.go_on()?;
            let mut draws = Draws::new(seed, resample);
            let count = if others.len() == rows {
                rows
            } else {
                binomial.sample(&mut StdRng::seed_from_u64(draws.next())) as usize
            };
            let [sum] = draws.sums([&others], count);
            watch.made(1);
            Ok(sum / rows as f64)
        })
        .collect()
}
