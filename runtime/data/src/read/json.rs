//! Plain Python values as tables: records, columns, lists, scalars, text and bytes.
//!
//! The `json` codec marks what JSON lacks with an object whose `$` names it
//! (`{"$": "tuple", "v": [1, 2]}`); here these become what is nearest: tuples and sets
//! lists, NumPy's numbers numbers, `nan` and infinities null.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Field, Fields, Schema};
use arrow::error::ArrowError;
use arrow::json::ReaderBuilder;
use arrow::json::reader::infer_json_schema_from_iterator;
use flownote_flow::exact;
use serde_json::{Map, Value, json};

use super::{Bytes, CONVERT, damaged};
use crate::error::Error;
use crate::frame::Frame;

const WHAT: &str = "value";

pub(super) fn json(bytes: &Bytes) -> Result<Frame, Error> {
    // A hash or an id alone: the reader of JSON below knows signed numbers only.
    if let Ok(number) = exact::from_slice::<u64>(bytes.slice())
        && i64::try_from(number).is_err()
    {
        return one(Arc::new(UInt64Array::from(vec![number])));
    }
    if let Some(number) = exact::beyond_i64(bytes.slice()) {
        return Err(Error::Value {
            message: format!("the whole number {number} is too large for SQL's `bigint`"),
            hint: Some("make a decimal of it (`decimal.Decimal`) or text (`str`)".into()),
        });
    }
    let value = exact::from_slice(bytes.slice()).map_err(|error| damaged(WHAT, &error))?;
    let rows = rows(plain(value)?);
    let schema = infer_json_schema_from_iterator(rows.iter().map(Ok)).map_err(mixed)?;
    let schema = Arc::new(without_nothing(&schema));
    let mut decoder = ReaderBuilder::new(Arc::clone(&schema))
        .with_batch_size(rows.len().max(1))
        .build_decoder()
        .map_err(mixed)?;
    decoder.serialize(&rows).map_err(mixed)?;
    let batch = decoder.flush().map_err(mixed)?;
    Ok(Frame::new(schema, batch.into_iter().collect()))
}

/// Says that items are of several types, which Arrow says of JSON that nobody wrote; what else
/// it says stays what it is.
fn mixed(error: ArrowError) -> Error {
    // All of it is of one kind: only the words tell which.
    const MIXED: [&str; 3] = ["Incompatible type", "xpected ", "Got non array element"];
    let ArrowError::JsonError(said) = &error else { return damaged(WHAT, &error) };
    if !MIXED.iter().any(|words| said.contains(words)) {
        return Error::Value {
            message: format!("the value can't be read as a table: {said}"),
            hint: Some(CONVERT.into()),
        };
    }
    Error::Value {
        message: "the value has no common form with SQL: its items are of several types".into(),
        hint: Some(
            "give each column values of one type: a dict or a list of dicts names the columns, \
             `[str(item) for item in …]` makes text of all"
                .into(),
        ),
    }
}

pub(super) fn text(bytes: &Bytes) -> Result<Frame, Error> {
    let text = std::str::from_utf8(bytes.slice()).map_err(|error| damaged(WHAT, &error))?;
    one(Arc::new(StringArray::from(vec![text])))
}

pub(super) fn binary(bytes: &Bytes) -> Result<Frame, Error> {
    one(Arc::new(BinaryArray::from(vec![bytes.slice()])))
}

fn one(column: ArrayRef) -> Result<Frame, Error> {
    let batch = RecordBatch::try_from_iter([("value", column)]);
    batch.map(Frame::from).map_err(|error| damaged(WHAT, &error))
}

/// The rows that a value is seen as.
fn rows(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => items,
        Value::Array(items) => items.into_iter().map(|item| json!({ "value": item })).collect(),
        Value::Object(columns) => match length(&columns) {
            Some(length) => (0..length)
                .map(|row| {
                    columns.iter().map(|(name, items)| (name.clone(), items[row].clone())).collect()
                })
                .collect(),
            None => vec![Value::Object(columns)],
        },
        other => vec![json!({ "value": other })],
    }
}

/// How long the columns are, when all entries are lists of one length.
fn length(columns: &Map<String, Value>) -> Option<usize> {
    let mut lengths = columns.values().map(|items| items.as_array().map(Vec::len));
    let first = lengths.next()??;
    lengths.all(|length| length == Some(first)).then_some(first)
}

/// A value without the marks of the codec.
fn plain(value: Value) -> Result<Value, Error> {
    Ok(match value {
        Value::Array(items) => {
            Value::Array(items.into_iter().map(plain).collect::<Result<_, _>>()?)
        }
        Value::Object(mut form) => match form.get("$").and_then(Value::as_str) {
            None => {
                let entries = form.into_iter().map(|(key, item)| Ok((key, plain(item)?)));
                Value::Object(entries.collect::<Result<_, Error>>()?)
            }
            Some("tuple" | "set" | "frozenset" | "numpy") => plain(form["v"].take())?,
            Some("float") => Value::Null,
            Some("bytes" | "int") => form["v"].take(),
            Some("dict") => {
                let pairs = form["v"].as_array().cloned().unwrap_or_default();
                let pairs = pairs.into_iter().map(|mut pair| {
                    Ok(json!({ "key": plain(pair[0].take())?, "value": plain(pair[1].take())? }))
                });
                Value::Array(pairs.collect::<Result<_, Error>>()?)
            }
            Some(kind) => {
                return Err(Error::Value {
                    message: format!("a value of type `{kind}` can't be read as a column"),
                    hint: Some(CONVERT.into()),
                });
            }
        },
        other => other,
    })
}

