//! Calling a function of single numbers, row by row.

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use flownote_notebook::wasm::{Element, Signature};
use wasmtime::{Func, ValRaw};

use super::error::Result;
use super::function::Argument;
use super::instance::Running;

/// How many rows are laid out for the guest at a time.
const PORTION: usize = 1024;

/// Calls `export`, which was checked to be of the signature's type, for each row; gives
/// values of the output's width.
pub(super) fn run(
    running: &mut Running<'_>,
    export: Func,
    signature: &Signature,
    arguments: &[Argument],
    rows: usize,
) -> Result<Vec<u8>> {
    let width = signature.output.width();
    let mut bytes = Vec::with_capacity(rows * width);
    // One place is needed for the result, even where there is no argument.
    let stride = arguments.len().max(1);
    let mut places = vec![ValRaw::i32(0); PORTION.min(rows) * stride];
    let mut first = 0;
    while first < rows {
        let count = PORTION.min(rows - first);
        for (index, (argument, input)) in arguments.iter().zip(&signature.inputs).enumerate() {
            let to = places[index..].iter_mut().step_by(stride).take(count);
            let (array, first, constant) = match argument {
                Argument::Column(column) => (column, first, false),
                Argument::Constant(value) => (value, 0, true),
            };
            lay_out(array, first, constant, input.element, to);
        }
        for row in places.chunks_exact_mut(stride).take(count) {
            // SAFETY: `row` has a place for each argument and for the result; the function
            // was checked to have the signature's type, all of it numbers, and `lay_out`
            // made values of that type. The function belongs to this store.
            let called = unsafe { export.call_unchecked(&mut running.store, row) };
            called.map_err(|error| running.explain(&error))?;
            push(&mut bytes, signature.output, row[0]);
        }
        first += count;
    }
    Ok(bytes)
}

/// Puts rows of a column, or one value again and again, where the guest reads arguments.
fn lay_out<'a>(
    array: &ArrayRef,
    first: usize,
    constant: bool,
    element: Element,
    to: impl Iterator<Item = &'a mut ValRaw>,
) {
    let row = |index: usize| if constant { 0 } else { first + index };
    macro_rules! numbers {
        ($kind:ty, $make:expr) => {{
            let values = array.as_primitive::<$kind>().values();
            for (index, place) in to.enumerate() {
                *place = $make(values[row(index)]);
            }
        }};
    }
    match element {
        Element::Bool => {
            let values = array.as_boolean().values();
            for (index, place) in to.enumerate() {
                *place = ValRaw::i32(i32::from(values.value(row(index))));
            }
        }
        Element::I8 => numbers!(Int8Type, |value| ValRaw::i32(i32::from(value))),
        Element::I16 => numbers!(Int16Type, |value| ValRaw::i32(i32::from(value))),
        Element::I32 => numbers!(Int32Type, ValRaw::i32),
        Element::I64 => numbers!(Int64Type, ValRaw::i64),
        Element::U8 => numbers!(UInt8Type, |value| ValRaw::u32(u32::from(value))),
        Element::U16 => numbers!(UInt16Type, |value| ValRaw::u32(u32::from(value))),
        Element::U32 => numbers!(UInt32Type, ValRaw::u32),
        Element::U64 => numbers!(UInt64Type, ValRaw::u64),
        Element::F32 => numbers!(Float32Type, |value: f32| ValRaw::f32(value.to_bits())),
        Element::F64 => numbers!(Float64Type, |value: f64| ValRaw::f64(value.to_bits())),
    }
}

/// Appends a result, in the width of its column.
fn push(bytes: &mut Vec<u8>, element: Element, value: ValRaw) {
    match element {
        Element::Bool => bytes.push(u8::from(value.get_i32() != 0)),
        Element::F32 => bytes.extend_from_slice(&value.get_f32().to_ne_bytes()),
        Element::F64 => bytes.extend_from_slice(&value.get_f64().to_ne_bytes()),
        Element::I64 | Element::U64 => bytes.extend_from_slice(&value.get_i64().to_ne_bytes()),
        Element::I32 | Element::U32 => bytes.extend_from_slice(&value.get_i32().to_ne_bytes()),
        Element::I16 | Element::U16 => {
            let low = (value.get_u32() & 0xffff) as u16;
            bytes.extend_from_slice(&low.to_ne_bytes());
        }
        Element::I8 | Element::U8 => bytes.push((value.get_u32() & 0xff) as u8),
    }
}
