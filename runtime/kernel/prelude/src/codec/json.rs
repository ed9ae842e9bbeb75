//! JSON, as Python's codec has it: what isn't finite is `{"$": "float", "v": "nan"}`.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{Encoding, Piece, Record, clip};
use crate::error::{Error, Result};

/// Encodes what serde can write.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Encoding> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        let kind = crate::names::short(std::any::type_name::<T>());
        Error::new(format!("a value of the type `{kind}` can't be written as JSON: {error}"))
    })?;
    Ok(of_bytes(bytes))
}

/// Encodes a number that JSON hasn't: NaN, or an infinity.
pub fn not_finite(number: f64) -> Encoding {
    let name = if number.is_nan() {
        "nan"
    } else if number > 0.0 {
        "inf"
    } else {
        "-inf"
    };
    of_bytes(json!({"$": "float", "v": name}).to_string().into_bytes())
}

fn of_bytes(bytes: Vec<u8>) -> Encoding {
    let type_name = match bytes.first() {
        Some(b'[') => "list",
        Some(b'{') if bytes.starts_with(b"{\"$\":\"float\"") => "float",
        Some(b'{') => "dict",
        Some(b'"') => "str",
        Some(b't' | b'f') => "bool",
        Some(b'n') => "NoneType",
        _ if bytes.iter().any(|byte| b".eE".contains(byte)) => "float",
        _ => "int",
    };
    let preview = clip(&String::from_utf8_lossy(&bytes[..bytes.len().min(600)]));
    let record = Record { preview: Some(preview), ..Record::plain("json", type_name) };
    Encoding::Bytes(vec![Piece::Own(bytes)], record)
}

/// The number in the mark that stands for one which isn't finite.
pub fn marked(value: &Json) -> Option<f64> {
    let marked = value.as_object().filter(|it| it.len() == 2)?;
    if marked.get("$")?.as_str()? != "float" {
        return None;
    }
    match marked.get("v")?.as_str()? {
        "nan" => Some(f64::NAN),
        "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}
