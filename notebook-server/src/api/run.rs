//! Flows and runs as lists show them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::RunState;

/// One flow: an element of `GET api/flows`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FlowRow {
    /// Its name.
    pub flow: String,
    /// Its newest run.
    pub latest: Option<RunRow>,
}

/// `GET api/runs`: newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunList {
    /// The runs.
    pub runs: Vec<RunRow>,
    /// What to give as `before` for the next page; null on the last.
    pub more: Option<String>,
    /// How many there are on all pages; null where that isn't known without reading them.
    pub total: Option<u64>,
}

/// One run in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunRow {
    /// The flow.
    pub flow: String,
    /// The run.
    pub run: String,
    /// How it stands.
    pub status: RunState,
    /// Who started it.
    pub user: String,
    /// Where.
    pub host: String,
    /// Its tags, changes applied.
    pub tags: Vec<String>,
    /// Tags that the system gave.
    pub system_tags: Vec<String>,
    /// When it began.
    pub started_at: String,
    /// When it ended; null while it isn't over.
    pub finished_at: Option<String>,
    /// How long it took, or has taken until this answer; null when its owner is gone.
    pub elapsed_ms: Option<u64>,
    /// How many tasks it has.
    pub tasks: Tally,
    /// Its scalar parameters; others as their previews.
    pub parameters: Map<String, Value>,
    /// The first task that failed for good, `train[11]`.
    pub failed_at: Option<String>,
    /// The file that it was started from: a flow's or a notebook's.
    pub file: Option<String>,
    /// The run that it takes results from, when it is a resume.
    pub origin: Option<String>,
    /// Why its record can't be read: parameters, user and tasks are then unknown.
    pub damage: Option<String>,
}

/// Tasks, counted: each in one of the numbers but `total`, which has all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Tally {
    /// They wait.
    pub queued: u64,
    /// They are at work.
    pub running: u64,
    /// They ran and committed.
    pub done: u64,
    /// They took an earlier result.
    pub reused: u64,
    /// They failed for good.
    pub failed: u64,
    /// They were cancelled, lost or interrupted.
    pub cancelled: u64,
    /// All that are known of; null where nobody counted.
    pub total: Option<u64>,
}
