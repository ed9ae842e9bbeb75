//! The `pandas` codec: an Arrow file, and what pandas has beyond it in `meta.pandas`.
//!
//! An index that has a name is the first column; one without is left out, as when a Python
//! cell's frame is handed over. A series is a frame of one column, called as the series or
//! `value`. A NaN is a missing value to pandas, and null here.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, Int64Array, PrimitiveArray, RecordBatch,
    RecordBatchOptions,
};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::datatypes::{DataType, Field, Float32Type, Float64Type, Schema};
use flownote_flow::manifest::ArtifactRecord;
use serde_json::Value;

use super::{Bytes, ipc};
use crate::error::Error;
use crate::frame::Frame;

const INDEX: &str = "__index__";
const SERIES: &str = "__series__";

pub(super) fn pandas(bytes: &Bytes, record: &ArtifactRecord) -> Result<Frame, Error> {
    let stored = ipc(bytes)?;
    let form = &record.meta.get("pandas").cloned().unwrap_or(Value::Null);
    let index = &form["index"];
    let index_name = index["name"].as_str();
    let schema = stored.schema();
    let at = schema.index_of(INDEX).ok();
    let range = index_name.and_then(|_| Range::of(index));

    let mut places: Vec<Option<usize>> = Vec::new();
    let mut fields: Vec<Arc<Field>> = Vec::new();
    match (index_name, at) {
        (Some(name), Some(at)) => {
            places.push(Some(at));
            fields.push(Arc::new(schema.field(at).clone().with_name(name)));
        }
        (Some(name), None) if range.is_some() => {
            places.push(None);
            fields.push(Arc::new(Field::new(name, DataType::Int64, false)));
        }
        _ => {}
    }
    for (place, field) in schema.fields().iter().enumerate().filter(|(place, _)| Some(*place) != at)
    {
        places.push(Some(place));
        if field.name() == SERIES {
            let name = form["name"].as_str().unwrap_or("value");
            fields.push(Arc::new(field.as_ref().clone().with_name(name)));
        } else {
            fields.push(Arc::clone(field));
        }
    }

    let schema = Arc::new(Schema::new(fields));
    let mut start = 0;
    let batches = stored.batches().iter().map(|batch| {
        let rows = batch.num_rows();
        let column = |place: &Option<usize>| match place {
            Some(place) => missing(batch.column(*place)),
            None => range.as_ref().expect("only with a range").column(start, rows),
        };
        let columns: Vec<ArrayRef> = places.iter().map(column).collect();
        start += rows;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)
            .expect("columns of one batch")
    });
    let batches = batches.collect();
    Ok(Frame::new(schema, batches))
}

/// A column whose NaN are nulls.
fn missing(column: &ArrayRef) -> ArrayRef {
    fn of<T: ArrowPrimitiveType>(column: &ArrayRef, is_nan: fn(&T::Native) -> bool) -> ArrayRef {
        let numbers = column.as_primitive::<T>();
        if !numbers.values().iter().any(is_nan) {
            return Arc::clone(column);
        }
        let there = |row| numbers.is_valid(row) && !is_nan(&numbers.values()[row]);
        let there = NullBuffer::new(BooleanBuffer::collect_bool(numbers.len(), there));
        Arc::new(PrimitiveArray::<T>::new(numbers.values().clone(), Some(there)))
    }
    match column.data_type() {
        DataType::Float64 => of::<Float64Type>(column, |number| number.is_nan()),
        DataType::Float32 => of::<Float32Type>(column, |number| number.is_nan()),
        _ => Arc::clone(column),
    }
}

/// A named `RangeIndex`: pandas doesn't store its numbers.
struct Range {
    start: i64,
    step: i64,
}

impl Range {
    fn of(index: &Value) -> Option<Self> {
        let range = &index["range"];
        Some(Self { start: range[0].as_i64()?, step: range[2].as_i64()? })
    }

    fn column(&self, from: usize, rows: usize) -> ArrayRef {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        let values = (from..from + rows).map(|place| self.start + place * self.step);
        Arc::new(Int64Array::from_iter_values(values))
    }
}
