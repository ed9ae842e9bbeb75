//! Policies that learn what to show, and say how likely they show it.
//!
//! [`EpsilonGreedy`], [`Softmax`], [`Ucb1`] and [`Thompson`] learn of each action alone; [`LinUcb`]
//! and [`LinTs`] of an action in a context. All learn in batches or a round at a time, with the
//! same result, and each is a [`Model`] that goes on learning where it was saved.
//!
//! Every propensity is exact, of Thompson sampling too: see `largest`.

mod arms;
mod epsilon_greedy;
mod largest;
mod lin_ts;
mod lin_ucb;
mod ridge;
mod rounds;
mod softmax;
mod thompson;
mod ucb1;

use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{Model, Result};

pub use epsilon_greedy::EpsilonGreedy;
pub use lin_ts::LinTs;
pub use lin_ucb::LinUcb;
pub use rounds::{Contexts, Rounds};
pub use softmax::Softmax;
pub use thompson::Thompson;
pub use ucb1::Ucb1;

#[cfg(test)]
mod tests;

/// What chooses an action for a context, and learns from what came of it.
pub trait Policy: Model {
    /// How many actions there are.
    fn actions(&self) -> usize;

    /// Learns from rounds, in addition to those that it learnt from before.
    ///
    /// # Errors
    /// [`ModelError::Input`](crate::ModelError::Input) that names the first round that nothing can
    /// be learnt from; then nothing was.
    fn learn(&mut self, rounds: &Rounds<'_>) -> Result<()>;

    /// The probability of each action in each context: contexts × actions, in row-major order.
    ///
    /// # Errors
    /// [`ModelError::Input`](crate::ModelError::Input) where the contexts aren't of the length
    /// that was learnt.
    fn propensities(&self, contexts: &Contexts<'_>) -> Result<Vec<f64>>;

    /// Draws an action for each context. Equal seeds draw equal actions.
    ///
    /// # Errors
    /// As [`propensities`](Self::propensities).
    fn choose(&self, contexts: &Contexts<'_>, seed: u64) -> Result<Vec<i64>> {
        let propensities = self.propensities(contexts)?;
        let mut random = StdRng::seed_from_u64(seed);
        let rows = propensities.chunks_exact(self.actions());
        Ok(rows.map(|row| draw(row, random.random()) as i64).collect())
    }
}

/// The action at `share` of the way through a distribution.
fn draw(probabilities: &[f64], share: f64) -> usize {
    let mut left = share * probabilities.iter().sum::<f64>();
    for (action, probability) in probabilities.iter().enumerate() {
        if left < *probability {
            return action;
        }
        left -= probability;
    }
    // Rounding may leave a crumb at the end.
    probabilities.iter().rposition(|probability| *probability > 0.0).unwrap_or(0)
}

/// Overwrites scores by one, shared evenly by the largest: ties are broken by chance and not by
/// position.
fn share_among_largest(scores: &mut [f64]) {
    let (largest, ties) = largest_of(scores);
    let share = 1.0 / ties as f64;
    scores.iter_mut().for_each(|score| *score = if *score == largest { share } else { 0.0 });
}

/// The action at `share` of the way through those of the largest scores.
fn one_of_largest(scores: &[f64], share: f64) -> usize {
    let (largest, ties) = largest_of(scores);
    let nth = ((share * ties as f64) as usize).min(ties.saturating_sub(1));
    let mut tied = scores.iter().enumerate().filter(|(_, score)| **score == largest);
    tied.nth(nth).map_or(0, |(action, _)| action)
}

/// The largest score, and how many are as large.
fn largest_of(scores: &[f64]) -> (f64, usize) {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (largest, scores.iter().filter(|score| **score == largest).count())
}
