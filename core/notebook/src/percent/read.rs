//! From a percent file to a document.

use serde_json::{Map, Value};

use super::comment::{reveal, uncomment};
use super::marker::{Marker, is_marker};
use super::{header, script};
use crate::cell::with_line_feeds;
use crate::ipynb::{self, complete_ids, decode, python_language};
use crate::{Cell, Document, Language};

/// Reads a percent file. One without markers is a notebook of one cell.
pub fn read(file: &[u8]) -> Result<Document, ipynb::Error> {
    let text = with_line_feeds(decode(file)?.to_owned());
    let lines: Vec<&str> = match text.strip_suffix('\n').unwrap_or(&text) {
        "" => vec![],
        text => text.split('\n').collect(),
    };
    check_conflicts(&lines)?;

    let starts: Vec<usize> = (0..lines.len()).filter(|at| is_marker(lines[*at])).collect();
    let above = &lines[..starts.first().copied().unwrap_or(lines.len())];
    let header = header_length(above, starts.is_empty());
    let mut cells = Vec::with_capacity(starts.len());
    let mut ids = Vec::with_capacity(starts.len());
    if header < above.len() {
        cells.push(cell(Marker::default(), &above[header..], starts.is_empty()));
        ids.push(None);
    }
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(lines.len());
        let mut marker = Marker::parse(lines[*start], |kind| Language::from_name(kind).is_some());
        ids.push(match marker.fields.shift_remove("id") {
            Some(Value::String(id)) => Some(id),
            _ => None,
        });
        cells.push(cell(marker, &lines[*start + 1..end], index + 1 == starts.len()));
    }
    let unnamed = complete_ids(&mut cells, &ids);
    let header: String = above[..header].iter().flat_map(|line| [*line, "\n"]).collect();
    let mut document = Document::default().with_metadata(header::read(&header));
    (document.cells, document.unnamed) = (cells, unnamed);
    Ok(document)
}

/// How many lines above the first marker are the header: all when they are comments only,
/// else the YAML that they may begin with.
fn header_length(above: &[&str], alone: bool) -> usize {
    let is_comment = |line: &&str| line.is_empty() || line.starts_with('#');
    if !alone && above.iter().all(is_comment) {
        return above.len();
    }
    if above.first().is_none_or(|line| line.trim_end() != "# ---") {
        return 0;
    }
    let end = above.iter().skip(1).position(|line| line.trim_end() == "# ---");
    let end = end.map_or(0, |at| at + 2);
    end + above[end..].iter().take_while(|line| end > 0 && line.is_empty()).count()
}

fn cell(marker: Marker, lines: &[&str], last: bool) -> Cell {
    let blank = lines.iter().rev().take_while(|line| line.is_empty()).count();
    let lines = &lines[..lines.len() - blank];
    let mut metadata = Map::new();
    if !marker.title.is_empty() {
        metadata.insert("title".into(), marker.title.into());
    }
    if marker.depth > 0 {
        metadata.insert("cell_depth".into(), marker.depth.into());
    }
    metadata.extend(marker.fields);
    if blank != usize::from(!last) {
        metadata.insert("lines_to_next_cell".into(), blank.into());
    }
    let named = marker.kind.as_deref().and_then(Language::from_name);
    let mut cell = Cell::new("unnamed", named.unwrap_or_default(), "");
    cell.metadata = metadata;
    match named {
        Some(Language::Python) | None => code(&mut cell, lines),
        Some(Language::Markdown) if quoted(lines).is_some() => {
            let quotes = &lines[0][..3];
            cell.metadata.insert("cell_marker".into(), quotes.into());
            cell.source = joined(quoted(lines).into_iter().flatten().copied());
        }
        Some(_) => cell.source = joined(lines.iter().map(|line| uncomment(line))),
    }
    cell
}

/// Fills in a code cell whose kind isn't in its marker. Its language may be in the metadata,
/// as Jupytext has it, or on its first line.
fn code(cell: &mut Cell, lines: &[&str]) {
    let named = cell.metadata.get("language").and_then(Value::as_str).map(str::to_owned);
    let other = named.filter(|name| Language::from_name(name) != Some(Language::Python));
    if let Some(name) = other.filter(|_| lines.iter().all(|line| line.starts_with('#'))) {
        let text = joined(lines.iter().map(|line| uncomment(line)));
        if script::is_name(&name) {
            cell.metadata.shift_remove("language");
            cell.source = script::join(&name, &text);
        } else {
            cell.source = text;
            python_language(cell);
        }
        return;
    }
    cell.source = joined(lines.iter().map(|line| reveal(line)));
    python_language(cell);
    // `# %%sql` on the first line: the others may be in comments, too.
    let is_comment = |line: &str| line.starts_with('#');
    if cell.language != Language::Python && cell.source.lines().all(is_comment) {
        cell.source = joined(cell.source.lines().map(uncomment));
    }
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

/// The lines between two lines of three quotes, Jupytext's other way to write Markdown.
fn quoted<'a, 'b>(lines: &'b [&'a str]) -> Option<&'b [&'a str]> {
    let [first, inner @ .., last] = lines else { return None };
    (first == last && ["\"\"\"", "'''"].contains(first)).then_some(inner)
}

/// Refuses what Git left of a merge: both sides would become cells.
fn check_conflicts(lines: &[&str]) -> Result<(), ipynb::Error> {
    let at = |mark: &str| lines.iter().position(|line| line.starts_with(mark));
    if let (Some(ours), Some(_), Some(_)) =
        (at("<<<<<<< "), lines.iter().position(|line| *line == "======="), at(">>>>>>> "))
    {
        let count = lines.iter().filter(|line| line.starts_with("<<<<<<< ")).count();
        return Err(ipynb::Error::Conflict { line: ours + 1, count });
    }
    Ok(())
}
