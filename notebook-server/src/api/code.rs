//! The code of a step.

use serde::{Deserialize, Serialize};

/// `GET …/code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CodeDetail {
    /// The project's files that the flow was loaded from, or a notebook's cells; the step's own
    /// first.
    pub files: Vec<SourceFile>,
    /// The step's file.
    pub file: Option<String>,
    /// The first and the last line of the step in it.
    pub lines: Option<(u32, u32)>,
    /// The run that `diff` compares with: the flow's run before this one.
    pub previous: Option<String>,
    /// What changed since then, file by file; null when there was no run before.
    pub diff: Option<Vec<FileDiff>>,
}

/// A source file as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SourceFile {
    /// Its path as recorded; a cell's id.
    pub path: String,
    /// What people call it, where that isn't the path: `cell 3 · sql`.
    pub title: Option<String>,
    /// Its language, where the path doesn't tell.
    pub language: Option<String>,
    /// Its text.
    pub text: String,
}

/// How one file changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FileDiff {
    /// Its path; a cell's id.
    pub path: String,
    /// What people call it, where that isn't the path.
    pub title: Option<String>,
    /// `added`, `removed` or `changed`.
    pub change: String,
    /// A unified diff.
    pub text: String,
}
