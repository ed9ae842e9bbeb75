//! What the page asks to be done.

use std::collections::BTreeMap;

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
    /// Parameters that are to have other values, as they are typed.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}

/// What a flow or a notebook can be run with: `GET api/runs/{flow}/{run}/parameters` and
/// `GET api/notebooks/parameters?path`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ParameterForm {
    /// In their order.
    pub fields: Vec<FormField>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FormField {
    /// Its name as people type it.
    pub name: String,
    /// Its name as records have it.
    pub attribute: String,
    /// `str`, `int`, `float`, `bool`, `json`, `file`; of a notebook also `expression`.
    pub kind: String,
    /// The value that it has if nobody says another.
    pub value: Option<String>,
    /// Whether a value must be given.
    pub required: bool,
    /// What it means.
    pub help: Option<String>,
}

/// The body of `POST api/notebooks/run`, which answers [`Resumed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunNotebook {
    /// The notebook, from the served folder.
    pub path: String,
    /// Parameters that are to have other values, as they are typed.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Tags of the run.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Whether results of cells may be taken that were computed before.
    #[serde(default)]
    pub reuse: bool,
}

/// A run that was told to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Stopping {
    /// The process that was told.
    pub pid: u32,
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
