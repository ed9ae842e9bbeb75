//! What may be the best.

use serde::{Deserialize, Serialize};

use super::{
    Contexts, Policy, Rounds,
    arms::{Arms, repeated},
    share_among_largest,
};
use crate::{Model, ModelError, Result, Saved};

/// The action with the largest mean reward + `confidence` √(ln t / m), where it was tried m of t
/// times (Auer, Cesa-Bianchi and Fischer, 2002, *Finite-time analysis of the multiarmed bandit
/// problem*, whose confidence is √2). Actions never tried come first. It has no chance in it but
/// that of ties.
#[derive(Debug, Clone, PartialEq)]
pub struct Ucb1 {
    confidence: f64,
    arms: Arms,
}

#[derive(Serialize, Deserialize)]
struct Parameters {
    confidence: f64,
}

impl Ucb1 {
    /// A policy that has learnt nothing.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there is no action, or `confidence` is below zero.
    pub fn new(actions: usize, confidence: f64) -> Result<Self> {
        if !(confidence >= 0.0 && confidence.is_finite()) {
            return Err(ModelError::input(
                "confidence",
                format!("is {confidence}"),
                "give zero or more; the square root of 2 is usual for rewards between 0 and 1",
            ));
        }
        Ok(Self { confidence, arms: Arms::new(actions)? })
    }
}

impl Policy for Ucb1 {
    fn actions(&self) -> usize {
        self.arms.len()
    }

    fn learn(&mut self, rounds: &Rounds<'_>) -> Result<()> {
        self.arms.learn(rounds)
    }

    fn propensities(&self, contexts: &Contexts<'_>) -> Result<Vec<f64>> {
        let all = self.arms.counts.iter().sum::<f64>().max(1.0).ln();
        let pairs = self.arms.means().zip(&self.arms.counts);
        let mut scores: Vec<f64> = pairs
            .map(|(mean, count)| match mean {
                None => f64::INFINITY,
                Some(mean) => mean + self.confidence * (all / count).sqrt(),
            })
            .collect();
        share_among_largest(&mut scores);
        Ok(repeated(&scores, contexts.rows()))
    }
}

impl Model for Ucb1 {
    const KIND: &'static str = "bandit.ucb1";

    fn save(&self) -> Saved {
        self.arms.save(Saved::new(Self::KIND, &Parameters { confidence: self.confidence }))
    }

    fn load(saved: &Saved) -> Result<Self> {
        let Parameters { confidence } = saved.parameters(Self::KIND)?;
        Ok(Self { confidence, arms: Arms::load(saved)? })
    }
}
