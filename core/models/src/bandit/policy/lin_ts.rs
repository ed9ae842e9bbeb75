//! Each action as often as it is probably the best in a context.

use rand::{SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Contexts, Policy, Rounds,
    largest::{Variable, chances_of_largest},
    ridge::Ridge,
    share_among_largest,
};
use crate::{Model, ModelError, Result, Saved};

/// Linear Thompson sampling: each action's coefficients are drawn from `N(θ, scale² A⁻¹)` of its
/// ridge regression, and the largest expected reward is shown (Agrawal and Goyal, 2013, *Thompson
/// sampling for contextual bandits with linear payoffs*; a regression per action, as in LinUCB).
///
/// In one context the drawn rewards are independent and normal, so that the propensities are exact,
/// by quadrature.
#[derive(Debug, Clone, PartialEq)]
pub struct LinTs {
    scale: f64,
    ridge: Ridge,
}

#[derive(Serialize, Deserialize)]
struct Parameters {
    scale: f64,
    l2: f64,
}

impl LinTs {
    /// A policy that has learnt nothing, for contexts of so many numbers. `scale` is the standard
    /// deviation of a reward around its mean; zero shows what is expected to be the best.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there is no action or no number, `scale` is below zero, or
    /// `l2` isn't above it.
    pub fn new(actions: usize, dimensions: usize, scale: f64, l2: f64) -> Result<Self> {
        if !(scale >= 0.0 && scale.is_finite()) {
            let hint = "give zero or more: the standard deviation of a reward around its mean";
            return Err(ModelError::input("scale", format!("is {scale}"), hint));
        }
        Ok(Self { scale, ridge: Ridge::new(actions, dimensions, l2)? })
    }

    /// What each number of a context adds to the expected reward: actions × numbers.
    #[must_use]
    pub fn coefficients(&self) -> Vec<f64> {
        self.ridge.coefficients()
    }

    fn chances(&self, context: &[f64]) -> Vec<f64> {
        let scores: Vec<Normal> = self
            .ridge
            .scores(context)
            .map(|(mean, error)| Normal { mean, error: self.scale * error })
            .collect();
        // A context of zeros, or a scale of zero: nothing is drawn.
        if scores.iter().any(|score| score.error == 0.0) {
            let means: Vec<f64> = scores.iter().map(|score| score.mean).collect();
            return share_among_largest(&means);
        }
        chances_of_largest(&scores)
    }
}

impl Policy for LinTs {
    fn actions(&self) -> usize {
        self.ridge.actions()
    }

    fn learn(&mut self, rounds: &Rounds<'_>) -> Result<()> {
        self.ridge.learn(rounds)
    }

    fn propensities(&self, contexts: &Contexts<'_>) -> Result<Vec<f64>> {
        self.ridge.check(contexts)?;
        let rows = (0..contexts.rows()).into_par_iter().with_min_len(8);
        Ok(rows.flat_map_iter(|row| self.chances(contexts.row(row))).collect())
    }

    fn choose(&self, contexts: &Contexts<'_>, seed: u64) -> Result<Vec<i64>> {
        self.ridge.check(contexts)?;
        let mut random = StdRng::seed_from_u64(seed);
        let chosen = (0..contexts.rows()).map(|row| {
            let mut best = (f64::NEG_INFINITY, 0, 0.0);
            for (action, (mean, error)) in self.ridge.scores(contexts.row(row)).enumerate() {
                let normal: f64 = StandardNormal.sample(&mut random);
                let drawn = mean + self.scale * error * normal;
                // Only where nothing is drawn are there ties, which the second number breaks.
                best = if drawn > best.0 || (drawn == best.0 && normal > best.2) {
                    (drawn, action as i64, normal)
                } else {
                    best
                };
            }
            best.1
        });
        Ok(chosen.collect())
    }
}

impl Model for LinTs {
    const KIND: &'static str = "bandit.lin_ts";

    fn save(&self) -> Saved {
        let parameters = Parameters { scale: self.scale, l2: self.ridge.l2 };
        self.ridge.save(Saved::new(Self::KIND, &parameters))
    }

    fn load(saved: &Saved) -> Result<Self> {
        let Parameters { scale, l2 } = saved.parameters(Self::KIND)?;
        Ok(Self { scale, ridge: Ridge::load(saved, l2)? })
    }
}

/// A drawn expectation.
struct Normal {
    mean: f64,
    error: f64,
}

impl Variable for Normal {
    fn log_density(&self, at: f64) -> f64 {
        -0.5 * ((at - self.mean) / self.error).powi(2)
    }

    fn mode(&self) -> f64 {
        self.mean
    }

    fn width(&self) -> f64 {
        self.error
    }
}
