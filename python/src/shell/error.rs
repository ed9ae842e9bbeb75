//! What can stop a verb, and the one place where it is printed.

use std::io;

use console::style;
use flownote_flow::help::Help;

use super::Exit;
use flownote_store::reference;

/// Why a verb can't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The datastore failed.
    #[error(transparent)]
    Store(#[from] flownote_store::Error),
    /// A name means nothing, or too much.
    #[error(transparent)]
    Reference(#[from] reference::Error),
    /// The command line asks for what can't be.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do now.
        hint: Option<String>,
    },
    /// What was asked for doesn't exist.
    #[error("{message}")]
    NotFound {
        /// What is missing.
        message: String,
        /// What to do now.
        hint: Option<String>,
    },
    /// A file or the output can't be written.
    #[error("{what} can't be written: {source}")]
    Output {
        /// The file.
        what: String,
        /// The system's word.
        source: io::Error,
    },
    /// Whoever read the output has seen enough (`| head`).
    #[error("the output was closed")]
    Closed,
}

impl Error {
    /// A wrong command line.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    /// The exit code that tells it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Store(error) | Self::Reference(reference::Error::Store(error)) => match error {
                flownote_store::Error::Missing { .. } => Exit::NotFound,
                flownote_store::Error::Url { .. } | flownote_store::Error::Name { .. } => {
                    Exit::Usage
                }
                _ => Exit::Store,
            },
            Self::Reference(reference::Error::Form(_) | reference::Error::TooShort { .. })
            | Self::Usage { .. } => Exit::Usage,
            Self::Reference(_) | Self::NotFound { .. } => Exit::NotFound,
            Self::Output { .. } => Exit::Failure,
            Self::Closed => Exit::Success,
        }
    }
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.hint(),
            Self::Reference(error) => error.hint(),
            Self::Usage { hint, .. } | Self::NotFound { hint, .. } => hint.clone(),
            Self::Output { .. } | Self::Closed => None,
        }
    }
}

/// Prints an error as every error is printed: what is wrong, and what to do now.
pub fn report(error: &dyn Help) {
    report_without_hint(error);
    if let Some(hint) = error.hint() {
        super::output::talk(&format!("{} {hint}", style("hint:").cyan().for_stderr()));
    }
}

/// Prints what is wrong; another says what to do.
pub fn report_without_hint(error: &dyn Help) {
    let label = style("error:").red().bold().for_stderr();
    super::output::talk(&format!("{label} {error}"));
}
