//! Why a session can't begin.

use flownote_flow::help::Help;

use crate::values;

/// Why a session can't begin.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder for values can't be made.
    #[error(transparent)]
    Values(#[from] values::Error),
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Values(error) => error.hint(),
        }
    }
}
