//! What Python gives as columns, without copying: memory of NumPy's, and Arrow's.

use std::ffi::CStr;
use std::panic::AssertUnwindSafe;
use std::ptr::NonNull;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, NullArray, UInt64Array, make_array,
};
use arrow::buffer::{BooleanBuffer, Buffer};
use arrow::compute::concat;
use arrow::datatypes::DataType;
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, from_ffi_and_data_type};
use arrow::ffi_stream::FFI_ArrowArrayStream;
use flownote_kernel::wasm::Argument;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyCapsule, PyDict, PyFloat, PyInt, PyTuple};

/// Reads one argument.
pub fn read(value: &Bound<'_, PyAny>) -> PyResult<Argument> {
    if let Some(constant) = constant(value)? {
        return Ok(Argument::Constant(constant));
    }
    let column = if value.hasattr("__arrow_c_array__")? {
        from_array(value)?
    } else if value.hasattr("__arrow_c_stream__")? {
        from_stream(value)?
    } else {
        from_numpy(value)?
    };
    Ok(Argument::Column(column))
}

fn constant(value: &Bound<'_, PyAny>) -> PyResult<Option<ArrayRef>> {
    Ok(Some(if value.is_none() {
        Arc::new(NullArray::new(1))
    } else if let Ok(value) = value.cast::<PyBool>() {
        Arc::new(BooleanArray::from(vec![value.is_true()]))
    } else if value.is_instance_of::<PyInt>() {
        match value.extract::<i64>() {
            Ok(value) => Arc::new(Int64Array::from(vec![value])),
            Err(_) => Arc::new(UInt64Array::from(vec![value.extract::<u64>()?])),
        }
    } else if let Ok(value) = value.cast::<PyFloat>() {
        Arc::new(Float64Array::from(vec![value.value()]))
    } else {
        return Ok(None);
    }))
}

/// An array by NumPy's array interface, version 3: its memory, kept alive by the array.
fn from_numpy(value: &Bound<'_, PyAny>) -> PyResult<ArrayRef> {
    let interface = value.getattr("__array_interface__")?.cast_into::<PyDict>()?;
    let item = |name: &str| {
        interface
            .get_item(name)?
            .ok_or_else(|| PyValueError::new_err(format!("the array interface has no `{name}`")))
    };
    let kind: String = item("typestr")?.extract()?;
    let Some((data_type, width)) = numpy_type(&kind) else {
        return Err(PyTypeError::new_err(format!("no function takes columns of `{kind}`")));
    };
    let shape: Vec<usize> = item("shape")?.extract()?;
    let strides = interface.get_item("strides")?.filter(|strides| !strides.is_none());
    let strides: Option<Vec<isize>> = strides.map(|strides| strides.extract()).transpose()?;
    let &[rows] = shape.as_slice() else {
        return Err(PyValueError::new_err("a column has one dimension"));
    };
    if strides.is_some_and(|strides| rows > 1 && strides != [width.cast_signed()]) {
        return Err(PyValueError::new_err("the array is not contiguous"));
    }
    let (address, _): (usize, bool) = item("data")?.extract()?;
    let Some(address) = NonNull::new(address as *mut u8).filter(|_| rows > 0) else {
        return Ok(arrow::array::new_empty_array(&data_type));
    };
    // SAFETY: NumPy promises `rows` items of `width` bytes at the address for as long as
    // the array lives, and the buffer keeps the array. Whoever writes to it meanwhile, from
    // another thread, gets rows of before and after, as with NumPy's own functions.
    let buffer = unsafe {
        let owner = Arc::new(AssertUnwindSafe(value.clone().unbind()));
        Buffer::from_custom_allocation(address, rows * width, owner)
    };
    if data_type == DataType::Boolean {
        let bytes = buffer.as_slice();
        let bits = BooleanBuffer::collect_bool(rows, |row| bytes[row] != 0);
        return Ok(Arc::new(BooleanArray::new(bits, None)));
    }
    let data = arrow::array::ArrayData::builder(data_type).len(rows).add_buffer(buffer);
    let data = data.align_buffers(true).build();
    Ok(make_array(data.map_err(|error| PyValueError::new_err(error.to_string()))?))
}

