//! The policy in question, as what it would have done in each round of a log.

use super::log::Log;
use crate::{
    ModelError, Result,
    bandit::{
        checks::{check_actions, first_not_finite, same_length},
        definite::{Probabilities, dot},
    },
};

/// How far probabilities may be from a sum of one.
pub(super) const TOLERANCE: f64 = 1e-6;

/// A policy's probabilities in the rounds of a log, in one of four forms.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// Of each round's logged action alone: enough for all estimators but those that ask a
    /// reward model about other actions.
    Logged(&'a [f64]),
    /// Of each action, the same in all rounds.
    Same(&'a [f64]),
    /// Of each action in each round: rounds × actions, in row-major order.
    Rows {
        /// As many as rounds times actions.
        values: &'a [f64],
        /// How many actions there are.
        actions: usize,
    },
    /// The one action that the policy takes in each round.
    Taken(&'a [i64]),
}

impl Target<'_> {
    /// Checks the probabilities against the log.
    ///
    /// # Errors
    /// [`ModelError::Input`] that names the first row that has no distribution, or whose logged
    /// action the policy doesn't know.
    pub fn check(&self, log: &Log<'_>) -> Result<()> {
        const NAME: &str = "probabilities";
        match *self {
            Self::Logged(values) => {
                same_length(NAME, values.len(), log.rows())?;
                values.iter().enumerate().try_for_each(|(row, value)| probability(*value, row))
            }
            Self::Same(values) => {
                distribution(values, 0)?;
                check_actions("actions", log.actions(), Some(values.len()))
            }
            Self::Rows { values, actions } => {
                self.check_shape(log)?;
                let mut rows = values.chunks_exact(actions).enumerate();
                rows.try_for_each(|(row, values)| distribution(values, row))
            }
            Self::Taken(actions) => {
                same_length("taken", actions.len(), log.rows())?;
                check_actions("taken", actions, None)
            }
        }
    }

    /// Checks the shape of a table against the log.
    pub(super) fn check_shape(&self, log: &Log<'_>) -> Result<()> {
        let Self::Rows { values, actions } = *self else { return Ok(()) };
        if actions == 0 {
            return distribution(&[], 0);
        }
        same_length("probabilities", values.len() / actions, log.rows())?;
        check_actions("actions", log.actions(), Some(actions))
    }

    /// The probability of a round's logged action.
    pub(super) fn logged(&self, log: &Log<'_>, row: usize) -> f64 {
        let action = log.action(row);
        match *self {
            Self::Logged(values) => values[row],
            Self::Same(values) => values[action],
            Self::Rows { values, actions } => values[row * actions + action],
            Self::Taken(actions) => f64::from(u8::from(actions[row] == log.actions()[row])),
        }
    }

    /// The mean of a row of `predicted` under the policy; nothing where only the logged action's
    /// probability is known.
    pub(super) fn expected(&self, predicted: &[f64], row: usize) -> Option<f64> {
        match *self {
            Self::Logged(_) => None,
            Self::Same(values) => Some(dot(predicted, values)),
            Self::Rows { values, actions } => {
                Some(dot(predicted, &values[row * actions..][..actions]))
            }
            Self::Taken(actions) => predicted.get(usize::try_from(actions[row]).ok()?).copied(),
        }
    }

    /// How many actions there are, where that is known.
    pub(super) fn actions(&self) -> Option<usize> {
        match *self {
            Self::Same(values) => Some(values.len()),
            Self::Rows { actions, .. } => Some(actions),
            Self::Logged(_) | Self::Taken(_) => None,
        }
    }
}

/// What a reward model expects of each action in each round: rounds × actions, in row-major
/// order.
#[derive(Debug, Clone, Copy)]
pub struct Predicted<'a> {
    values: &'a [f64],
    actions: usize,
}

impl<'a> Predicted<'a> {
    /// Predictions for a log and the policy in question.
    ///
    /// # Errors
    /// [`ModelError::Input`] where the shape is another than that of the log and the policy. That
    /// a prediction isn't a number is said where it is asked for.
    pub fn new(
        values: &'a [f64],
        actions: usize,
        log: &Log<'_>,
        target: &Target<'_>,
    ) -> Result<Self> {
        const NAME: &str = "predicted";
        if actions == 0 || target.actions().is_some_and(|known| known != actions) {
            let known = target.actions().map_or("some".to_owned(), |known| known.to_string());
            return Err(ModelError::input(
                NAME,
                format!("is about {actions} actions, and the policy about {known}"),
                "give one column per action",
            ));
        }
        same_length(NAME, values.len() / actions, log.rows())?;
        check_actions("actions", log.actions(), Some(actions))?;
        if let Target::Taken(taken) = target {
            check_actions("taken", taken, Some(actions))?;
        }
        Ok(Self { values, actions })
    }

    /// Says which row has a prediction that isn't a number.
    pub(super) fn check(&self) -> Result<()> {
        match first_not_finite(self.values) {
            None => Ok(()),
            Some(place) => Err(ModelError::input(
                "predicted",
                format!("has {} at row {}", self.values[place], place / self.actions),
                "give a finite expectation for every action",
            )),
        }
    }

    /// All of them.
    pub(super) fn values(&self) -> &'a [f64] {
        self.values
    }

    /// What is expected of each action in a round.
    pub(super) fn row(&self, row: usize) -> &'a [f64] {
        &self.values[row * self.actions..][..self.actions]
    }
}

fn probability(value: f64, row: usize) -> Result<()> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(ModelError::input(
        "probabilities",
        format!("has {value} at row {row}"),
        "probabilities are between 0 and 1",
    ))
}

fn distribution(values: &[f64], row: usize) -> Result<()> {
    if values.is_empty() {
        return Err(ModelError::input(
            "probabilities",
            "has no columns",
            "give the probability of every action",
        ));
    }
    let found = Probabilities::of(values);
    if found.are_one(TOLERANCE) {
        return Ok(());
    }
    values.iter().try_for_each(|value| probability(*value, row))?;
    Err(ModelError::input(
        "probabilities",
        format!("sums to {} at row {row}", found.sum),
        "the probabilities of all actions sum to one",
    ))
}
