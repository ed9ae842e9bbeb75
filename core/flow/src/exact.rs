//! JSON whose numbers are what the text says.
//!
//! `serde_json` reads one float in seven as its neighbour, unless a feature is switched on
//! that costs every reader, and whole numbers beyond 64 bits as floats. What users computed
//! is read here: values between languages, what cells show, notebooks.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

/// Numbers of so many letters are read rightly by every reader: they have at most fifteen
/// digits, and a small power of ten.
const SHORT: usize = 16;

/// Reads a text as [`serde_json::from_slice`] does, every float as the nearest to what stands
/// there.
///
/// ```
/// let text = b"0.30000000000000004";
/// let number: f64 = flownote_flow::exact::from_slice(text)?;
/// assert_eq!(number, 0.1 + 0.2);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// When it isn't JSON, or not a `T`.
pub fn from_slice<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    if !numbers(text).any(is_delicate) {
        return serde_json::from_slice(text);
    }
    // Tells what is wrong with the text, and how deep it may be.
    serde_json::from_slice::<Value>(text)?;
    T::deserialize(exact(serde_json::from_slice(text)?)?)
}

/// The first whole number in a text that an `i64` can't hold.
///
/// ```
/// use flownote_flow::exact::beyond_i64;
///
/// assert_eq!(beyond_i64(br#"{"a": [1, "99999999999999999999"]}"#), None);
/// assert_eq!(beyond_i64(b"[9223372036854775808]"), Some("9223372036854775808"));
/// ```
pub fn beyond_i64(text: &[u8]) -> Option<&str> {
    numbers(text).find(|it| !is_float(it) && it.parse::<i64>().is_err())
}

fn is_float(number: &str) -> bool {
    number.bytes().any(|letter| b".eE".contains(&letter))
}

fn is_delicate(number: &str) -> bool {
    number.len() > SHORT || number.bytes().any(|letter| b"eE".contains(&letter))
}

/// The numbers of a text, in order.
fn numbers(text: &[u8]) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(letter) = text.get(at) {
            match letter {
                b'"' => at = after_string(text, at + 1),
                b'-' | b'0'..=b'9' => {
                    let of_number = |it: &u8| b"+-.eE".contains(it) || it.is_ascii_digit();
                    let length = text[at..].iter().take_while(|it| of_number(it)).count();
                    let number = &text[at..at + length];
                    at += length;
                    return std::str::from_utf8(number).ok();
                }
                _ => at += 1,
            }
        }
        None
    })
}

/// Where a string ends that begins before `at`.
fn after_string(text: &[u8], mut at: usize) -> usize {
    while let Some(letter) = text.get(at) {
        match letter {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

fn exact(text: &RawValue) -> serde_json::Result<Value> {
    let text = text.get();
    Ok(match text.as_bytes().first() {
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            Value::Array(items.into_iter().map(exact).collect::<Result<_, _>>()?)
        }
        Some(b'{') => {
            let Entries(entries) = serde_json::from_str(text)?;
            let entries = entries.into_iter().map(|(key, value)| Ok((key, exact(value)?)));
            Value::Object(entries.collect::<serde_json::Result<Map<_, _>>>()?)
        }
        Some(b'-' | b'0'..=b'9') if is_delicate(text) => {
            let whole = || serde_json::from_str::<Value>(text).ok().filter(|it| !it.is_f64());
            let nearest = || text.parse().ok().and_then(Number::from_f64).map(Value::Number);
            match whole().or_else(nearest) {
                Some(number) => number,
                None => serde_json::from_str(text)?,
            }
        }
        _ => serde_json::from_str(text)?,
    })
}

/// The entries of an object as they stand there.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfMap;

        impl<'de> Visitor<'de> for OfMap {
            type Value = Entries<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(OfMap)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn a_float_is_read_as_it_was_written(number: f64) {
            prop_assume!(number.is_finite());
            let text = format!("{{\"a\": [1, {number:?}, \"0.1e5\\\"\"]}}");
            let read: Value = from_slice(text.as_bytes()).unwrap();
            let found = read["a"][1].as_f64().unwrap();
            prop_assert_eq!(found.to_bits(), number.to_bits());
        }
    }

    #[test]
    fn everything_else_is_as_it_is_read_elsewhere() {
        let text = br#" {"b": [true, null, "x\"1e5", -3, 18446744073709551615, 1e-7],
                         "a": {"\u00e9": 0.1, "n": 123456789012345678901234567890}} "#;
        let read: Value = from_slice(text).expect("readable");
        assert_eq!(read["b"], json!([true, null, "x\"1e5", -3, u64::MAX, 1e-7]));
        let keys: Vec<&String> = read.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["b", "a"], "in their order");
        assert_eq!(read["a"]["é"], json!(0.1));
        assert_eq!(read["a"]["n"], json!(123_456_789_012_345_680_000_000_000_000_f64));
        for wrong in ["[1e5", "1e999", "[01.00000000000000000]", &"[1e5,".repeat(200)] {
            assert!(from_slice::<Value>(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
