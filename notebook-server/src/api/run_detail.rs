//! One run: its graph, its steps, what it was run with.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{RunRow, Tally, TaskRow};

/// `GET api/runs/{flow}/{run}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunDetail {
    /// The run as lists show it.
    pub row: RunRow,
    /// What the flow is for: its docstring.
    pub doc: Option<String>,
    /// The steps and how they lead to one another.
    pub graph: Graph,
    /// How far each step is, in the order of the graph.
    pub steps: Vec<StepRow>,
    /// Tasks that failed, at most five: what ended the run first, what was cut off last.
    pub failures: Vec<TaskRow>,
    /// Of how many tasks only the log is known yet, as long as their results are read: which of
    /// them were reused isn't, and when they began and ended is known about.
    pub unread: u64,
    /// Python, platform, packages, git: as recorded.
    pub environment: Value,
    /// Which tasks' records can't be read, and why; of many the first.
    pub damage: Vec<String>,
    /// The scalar artifacts that it ended with.
    pub metrics: Map<String, Value>,
    /// The command line as it was typed.
    pub command: Vec<String>,
    /// The step after which it was to end (`--until`).
    pub until: Option<String>,
    /// Whether it runs, or ran, on this machine: it can be resumed from here.
    pub is_here: bool,
}

/// The steps of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Graph {
    /// In the order of their definition.
    pub steps: Vec<GraphStep>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GraphStep {
    /// Its name; of a notebook the cell's id.
    pub name: String,
    /// `start`, `linear`, `split`, `foreach`, `join`, `end`; of a notebook `cell`.
    pub kind: String,
    /// What people call it: the name, or `cell 3 · sql`.
    pub title: String,
    /// The artifact whose items it leads to, when it is a foreach.
    pub foreach: Option<String>,
    /// Whether there is one task of it for each item: it is inside a foreach.
    pub is_many: bool,
    /// The steps that follow; of a cell those that read what it made.
    pub next: Vec<String>,
    /// The split or foreach that it closes.
    pub joins: Option<String>,
    /// The file that it is in.
    pub file: String,
    /// The line of its `def`.
    pub line: u32,
    /// Its docstring, or the first line of a cell.
    pub doc: Option<String>,
    /// Its decorators as text: `retry(times=3)`.
    pub decorators: Vec<String>,
}

/// How far a step is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StepRow {
    /// The step.
    pub step: String,
    /// Its tasks.
    pub counts: Tally,
    /// Attempts after the first.
    pub retries: u64,
    /// When its first task began.
    pub first_started_at: Option<String>,
    /// When its last task ended; null while one isn't over.
    pub last_finished_at: Option<String>,
    /// From the one to the other, or until this answer.
    pub elapsed_ms: Option<u64>,
    /// Processor time of all attempts.
    pub cpu_ms: u64,
    /// The most memory that an attempt had.
    pub max_rss_bytes: u64,
}

/// Why a task ran although a result was looked for: an element of
/// `GET api/runs/{flow}/{run}/why`, one a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct WhyRow {
    /// The step.
    pub step: String,
    /// The task that was asked about.
    pub task: String,
    /// The first thing that differs from the nearest kept result, or why none is kept.
    pub why: String,
    /// The task that made the nearest kept result.
    pub nearest: Option<super::ReusedFrom>,
    /// What else differs.
    pub also: Vec<String>,
}
