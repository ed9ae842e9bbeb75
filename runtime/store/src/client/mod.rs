//! The read side: flows, runs, tasks, artifacts, output, tags and metrics, as the Python
//! client, the shell and the browser show them. Everything here is plain data that serde
//! can write; each file adds its questions to [`crate::Store`].

mod artifacts;
mod made;
mod metrics;
mod output;
mod runs;
mod status;
mod tags;
mod task;
mod tasks;
mod why;

pub use artifacts::{Artifact, Origin};
pub use made::Made;
pub use metrics::{RunRow, scalar};
pub use output::{LogCursor, LogLine};
pub use runs::{RunFilter, RunName, RunPage, RunSummary};
pub(crate) use status::Seen;
pub use status::Status;
pub use tags::{TagChange, Tags};
pub use task::{Attempt, Task, TaskStatus};
pub use why::{NOT_REUSED, Why};

/// Objects that a listing reads at once.
pub(crate) const AT_ONCE: usize = 32;
