//! What may be the best in a context.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Contexts, Policy, Rounds, ridge::Ridge, share_among_largest};
use crate::{Model, ModelError, Result, Saved};

/// The action with the largest `θᵀx + alpha √(xᵀ A⁻¹ x)`, of a ridge regression per action: LinUCB
/// with disjoint linear models (Li, Chu, Langford and Schapire, 2010, *A contextual-bandit approach
/// to personalized news article recommendation*, algorithm 1, whose `l2` is 1). It has no chance
/// in it but that of ties.
#[derive(Debug, Clone, PartialEq)]
pub struct LinUcb {
    alpha: f64,
    ridge: Ridge,
}

#[derive(Serialize, Deserialize)]
struct Parameters {
    alpha: f64,
    l2: f64,
}

impl LinUcb {
    /// A policy that has learnt nothing, for contexts of so many numbers.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there is no action or no number, `alpha` is below zero, or
    /// `l2` isn't above it.
    pub fn new(actions: usize, dimensions: usize, alpha: f64, l2: f64) -> Result<Self> {
        if !(alpha >= 0.0 && alpha.is_finite()) {
            let problem = format!("is {alpha}");
            return Err(ModelError::input("alpha", problem, "give zero or more; 1.0 is usual"));
        }
        Ok(Self { alpha, ridge: Ridge::new(actions, dimensions, l2)? })
    }

    /// What each number of a context adds to the expected reward: actions × numbers.
    #[must_use]
    pub fn coefficients(&self) -> Vec<f64> {
        self.ridge.coefficients()
    }
}

impl Policy for LinUcb {
    fn actions(&self) -> usize {
        self.ridge.actions()
    }

    fn learn(&mut self, rounds: &Rounds<'_>) -> Result<()> {
        self.ridge.learn(rounds)
    }

    fn propensities(&self, contexts: &Contexts<'_>) -> Result<Vec<f64>> {
        self.ridge.check(contexts)?;
        let rows = (0..contexts.rows()).into_par_iter().with_min_len(256);
        let shares = rows.map(|row| {
            let scores = self.ridge.scores(contexts.row(row));
            let bounds: Vec<f64> = scores.map(|(mean, error)| mean + self.alpha * error).collect();
            share_among_largest(&bounds)
        });
        Ok(shares.flatten_iter().collect())
    }
}

impl Model for LinUcb {
    const KIND: &'static str = "bandit.lin_ucb";

    fn save(&self) -> Saved {
        let parameters = Parameters { alpha: self.alpha, l2: self.ridge.l2 };
        self.ridge.save(Saved::new(Self::KIND, &parameters))
    }

    fn load(saved: &Saved) -> Result<Self> {
        let Parameters { alpha, l2 } = saved.parameters(Self::KIND)?;
        Ok(Self { alpha, ridge: Ridge::load(saved, l2)? })
    }
}
