//! Versions 2 and 3 of the format (IPython before 2015), brought into the shape of 4. The
//! rules are those of nbformat's `v4/convert.py`.

use serde_json::{Map, Value};

use super::value::{Fields, joined};

/// The notebook with `cells` instead of `worksheets`.
pub(super) fn upgrade(mut notebook: Fields) -> Fields {
    let mut cells = Vec::new();
    if let Some(Value::Array(sheets)) = notebook.swap_remove("worksheets") {
        // Several sheets were never in use; their cells follow one another.
        for sheet in sheets {
            if let Value::Object(mut sheet) = sheet
                && let Some(Value::Array(own)) = sheet.swap_remove("cells")
            {
                cells.extend(own.into_iter().map(upgrade_cell));
            }
        }
    }
    if let Some(Value::Object(metadata)) = notebook.get_mut("metadata") {
        metadata.swap_remove("name");
        metadata.swap_remove("signature");
    }
    notebook.swap_remove("orig_nbformat");
    notebook.swap_remove("orig_nbformat_minor");
    notebook.insert("cells".into(), cells.into());
    notebook
}

fn upgrade_cell(cell: Value) -> Value {
    let Value::Object(mut cell) = cell else { return cell };
    match cell.get("cell_type").and_then(Value::as_str) {
        Some("code") => {
            if let Some(collapsed) = cell.swap_remove("collapsed") {
                let metadata = cell.entry("metadata").or_insert_with(|| Map::new().into());
                if let Value::Object(metadata) = metadata {
                    metadata.insert("collapsed".into(), collapsed);
                }
            }
            // Every cell said so; those of version 4 say it when they are something else.
            if cell.get("language").and_then(Value::as_str) == Some("python") {
                cell.swap_remove("language");
            }
            rename(&mut cell, "input", "source");
            rename(&mut cell, "prompt_number", "execution_count");
            if let Some(Value::Array(outputs)) = cell.get_mut("outputs") {
                outputs.iter_mut().filter_map(Value::as_object_mut).for_each(upgrade_output);
            }
        }
        Some("heading") => {
            let level = cell.get("level").and_then(Value::as_u64).unwrap_or(1).clamp(1, 6);
            let title = cell.swap_remove("source").and_then(|text| joined(text).ok());
            let title = title.unwrap_or_default();
            let title: Vec<&str> = title.lines().collect();
            let heading = format!("{} {}", "#".repeat(level as usize), title.join(" "));
            cell.insert("cell_type".into(), "markdown".into());
            cell.insert("source".into(), heading.into());
        }
        Some("html") => {
            cell.insert("cell_type".into(), "markdown".into());
        }
        _ => {}
    }
    Value::Object(cell)
}

fn upgrade_output(output: &mut Fields) {
    match output.get("output_type").and_then(Value::as_str) {
        Some(kind @ ("pyout" | "display_data")) => {
            let kind = if kind == "pyout" { "execute_result" } else { "display_data" };
            let mut fields = std::mem::take(output);
            fields.swap_remove("output_type");
            output.insert("output_type".into(), kind.into());
            let count = fields.swap_remove("prompt_number");
            if kind == "execute_result" {
                output.insert("execution_count".into(), count.unwrap_or_default());
            }
            let metadata = match fields.swap_remove("metadata") {
                Some(Value::Object(metadata)) => forms(metadata),
                _ => Map::new(),
            };
            output.insert("metadata".into(), metadata.into());
            output.insert("data".into(), forms(fields).into());
        }
        Some("pyerr") => {
            output.insert("output_type".into(), "error".into());
        }
        Some("stream") => {
            rename(output, "stream", "name");
            output.entry("name").or_insert_with(|| "stdout".into());
        }
        _ => {}
    }
}

/// The forms under their MIME types. JSON was text then.
fn forms(fields: Fields) -> Fields {
    fields
        .into_iter()
        .map(|(key, value)| {
            let mime = match key.as_str() {
                "text" => "text/plain",
                "html" => "text/html",
                "svg" => "image/svg+xml",
                "png" => "image/png",
                "jpeg" => "image/jpeg",
                "latex" => "text/latex",
                "json" => "application/json",
                "javascript" => "application/javascript",
                _ => return (key, value),
            };
            let value = match value {
                text @ (Value::String(_) | Value::Array(_)) if key == "json" => {
                    let parsed = joined(text.clone()).ok();
                    parsed.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(text)
                }
                value => value,
            };
            (mime.to_owned(), value)
        })
        .collect()
}

fn rename(fields: &mut Fields, from: &str, to: &str) {
    if let Some(value) = fields.swap_remove(from) {
        fields.insert(to.to_owned(), value);
    }
}
