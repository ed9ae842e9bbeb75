//! The estimators, each as what a round adds to it.

use serde::{Deserialize, Serialize};

use super::{
    log::Log,
    rounds::{Round, Rounds},
    terms::Terms,
};
use crate::{ModelError, Result};

/// How a policy's value is estimated from another's log.
///
/// Below, `w` is a round's weight (the policy's probability of the logged action over the logging
/// policy's), `r` its reward, `q` a reward model's expectation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    /// The logging policy itself: the mean of its rewards.
    Logged,
    /// The mean reward of the rounds in which a deterministic policy takes the logged action
    /// (Li et al., 2011). Unbiased where the log was drawn uniformly.
    Replay,
    /// Inverse propensities: the mean of `w r`. Unbiased where the propensities are right.
    InversePropensity,
    /// The mean of `min(w, max_weight) r`: less variance, and a bias towards zero.
    ClippedInversePropensity {
        /// No round weighs more.
        max_weight: f64,
    },
    /// The sum of `w r` over the sum of `w` (Swaminathan and Joachims, 2015).
    SelfNormalized,
    /// The mean of the model's expectation under the policy. Its interval knows nothing of what
    /// is wrong with the model.
    Direct,
    /// The direct method, plus the mean of `w (r − q)` (Dudík et al., 2011).
    DoublyRobust,
    /// Doubly robust where `w` is at most `threshold`, the direct method elsewhere (Wang et al.,
    /// 2017).
    SwitchDoublyRobust {
        /// No round whose weight is above it is corrected.
        threshold: f64,
    },
}

/// An estimator's parts, and the weights that it used.
pub(super) struct Parts {
    pub terms: Terms,
    pub weights: Option<Vec<f64>>,
    pub taken: Option<f64>,
}

impl Estimator {
    /// Whether it asks a reward model.
    #[must_use]
    pub fn asks_model(&self) -> bool {
        matches!(self, Self::Direct | Self::DoublyRobust | Self::SwitchDoublyRobust { .. })
    }

    /// What each round adds.
    pub(super) fn parts(&self, log: &Log<'_>, rounds: Rounds) -> Result<Parts> {
        let weights = || -> Vec<f64> {
            let pairs = rounds.probabilities().zip(log.propensities());
            pairs.map(|(probability, propensity)| probability / propensity).collect()
        };
        let times_rewards = |weights: &[f64]| -> Vec<f64> {
            weights.iter().zip(log.rewards()).map(|(weight, reward)| weight * reward).collect()
        };
        let weighted = |terms, weights| Parts { terms, weights: Some(weights), taken: None };
        Ok(match *self {
            Self::Logged => {
                let terms = Terms::mean(log.rewards().to_vec());
                Parts { terms, weights: None, taken: None }
            }
            Self::Replay => replay(log, &rounds)?,
            Self::InversePropensity => {
                let weights = weights();
                weighted(Terms::mean(times_rewards(&weights)), weights)
            }
            Self::ClippedInversePropensity { max_weight } => {
                positive("max_weight", max_weight)?;
                let clipped: Vec<f64> = weights().iter().map(|it| it.min(max_weight)).collect();
                weighted(Terms::mean(times_rewards(&clipped)), clipped)
            }
            Self::SelfNormalized => {
                let weights = weights();
                if weights.iter().all(|weight| *weight == 0.0) {
                    return Err(takes_nothing());
                }
                weighted(Terms::ratio(times_rewards(&weights), weights.clone()), weights)
            }
            Self::Direct => {
                let expected = rounds.modelled()?.iter().map(|round| round.expected).collect();
                let terms = Terms::mean(expected);
                Parts { terms, weights: None, taken: None }
            }
            Self::DoublyRobust => corrected(log, &rounds.modelled()?, f64::INFINITY),
            Self::SwitchDoublyRobust { threshold } => {
                positive("threshold", threshold)?;
                corrected(log, &rounds.modelled()?, threshold)
            }
        })
    }
}

fn replay(log: &Log<'_>, rounds: &Rounds) -> Result<Parts> {
    let takes: Vec<f64> = rounds.probabilities().collect();
    if let Some(row) = takes.iter().position(|taken| *taken > 0.0 && *taken < 1.0) {
        return Err(ModelError::input(
            "probabilities",
            format!("leaves more than one action open at row {row}"),
            "replay takes the rows in which a policy does what was logged: draw its actions first",
        ));
    }
    let taken = takes.iter().sum::<f64>() / log.rows() as f64;
    if taken == 0.0 {
        return Err(takes_nothing());
    }
    let numerators = takes.iter().zip(log.rewards()).map(|(takes, reward)| takes * reward);
    let terms = Terms::ratio(numerators.collect(), takes);
    Ok(Parts { terms, weights: None, taken: Some(taken) })
}

/// The direct method, corrected in rounds that weigh at most `threshold`.
fn corrected(log: &Log<'_>, rounds: &[Round], threshold: f64) -> Parts {
    let mut weights = Vec::with_capacity(rounds.len());
    let logged = log.rewards().iter().zip(log.propensities());
    let values = rounds.iter().zip(logged).map(|(round, (reward, propensity))| {
        let weight = round.probability / propensity;
        weights.push(if weight > threshold { 0.0 } else { weight });
        if weight > threshold {
            return round.expected;
        }
        round.expected + weight * (reward - round.logged)
    });
    let terms = Terms::mean(values.collect());
    Parts { terms, weights: Some(weights), taken: None }
}

fn positive(name: &'static str, value: f64) -> Result<()> {
    if value > 0.0 {
        return Ok(());
    }
    Err(ModelError::input(name, format!("is {value}"), "give a number above zero"))
}

fn takes_nothing() -> ModelError {
    ModelError::input(
        "probabilities",
        "takes none of the logged actions in any row",
        "nothing in this log says what the policy is worth: log one that explores",
    )
}
