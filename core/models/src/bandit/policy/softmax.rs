//! The better so far, the likelier.

use serde::{Deserialize, Serialize};

use super::{
    Contexts, Policy, Rounds,
    arms::{Arms, repeated},
};
use crate::{Model, ModelError, Result, Saved};

/// Each action with a probability in proportion to exp(mean reward / temperature) (Sutton and
/// Barto, *Reinforcement Learning*, 2018, section 2.8). Of an action never tried the mean of all
/// rewards is expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Softmax {
    temperature: f64,
    arms: Arms,
}

#[derive(Serialize, Deserialize)]
struct Parameters {
    temperature: f64,
}

impl Softmax {
    /// A policy that has learnt nothing.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there is no action, or `temperature` isn't above zero.
    pub fn new(actions: usize, temperature: f64) -> Result<Self> {
        if !(temperature > 0.0 && temperature.is_finite()) {
            return Err(ModelError::input(
                "temperature",
                format!("is {temperature}"),
                "give a number above zero, about as large as rewards differ",
            ));
        }
        Ok(Self { temperature, arms: Arms::new(actions)? })
    }
}

impl Policy for Softmax {
    fn actions(&self) -> usize {
        self.arms.len()
    }

    fn learn(&mut self, rounds: &Rounds<'_>) -> Result<()> {
        self.arms.learn(rounds)
    }

    fn propensities(&self, contexts: &Contexts<'_>) -> Result<Vec<f64>> {
        let unknown = self.arms.mean();
        let means: Vec<f64> = self.arms.means().map(|mean| mean.unwrap_or(unknown)).collect();
        let best = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let odds: Vec<f64> =
            means.iter().map(|mean| ((mean - best) / self.temperature).exp()).collect();
        let sum: f64 = odds.iter().sum();
        let row: Vec<f64> = odds.iter().map(|odds| odds / sum).collect();
        Ok(repeated(&row, contexts.rows()))
    }
}

impl Model for Softmax {
    const KIND: &'static str = "bandit.softmax";

    fn save(&self) -> Saved {
        self.arms.save(Saved::new(Self::KIND, &Parameters { temperature: self.temperature }))
    }

    fn load(saved: &Saved) -> Result<Self> {
        let Parameters { temperature } = saved.parameters(Self::KIND)?;
        Ok(Self { temperature, arms: Arms::load(saved)? })
    }
}
