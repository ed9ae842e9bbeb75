//! How often each action was tried, and what came of it in sum.

use crate::{
    ModelError, Result,
    bandit::Rounds,
    saved::{Array, Saved},
};

/// Counts and sums of rewards, per action.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arms {
    pub counts: Vec<f64>,
    pub sums: Vec<f64>,
}

impl Arms {
    pub fn new(actions: usize) -> Result<Self> {
        if actions == 0 {
            return Err(ModelError::input("n_actions", "is 0", "a policy chooses from 1 or more"));
        }
        Ok(Self { counts: vec![0.0; actions], sums: vec![0.0; actions] })
    }

    pub fn len(&self) -> usize {
        self.counts.len()
    }

    pub fn learn(&mut self, rounds: &Rounds<'_>) -> Result<()> {
        rounds.check(self.len())?;
        for (_, action, reward) in rounds.iter() {
            self.counts[action] += 1.0;
            self.sums[action] += reward;
        }
        Ok(())
    }

    /// The mean reward of each action; nothing of one that was never tried.
    pub fn means(&self) -> impl Iterator<Item = Option<f64>> {
        let pairs = self.counts.iter().zip(&self.sums);
        pairs.map(|(count, sum)| (*count > 0.0).then(|| sum / count))
    }

    /// The mean of all rewards: zero before the first.
    pub fn mean(&self) -> f64 {
        let count: f64 = self.counts.iter().sum();
        if count > 0.0 { self.sums.iter().sum::<f64>() / count } else { 0.0 }
    }

    pub fn save(&self, saved: Saved) -> Saved {
        saved.with("counts", &[self.len()], self.counts.clone()).with(
            "sums",
            &[self.len()],
            self.sums.clone(),
        )
    }

    pub fn load(saved: &Saved) -> Result<Self> {
        let (counts, sums) = (saved.array("counts")?, saved.array("sums")?);
        let sizes = |array: &Array| array.values.len();
        if sizes(counts) == 0 || sizes(counts) != sizes(sums) {
            let problem = "its counts and sums are of different lengths".to_owned();
            return Err(ModelError::Saved { kind: saved.kind.clone(), problem });
        }
        Ok(Self { counts: counts.values.clone(), sums: sums.values.clone() })
    }
}

/// The same distribution in every context.
pub(super) fn repeated(row: &[f64], rows: usize) -> Vec<f64> {
    row.repeat(rows)
}