/// The Arrow type, and the width, of a type of NumPy's in this machine's byte order.
fn numpy_type(kind: &str) -> Option<(DataType, usize)> {
    let order = if cfg!(target_endian = "little") { '<' } else { '>' };
    let kind = kind.strip_prefix([order, '|', '='])?;
    Some(match kind {
        "b1" => (DataType::Boolean, 1),
        "i1" => (DataType::Int8, 1),
        "i2" => (DataType::Int16, 2),
        "i4" => (DataType::Int32, 4),
        "i8" => (DataType::Int64, 8),
        "u1" => (DataType::UInt8, 1),
        "u2" => (DataType::UInt16, 2),
        "u4" => (DataType::UInt32, 4),
        "u8" => (DataType::UInt64, 8),
        "f2" => (DataType::Float16, 2),
        "f4" => (DataType::Float32, 4),
        "f8" => (DataType::Float64, 8),
        _ => return None,
    })
}

/// An array by the Arrow PyCapsule interface.
fn from_array(value: &Bound<'_, PyAny>) -> PyResult<ArrayRef> {
    let pair = value.call_method0("__arrow_c_array__")?.cast_into::<PyTuple>()?;
    let schema = pointer::<FFI_ArrowSchema>(&pair.get_item(0)?, c"arrow_schema")?;
    let array = pointer::<FFI_ArrowArray>(&pair.get_item(1)?, c"arrow_array")?;
    // SAFETY: capsules of these names hold the structures of Arrow's C data interface; the
    // tuple keeps them alive. The array is moved out, as the interface wants it.
    let data = unsafe { from_ffi(FFI_ArrowArray::from_raw(array.as_ptr()), schema.as_ref()) };
    data.map(make_array).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// A column in pieces by the Arrow PyCapsule interface.
fn from_stream(value: &Bound<'_, PyAny>) -> PyResult<ArrayRef> {
    let capsule = value.call_method0("__arrow_c_stream__")?;
    let stream = pointer::<FFI_ArrowArrayStream>(&capsule, c"arrow_array_stream")?;
    // SAFETY: a capsule of this name holds a stream, which is moved out of it.
    let mut stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
    let (Some(get_schema), Some(get_next)) = (stream.get_schema, stream.get_next) else {
        return Err(PyValueError::new_err("the Arrow stream was read before"));
    };
    let failed = |error: &dyn std::fmt::Display| PyValueError::new_err(error.to_string());
    let mut schema = FFI_ArrowSchema::empty();
    // SAFETY: the stream is alive and gives its schema to a place that is there for it.
    if unsafe { get_schema(&raw mut stream, &raw mut schema) } != 0 {
        return Err(failed(&"the Arrow stream gives no schema"));
    }
    let data_type = DataType::try_from(&schema).map_err(|error| failed(&error))?;
    let mut pieces: Vec<ArrayRef> = Vec::new();
    loop {
        let mut piece = FFI_ArrowArray::empty();
        // SAFETY: as above; a stream gives an array, or a released one at its end.
        if unsafe { get_next(&raw mut stream, &raw mut piece) } != 0 {
            return Err(failed(&"the Arrow stream broke off"));
        }
        if piece.is_released() {
            break;
        }
        // SAFETY: the stream says that its arrays have the type of its schema.
        let data = unsafe { from_ffi_and_data_type(piece, data_type.clone()) };
        pieces.push(make_array(data.map_err(|error| failed(&error))?));
    }
    let pieces: Vec<&dyn Array> = pieces.iter().map(AsRef::as_ref).collect();
    match pieces.as_slice() {
        [] => Ok(arrow::array::new_empty_array(&data_type)),
        pieces => concat(pieces).map_err(|error| failed(&error)),
    }
}

fn pointer<T>(capsule: &Bound<'_, PyAny>, name: &CStr) -> PyResult<NonNull<T>> {
    Ok(capsule.cast::<PyCapsule>()?.pointer_checked(Some(name))?.cast())
}
