//! Each action as often as it is probably the best in a context.

use rand::{SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::{
    Contexts, Policy, Rounds,
    largest::{Variable, chances_of_largest},
    ridge::{Ridge, Score, Scores},
    share_among_largest,
};
use crate::{Model, ModelError, Result, Saved};

/// How many contexts a thread has at a time: quadrature takes long.
const INTEGRATED: usize = 8;
/// The same of what is drawn.
const DRAWN: usize = 256;

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

    /// The action whose reward, drawn by `normals`, is the largest.
    fn drawn(&self, scores: &[Score], normals: &[f64]) -> usize {
        let mut best = (f64::NEG_INFINITY, 0, 0.0);
        for (action, (score, normal)) in scores.iter().zip(normals).enumerate() {
            let drawn = score.mean + self.scale * score.error * normal;
            // Only where nothing is drawn are there ties, which the second number breaks.
            if drawn > best.0 || (drawn == best.0 && *normal > best.2) {
                best = (drawn, action, *normal);
            }
        }
        best.1
    }

    /// Overwrites `chances` by how probable it is that each action is the best.
    fn chances(&self, scores: &[Score], chances: &mut [f64]) {
        let drawn = |score: &Score| Normal { mean: score.mean, error: self.scale * score.error };
        let normals: Vec<Normal> = scores.iter().map(drawn).collect();
        // A context of zeros, or a scale of zero: nothing is drawn.
        if normals.iter().any(|normal| normal.error == 0.0) {
            chances.iter_mut().zip(scores).for_each(|(chance, score)| *chance = score.mean);
            share_among_largest(chances);
        } else {
            chances.copy_from_slice(&chances_of_largest(&normals));
        }
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
        let actions = self.actions();
        let mut chances = vec![0.0; contexts.rows() * actions];
        let each = |scores: Scores<'_>, chances: &mut [f64]| {
            let rows = scores.rows().zip(chances.chunks_exact_mut(actions));
            rows.for_each(|(scores, chances)| self.chances(scores, chances));
        };
        self.ridge.for_scores(contexts, (actions, INTEGRATED), each, &mut chances);
        Ok(chances)
    }

    fn choose(&self, contexts: &Contexts<'_>, seed: u64) -> Result<Vec<i64>> {
        self.ridge.check(contexts)?;
        let actions = self.actions();
        // Drawn in the order of the rounds and their actions.
        let normals: Vec<f64> = StandardNormal
            .sample_iter(StdRng::seed_from_u64(seed))
            .take(contexts.rows() * actions)
            .collect();
        let mut chosen = vec![0; contexts.rows()];
        let each = |scores: Scores<'_>, chosen: &mut [i64]| {
            let normals = normals[scores.first * actions..].chunks_exact(actions);
            for ((scores, chosen), normals) in scores.rows().zip(chosen).zip(normals) {
                *chosen = self.drawn(scores, normals) as i64;
            }
        };
        self.ridge.for_scores(contexts, (1, DRAWN), each, &mut chosen);
        Ok(chosen)
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
