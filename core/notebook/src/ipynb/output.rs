//! Outputs as the file has them.

use serde_json::{Map, Value, json};

use super::Error;
use super::value::{Fields, count, joined, lines, list, object, text};
use crate::Output;
use crate::output::{Stream, is_json};

/// The output in a file's object. One of a kind, or for a stream, that isn't known stays
/// what it is.
pub(super) fn read(mut fields: Fields, place: &str) -> Result<Output, Error> {
    let stream = match fields.get("name").and_then(Value::as_str) {
        Some("stdout") | None => Some(Stream::Stdout),
        Some("stderr") => Some(Stream::Stderr),
        Some(_) => None,
    };
    let kind = fields.get("output_type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let fields = &mut fields;
    Ok(match (&*kind, stream) {
        ("stream", Some(name)) => Output::Stream { name, text: text(fields, "text", place)? },
        ("display_data", _) => Output::Display {
            data: bundle(object(fields, "data", place)?),
            metadata: object(fields, "metadata", place)?,
            display_id: None,
        },
        ("execute_result", _) => Output::Result {
            data: bundle(object(fields, "data", place)?),
            metadata: object(fields, "metadata", place)?,
            count: count(fields, "execution_count"),
        },
        ("error", _) => Output::Error {
            name: text(fields, "ename", place)?,
            message: text(fields, "evalue", place)?,
            traceback: list(fields, "traceback", place)?
                .into_iter()
                .filter_map(|line| joined(line).ok())
                .collect(),
            frames: vec![],
            hint: None,
        },
        _ => Output::Unknown { fields: std::mem::take(fields) },
    })
}

/// The file's object of an output; nothing for those that never stand in a cell. A result
/// has the cell's number unless it has one of its own.
pub(super) fn write(output: Output, cell_count: Option<u32>) -> Option<Value> {
    Some(match output {
        Output::Stream { name, text } => {
            json!({"output_type": "stream", "name": name.name(), "text": lines(&text)})
        }
        Output::Display { data, metadata, .. } => {
            json!({"output_type": "display_data", "data": split(data), "metadata": metadata})
        }
        Output::Result { data, metadata, count } => json!({
            "output_type": "execute_result", "data": split(data), "metadata": metadata,
            "execution_count": count.or(cell_count),
        }),
        Output::Error { name, message, mut traceback, hint, .. } => {
            if let Some(hint) = hint
                && !traceback.iter().any(|line| line.contains(&hint))
            {
                traceback.push(format!("hint: {hint}"));
            }
            json!({"output_type": "error", "ename": name, "evalue": message, "traceback": traceback})
        }
        Output::Unknown { fields } => Value::Object(fields),
        Output::Update { .. } | Output::Clear { .. } => return None,
    })
}

/// Forms with their lines joined.
pub(super) fn bundle(data: Fields) -> Fields {
    let join = |(mime, value): (String, Value)| {
        let value = if is_json(&mime) {
            value
        } else {
            joined(value).map_or_else(|other| other, Value::String)
        };
        (mime, value)
    };
    data.into_iter().map(join).collect()
}

/// Forms with their texts as lines, where nbformat writes lines: an image stays one text.
pub(super) fn split(data: Fields) -> Fields {
    let cut = |(mime, value): (String, Value)| {
        let by_lines = mime.starts_with("text/")
            || mime == "application/javascript"
            || mime == "image/svg+xml";
        let value = match value {
            Value::String(text) if by_lines => lines(&text),
            value => value,
        };
        (mime, value)
    };
    data.into_iter().map(cut).collect::<Map<_, _>>()
}
