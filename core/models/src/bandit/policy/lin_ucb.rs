//! What may be the best in a context.

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};

use super::{
    Contexts, Policy, Rounds, one_of_largest,
    ridge::{Ridge, Score, Scores},
    share_among_largest,
};
use crate::{Model, ModelError, Result, Saved};

/// How many contexts a thread has at a time.
const TOGETHER: usize = 256;

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

    /// What each action may be worth.
    fn bounds(&self, scores: &[Score], bounds: &mut [f64]) {
        for (bound, score) in bounds.iter_mut().zip(scores) {
            *bound = score.mean + self.alpha * score.error;
        }
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
        let actions = self.actions();
        let mut shares = vec![0.0; contexts.rows() * actions];
        let each = |scores: Scores<'_>, shares: &mut [f64]| {
            for (scores, shares) in scores.rows().zip(shares.chunks_exact_mut(actions)) {
                self.bounds(scores, shares);
                share_among_largest(shares);
            }
        };
        self.ridge.for_scores(contexts, (actions, TOGETHER), each, &mut shares);
        Ok(shares)
    }

    fn choose(&self, contexts: &Contexts<'_>, seed: u64) -> Result<Vec<i64>> {
        self.ridge.check(contexts)?;
        let mut random = StdRng::seed_from_u64(seed);
        // Drawn in the order of the rounds; ties are seldom.
        let chances: Vec<f64> = (0..contexts.rows()).map(|_| random.random()).collect();
        let mut chosen = vec![0; contexts.rows()];
        let each = |scores: Scores<'_>, chosen: &mut [i64]| {
            let mut bounds = vec![0.0; self.actions()];
            let chances = &chances[scores.first..];
            for ((scores, chosen), chance) in scores.rows().zip(chosen).zip(chances) {
                self.bounds(scores, &mut bounds);
                *chosen = one_of_largest(&bounds, *chance) as i64;
            }
        };
        self.ridge.for_scores(contexts, (1, TOGETHER), each, &mut chosen);
        Ok(chosen)
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
