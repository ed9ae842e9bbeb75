//! NumPy's file format (NEP 1): arrays of numbers, times and text as columns.

mod column;
mod header;

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Field, Schema};

use self::column::column;
use self::header::{Dtype, Header};
use super::{Bytes, damaged};
use crate::error::Error;
use crate::frame::Frame;

const WHAT: &str = "NumPy array";

/// Reads an array: one column `value`, the columns of a matrix, or the fields of records.
pub(crate) fn npy(bytes: &Bytes) -> Result<Frame, Error> {
    let (header, start) = Header::read(bytes.slice())?;
    let (rows, width) = match header.shape.as_slice() {
        [] => (1, None),
        [rows] => (*rows, None),
        [rows, width] => (*rows, Some(*width)),
        shape => {
            return Err(Error::Value {
                message: format!("an array of {} dimensions can't be read as a table", shape.len()),
                hint: Some("reshape it to two dimensions, or to one".into()),
            });
        }
    };
    let item = header.dtype.size();
    let needed = rows.checked_mul(width.unwrap_or(1)).and_then(|count| count.checked_mul(item));
    let data = bytes.buffer();
    if needed.and_then(|needed| needed.checked_add(start)).is_none_or(|end| end > data.len()) {
        return Err(damaged(WHAT, &"it ends early"));
    }
    let at = |offset: usize, stride: usize, dtype: &Dtype| {
        column(data, start + offset, stride, rows, dtype)
    };
    let columns: Vec<(String, ArrayRef)> = match (&header.dtype, width) {
        (Dtype::Record { fields, .. }, None) => fields
            .iter()
            .map(|field| Ok((field.name.clone(), at(field.offset, item, &field.dtype)?)))
            .collect::<Result<_, Error>>()?,
        (dtype, None) => vec![("value".to_owned(), at(0, item, dtype)?)],
        (dtype, Some(width)) => (0..width)
            .map(|place| {
                let array = if header.fortran {
                    at(place * rows * item, item, dtype)?
                } else {
                    at(place * item, width * item, dtype)?
                };
                Ok((format!("column_{place}"), array))
            })
            .collect::<Result<_, Error>>()?,
    };
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
        .collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options);
    Ok(Frame::new(schema, vec![batch.map_err(|error| damaged(WHAT, &error))?]))
}

/// Reads the first dimension of an array as one Arrow array.
pub(super) fn values(bytes: &arrow::buffer::Buffer) -> Result<ArrayRef, Error> {
    let (header, start) = Header::read(bytes.as_slice())?;
    let rows = header.shape.iter().product::<usize>();
    let size = header.dtype.size();
    if rows.checked_mul(size).is_none_or(|length| length > bytes.len() - start) {
        return Err(damaged(WHAT, &"it ends early"));
    }
    column(bytes, start, size, rows, &header.dtype)
}

#[cfg(test)]
mod tests;
