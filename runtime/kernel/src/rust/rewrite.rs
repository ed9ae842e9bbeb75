//! Text made from a cell's source by leaving parts out and putting others in, and the way
//! back: from a place in what was made to the place in the source.

use std::ops::Range;

/// One change of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes: bytes of the source.
    pub range: Range<usize>,
    /// What comes in its place.
    pub text: String,
}

impl Edit {
    /// Puts something in.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { range: at..at, text: text.into() }
    }

    /// Puts something in the place of something else.
    pub fn replace(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }

    /// Takes something out, and leaves lines and columns as they are.
    pub fn blank(range: Range<usize>, source: &str) -> Self {
        let blank = |byte: u8| if byte == b'\n' || byte == b'\r' { byte as char } else { ' ' };
        let text = source[range.clone()].bytes().map(blank).collect();
        Self { range, text }
    }
}

/// A text that knows from where in a source its parts come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    text: String,
    /// In order: where a part of the source stands in the text, where it stands in the
    /// source, and how long it is.
    pieces: Vec<(usize, usize, usize)>,
}

impl Rewritten {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was made.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds text of our own.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a part of the source, changed. Edits outside of it are left out; those of one
    /// place stay in their order.
    pub fn push_source(&mut self, source: &str, range: Range<usize>, edits: &[Edit]) -> &mut Self {
        let within = |edit: &&Edit| range.start <= edit.range.start && edit.range.end <= range.end;
        let mut edits: Vec<&Edit> = edits.iter().filter(within).collect();
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        let mut at = range.start;
        for edit in edits {
            // One that lies within another has gone with it.
            if edit.range.start < at {
                continue;
            }
            self.copy(source, at..edit.range.start);
            self.text.push_str(&edit.text);
            at = edit.range.end;
        }
        self.copy(source, at..range.end);
        self
    }

    fn copy(&mut self, source: &str, range: Range<usize>) {
        if !range.is_empty() {
            self.pieces.push((self.text.len(), range.start, range.len()));
            self.text.push_str(&source[range]);
        }
    }

    /// Where a byte of the text stands in the source; nothing for text of our own.
    pub fn origin(&self, byte: usize) -> Option<usize> {
        let next = self.pieces.partition_point(|(at, _, _)| *at <= byte);
        let (at, from, length) = self.pieces.get(next.checked_sub(1)?)?;
        let offset = byte - at;
        // The end of a part counts to it: a range may end there.
        (offset <= *length).then_some(from + offset)
    }

    /// The part of the source that a range of the text stands for, as far as there is one.
    pub fn origin_of(&self, range: Range<usize>) -> Option<Range<usize>> {
        let touching = self.pieces.iter().filter(|(at, _, length)| {
            *at <= range.end && range.start <= at + length && range.start < at + length.max(&1)
        });
        let mut found: Option<Range<usize>> = None;
        for (at, from, length) in touching {
            let start = range.start.max(*at) - at + from;
            let end = range.end.min(at + length) - at + from;
            if end < start || (end == start && !range.is_empty()) {
                continue;
            }
            found = Some(match found {
                None => start..end,
                Some(found) => found.start.min(start)..found.end.max(end),
            });
        }
        found
    }

    /// The byte of a place in the text: line and column from 1, columns in code points.
    pub fn byte_at(&self, line: u32, column: u32) -> Option<usize> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let mut start = 0;
        for (number, text) in self.text.split_inclusive('\n').enumerate() {
            if number == index {
                let before = text.chars().take((column.max(1) - 1) as usize);
                return Some(start + before.map(char::len_utf8).sum::<usize>());
            }
            start += text.len();
        }
        None
    }
}

/// The line of a byte of a source, from 1, its column in code points, from 1, and its text.
pub fn place(source: &str, byte: usize) -> (u32, u32, &str) {
    let mut byte = byte.min(source.len());
    while !source.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = &source[..byte];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = source[byte..].find('\n').map_or(source.len(), |at| byte + at);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let line = count(before.matches('\n').count() + 1);
    (line, count(before[start..].chars().count() + 1), source[start..end].trim_end_matches('\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_found_again() {
        let source = "let a = 1;\nfn f() {}\na + f()";
        let mut made = Rewritten::new();
        made.push("use x;\n");
        let edits = [
            Edit::blank(11..20, source),
            Edit::insert(21, "show("),
            Edit::insert(source.len(), ")"),
        ];
        made.push_source(source, 0..source.len(), &edits);
        assert_eq!(made.text(), "use x;\nlet a = 1;\n         \nshow(a + f())");
        for (word, at) in [("let", 0), ("a + f", 21)] {
            let byte = made.text().find(word).expect("there");
            assert_eq!(made.origin(byte), Some(at), "{word}");
        }
        assert_eq!(made.origin(0), None);
        let whole = made.text().find("show").expect("there");
        assert_eq!(made.origin_of(whole..made.text().len()), Some(21..source.len()));
        assert_eq!(made.origin_of(0..4), None);
        assert_eq!(made.byte_at(4, 6), made.text().find("a + f"));
    }

    #[test]
    fn places_count_code_points() {
        let source = "let ö = 1;\r\nlet ü = x;";
        let (line, column, text) = place(source, source.find('x').expect("x"));
        assert_eq!((line, column, text), (2, 9, "let ü = x;"));
        assert_eq!(place(source, 9).2, "let ö = 1;");
    }
}
