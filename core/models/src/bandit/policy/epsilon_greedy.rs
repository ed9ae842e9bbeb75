//! Mostly the best so far, else any.

use serde::{Deserialize, Serialize};

use super::{
    Contexts, Policy, Rounds,
    arms::{Arms, repeated},
    share_among_largest,
};
use crate::{Model, ModelError, Result, Saved};

/// The action with the best mean reward with probability 1 − ε, else any (Sutton and Barto,
/// *Reinforcement Learning*, 2018, section 2.2). Actions never tried count as the best.
#[derive(Debug, Clone, PartialEq)]
pub struct EpsilonGreedy {
    epsilon: f64,
    arms: Arms,
}

#[derive(Serialize, Deserialize)]
struct Parameters {
    epsilon: f64,
}

impl EpsilonGreedy {
    /// A policy that has learnt nothing.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there is no action, or `epsilon` isn't between 0 and 1.
    pub fn new(actions: usize, epsilon: f64) -> Result<Self> {
        if !(0.0..=1.0).contains(&epsilon) {
            let problem = format!("is {epsilon}");
            return Err(ModelError::input("epsilon", problem, "give a share between 0 and 1"));
        }
        Ok(Self { epsilon, arms: Arms::new(actions)? })
    }
}

impl Policy for EpsilonGreedy {
    fn actions(&self) -> usize {
        self.arms.len()
    }

    fn learn(&mut self, rounds: &Rounds<'_>) -> Result<()> {
        self.arms.learn(rounds)
    }

    fn propensities(&self, contexts: &Contexts<'_>) -> Result<Vec<f64>> {
        let mut best: Vec<f64> =
            self.arms.means().map(|mean| mean.unwrap_or(f64::INFINITY)).collect();
        let any = self.epsilon / best.len() as f64;
        share_among_largest(&mut best);
        let row: Vec<f64> = best.iter().map(|share| any + (1.0 - self.epsilon) * share).collect();
        Ok(repeated(&row, contexts.rows()))
    }
}

impl Model for EpsilonGreedy {
    const KIND: &'static str = "bandit.epsilon_greedy";

    fn save(&self) -> Saved {
        self.arms.save(Saved::new(Self::KIND, &Parameters { epsilon: self.epsilon }))
    }

    fn load(saved: &Saved) -> Result<Self> {
        let Parameters { epsilon } = saved.parameters(Self::KIND)?;
        Ok(Self { epsilon, arms: Arms::load(saved)? })
    }
}
