//! What a logging policy showed, what came of it, and how likely it was to be shown.

use crate::{
    ModelError, Result,
    bandit::checks::{check_actions, check_finite, same_length},
};

/// Rounds of a logging policy, checked: every number is usable.
#[derive(Debug, Clone, Copy)]
pub struct Log<'a> {
    actions: &'a [i64],
    rewards: &'a [f64],
    propensities: &'a [f64],
}

impl<'a> Log<'a> {
    /// A log of as many rounds as `actions` has.
    ///
    /// `actions` count from zero; `rewards` are any finite numbers; `propensities` are the
    /// probabilities, in (0, 1], with which the logging policy chose those actions.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there is no round, the lengths differ, or a number is not
    /// usable; it names the first such row.
    pub fn new(actions: &'a [i64], rewards: &'a [f64], propensities: &'a [f64]) -> Result<Self> {
        if actions.is_empty() {
            return Err(ModelError::input("actions", "is empty", "give a log of at least one row"));
        }
        same_length("rewards", rewards.len(), actions.len())?;
        same_length("propensities", propensities.len(), actions.len())?;
        check_actions("actions", actions, None)?;
        check_finite("rewards", rewards)?;
        for (row, &propensity) in propensities.iter().enumerate() {
            if !(propensity > 0.0 && propensity <= 1.0) {
                return Err(ModelError::input(
                    "propensities",
                    format!("has {propensity} at row {row}"),
                    "an action that was logged had a probability above 0 and of at most 1; \
                     leave out rows whose probability wasn't written down",
                ));
            }
        }
        Ok(Self { actions, rewards, propensities })
    }

    /// How many rounds there are: at least one.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.actions.len()
    }

    /// The action of a round.
    #[must_use]
    pub fn action(&self, row: usize) -> usize {
        usize::try_from(self.actions[row]).expect("checked when the log was made")
    }

    /// All actions.
    #[must_use]
    pub fn actions(&self) -> &'a [i64] {
        self.actions
    }

    /// What came of each round.
    #[must_use]
    pub fn rewards(&self) -> &'a [f64] {
        self.rewards
    }

    /// How likely each round's action was.
    #[must_use]
    pub fn propensities(&self) -> &'a [f64] {
        self.propensities
    }
}
