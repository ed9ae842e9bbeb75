//! What can stop the engine itself. A failing step is not an error here: it is an outcome.

use std::io;

use flownote_flow::help::Help;
use flownote_flow::id::RunId;

/// Why a run service ended without finishing its run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The datastore failed.
    #[error(transparent)]
    Store(#[from] flownote_store::Error),
    /// A pipe, a socket or a process failed.
    #[error("the engine can't reach its workers: {0}")]
    Worker(#[from] io::Error),
    /// Another scheduler took the run over.
    #[error("run `{run}` was taken over by another scheduler (log entry {seq} is not ours)")]
    Fenced {
        /// The run.
        run: RunId,
        /// The number of the log entry.
        seq: u64,
    },
    /// The run's scheduler is still at work.
    #[error("run `{run}` is still being run by {owner}")]
    StillRunning {
        /// The run.
        run: RunId,
        /// Its scheduler.
        owner: String,
    },
    /// The run is over.
    #[error("run `{run}` has already finished: {status}")]
    AlreadyFinished {
        /// The run.
        run: RunId,
        /// How.
        status: String,
    },
    /// What the datastore holds doesn't fit together.
    #[error("{what} can't be used: {why}")]
    Damaged {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
    /// The schedule refused an event.
    #[error("the schedule refused an event: {0}")]
    Schedule(#[from] flownote_flow::schedule::Error),
    /// The launcher died with all workers.
    #[error("the process that starts workers is gone")]
    LauncherGone {
        /// The run.
        run: RunId,
    },
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.hint(),
            Self::Fenced { run, .. } => Some(format!(
                "nothing is lost; watch the other scheduler with `flownote show {run}`"
            )),
            Self::StillRunning { run, .. } => {
                Some(format!("watch it with `flownote show {run}`, or end that process first"))
            }
            Self::AlreadyFinished { run, .. } => Some(format!(
                "`flownote resume FLOW.py --origin-run-id {run}` starts a new run that takes \
                     what is still valid; look at this one with `flownote show {run}`"
            )),
            Self::LauncherGone { run } => {
                Some(format!("finished tasks are kept: go on with `run --continue {run}`"))
            }
            Self::Damaged { .. } => Some("`flownote store check` names what is damaged".to_owned()),
            Self::Worker(_) | Self::Schedule(_) => None,
        }
    }
}