/// Columns that are null throughout become text: few readers know a type of nothing.
fn without_nothing(schema: &Schema) -> Schema {
    let fields: Fields = schema.fields().iter().map(|field| known(field)).collect();
    Schema::new(fields)
}

fn known(field: &Field) -> Field {
    let kind = match field.data_type() {
        DataType::Null => DataType::Utf8,
        DataType::List(item) => DataType::List(Arc::new(known(item))),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|field| known(field)).collect())
        }
        other => other.clone(),
    };
    Field::new(field.name(), kind, true)
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;
    use arrow::datatypes::Float64Type;
    use arrow::util::pretty::pretty_format_batches;

    use super::*;

    #[track_caller]
    fn check(value: &Value, expect: &[&str]) {
        let frame = json(&Bytes::from(value.to_string().into_bytes())).expect("readable");
        let shown = pretty_format_batches(frame.batches()).expect("printable").to_string();
        let lines: Vec<String> = shown
            .lines()
            .filter(|line| line.starts_with('|'))
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(lines, expect, "{value}");
    }

    #[test]
    fn plain_values_are_seen_as_the_tables_that_people_mean() {
        check(&json!([{"a": 1, "b": "x"}, {"a": 2.5}]), &["| a | b |", "| 1.0 | x |", "| 2.5 | |"]);
        check(&json!({"a": [1, 2], "b": [true, null]}), &["| a | b |", "| 1 | true |", "| 2 | |"]);
        check(&json!([3, 1]), &["| value |", "| 3 |", "| 1 |"]);
        check(&json!({"rate": 0.5, "name": "x"}), &["| rate | name |", "| 0.5 | x |"]);
        check(&json!(7), &["| value |", "| 7 |"]);
    }

    #[test]
    fn numbers_are_what_they_were_or_refused() {
        let bytes = Bytes::from(b"[0.30000000000000004, 7.1e-11]".to_vec());
        let frame = json(&bytes).expect("readable");
        let column = frame.batches()[0].column(0).as_primitive::<Float64Type>().clone();
        assert_eq!(column.values().to_vec(), [0.1 + 0.2, 7.1e-11]);
        let error = json(&Bytes::from(b"[1, 9223372036854775808]".to_vec())).expect_err("large");
        assert!(error.to_string().contains("9223372036854775808"), "{error}");
    }

    #[test]
    fn items_of_several_types_are_refused_in_words() {
        for value in [json!({"$": "tuple", "v": [1, "a"]}), json!([1, {"a": 1}]), json!([[1], 2])] {
            let error = json(&Bytes::from(value.to_string().into_bytes())).expect_err("mixed");
            assert!(!error.to_string().contains("Json"), "{error}");
            assert!(flownote_flow::help::Help::hint(&error).is_some(), "{error}");
        }
    }

    #[test]
    fn other_errors_keep_their_own_words() {
        let said = "failed to parse 1e999 as Float64";
        let error = mixed(ArrowError::JsonError(said.into())).to_string();
        assert!(error.ends_with(said) && !error.contains("several types"), "{error}");
        let error = mixed(ArrowError::MemoryError("no room".into())).to_string();
        assert!(error.contains("no room") && !error.contains("several types"), "{error}");
        let error = mixed(ArrowError::JsonError("expected string got 7".into())).to_string();
        assert!(error.contains("several types"), "{error}");
    }

    #[test]
    fn marks_of_the_codec_become_what_is_nearest() {
        check(
            &json!([{"n": {"$": "numpy", "dtype": "<f8", "v": 0.5}, "t": {"$": "tuple", "v": [1, 2]}},
                    {"n": {"$": "float", "v": "nan"}, "t": {"$": "set", "v": [3]}}]),
            &["| n | t |", "| 0.5 | [1, 2] |", "| | [3] |"],
        );
        check(
            &json!({"$": "dict", "v": [[1, "a"], [2, "b"]]}),
            &["| key | value |", "| 1 | a |", "| 2 | b |"],
        );
        let complex = json!({"$": "complex", "v": [1.0, 2.0]}).to_string().into_bytes();
        assert!(json(&Bytes::from(complex)).is_err());
    }

    #[test]
    fn nothing_is_a_table_without_rows_and_null_columns_are_text() {
        let frame = json(&Bytes::from(b"[]".to_vec())).expect("readable");
        assert_eq!((frame.rows(), frame.schema().fields().len()), (0, 0));
        let frame = json(&Bytes::from(br#"[{"a": null}]"#.to_vec())).expect("readable");
        assert_eq!(frame.schema().field(0).data_type(), &DataType::Utf8);
    }
}
