//! The `arrow` and `pandas` codecs: the first rows of an Arrow file.

use std::fs::File;
use std::io::{Cursor, Read, Seek};

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::DataType;
use arrow::ipc::reader::FileReader;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use flownote_flow::manifest::ArtifactRecord;
use serde_json::Value;

use super::{ROWS, Reason, Source, open};
use crate::api::{Preview, PreviewColumn};

/// So many columns are sent.
const COLUMNS: usize = 200;
/// Longer cells are cut.
const CELL: usize = 500;

/// Looks into it.
pub fn look(record: &ArtifactRecord, source: &Source) -> Result<Preview, Reason> {
    match source {
        Source::Bytes(bytes) => read(record, Cursor::new(bytes)),
        Source::File(path) => read::<File>(record, open(path)?),
    }
}

fn read<R: Read + Seek>(record: &ArtifactRecord, from: R) -> Result<Preview, Reason> {
    let failed = |error: arrow::error::ArrowError| error.to_string();
    let reader = FileReader::try_new(from, None).map_err(failed)?;
    let schema = reader.schema();
    // pandas' columns stand by place, the index after them; their names are in the record.
    let named = record.meta.get("columns").and_then(Value::as_array);
    let name = |at: usize, stored: &str| {
        let known = named.and_then(|it| it.get(at)?.get(0)?.as_str());
        match (record.codec.as_str(), known) {
            ("pandas", Some(known)) => known.to_owned(),
            ("pandas", None) if stored.starts_with("__index__") => "index".to_owned(),
            _ => stored.to_owned(),
        }
    };
    let fields = schema.fields().iter().take(COLUMNS).enumerate();
    let columns = fields.map(|(at, field)| PreviewColumn {
        name: name(at, field.name()),
        type_name: field.data_type().to_string(),
    });
    let columns = columns.collect();
    let (mut rows, mut seen, mut whole) = (Vec::new(), 0, true);
    for batch in reader {
        let batch = batch.map_err(failed)?;
        seen += batch.num_rows() as u64;
        add(&batch, &mut rows).map_err(failed)?;
        if rows.len() >= ROWS {
            whole = false;
            break;
        }
    }
    let said = record.meta.get("rows").and_then(Value::as_u64);
    let total_rows = if whole { seen } else { said.unwrap_or(seen) };
    Ok(Preview::Table { columns, rows, total_rows })
}

fn add(batch: &RecordBatch, rows: &mut Vec<Vec<Value>>) -> Result<(), arrow::error::ArrowError> {
    let options = FormatOptions::default();
    let columns: Vec<_> = batch.columns().iter().take(COLUMNS).collect();
    let formatters =
        columns.iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
    let formatters: Vec<_> = formatters.collect::<Result<_, _>>()?;
    for row in 0..batch.num_rows().min(ROWS.saturating_sub(rows.len())) {
        let cells = columns.iter().zip(&formatters).map(|(column, formatter)| {
            if column.is_null(row) {
                return Value::Null;
            }
            cell(column.data_type(), formatter.value(row).to_string())
        });
        rows.push(cells.collect());
    }
    Ok(())
}

/// Numbers that JSON keeps stay numbers.
fn cell(kind: &DataType, text: String) -> Value {
    let is_safe = match kind {
        DataType::Int64 | DataType::UInt64 => text.trim_start_matches('-').len() <= 15,
        other => other.is_integer() || other.is_floating(),
    };
    if is_safe && let Ok(number) = text.parse::<serde_json::Number>() {
        return Value::Number(number);
    }
    match kind {
        DataType::Boolean => Value::Bool(text == "true"),
        _ if text.len() > CELL => {
            Value::from(text.chars().take(CELL).chain(['…']).collect::<String>())
        }
        _ => Value::from(text),
    }
}
