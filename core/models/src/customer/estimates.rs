//! What a fit found: parameters, how sure they are, and how well they explain the data.

use serde::{Deserialize, Serialize};

use crate::optimize::Maximum;
use crate::{Array, ModelError, Result, Saved};

/// `N` parameters as a fit found them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimates<const N: usize> {
    /// The parameters, in the order that the model names them.
    pub values: [f64; N],
    /// Their standard errors; NaN where the data don't say.
    pub standard_errors: [f64; N],
    /// The largest log-likelihood.
    pub log_likelihood: f64,
    /// How many customers there were.
    pub customers: u64,
    /// How many steps the search took.
    pub iterations: usize,
}

/// What isn't an array.
#[derive(Serialize, Deserialize)]
struct Plain {
    names: Vec<String>,
    customers: u64,
    iterations: usize,
}

impl<const N: usize> Estimates<N> {
    pub(super) fn new(maximum: &Maximum<N>, customers: u64) -> Self {
        Self {
            values: maximum.at,
            standard_errors: maximum.errors,
            log_likelihood: maximum.value,
            customers,
            iterations: maximum.iterations,
        }
    }

    /// With the parameters at `places`, which are times (`scale` = their unit's length in the
    /// caller's) or one over them, told in the caller's unit.
    pub(super) fn rescaled(mut self, places: &[usize], scale: f64) -> Self {
        for &place in places {
            self.values[place] *= scale;
            self.standard_errors[place] *= scale;
        }
        self
    }

    /// As parts of a file. The numbers are an array: JSON may round their last digit.
    pub(super) fn save(&self, kind: &str, names: [&str; N]) -> Saved {
        let plain = Plain {
            names: names.map(str::to_owned).to_vec(),
            customers: self.customers,
            iterations: self.iterations,
        };
        Saved::new(kind, &plain)
            .with("estimates", &[N], self.values.to_vec())
            .with("standard_errors", &[N], self.standard_errors.to_vec())
            .with("log_likelihood", &[1], vec![self.log_likelihood])
    }

    pub(super) fn load(saved: &Saved, kind: &str) -> Result<Self> {
        let plain: Plain = saved.parameters(kind)?;
        let [log_likelihood] = numbers(saved, "log_likelihood")?;
        let values: [f64; N] = numbers(saved, "estimates")?;
        if values.iter().any(|value| !value.is_finite() || *value <= 0.0) {
            return Err(damaged(saved, "its `estimates` aren't positive"));
        }
        Ok(Self {
            values,
            standard_errors: numbers(saved, "standard_errors")?,
            log_likelihood,
            customers: plain.customers,
            iterations: plain.iterations,
        })
    }
}

fn numbers<const N: usize>(saved: &Saved, name: &str) -> Result<[f64; N]> {
    let Array { values, .. } = saved.array(name)?;
    <[f64; N]>::try_from(values.as_slice())
        .map_err(|_| damaged(saved, &format!("its array `{name}` has {} numbers", values.len())))
}

fn damaged(saved: &Saved, problem: &str) -> ModelError {
    ModelError::Saved { kind: saved.kind.clone(), problem: problem.to_owned() }
}
