//! The function of policies: how likely an action is.

use super::customer::interleaved;
use super::{Offer, Scores, Signature};
use crate::bandit::{Contexts, EpsilonGreedy, LinTs, LinUcb, Policy, Softmax, Thompson, Ucb1};
use crate::scoring::signature::Parameter;
use crate::{ModelError, Result};

/// The probability of an action in a context of so many numbers.
fn propensity<M: Policy>(dimensions: usize) -> Vec<Offer<M>> {
    let signature = Signature::new("propensities", &[("action", "number from 0")], "probability");
    let signature = signature.and("context", dimensions, Parameter::FEATURE);
    vec![Offer { signature, answers: propensities }]
}

fn propensities<M: Policy>(policy: &M, columns: &[&[f64]]) -> Result<Vec<f64>> {
    let (actions, context) = (columns[0], &columns[1..]);
    let count = policy.actions();
    let action = |&action: &f64| numbered("action", action, count);
    let actions: Vec<usize> = actions.iter().map(action).collect::<Result<_>>()?;
    if context.is_empty() {
        let shares = policy.propensities(&Contexts::none(1))?;
        return Ok(actions.into_iter().map(|action| shares[action]).collect());
    }
    let values = interleaved(context);
    let contexts = Contexts::new(&values, actions.len(), context.len())?;
    let shares = policy.propensities(&contexts)?;
    let rows = shares.chunks_exact(count);
    Ok(rows.zip(actions).map(|(row, action)| row[action]).collect())
}

/// A number of one of `count` things.
pub(super) fn numbered(name: &'static str, value: f64, count: usize) -> Result<usize> {
    if value.fract() == 0.0 && value >= 0.0 && value < count as f64 {
        return Ok(value as usize);
    }
    let hint = format!("there are {count}, numbered from 0");
    Err(ModelError::input(name, format!("is {value}"), hint))
}

macro_rules! without_context {
    ($($policy:ty),*) => {
        $(impl Scores for $policy {
            fn functions(&self) -> Vec<Offer<Self>> {
                propensity(0)
            }
        })*
    };
}

macro_rules! with_context {
    ($($policy:ty),*) => {
        $(impl Scores for $policy {
            fn functions(&self) -> Vec<Offer<Self>> {
                propensity(self.coefficients().len() / self.actions())
            }
        })*
    };
}

without_context!(EpsilonGreedy, Ucb1, Thompson, Softmax);
with_context!(LinUcb, LinTs);
