//! The policy in question, as what it would have done in each round of a log.

use super::log::Log;
use crate::{
    ModelError, Result,
    bandit::{
        checks::{check_actions, same_length},
        definite::{dot, sum_of_probabilities},
    },
};

/// How far probabilities may be from a sum of one.
const TOLERANCE: f64 = 1e-6;

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
                if actions == 0 {
                    return distribution(&[], 0);
                }
                same_length(NAME, values.len() / actions, log.rows())?;
                check_actions("actions", log.actions(), Some(actions))?;
                let mut rows = values.chunks_exact(actions).enumerate();
                rows.try_for_each(|(row, values)| distribution(values, row))
            }
            Self::Taken(actions) => {
                same_length("taken", actions.len(), log.rows())?;
                check_actions("taken", actions, None)
            }
        }
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

    /// The first round in which more than one action is possible.
    pub(super) fn undecided(&self, log: &Log<'_>) -> Option<usize> {
        match self {
            Self::Taken(_) => None,
            _ => (0..log.rows()).find(|&row| {
                let probability = self.logged(log, row);
                probability > 0.0 && probability < 1.0
            }),
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
    /// [`ModelError::Input`] where the shape is another than that of the log and the policy, or
    /// a prediction isn't a number.
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
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            return Err(ModelError::input(
                NAME,
                format!("has {} at row {}", values[place], place / actions),
                "give a finite expectation for every action",
            ));
        }
        Ok(Self { values, actions })
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
    let (sum, fit) = sum_of_probabilities(values);
    if !fit {
        values.iter().try_for_each(|value| probability(*value, row))?;
    }
    if (sum - 1.0).abs() <= TOLERANCE {
        return Ok(());
    }
    Err(ModelError::input(
        "probabilities",
        format!("sums to {sum} at row {row}"),
        "the probabilities of all actions sum to one",
    ))
}
