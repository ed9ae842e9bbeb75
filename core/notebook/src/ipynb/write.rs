//! From a document to a file.

use serde_json::{Value, json};

use super::marker::{self, Default};
use super::value::{Fields, lines};
use super::{Bounds, bounds::Budget, layout, output};
use crate::{Cell, Document, Language, Mode};

/// The file of a document, format 4.5, with outputs bounded as a saved notebook's are.
pub fn write(document: &Document) -> String {
    write_within(document, Bounds::default())
}

/// The file of a document, with outputs bounded otherwise.
pub fn write_within(document: &Document, bounds: Bounds) -> String {
    let default = Default::of(&document.metadata);
    let mut budget = Budget::new(bounds);
    let cells = document.cells.iter().map(|own| cell(own, &default, &mut budget)).collect();
    let mut notebook = document.extra.clone();
    notebook.insert("cells".into(), Value::Array(cells));
    notebook.insert("metadata".into(), metadata(document).into());
    notebook.insert("nbformat".into(), 4.into());
    notebook.insert("nbformat_minor".into(), 5.into());
    layout::lay_out(notebook.into())
}

/// The notebook's metadata, with what is Flownote's.
fn metadata(document: &Document) -> Fields {
    let mut metadata = document.metadata.clone();
    let mut own = Fields::new();
    if let Some(id) = &document.id {
        own.insert("id".into(), id.as_str().into());
    }
    if document.mode != Mode::default() {
        own.insert("mode".into(), json!(document.mode));
    }
    if !own.is_empty() {
        match metadata.get_mut("flownote") {
            Some(Value::Object(others)) => others.extend(own),
            _ => {
                metadata.insert("flownote".into(), own.into());
            }
        }
    }
    metadata
}

fn cell(cell: &Cell, default: &Default, budget: &mut Budget) -> Value {
    let id = cell.id.as_str();
    if cell.language.is_code() || cell.foreign.is_some() {
        let (source, metadata) = marker::write(cell, default);
        let outputs: Vec<Value> = budget
            .keep(&cell.outputs)
            .into_iter()
            .filter_map(|own| output::write(own.into_owned(), cell.execution_count))
            .collect();
        return json!({
            "cell_type": "code", "execution_count": cell.execution_count, "id": id,
            "metadata": metadata, "outputs": outputs, "source": lines(&source),
        });
    }
    let kind = if cell.language == Language::Markdown { "markdown" } else { "raw" };
    let mut fields = Fields::from_iter([
        ("cell_type".to_owned(), kind.into()),
        ("id".to_owned(), id.into()),
        ("metadata".to_owned(), cell.metadata.clone().into()),
        ("source".to_owned(), lines(&cell.source)),
    ]);
    if !cell.attachments.is_empty() {
        let forms = |(name, forms): (&String, &Value)| match forms {
            Value::Object(forms) => (name.clone(), output::split(forms.clone()).into()),
            other => (name.clone(), other.clone()),
        };
        let attachments: Fields = cell.attachments.iter().map(forms).collect();
        fields.insert("attachments".into(), attachments.into());
    }
    fields.into()
}
