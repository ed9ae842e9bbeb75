//! What a schedule refuses: events that can't be true. They leave it as it was.

use crate::event::RunStatus;
use crate::graph::WrongNext;
use crate::help::Help;
use crate::id::AttemptKey;

/// An event that contradicts what is known of the run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Something happened before a scheduler took the run.
    #[error("the run has no scheduler yet: its log must begin with an epoch")]
    NotBegun,
    /// An epoch that isn't higher than the last.
    #[error("epoch {epoch} comes after epoch {current}")]
    StaleEpoch {
        /// The epoch.
        epoch: u64,
        /// The one before it.
        current: u64,
    },
    /// A finished run can't be taken.
    #[error("the run is over ({status:?})")]
    Over {
        /// How it ended.
        status: RunStatus,
    },
    /// The run can't end as long as attempts are under way or could start.
    #[error("the run isn't over (attempts under way: {running})")]
    Unfinished {
        /// How many attempts are under way.
        running: usize,
    },
    /// The flow has no such task.
    #[error("the flow has no task `{0}`", attempt.task)]
    UnknownTask {
        /// The attempt that was spoken of.
        attempt: AttemptKey,
    },
    /// Nobody was told to start the attempt.
    #[error("attempt `{attempt}` was never launched")]
    NeverLaunched {
        /// The attempt.
        attempt: AttemptKey,
    },
    /// A task went where its step doesn't lead.
    #[error(transparent)]
    WrongNext(#[from] WrongNext),
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Self::WrongNext(error) => error.hint(),
            Self::Over { .. } => Some("start a new run, or `flownote resume` from this one".into()),
            Self::UnknownTask { .. } => {
                Some("the flow's source differs from the one that the run was started with".into())
            }
            _ => None,
        }
    }
}
