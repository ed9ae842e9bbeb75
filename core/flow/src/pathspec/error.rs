//! What is wrong with a pathspec.

use crate::help::Help;

/// A text that names nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing was given.
    #[error("the pathspec is empty")]
    Empty,
    /// Two slashes in a row, or one at an end.
    #[error("the pathspec `{text}` has an empty part")]
    EmptyPart {
        /// What was given.
        text: String,
    },
    /// More than five parts.
    #[error("the pathspec `{text}` has too many parts")]
    TooLong {
        /// What was given.
        text: String,
    },
    /// A part can't be the name of a flow, step or artifact.
    #[error("`{text}` can't be the name of {what}")]
    Name {
        /// The part.
        text: String,
        /// `a flow`, `a step`, `an artifact`.
        what: &'static str,
    },
    /// A part can't be the id of a run.
    #[error("`{text}` can't be the id of a run")]
    Run {
        /// The part.
        text: String,
    },
    /// A part can't be the id of a task.
    #[error("`{text}` can't be the id of a task")]
    Task {
        /// The part.
        text: String,
    },
    /// Not `step/task.attempt`.
    #[error("`{text}` can't be the name of an attempt")]
    Attempt {
        /// What was given.
        text: String,
    },
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Empty | Self::EmptyPart { .. } | Self::TooLong { .. } => {
                "write `Flow/run/step/task/artifact`, or leave out parts from the right".into()
            }
            Self::Name { .. } => {
                "names have letters, digits and `_`, and don't begin with a digit".into()
            }
            Self::Run { .. } => {
                "run ids look like `20261122T101512345-8f2c9a`; `flownote runs` lists them".into()
            }
            Self::Task { .. } => {
                "task ids are foreach indices joined by `-`, as `3` or `3-0`, and `0` outside every foreach".into()
            }
            Self::Attempt { .. } => "attempts are named `step/task.attempt`, as `train/3.0`".into(),
        })
    }
}
