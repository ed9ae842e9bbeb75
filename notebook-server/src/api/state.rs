//! How runs and tasks stand, in the store's words.

use flownote_store::client::{Status, TaskStatus};
use serde::{Deserialize, Serialize};

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum RunState {
    /// `end` committed.
    Succeeded,
    /// A task failed for good.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// Its owner is at work.
    Running,
    /// A notebook is open, and none of its cells runs.
    Open,
    /// Its owner is gone; `run --continue` takes it up.
    Interrupted,
}

impl From<Status> for RunState {
    fn from(status: Status) -> Self {
        match status {
            Status::Succeeded => Self::Succeeded,
            Status::Failed => Self::Failed,
            Status::Cancelled => Self::Cancelled,
            Status::Running => Self::Running,
            Status::Interrupted => Self::Interrupted,
        }
    }
}

impl RunState {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Running,
        Self::Open,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::Interrupted,
    ];
}

/// How a task stands, and how an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum TaskState {
    /// It waits: for a worker, or before a further attempt.
    Queued,
    /// It is at work.
    Running,
    /// It committed.
    Succeeded,
    /// Its result is an earlier task's; nothing ran.
    Reused,
    /// It failed.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// A tombstone closed its last attempt: nobody knows how it ended.
    Lost,
    /// It was at work when the run's owner went.
    Interrupted,
}

impl TaskState {
    /// All of them, in the order of the bytes of a heat strip.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Running,
        Self::Succeeded,
        Self::Reused,
        Self::Failed,
        Self::Cancelled,
        Self::Lost,
        Self::Interrupted,
    ];
}

impl From<TaskStatus> for TaskState {
    fn from(status: TaskStatus) -> Self {
        match status {
            TaskStatus::Succeeded => Self::Succeeded,
            TaskStatus::Failed => Self::Failed,
            TaskStatus::Cancelled => Self::Cancelled,
            TaskStatus::Lost => Self::Lost,
            TaskStatus::Running => Self::Running,
            TaskStatus::Interrupted => Self::Interrupted,
        }
    }
}
