//! What is wrong with an input or a fit, and what to do about it.

use flownote_flow::help::Help;

/// The result of everything here that can fail.
pub type Result<T, E = ModelError> = std::result::Result<T, E>;

/// Why a model can't be fitted, applied or read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// An input that no answer can be computed from.
    #[error("`{name}` {problem}")]
    Input {
        /// The argument's name.
        name: &'static str,
        /// What is wrong with it: a verb first, with the first position that shows it.
        problem: String,
        /// What to do.
        hint: String,
    },
    /// A row that a scoring function has no answer for.
    #[error("`{name}` {problem} (of {values})")]
    Row {
        /// The argument's name.
        name: &'static str,
        /// What is wrong with it: a verb first.
        problem: String,
        /// Which row, from 0.
        row: usize,
        /// The row's values, each after its name.
        values: String,
        /// What to do.
        hint: String,
    },
    /// The likelihood has no maximum inside, or it wasn't reached.
    #[error("{model} did not converge after {iterations} iterations")]
    Diverged {
        /// The model's name for people.
        model: &'static str,
        /// How many iterations were made.
        iterations: usize,
        /// What to do.
        hint: String,
    },
    /// Bytes that aren't a saved model of the kind that was asked for.
    #[error("this isn't a saved {kind}: {problem}")]
    Saved {
        /// The kind that was asked for.
        kind: String,
        /// What is wrong with the bytes.
        problem: String,
    },
    /// The caller asked for an end.
    #[error("stopped")]
    Cancelled,
}

impl ModelError {
    /// An input that no answer can be computed from.
    pub fn input(name: &'static str, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Input { name, problem: problem.into(), hint: hint.into() }
    }
}

impl Help for ModelError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Input { hint, .. } | Self::Row { hint, .. } | Self::Diverged { hint, .. } => {
                Some(hint.clone())
            }
            Self::Saved { .. } => Some("save the model with this version of Flownote".to_owned()),
            Self::Cancelled => None,
        }
    }
}
