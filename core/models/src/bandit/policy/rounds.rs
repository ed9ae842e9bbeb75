//! What policies learn from and choose for.

use std::ops::Range;

use crate::{ModelError, Result, bandit::checks};

/// What is known of each round before an action is chosen: rows of equally many numbers.
#[derive(Debug, Clone, Copy)]
pub struct Contexts<'a> {
    values: &'a [f64],
    rows: usize,
    dimensions: usize,
}

impl<'a> Contexts<'a> {
    /// Contexts in row-major order.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there are other than rows times dimensions numbers, or one
    /// isn't finite; it names the first such row.
    pub fn new(values: &'a [f64], rows: usize, dimensions: usize) -> Result<Self> {
        if values.len() != rows * dimensions {
            return Err(ModelError::input(
                "contexts",
                format!("has {} numbers, not {rows} × {dimensions}", values.len()),
                "give one row of numbers per round",
            ));
        }
        match checks::first_not_finite(values) {
            None => Ok(Self { values, rows, dimensions }),
            Some(place) => Err(ModelError::input(
                "contexts",
                format!("has {} at row {}", values[place], place / dimensions),
                "leave out rows without a number, or fill them in",
            )),
        }
    }

    /// Rounds of which nothing is known.
    #[must_use]
    pub fn none(rows: usize) -> Self {
        Self { values: &[], rows, dimensions: 0 }
    }

    /// How many rounds there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many numbers are known of each.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Those of some rounds.
    ///
    /// # Panics
    /// Where there are fewer.
    #[must_use]
    pub fn between(&self, rows: Range<usize>) -> Self {
        let values = &self.values[rows.start * self.dimensions..rows.end * self.dimensions];
        Self { values, rows: rows.len(), ..*self }
    }

    /// What is known of one.
    #[must_use]
    pub fn row(&self, row: usize) -> &'a [f64] {
        &self.values[row * self.dimensions..][..self.dimensions]
    }
}

/// Rounds to learn from: what was shown, what came of it, and in what context.
#[derive(Debug, Clone, Copy)]
pub struct Rounds<'a> {
    /// The actions, from zero.
    pub actions: &'a [i64],
    /// What came of them.
    pub rewards: &'a [f64],
    /// What was known.
    pub contexts: Contexts<'a>,
}

impl Rounds<'_> {
    /// Checks the rounds for a policy of so many actions.
    pub(super) fn check(&self, actions: usize) -> Result<()> {
        checks::same_length("rewards", self.rewards.len(), self.actions.len())?;
        checks::same_length("contexts", self.contexts.rows(), self.actions.len())?;
        checks::check_actions("actions", self.actions, Some(actions))?;
        checks::check_finite("rewards", self.rewards)
    }

    /// Each round's number, action and reward.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let pairs = self.actions.iter().zip(self.rewards).enumerate();
        pairs.map(|(row, (action, reward))| (row, *action as usize, *reward))
    }
}
