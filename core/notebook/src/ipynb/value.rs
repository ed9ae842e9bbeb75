//! Taking JSON apart, with errors that say where.

use serde_json::{Map, Value};

use super::Error;

/// The fields of an object.
pub(super) type Fields = Map<String, Value>;

/// What a value is, in words.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The error for a value of a wrong kind.
pub(super) fn wrong(place: String, expected: &'static str, found: &Value) -> Error {
    Error::Shape { place, expected, found: kind(found) }
}

/// The object in the field; an empty one when there is none.
pub(super) fn object(fields: &mut Fields, key: &str, place: &str) -> Result<Fields, Error> {
    match fields.swap_remove(key) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(other) => Err(wrong(format!("`{key}` of {place}"), "an object", &other)),
    }
}

/// The list in the field; an empty one when there is none.
pub(super) fn list(fields: &mut Fields, key: &str, place: &str) -> Result<Vec<Value>, Error> {
    match fields.swap_remove(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(other) => Err(wrong(format!("`{key}` of {place}"), "a list", &other)),
    }
}

/// The text in the field, whole or as lines; an empty one when there is none.
pub(super) fn text(fields: &mut Fields, key: &str, place: &str) -> Result<String, Error> {
    match fields.swap_remove(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(value) => {
            joined(value).map_err(|other| wrong(format!("`{key}` of {place}"), "text", &other))
        }
    }
}

/// The number of an execution; other things that stand there count as none.
pub(super) fn count(fields: &mut Fields, key: &str) -> Option<u32> {
    let count = fields.swap_remove(key)?.as_u64()?;
    Some(u32::try_from(count).unwrap_or(u32::MAX))
}

/// One text of a text or of lines; anything else is given back.
pub(super) fn joined(value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) => Ok(text),
        Value::Array(lines) if lines.iter().all(Value::is_string) => {
            Ok(lines.iter().filter_map(Value::as_str).collect())
        }
        other => Err(other),
    }
}

/// The lines of a text, each with its end, as Python's `splitlines(True)` cuts them: then
/// a file written by Jupyter stays as it is.
pub(super) fn lines(text: &str) -> Value {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if !ends_line(character) {
            continue;
        }
        let mut end = at + character.len_utf8();
        if character == '\r' && characters.next_if(|(_, next)| *next == '\n').is_some() {
            end += 1;
        }
        lines.push(Value::from(&text[start..end]));
        start = end;
    }
    if start < text.len() {
        lines.push(Value::from(&text[start..]));
    }
    Value::Array(lines)
}

/// What ends a line for `str.splitlines` (Python's documentation of built-in types).
fn ends_line(character: char) -> bool {
    matches!(
        character,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_are_cut_as_python_cuts_them() {
        assert_eq!(lines(""), json!([]));
        assert_eq!(lines("a"), json!(["a"]));
        assert_eq!(lines("a\n\nb\n"), json!(["a\n", "\n", "b\n"]));
        assert_eq!(lines("a\r\nb\rc"), json!(["a\r\n", "b\r", "c"]));
        assert_eq!(lines("a\u{2028}b\u{c}c"), json!(["a\u{2028}", "b\u{c}", "c"]));
    }
}
