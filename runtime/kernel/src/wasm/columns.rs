//! Columns as a signature wants them: converted where nothing is lost that the user could
//! miss, refused otherwise.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, make_array, new_null_array};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::DataType;
use arrow::util::display::array_value_to_string;
use flownote_notebook::wasm::{Element, Input};

use super::error::{Error, Result};

/// The Arrow type of a signature's type.
pub fn data_type(element: Element) -> DataType {
    match element {
        Element::Bool => DataType::Boolean,
        Element::I8 => DataType::Int8,
        Element::I16 => DataType::Int16,
        Element::I32 => DataType::Int32,
        Element::I64 => DataType::Int64,
        Element::U8 => DataType::UInt8,
        Element::U16 => DataType::UInt16,
        Element::U32 => DataType::UInt32,
        Element::U64 => DataType::UInt64,
        Element::F32 => DataType::Float32,
        Element::F64 => DataType::Float64,
    }
}

/// Converts a column to an input's type.
///
/// Integers become other integers where each value fits, and floats; floats become floats
/// of another width; dates and times are the integers that they are stored as. Floats
/// never become integers: a fraction would be lost.
pub(super) fn convert(column: &ArrayRef, input: &Input, function: &str) -> Result<ArrayRef> {
    let (found, wanted) = (column.data_type(), data_type(input.element));
    if *found == wanted {
        return Ok(column.clone());
    }
    let cast = |column: &ArrayRef, to: &DataType| {
        // Values that don't fit become null, and are found by that.
        let options = CastOptions { safe: true, ..CastOptions::default() };
        cast_with_options(column, to, &options)
            .map_err(|error| Error::Host { reason: error.to_string() })
    };
    match found {
        DataType::Null => return Ok(new_null_array(&wanted, column.len())),
        DataType::Dictionary(_, values) if values.is_primitive() => {
            return convert(&cast(column, values)?, input, function);
        }
        DataType::Date32 | DataType::Time32(_) if wanted.is_signed_integer() => {
            return convert(&cast(column, &DataType::Int32)?, input, function);
        }
        DataType::Date64
        | DataType::Time64(_)
        | DataType::Timestamp(..)
        | DataType::Duration(_)
            if wanted == DataType::Int64 =>
        {
            return cast(column, &wanted);
        }
        _ => {}
    }
    let numbers = (found.is_integer() && wanted.is_numeric())
        || (found.is_floating() && wanted.is_floating());
    if !numbers {
        return Err(refused(column, input, function));
    }
    let converted = cast(column, &wanted)?;
    if converted.null_count() > column.null_count() {
        let lost = (0..column.len()).find(|row| converted.is_null(*row) && column.is_valid(*row));
        let row = lost.unwrap_or(0);
        return Err(Error::OutOfRange {
            function: function.to_owned(),
            input: input.name.clone(),
            expected: input.element.name(),
            row,
            value: array_value_to_string(column, row).unwrap_or_default(),
        });
    }
    Ok(converted)
}

fn refused(column: &ArrayRef, input: &Input, function: &str) -> Error {
    let (name, wanted) = (&input.name, input.element);
    let hint = match column.data_type() {
        found if found.is_floating() && data_type(wanted).is_integer() => {
            format!("round it and convert it to integers, or declare `{name}` as f64")
        }
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => {
            format!("convert it to floats, and declare `{name}` as f64")
        }
        DataType::Boolean => format!("convert it to integers, or declare `{name}` as bool"),
        found if found.is_numeric() && wanted == Element::Bool => {
            "compare it with something to make it true or false".to_owned()
        }
        found if found.is_temporal() => {
            format!("declare `{name}` as i64: it is given as the integer that it is stored as")
        }
        _ => "WASM functions take columns of fixed width: bool, integers and floats; encode it \
              as numbers first"
            .to_owned(),
    };
    Error::ColumnType {
        function: function.to_owned(),
        input: input.name.clone(),
        expected: wanted.name(),
        found: column.data_type().to_string(),
        hint,
    }
}

/// Copies rows of a column into a guest's memory.
pub(super) fn write(column: &ArrayRef, first: usize, width: usize, to: &mut [u8]) {
    let data = column.to_data();
    let first = data.offset() + first;
    let values = &data.buffers()[0];
    if *column.data_type() == DataType::Boolean {
        let bits = BooleanBuffer::new(values.clone(), first, to.len());
        for (byte, bit) in to.iter_mut().zip(bits.iter()) {
            *byte = u8::from(bit);
        }
    } else {
        to.copy_from_slice(&values[first * width..first * width + to.len()]);
    }
}

/// Writes a byte for each row: 0 where it is null.
pub(super) fn write_validity(column: &ArrayRef, first: usize, to: &mut [u8]) {
    match column.nulls() {
        None => to.fill(1),
        Some(nulls) => {
            let bits = nulls.inner().slice(first, to.len());
            for (byte, bit) in to.iter_mut().zip(bits.iter()) {
                *byte = u8::from(bit);
            }
        }
    }
}

/// A column of what a guest wrote: `rows` values, a `bool` a byte.
pub(super) fn read(
    element: Element,
    rows: usize,
    values: Vec<u8>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef> {
    let buffer = match element {
        Element::Bool => BooleanBuffer::collect_bool(rows, |row| values[row] != 0).into_inner(),
        // Arrow wants values at their alignment, which bytes needn't have.
        _ => Buffer::from_vec(values),
    };
    let data = arrow::array::ArrayData::builder(data_type(element))
        .len(rows)
        .add_buffer(buffer)
        .nulls(nulls)
        .align_buffers(true)
        .build()
        .map_err(|error| Error::Host { reason: error.to_string() })?;
    Ok(make_array(data))
}

/// The rows that are null, from a byte for each.
pub(super) fn nulls_of(valid: &[u8]) -> Option<NullBuffer> {
    let bits = BooleanBuffer::collect_bool(valid.len(), |row| valid[row] != 0);
    let nulls = NullBuffer::new(bits);
    (nulls.null_count() > 0).then_some(nulls)
}

/// A column of one value, or of nothing but nulls.
pub(super) fn all_null(element: Element, rows: usize) -> ArrayRef {
    Arc::clone(&new_null_array(&data_type(element), rows))
}
