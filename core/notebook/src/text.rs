//! Positions in a text as editors count them: in UTF-16 units (notebook rule 22); text
//! without its colours.

use std::ops::Range;

/// What is wrong with a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misplaced {
    /// It is past the end.
    Outside,
    /// It is between the two units of one character.
    InsideCharacter,
}

/// How many UTF-16 units the text has.
pub fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// The byte at which the unit `position` begins.
pub(crate) fn byte_at(text: &str, position: usize) -> Result<usize, Misplaced> {
    if text.is_ascii() {
        return if position <= text.len() { Ok(position) } else { Err(Misplaced::Outside) };
    }
    let mut units = 0;
    for (byte, character) in text.char_indices() {
        if units == position {
            return Ok(byte);
        }
        if units > position {
            return Err(Misplaced::InsideCharacter);
        }
        units += character.len_utf16();
    }
    match units {
        _ if units == position => Ok(text.len()),
        _ if units > position => Err(Misplaced::InsideCharacter),
        _ => Err(Misplaced::Outside),
    }
}

/// The bytes of a range of UTF-16 units; none where it is outside or cuts a character.
pub fn bytes(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let found = byte_at(text, range.start).ok()?..byte_at(text, range.end).ok()?;
    (found.start <= found.end).then_some(found)
}

/// Text without ANSI colours: `ESC [ … letter`.
pub fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|letter: char| letter.is_ascii_alphabetic());
        plain.push_str(end.map_or(piece, |end| &piece[end + 1..]));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_utf16_units() {
        let text = "aé𝄞b";
        assert_eq!(length(text), 5);
        assert_eq!(byte_at(text, 2), Ok(3));
        assert_eq!(byte_at(text, 3), Err(Misplaced::InsideCharacter));
        assert_eq!(byte_at(text, 4), Ok(7));
        assert_eq!(byte_at(text, 5), Ok(8));
        assert_eq!(byte_at(text, 6), Err(Misplaced::Outside));
        assert_eq!(byte_at("𝄞", 1), Err(Misplaced::InsideCharacter));
        assert_eq!(byte_at("abc", 3), Ok(3));
        assert_eq!(byte_at("abc", 4), Err(Misplaced::Outside));
    }

    #[test]
    fn a_traceback_loses_its_colours_and_nothing_else() {
        let text = "\u{1b}[31mValueError\u{1b}[0m: [1] is \u{1b}[1;32mbad\u{1b}[m";
        assert_eq!(without_colours(text), "ValueError: [1] is bad");
    }
}
