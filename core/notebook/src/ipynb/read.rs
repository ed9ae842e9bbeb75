//! From a file to a document.

use flownote_flow::exact;
use serde_json::Value;

use super::marker::{self, Default};
use super::value::{Fields, count, list, object, text, wrong};
use super::{Error, ids, lenient, old, output};
use crate::cell::with_line_feeds;
use crate::{Cell, Document, Language, Mode, NotebookId};

/// Reads a notebook of format 2 to 4, whatever its minor version. The bytes are the file's.
pub fn read(file: &[u8]) -> Result<Document, Error> {
    let text = decode(file)?;
    if text.trim().is_empty() {
        return Err(Error::Empty);
    }
    let Value::Object(notebook) = parse(text)? else {
        return Err(Error::NotANotebook { reason: "it isn't an object".into() });
    };
    document(version(notebook)?)
}

/// The text of the bytes.
pub(crate) fn decode(file: &[u8]) -> Result<&str, Error> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    std::str::from_utf8(file).map_err(|error| {
        let at = error.valid_up_to();
        let line = 1 + file[..at].iter().filter(|byte| **byte == b'\n').count();
        Error::Encoding { line, byte: file[at] }
    })
}

/// The JSON in the text.
fn parse(text: &str) -> Result<Value, Error> {
    let error = match exact::from_slice(text.as_bytes()) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    // No text inside of JSON can begin a line, so such a line is Git's.
    let marks = || text.lines().zip(1..).filter(|(line, _)| line.starts_with("<<<<<<< "));
    if let Some((_, line)) = marks().next() {
        return Err(Error::Conflict { line, count: marks().count() });
    }
    if let Ok(value) = exact::from_slice(lenient::mend(text).as_bytes()) {
        return Ok(value);
    }
    if error.is_eof() {
        return Err(Error::CutOff { line: error.line() });
    }
    let (line, column) = (error.line(), error.column());
    let reason = error.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
    Err(Error::Json { line, column, reason })
}

/// The notebook in the shape of format 4.
fn version(notebook: Fields) -> Result<Fields, Error> {
    match notebook.get("nbformat").map(Value::as_u64) {
        Some(Some(4)) => Ok(notebook),
        Some(Some(2 | 3)) => Ok(old::upgrade(notebook)),
        Some(Some(major)) if major > 4 => Err(Error::Newer { major }),
        Some(Some(major)) => Err(Error::Older { major }),
        Some(None) => Err(Error::NotANotebook { reason: "its `nbformat` is no number".into() }),
        // Some tools leave the number out.
        None if notebook.contains_key("cells") => Ok(notebook),
        None if notebook.contains_key("worksheets") => Ok(old::upgrade(notebook)),
        None => Err(Error::NotANotebook { reason: "it has no `cells`".into() }),
    }
}

fn document(mut notebook: Fields) -> Result<Document, Error> {
    let cells = list(&mut notebook, "cells", "the notebook")?;
    let mut metadata = object(&mut notebook, "metadata", "the notebook")?;
    for transient in ["orig_nbformat", "orig_nbformat_minor", "signature"] {
        metadata.swap_remove(transient);
    }
    let default = Default::of(&metadata);
    let mut given = Vec::with_capacity(cells.len());
    let mut read = Vec::with_capacity(cells.len());
    for (index, value) in cells.into_iter().enumerate() {
        let place = format!("cell {}", index + 1);
        let Value::Object(mut fields) = value else {
            return Err(wrong(place, "an object", &value));
        };
        given.push(match fields.swap_remove("id") {
            Some(Value::String(id)) => Some(id),
            _ => None,
        });
        read.push(cell(fields, &place, &default)?);
    }
    let unnamed = ids::complete(&mut read, &given);
    let (id, mode) = own(&mut metadata);
    notebook.swap_remove("nbformat");
    notebook.swap_remove("nbformat_minor");
    let mut document = Document::default();
    (document.id, document.mode, document.unnamed) = (id, mode, unnamed);
    (document.cells, document.metadata, document.extra) = (read, metadata, notebook);
    Ok(document)
}

/// Takes what is Flownote's out of the notebook's metadata.
fn own(metadata: &mut Fields) -> (Option<NotebookId>, Mode) {
    let Some(Value::Object(own)) = metadata.get_mut("flownote") else {
        return (None, Mode::default());
    };
    let id = own.get("id").and_then(Value::as_str).map(NotebookId::new);
    let mode = own.get("mode").and_then(|mode| serde_json::from_value(mode.clone()).ok());
    if id.is_some() {
        own.swap_remove("id");
    }
    if mode.is_some() {
        own.swap_remove("mode");
    }
    if own.is_empty() {
        metadata.swap_remove("flownote");
    }
    (id, mode.unwrap_or_default())
}

fn cell(mut fields: Fields, place: &str, default: &Default) -> Result<Cell, Error> {
    let source = with_line_feeds(text(&mut fields, "source", place)?);
    let mut cell = Cell::new("unnamed", Language::Python, source);
    cell.metadata = object(&mut fields, "metadata", place)?;
    cell.metadata.swap_remove("trusted");
    let kind = fields.swap_remove("cell_type");
    match kind.as_ref().and_then(Value::as_str) {
        Some("code") => {
            // Polynote has it beside the metadata, as version 3 had.
            if let Some(language @ Value::String(_)) = fields.swap_remove("language") {
                cell.metadata.entry("language").or_insert(language);
            }
            marker::read(&mut cell, default);
            cell.execution_count = count(&mut fields, "execution_count");
            cell.outputs = outputs(list(&mut fields, "outputs", place)?, place)?;
            for output in &mut cell.outputs {
                // A result's number is the cell's, as a rule.
                if let crate::Output::Result { count, .. } = output
                    && *count == cell.execution_count
                {
                    *count = None;
                }
            }
        }
        Some(kind @ ("markdown" | "raw")) => {
            cell.language = Language::from_name(kind).unwrap_or_default();
            cell.attachments = object(&mut fields, "attachments", place)?
                .into_iter()
                .map(|(name, forms)| match forms {
                    Value::Object(forms) => (name, output::bundle(forms).into()),
                    other => (name, other),
                })
                .collect();
        }
        _ => {
            let kind = kind.unwrap_or_default();
            return Err(wrong(
                format!("`cell_type` of {place}"),
                "`code`, `markdown` or `raw`",
                &kind,
            ));
        }
    }
    Ok(cell)
}

fn outputs(values: Vec<Value>, place: &str) -> Result<Vec<crate::Output>, Error> {
    let numbered = values.into_iter().enumerate();
    numbered
        .map(|(index, value)| {
            let place = format!("output {} of {place}", index + 1);
            match value {
                Value::Object(fields) => output::read(fields, &place),
                other => Err(wrong(place, "an object", &other)),
            }
        })
        .collect()
}
