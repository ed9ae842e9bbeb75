//! JSON, as Python's codec has it: what isn't finite is `{"$": "float", "v": "nan"}`.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::{Encoding, Piece, Record, clip};
use crate::error::{Error, Result};

/// Encodes what serde can write. Of a type of the user's, a cell compiles only what it
/// consists of; how JSON is written is compiled here.
pub fn encode<T: Serialize>(value: &T) -> Result<Encoding> {
    written(value, std::any::type_name::<T>())
}

#[inline(never)]
fn written(value: &dyn erased_serde::Serialize, kind: &str) -> Result<Encoding> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        let kind = crate::names::short(kind);
        Error::new(format!("a value of the type `{kind}` can't be written as JSON: {error}"))
    })?;
    Ok(of_bytes(bytes))
}

/// Makes a value of what was read as JSON. As with [`encode`], a cell compiles little of it.
pub fn decode<T: DeserializeOwned>(json: Json) -> Result<T> {
    let mut made = None;
    given(json, &mut |reader| {
        made = Some(erased_serde::deserialize(reader)?);
        Ok(())
    })?;
    made.ok_or_else(|| Error::new("a value wasn't made"))
}

/// Makes one thing of what it is given.
type Reads<'a> =
    &'a mut dyn FnMut(&mut dyn erased_serde::Deserializer<'_>) -> erased_serde::Result<()>;

#[inline(never)]
fn given(json: Json, read: Reads<'_>) -> Result<()> {
    let reader = &mut <dyn erased_serde::Deserializer<'_>>::erase(json);
    read(reader).map_err(|error| Error::new(error.to_string()))
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

/// The first whole number in a text that has more than 64 bits.
pub fn beyond_64_bits(text: &[u8]) -> Option<&str> {
    let mut at = 0;
    while let Some(letter) = text.get(at) {
        match letter {
            b'"' => {
                at += 1;
                while text.get(at).is_some_and(|letter| *letter != b'"') {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let of_number = |it: &u8| b"+-.eE".contains(it) || it.is_ascii_digit();
                let length = text[at..].iter().take_while(|it| of_number(it)).count();
                let number = std::str::from_utf8(&text[at..at + length]).ok()?;
                let is_whole = !number.bytes().any(|letter| b".eE".contains(&letter));
                if is_whole && number.parse::<i64>().is_err() && number.parse::<u64>().is_err() {
                    return Some(number);
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    None
}
