//! The difference of two notebooks, as JSON has it.

use serde::Serialize;
use serde_json::Value;

use crate::{CellId, Language};

/// What differs between two notebooks. Numbers of executions don't count.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Difference {
    /// The cells that differ, in the order of the newer notebook; what was removed stands
    /// where it was.
    pub cells: Vec<CellDifference>,
    /// The notebook's metadata, and its mode as `mode`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Change<Value>>>"))]
    pub metadata: Vec<Change<Value>>,
}

impl Difference {
    /// Whether the notebooks are the same.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.metadata.is_empty()
    }
}

/// How one cell differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum CellDifference {
    /// It is in the newer notebook only.
    Added {
        /// Its id.
        cell: CellId,
        /// Its number, from 1.
        number: usize,
        /// Its language.
        language: Language,
        /// Its text.
        source: String,
        /// Its outputs in words.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
        outputs: Vec<String>,
    },
    /// It is in the older notebook only.
    Removed {
        /// Its id.
        cell: CellId,
        /// Its number in the older notebook, from 1.
        number: usize,
        /// Its language.
        language: Language,
        /// Its text.
        source: String,
        /// Its outputs in words.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
        outputs: Vec<String>,
    },
    /// It is in both.
    Changed {
        /// Its id in the newer notebook.
        cell: CellId,
        /// Its id in the older one, when that was another and the text told the cell.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        was: Option<CellId>,
        /// Its number in the newer notebook, from 1.
        number: usize,
        /// Its number in the older one, when it was moved.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        moved_from: Option<usize>,
        /// Its language in the newer notebook.
        language: Language,
        /// Its language in the older one, when that was another.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        was_language: Option<Language>,
        /// Where its text differs.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Hunk>>"))]
        hunks: Vec<Hunk>,
        /// What it showed and shows, when that differs.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        outputs: Option<Change<Vec<String>>>,
        /// Its metadata, and its pasted images as `attachments`.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Change<Value>>>"))]
        metadata: Vec<Change<Value>>,
    },
}

/// One thing before and after; absent where there was none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Change<T> {
    /// What it is: a key of the metadata, `outputs`.
    pub key: String,
    /// In the older notebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub before: Option<T>,
    /// In the newer one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub after: Option<T>,
}

/// Lines that differ, with those around them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Hunk {
    /// The first line in the older text, from 1, and how many.
    pub before: (usize, usize),
    /// The first line in the newer text, from 1, and how many.
    pub after: (usize, usize),
    /// The lines.
    pub lines: Vec<Line>,
}

/// One line of a hunk.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Line {
    /// Where it stands.
    pub kind: LineKind,
    /// The line without its end.
    pub text: String,
}

/// In which text a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum LineKind {
    /// In both.
    Same,
    /// In the older one.
    Removed,
    /// In the newer one.
    Added,
}
