//! Values as text: what stands on a command line becomes JSON, and JSON what Python reads.
//! Numbers are never parsed, so that an integer has all its digits and a float is the same.

use serde::de::IgnoredAny;
use serde_json::Value;

/// What was typed, as JSON text. What isn't JSON is text: `--param name=ana` needs no quotes
/// within quotes.
pub fn json(typed: &str) -> String {
    match typed.trim() {
        "True" => "true".to_owned(),
        "False" => "false".to_owned(),
        "None" => "null".to_owned(),
        value if serde_json::from_str::<IgnoredAny>(value).is_ok() => value.to_owned(),
        _ => Value::from(typed).to_string(),
    }
}

/// A JSON text as Python writes it.
pub fn python(json: &str) -> String {
    let mut written = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string(rest),
            letter if letter.is_ascii_alphabetic() => {
                rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(rest.len())
            }
            // The `e` of `1e5` is no word.
            digit if digit.is_ascii_digit() => {
                let number =
                    |letter: char| letter.is_ascii_alphanumeric() || ".+-".contains(letter);
                rest.find(|letter| !number(letter)).unwrap_or(rest.len())
            }
            other => other.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        match word {
            "true" => written.push_str("True"),
            "false" => written.push_str("False"),
            "null" => written.push_str("None"),
            // JSON has escapes that Python has not: the same text is written anew.
            word if first == '"' => {
                let text: Result<String, _> = serde_json::from_str(word);
                written
                    .push_str(&text.map_or_else(|_| word.into(), |it| Value::from(it).to_string()));
            }
            word => written.push_str(word),
        }
        rest = after;
    }
    written
}

/// The type that a JSON text has in Python.
pub fn type_name(json: &str) -> &'static str {
    match json.trim_start().bytes().next() {
        Some(b'"') => "str",
        Some(b'[') => "list",
        Some(b'{') => "dict",
        Some(b't' | b'f') => "bool",
        Some(b'n') | None => "NoneType",
        Some(_) if json.contains(['.', 'e', 'E']) => "float",
        Some(_) => "int",
    }
}

/// How long the string is that a text begins with, quotes included.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
