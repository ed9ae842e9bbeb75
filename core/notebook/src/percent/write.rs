//! From a document to a percent file.

use serde_json::Value;

use super::comment::{comment, hide};
use super::marker::{Marker, is_plain_title};
use super::{header, script};
use crate::cell::INCIDENTAL;
use crate::ipynb::python_marks;
use crate::{Cell, Document, Language};

/// What a percent file has beside the cells' text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether markers name the cells' ids. Without them a cell that is edited and moved
    /// elsewhere can't be told from a new one.
    pub ids: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { ids: true }
    }
}

impl Style {
    /// The style of a file that exists: one that was read keeps the look it had.
    pub fn of(file: &str) -> Self {
        let has_id = |line: &str| super::marker::is_marker(line) && line.contains(" id=\"");
        Self { ids: file.lines().any(has_id) }
    }
}

/// The file of a document.
pub fn write(document: &Document, style: Style) -> String {
    write_and_place(document, style).0
}

/// The same, and the line, from 1, that the text of each cell begins with: for who is told of
/// lines of the file. Lines of Python cells are as many there as in the cell.
pub fn write_and_place(document: &Document, style: Style) -> (String, Vec<usize>) {
    let mut file = header::write(document);
    let mut places = Vec::with_capacity(document.cells.len());
    let (mut lines, mut counted) = (0, 0);
    let last = document.cells.len().saturating_sub(1);
    for (index, own) in document.cells.iter().enumerate() {
        let usual = u64::from(index < last);
        let blank = own.metadata.get("lines_to_next_cell").and_then(Value::as_u64).unwrap_or(usual);
        lines += file[counted..].matches('\n').count();
        counted = file.len();
        // The marker stands above.
        places.push(lines + 2);
        cell(&mut file, own, style);
        // More than a screen of them is nobody's intent.
        file.extend(std::iter::repeat_n('\n', blank.min(50) as usize));
    }
    (file, places)
}

fn cell(file: &mut String, cell: &Cell, style: Style) {
    let (source, mut metadata) = python_marks(cell);
    INCIDENTAL.iter().for_each(|key| drop(metadata.shift_remove(*key)));
    let mut marker = Marker::default();
    if metadata.get("title").and_then(Value::as_str).is_some_and(is_plain_title)
        && let Some(Value::String(title)) = metadata.shift_remove("title")
    {
        marker.title = title;
    }
    if let Some(depth @ 1..=20) = metadata.get("cell_depth").and_then(Value::as_u64) {
        metadata.shift_remove("cell_depth");
        marker.depth = depth as usize;
    }
    if cell.language != Language::Python && cell.foreign.is_none() {
        marker.kind = Some(cell.language.name().to_owned());
    }
    if style.ids {
        marker.fields.insert("id".into(), cell.id.as_str().into());
    }
    let is_python = cell.language == Language::Python;
    let source = if is_python { source.trim_end_matches('\n') } else { &source };
    let command = script::split(source).filter(|_| is_python && !metadata.contains_key("language"));
    if let Some((name, _)) = command {
        marker.fields.insert("language".into(), name.into());
    }
    marker.fields.extend(metadata);
    file.push_str(&marker.to_string());
    file.push('\n');

    let quotes = cell.metadata.get("cell_marker").and_then(Value::as_str);
    let quotes = quotes.filter(|quotes| {
        cell.language == Language::Markdown
            && ["\"\"\"", "'''"].contains(quotes)
            && !source.contains(*quotes)
            && !source.contains('\\')
    });
    if let Some(quotes) = quotes {
        file.push_str(&format!("{quotes}\n{source}\n{quotes}\n"));
        return;
    }
    let source = command.map_or(source, |(_, rest)| rest);
    let bare = is_python && command.is_none();
    for line in source.split('\n').filter(|_| !source.is_empty()) {
        file.push_str(&if bare { hide(line) } else { comment(line) });
        file.push('\n');
    }
}
