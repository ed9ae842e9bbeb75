//! Each action as often as it is probably the best.

use rand::{SeedableRng, rngs::StdRng};
use rand_distr::{Beta, Distribution};
use serde::{Deserialize, Serialize};

use super::{
    Contexts, Policy, Rounds,
    arms::{Arms, repeated},
    largest::{Variable, chances_of_largest},
};
use crate::{Model, ModelError, Result, Saved};

/// Thompson sampling of clicks: each action's click rate has a Beta posterior, a rate is drawn from
/// each, and the largest is shown (Thompson, 1933; Chapelle and Li, 2011, *An empirical evaluation
/// of Thompson sampling*). Its propensities are exact, by quadrature.
#[derive(Debug, Clone, PartialEq)]
pub struct Thompson {
    prior: Prior,
    arms: Arms,
}

/// Clicks and misses that are pretended before the first round, of each action.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Prior {
    clicks: f64,
    misses: f64,
}

impl Thompson {
    /// A policy that has learnt nothing. `clicks` and `misses` are those that the prior pretends:
    /// one each is the uniform prior; `(4, 996)` expects four clicks in a thousand.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there is no action, or a prior isn't above zero.
    pub fn new(actions: usize, clicks: f64, misses: f64) -> Result<Self> {
        for value in [clicks, misses] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(ModelError::input(
                    "prior",
                    format!("has {value}"),
                    "give two numbers above zero: clicks and misses, such as (1, 1)",
                ));
            }
        }
        Ok(Self { prior: Prior { clicks, misses }, arms: Arms::new(actions)? })
    }

    /// Each action's posterior: clicks and misses.
    fn posteriors(&self) -> impl Iterator<Item = Rate> {
        self.arms.counts.iter().zip(&self.arms.sums).map(|(count, clicks)| Rate {
            clicks: self.prior.clicks + clicks,
            misses: self.prior.misses + (count - clicks),
        })
    }
}

#[cfg(test)]
impl Thompson {
    /// The propensities before they are made to add up.
    pub(super) fn integrals(&self) -> Vec<f64> {
        super::largest::integrals(&self.posteriors().collect::<Vec<_>>())
    }
}

impl Policy for Thompson {
    fn actions(&self) -> usize {
        self.arms.len()
    }

    fn learn(&mut self, rounds: &Rounds<'_>) -> Result<()> {
        rounds.check(self.actions())?;
        if let Some(row) = rounds.rewards.iter().position(|it| *it != 0.0 && *it != 1.0) {
            return Err(ModelError::input(
                "rewards",
                format!("has {} at row {row}", rounds.rewards[row]),
                "Thompson sampling is of clicks: 0 or 1",
            ));
        }
        self.arms.learn(rounds)
    }

    fn propensities(&self, contexts: &Contexts<'_>) -> Result<Vec<f64>> {
        let rates: Vec<Rate> = self.posteriors().collect();
        Ok(repeated(&chances_of_largest(&rates), contexts.rows()))
    }

    fn choose(&self, contexts: &Contexts<'_>, seed: u64) -> Result<Vec<i64>> {
        let posteriors: Vec<Beta<f64>> = self
            .posteriors()
            .map(|rate| Beta::new(rate.clicks, rate.misses).expect("both are above zero"))
            .collect();
        let mut random = StdRng::seed_from_u64(seed);
        let chosen = (0..contexts.rows()).map(|_| {
            let rates = posteriors.iter().map(|posterior| posterior.sample(&mut random));
            let best = rates.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
            best.map_or(0, |(action, _)| action as i64)
        });
        Ok(chosen.collect())
    }
}

impl Model for Thompson {
    const KIND: &'static str = "bandit.thompson";

    fn save(&self) -> Saved {
        self.arms.save(Saved::new(Self::KIND, &self.prior))
    }

    fn load(saved: &Saved) -> Result<Self> {
        Ok(Self { prior: saved.parameters(Self::KIND)?, arms: Arms::load(saved)? })
    }
}

/// A click rate that is Beta distributed, as its logit: there the density has no poles, whatever
/// the prior.
#[derive(Debug, Clone, Copy)]
struct Rate {
    clicks: f64,
    misses: f64,
}

impl Variable for Rate {
    fn log_density(&self, at: f64) -> f64 {
        // ln(1 + eˢ) without overflow.
        let small = (-at.abs()).exp().ln_1p();
        -self.clicks * ((-at).max(0.0) + small) - self.misses * (at.max(0.0) + small)
    }

    fn mode(&self) -> f64 {
        (self.clicks / self.misses).ln()
    }

    fn width(&self) -> f64 {
        (1.0 / self.clicks + 1.0 / self.misses).sqrt()
    }
}
