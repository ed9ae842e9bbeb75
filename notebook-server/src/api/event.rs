//! What `GET api/runs/{flow}/{run}/events` sends: `event: task|run|log` with one of these
//! as data. The stream ends after the `run` that is over. `GET api/events` sends `run`
//! for every run of the store that begins, goes on or ends; it sends `ready` once it knows
//! what there is, and doesn't end.

use serde::{Deserialize, Serialize};

use super::{LogRow, RunRow, StepRow, TaskRow};

/// `event: task`: a task began, or a try of it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TaskEvent {
    /// The task as it stands now.
    pub task: TaskRow,
    /// Its place in [`super::TaskList`] and [`super::Heat`] of its step.
    pub index: u64,
}

/// `event: run`: the run's numbers changed, or it is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunEvent {
    /// The run as it stands now.
    pub row: RunRow,
    /// Its steps; empty in `api/events`.
    pub steps: Vec<StepRow>,
}

/// `event: log`: lines that were printed since, when asked for by `?log=step/task`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogEvent {
    /// The step.
    pub step: String,
    /// The task.
    pub task: String,
    /// The lines.
    pub lines: Vec<LogRow>,
}
