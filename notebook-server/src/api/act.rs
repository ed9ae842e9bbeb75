//! What the page asks to be done.

use serde::{Deserialize, Serialize};

/// The body of `POST api/runs/{flow}/{run}/tags`, which answers the run's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TagsChange {
    /// Tags to add.
    #[serde(default)]
    pub add: Vec<String>,
    /// Tags to remove.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// The body of `POST api/runs/{flow}/{run}/resume`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Resume {
    /// In which way.
    #[serde(default)]
    pub how: ResumeHow,
}

/// How a run goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ResumeHow {
    /// A new run, which takes what is still valid.
    #[default]
    Resume,
    /// The same run, whose owner is gone (`interrupted`).
    Continue,
    /// A new run by the recorded command line.
    Again,
}

/// What was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Resumed {
    /// The run; null when it hasn't said its id yet.
    pub run: Option<String>,
    /// The process.
    pub pid: u32,
    /// What was typed, so to speak.
    pub command: Vec<String>,
    /// The file that has what it prints.
    pub output: String,
}

/// The body of `POST api/tasks/open`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OpenTask {
    /// `Flow/run/step/task`.
    pub pathspec: String,
}

/// A task as a notebook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OpenedTask {
    /// The notebook's file, from the folder in which the server runs.
    pub path: String,
}
