//! Tasks and their attempts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ArtifactRow, TaskState};

/// `GET api/runs/{flow}/{run}/tasks`: steps in the order of the graph, tasks by their
/// foreach indices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TaskList {
    /// Some of them, from the asked one on.
    pub tasks: Vec<TaskRow>,
    /// How many there are.
    pub total: u64,
}

/// One task in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TaskRow {
    /// The step.
    pub step: String,
    /// The task within the step: `0`, `11`, `3-0`.
    pub task: String,
    /// What people call it: `train[11]`, `end`.
    pub label: String,
    /// Its place in its innermost foreach, from 0.
    pub foreach_index: Option<u32>,
    /// A short text of its item, where the items were recorded.
    pub foreach_value: Option<String>,
    /// How it stands.
    pub status: TaskState,
    /// Its attempts, from the first.
    pub attempts: Vec<AttemptRow>,
    /// When its first attempt began.
    pub started_at: Option<String>,
    /// When its last attempt ended; null while it isn't over.
    pub finished_at: Option<String>,
    /// From the one to the other, or until this answer.
    pub elapsed_ms: Option<u64>,
    /// The task whose result it took.
    pub reused: Option<ReusedFrom>,
    /// Why it failed, or what `@catch` turned into a value.
    pub error: Option<TaskError>,
    /// Whether `error` was caught: the task committed all the same.
    pub caught: bool,
    /// Whether it would have been tried again, and the run ended before.
    pub cut_off: bool,
}

/// One try.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AttemptRow {
    /// From 0.
    pub attempt: u32,
    /// When it began.
    pub started_at: Option<String>,
    /// When it ended; null while it isn't over.
    pub finished_at: Option<String>,
    /// How it ended or stands.
    pub outcome: TaskState,
    /// What it said when it failed, in a line.
    pub message: Option<String>,
    /// Where it ran.
    pub host: String,
    /// Processor time.
    pub cpu_ms: u64,
    /// The most memory that it had.
    pub max_rss_bytes: u64,
    /// Bytes that it printed, both streams.
    pub printed_bytes: u64,
    /// What a user should see once.
    pub notices: Vec<String>,
}

/// The task whose result another took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReusedFrom {
    /// `Flow/run/step/task`.
    pub pathspec: String,
    /// Who ran it.
    pub user: String,
    /// When it ended.
    pub finished_at: String,
}

/// Why a task failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TaskError {
    /// What kind of end it was: `exception`, `timeout`, `out_of_memory`, …
    pub kind: String,
    /// The exception's class, `ValueError`, or the kind.
    pub name: String,
    /// What it says, without the class.
    pub message: String,
    /// What to do now.
    pub hint: Option<String>,
    /// The traceback as it was printed.
    pub traceback: Option<String>,
    /// The traceback's frames, the outermost first; empty when it can't be taken apart.
    pub frames: Vec<Frame>,
}

/// One frame of a traceback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Frame {
    /// The file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The function.
    pub function: String,
    /// The line's text.
    pub text: Option<String>,
    /// How many more times it came in a row.
    pub repeated: u32,
}

/// `GET api/runs/{flow}/{run}/{step}/{task}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TaskDetail {
    /// The task as lists show it.
    pub row: TaskRow,
    /// What it sees, by name: its own artifacts and those passed on to it. Parameters and
    /// constants of the run come last.
    pub artifacts: Vec<ArtifactRow>,
    /// The parameters of its run, as [`super::RunRow`] has them.
    pub parameters: Map<String, Value>,
    /// Why it ran although a result was looked for; null when it looked for none or took one.
    pub why_not_reused: Option<String>,
    /// Pathspecs of the tasks whose results it was given; of many the first hundred.
    pub parents: Vec<String>,
    /// How many those are.
    pub parents_total: u64,
    /// Pathspecs of the tasks that were given its results; of many the first hundred.
    pub children: Vec<String>,
    /// How many those are.
    pub children_total: u64,
}
