//! Notebooks and their folders as the page lists them.

use serde::{Deserialize, Serialize};

/// `GET api/notebooks`: what is in the served folder.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookTree {
    /// The served folder, as its user knows it.
    pub root: String,
    /// What is in it.
    pub entries: Vec<NotebookEntry>,
    /// Whether there is more than is told.
    pub cut: bool,
}

/// A folder, or a notebook.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum NotebookEntry {
    /// A folder that has notebooks somewhere below.
    Folder {
        /// Its name.
        name: String,
        /// Its path below the served folder, with `/`.
        path: String,
        /// What is in it.
        entries: Vec<NotebookEntry>,
    },
    /// An `.ipynb`, or a `.py` with cells.
    Notebook {
        /// Its name.
        name: String,
        /// Its path below the served folder, with `/`.
        path: String,
        /// When it was written: RFC 3339, UTC.
        modified: String,
        /// Bytes.
        size: u64,
        /// Whether a kernel runs for it.
        running: bool,
    },
}

/// The body of `POST api/notebooks` and `POST api/notebooks/delete`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookAt {
    /// The path below the served folder.
    pub path: String,
}

/// The body of `POST api/notebooks/rename` and `POST api/notebooks/copy`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookFromTo {
    /// The path of the notebook.
    pub path: String,
    /// Its new path, or that of the copy.
    pub to: String,
}

/// The body of `POST api/notebooks/upload`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookUpload {
    /// The path of the new file, of any kind.
    pub path: String,
    /// Its content, base64.
    pub content: String,
}

/// What was made or moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookPlace {
    /// Its path below the served folder.
    pub path: String,
}

/// `GET api/notebooks/history?path=`: what was saved, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookHistory {
    /// The saves.
    pub saves: Vec<NotebookSave>,
}

/// A notebook as it was once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookSave {
    /// Its name in this history: `GET api/notebooks/history/diff?path=&save=` tells what
    /// differs between it and the notebook now.
    pub save: String,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// Bytes.
    pub size: u64,
    /// Why it is kept: `saved`, or `replaced` for edits that another program's file replaced.
    pub why: String,
}
