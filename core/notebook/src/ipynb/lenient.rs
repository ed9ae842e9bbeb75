//! JSON that Python and JavaScript write and the standard doesn't allow: bare `NaN` and
//! `Infinity` (Python's `json`), and halves of characters (`\ud83d` where a program cut a
//! text in two). Strict parsing comes first; this runs when it failed.

use std::borrow::Cow;

/// The text with `null` for numbers that JSON doesn't have and U+FFFD for half characters.
pub(super) fn mend(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut mended = String::new();
    // Up to where `text` is copied into `mended`.
    let mut copied = 0;
    let mut at = 0;
    let mut in_string = false;
    while at < bytes.len() {
        let (length, replacement) = match bytes[at] {
            b'"' => {
                in_string = !in_string;
                (1, None)
            }
            b'\\' if in_string => escape(&bytes[at..]),
            b'N' | b'I' | b'-' if !in_string => number(&bytes[at..]),
            _ => (1, None),
        };
        if let Some(replacement) = replacement {
            mended.push_str(&text[copied..at]);
            mended.push_str(replacement);
            copied = at + length;
        }
        at += length;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    mended.push_str(&text[copied..]);
    Cow::Owned(mended)
}

/// The length of an escape, and what stands for half a character.
fn escape(bytes: &[u8]) -> (usize, Option<&'static str>) {
    match unit(bytes) {
        Some(0xd800..=0xdbff) => match unit(&bytes[6..]) {
            Some(0xdc00..=0xdfff) => (12, None),
            _ => (6, Some("\\ufffd")),
        },
        Some(0xdc00..=0xdfff) => (6, Some("\\ufffd")),
        Some(_) => (6, None),
        None => (2, None),
    }
}

/// The UTF-16 unit of a `\uXXXX`.
fn unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The length of a number that JSON doesn't have.
fn number(bytes: &[u8]) -> (usize, Option<&'static str>) {
    let words: [&[u8]; 3] = [b"NaN", b"-Infinity", b"Infinity"];
    match words.iter().find(|word| bytes.starts_with(word)) {
        Some(word) => (word.len(), Some("null")),
        None => (1, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(mend(text), expect);
    }

    #[test]
    fn numbers_of_python_become_null_outside_of_texts() {
        check(r#"{"a": NaN, "b": [-Infinity,Infinity,-1]}"#, r#"{"a": null, "b": [null,null,-1]}"#);
        check(r#""NaN \" NaN""#, r#""NaN \" NaN""#);
    }

    #[test]
    fn halves_of_characters_are_replaced_and_whole_ones_stay() {
        check(r#""\ud83d""#, r#""\ufffd""#);
        check(r#""\ud83d\ude00 \ude00 \\ud83d""#, r#""\ud83d\ude00 \ufffd \\ud83d""#);
        check(r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#);
        check(r#""\u00e9\n\"é""#, r#""\u00e9\n\"é""#);
    }
}
