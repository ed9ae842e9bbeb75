//! One block of a notebook.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{CellId, Language, Options, Output};

/// Metadata of cells that say nothing of the notebook: how a percent file is laid out, and what
/// others leave behind when a cell runs. Percent files don't have them (Jupytext leaves out
/// the same), and they are no difference.
pub(crate) const INCIDENTAL: [&str; 8] = [
    "lines_to_next_cell",
    "cell_marker",
    "collapsed",
    "scrolled",
    "autoscroll",
    "trusted",
    "execution",
    "ExecuteTime",
];

/// One block of a notebook, in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Cell {
    /// Its name, the same for its whole life.
    pub id: CellId,
    /// What it is written in.
    #[serde(default)]
    pub language: Language,
    /// The text, with `\n` between lines. The `%%sql` of the file isn't part of it.
    #[serde(default)]
    pub source: String,
    /// What it shows, as of its last execution.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Output>,
    /// The `3` of `In [3]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_count: Option<u32>,
    /// The file's metadata of the cell, what others put there included.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// The images pasted into a Markdown or raw cell: name → MIME type → base64.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub attachments: Map<String, Value>,
    /// The language of a cell that no interpreter of ours speaks (`scala`). Such a cell is
    /// [`Language::Raw`] here, never executed, and stays a code cell in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<Arc<str>>,
}

impl Cell {
    /// A cell that was never executed.
    pub fn new(id: impl Into<CellId>, language: Language, source: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            language,
            source: with_line_feeds(source.into()),
            outputs: Vec::new(),
            execution_count: None,
            metadata: Map::new(),
            attachments: Map::new(),
            foreign: None,
        }
    }

    /// What the comments on its first lines ask for.
    pub fn options(&self) -> Options {
        Options::of(self.language, &self.source)
    }

    /// The line by which people know it: the first that is neither blank nor an
    /// option.
    pub fn headline(&self) -> Option<&str> {
        let options = self.options();
        let is_option = |number: usize| options.entries().iter().any(|it| it.line == number);
        let lines = (1..).zip(self.source.lines().map(str::trim));
        let mut told = lines.filter(|(number, line)| !line.is_empty() && !is_option(*number));
        told.next().map(|(_, line)| line)
    }

    /// The tags in its metadata: papermill's `parameters`, for one.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        let tags = self.metadata.get("tags").and_then(Value::as_array);
        tags.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether it has that tag.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags().any(|own| own == tag)
    }
}

/// The text with `\n` for every kind of line end: editors count positions so.
pub(crate) fn with_line_feeds(text: String) -> String {
    match normalise(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(text) => text,
    }
}

fn normalise(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_one_kind() {
        assert_eq!(Cell::new("a", Language::Python, "x\r\ny\rz\n").source, "x\ny\nz\n");
    }

    #[test]
    fn a_cell_is_known_by_its_first_line_that_is_no_option() {
        let headline =
            |language, source: &str| Cell::new("a", language, source).headline().map(str::to_owned);
        let expected = |line: &str| Some(line.to_owned());
        assert_eq!(headline(Language::Sql, "-- out: top\n\n  select 1"), expected("select 1"));
        assert_eq!(headline(Language::Python, "# Ratings\nx = 1"), expected("# Ratings"));
        assert_eq!(headline(Language::Rust, "//! in: x: f64\nx + 1.0"), expected("x + 1.0"));
        assert_eq!(headline(Language::Python, " \n"), None);
    }

    #[test]
    fn tags_are_read_from_metadata_that_may_be_odd() {
        let mut cell = Cell::new("a", Language::Python, "");
        assert!(!cell.has_tag("parameters"));
        cell.metadata.insert("tags".into(), serde_json::json!(["parameters", 3]));
        assert!(cell.has_tag("parameters"));
        cell.metadata.insert("tags".into(), "parameters".into());
        assert!(!cell.has_tag("parameters"));
    }
}
