//! Values that the host gives, as the Rust types that fit them.

use std::any::Any;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::array::{Array, Element};
use crate::bytes::{Bytes, Lent};
use crate::codec::{self, Taker};
use crate::csr::Csr;
use crate::export::{Common, Tag};
use crate::ffi::ArrowArrayStream;
use crate::frame::Frame;
use crate::value::{Kind, Value};

/// Why a value can't be given.
pub(crate) struct Refused {
    pub message: String,
    pub hint: Option<String>,
}

impl From<String> for Refused {
    fn from(message: String) -> Self {
        Self { message, hint: None }
    }
}

/// A value from bytes in one of the forms.
pub(crate) fn from_bytes(form: u32, lent: Lent, meta: &Json) -> Result<Value, Refused> {
    let lent = Arc::new(lent);
    match form {
        1 => Ok(codec::decode_npy(&lent, 0)?.0.with(AsArray)),
        2 => {
            let parts = codec::decode_csr(&lent, meta)?;
            let (indices, indptr, shape) = (parts.indices, parts.indptr, parts.shape);
            Ok(parts.data.with(AsCsr { indices, indptr, shape })?)
        }
        3 => {
            if let Some(value) = large(lent.bytes())? {
                return Ok(value);
            }
            let json = serde_json::from_slice(lent.bytes());
            Ok(from_json(json.map_err(|error| format!("a value isn't JSON: {error}"))?))
        }
        4 => {
            let text = std::str::from_utf8(lent.bytes());
            Ok(common(text.map_err(|error| format!("a text isn't UTF-8: {error}"))?.to_owned()))
        }
        5 => Ok(common(Bytes::lent(&lent))),
        #[cfg(feature = "full")]
        7 => crate::models::decode(lent.bytes()),
        _ => Err(format!("a value in the form number {form}, which isn't known here").into()),
    }
}

/// A value from a stream of record batches: a frame, or what a column stands for.
pub(crate) fn from_stream(stream: ArrowArrayStream, meta: &Json) -> Result<Value, Refused> {
    let frame = Frame::import(stream)?;
    let is = |key: &str| meta[key].as_bool() == Some(true);
    if (is("scalar") && frame.num_rows() == 1 || is("column"))
        && let Some(value) = from_column(&frame, is("scalar"))
    {
        return Ok(value);
    }
    Ok(common(frame))
}

/// What a single column stands for in Python: a number that isn't finite, a list of numbers, a
/// date, a time or a decimal, which are their text.
fn from_column(frame: &Frame, scalar: bool) -> Option<Value> {
    let [name] = frame.names()[..] else { return None };
    if let Ok(numbers) = frame.f64(name) {
        return Some(if scalar { common(numbers[0]) } else { common(numbers.to_vec()) });
    }
    if let Ok(numbers) = frame.i64(name) {
        return Some(if scalar { through_json(numbers[0]) } else { common(numbers.to_vec()) });
    }
    if scalar && let Some(value) = frame.as_text(name) {
        return Some(value.map_or_else(|| through_json(Json::Null), common));
    }
    let texts = frame.str(name).ok()?;
    let texts: Vec<String> = texts.iter().map(str::to_owned).collect();
    Some(if scalar { common(texts[0].clone()) } else { through_json(texts) })
}

/// Whole numbers that 64 bits don't hold: one, or a list of nothing but whole numbers. JSON
/// in memory would make floats of them.
fn large(text: &[u8]) -> Result<Option<Value>, Refused> {
    let Some(number) = codec::beyond_64_bits(text) else { return Ok(None) };
    if let Ok(number) = serde_json::from_slice::<i128>(text) {
        return Ok(Some(through_json(number)));
    }
    if let Ok(number) = serde_json::from_slice::<u128>(text) {
        return Ok(Some(through_json(number)));
    }
    if let Ok(numbers) = serde_json::from_slice::<Vec<i128>>(text) {
        return Ok(Some(through_json(numbers)));
    }
    Err(Refused {
        message: format!("the whole number {number} has more bits than can be given here"),
        hint: Some(
            "one whole number, or a list of them, may have 128 bits; make text of others (`str`)"
                .to_owned(),
        ),
    })
}

/// JSON as the type that fits it: a number, a text, a list of one kind, or just JSON.
fn from_json(json: Json) -> Value {
    if let Some(number) = codec::marked(&json) {
        return common(number);
    }
    match &json {
        Json::Bool(truth) => return through_json(*truth),
        Json::String(text) => return common(text.clone()),
        Json::Number(number) => {
            if let Some(number) = number.as_i64() {
                return through_json(number);
            }
            if let Some(number) = number.as_u64() {
                return through_json(number);
            }
            if let Some(number) = number.as_f64() {
                return common(number);
            }
        }
        Json::Array(items) if !items.is_empty() => return from_list(json),
        _ => {}
    }
    through_json(json)
}

fn from_list(json: Json) -> Value {
    fn read<T: DeserializeOwned>(json: &Json) -> Option<T> {
        T::deserialize(json).ok()
    }
    if let Some(all) = read::<Vec<bool>>(&json) {
        common(all)
    } else if let Some(all) = read::<Vec<i64>>(&json) {
        common(all)
    } else if let Some(all) = read::<Vec<u64>>(&json) {
        common(all)
    } else if let Some(all) = read::<Vec<f64>>(&json) {
        common(all)
    } else if let Some(all) = read::<Vec<String>>(&json) {
        through_json(all)
    } else if let Some(all) = read::<Vec<Vec<i64>>>(&json) {
        through_json(all)
    } else if let Some(all) = read::<Vec<Vec<f64>>>(&json) {
        through_json(all)
    } else if let Some(all) = read::<Vec<Vec<String>>>(&json) {
        through_json(all)
    } else {
        through_json(json)
    }
}

pub(crate) fn common<T: Common>(value: T) -> Value {
    use crate::export::via::ViaCommon as _;
    let mut kind: Kind = (&&&Tag::of(&value)).kind();
    kind.copy = is_number(&value);
    Value::new(value, kind, "", true)
}

fn through_json<T: Serialize + DeserializeOwned + 'static>(value: T) -> Value {
    use crate::export::via::ViaJson as _;
    let mut kind: Kind = (&&Tag::of(&value)).kind();
    kind.copy = is_number(&value);
    Value::new(value, kind, "", true)
}

fn is_number(value: &dyn Any) -> bool {
    value.is::<f64>()
        || value.is::<i64>()
        || value.is::<u64>()
        || value.is::<i128>()
        || value.is::<u128>()
        || value.is::<bool>()
}

struct AsArray;

impl Taker<Value> for AsArray {
    fn take<T: Element>(self, array: Array<T>) -> Value {
        common(array)
    }
}

struct AsCsr {
    indices: crate::csr::Indices,
    indptr: crate::csr::Indices,
    shape: (usize, usize),
}

impl Taker<Result<Value, String>> for AsCsr {
    fn take<T: Element>(self, array: Array<T>) -> Result<Value, String> {
        Csr::from_parts(self.shape, self.indptr, self.indices, array).map(common)
    }
}
