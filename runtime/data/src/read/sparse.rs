//! SciPy's CSR matrices as a table of what they store: `row`, `column`, `value`.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use flownote_flow::manifest::ArtifactRecord;

use super::{Bytes, damaged, npy};
use crate::error::Error;
use crate::frame::Frame;

const WHAT: &str = "sparse matrix";

pub(super) fn csr(bytes: &Bytes, record: &ArtifactRecord) -> Result<Frame, Error> {
    let places = record.meta.get("places").and_then(|places| places.as_array());
    let part = |number: usize| -> Result<ArrayRef, Error> {
        let place = places.and_then(|places| places.get(number));
        let start = place.and_then(|place| place[0].as_u64()).and_then(|n| usize::try_from(n).ok());
        let length =
            place.and_then(|place| place[1].as_u64()).and_then(|n| usize::try_from(n).ok());
        match start.zip(length) {
            Some((start, length)) if start.saturating_add(length) <= bytes.slice().len() => {
                npy::values(&bytes.buffer().slice_with_length(start, length))
            }
            _ => Err(damaged(WHAT, &"it ends early")),
        }
    };
    let (values, columns, starts) = (part(0)?, part(1)?, part(2)?);
    let starts = cast(&starts, &DataType::Int64).map_err(|error| damaged(WHAT, &error))?;
    let starts = starts.as_primitive::<Int64Type>().values();
    let count = i64::try_from(values.len()).unwrap_or(i64::MAX);
    let sound = starts.windows(2).all(|pair| pair[0] <= pair[1])
        && starts.first().is_none_or(|first| *first == 0)
        && starts.last().is_none_or(|last| *last == count)
        && columns.len() == values.len();
    if !sound {
        return Err(damaged(WHAT, &"its parts don't fit together"));
    }
    let rows = (0..).zip(starts.windows(2)).flat_map(|(row, pair): (i64, &[i64])| {
        std::iter::repeat_n(row, usize::try_from(pair[1] - pair[0]).unwrap_or(0))
    });
    let rows = Int64Array::from_iter_values(rows);
    let columns = cast(&columns, &DataType::Int64).map_err(|error| damaged(WHAT, &error))?;
    let batch = RecordBatch::try_from_iter([
        ("row", Arc::new(rows) as ArrayRef),
        ("column", columns),
        ("value", values),
    ]);
    batch.map(Frame::from).map_err(|error| damaged(WHAT, &error))
}
