//! What a cell asks for in the comments on its first lines, where everyone sees it
//! (notebook rule 1):
//!
//! ```text
//! # flownote: no-cache, manual          Python
//! -- out: top                           SQL
//! //! in: ratings, users                Rust
//! //! dep: regex = "1"
//! ;; in: x:f64                          WASM (text)
//! ```
//!
//! In every language `flownote:` takes words that mean the same; the other keys are the
//! language's own. Python comments are prose far too often to look for further keys.

use crate::{Language, Mode};

/// The comments `key: value` at the head of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    entries: Vec<Entry>,
}

/// One `key: value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key, in lower case: `out`.
    pub key: String,
    /// What follows the colon, without spaces around it.
    pub value: String,
    /// The line of the cell, from 1.
    pub line: usize,
}

impl Options {
    /// Reads the head of a source: its first lines as far as they are comments or blank.
    pub fn of(language: Language, source: &str) -> Self {
        let comments = Self::comments(language, source);
        let entries =
            comments.filter_map(|(line, comment, _)| entry(language, comment, line)).collect();
        Self { entries }
    }

    /// The comments at the head of a source: the line from 1, the text, and what marks it as
    /// a comment.
    pub(crate) fn comments(
        language: Language,
        source: &str,
    ) -> impl Iterator<Item = (usize, &str, &'static str)> {
        let marks: &[&'static str] = match language {
            Language::Python => &["#"],
            Language::Sql => &["--"],
            Language::Rust => &["//!", "//"],
            // WAT, and C for those who write their module in it.
            Language::Wasm => &[";;", "//"],
            Language::Markdown | Language::Raw => &[],
        };
        let lines = (1..).zip(source.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
        lines.map_while(|(number, line)| {
            let found = marks.iter().find_map(|mark| Some((line.strip_prefix(mark)?, *mark)));
            found.map(|(comment, mark)| (number, comment, mark))
        })
    }

    /// All of them, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The value of the first entry with that key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.all(key).next()
    }

    /// The values of all entries with that key (`dep` may stand several times).
    pub fn all(&self, key: &str) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |entry| entry.key == key).map(|entry| &*entry.value)
    }

    /// The parts between commas of all entries with that key: `in: a, b` and `in: c`.
    pub fn list(&self, key: &str) -> impl Iterator<Item = &str> {
        self.all(key).flat_map(|value| value.split(',')).map(str::trim).filter(|v| !v.is_empty())
    }

    /// The same for names that may say their type: `in: a, b: HashMap<u8, f64>`. Commas
    /// within brackets belong to a type.
    pub fn typed(&self, key: &str) -> Vec<(&str, Option<&str>)> {
        let mut found = Vec::new();
        for value in self.all(key) {
            let (mut depth, mut start) = (0_i32, 0);
            let ends = value.char_indices().filter_map(|(at, letter)| {
                match letter {
                    '<' | '(' | '[' => depth += 1,
                    // `->` of a function's type closes nothing.
                    '>' if value[..at].ends_with('-') => {}
                    '>' | ')' | ']' => depth -= 1,
                    ',' if depth <= 0 => return Some(at),
                    _ => {}
                }
                None
            });
            for end in ends.collect::<Vec<_>>().into_iter().chain([value.len()]) {
                let part = value[start..end].trim();
                start = end + 1;
                if part.is_empty() {
                    continue;
                }
                let typed = part.split_once(':').filter(|(name, _)| !name.trim().is_empty());
                found.push(match typed {
                    Some((name, kind)) => {
                        (name.trim(), Some(kind.trim()).filter(|kind| !kind.is_empty()))
                    }
                    None => (part, None),
                });
            }
        }
        found
    }

    /// Whether `flownote:` says that word.
    pub fn says(&self, word: &str) -> bool {
        self.words().any(|own| own == word)
    }

    /// `cache` or `no-cache`, when the cell decides it itself.
    pub fn cache(&self) -> Option<bool> {
        self.words().find_map(|word| match word {
            "cache" => Some(true),
            "no-cache" => Some(false),
            _ => None,
        })
    }

    /// When the cell runs, where that isn't as the notebook says: `lazy`, `auto`, `manual`.
    pub fn mode(&self) -> Option<Mode> {
        self.words().find_map(|word| match word {
            "lazy" => Some(Mode::Lazy),
            "auto" => Some(Mode::Auto),
            "manual" => Some(Mode::Manual),
            _ => None,
        })
    }

    /// The words of `flownote:`, between commas or spaces.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.all("flownote")
            .flat_map(|value| value.split([',', ' ']))
            .filter(|word| !word.is_empty())
    }
}

/// The entry in a comment, if it is one: a lower-case word, a colon, a value.
fn entry(language: Language, comment: &str, line: usize) -> Option<Entry> {
    let (key, value) = comment.split_once(':')?;
    let key = key.trim();
    let is_word = key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_');
    let known = is_word && (language != Language::Python || key == "flownote");
    known.then(|| Entry { key: key.to_owned(), value: value.trim().to_owned(), line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: Language, source: &str, expect: &[(&str, &str, usize)]) {
        let options = Options::of(language, source);
        let found: Vec<_> =
            options.entries().iter().map(|e| (&*e.key, &*e.value, e.line)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn the_head_of_a_cell_is_read_and_no_more() {
        check(
            Language::Sql,
            "-- out: top\n\n-- as: polars\nselect 1\n-- in: x",
            &[("out", "top", 1), ("as", "polars", 3)],
        );
        check(
            Language::Rust,
            "//! dep: regex = \"1\"\n// in: a, b\nlet x = 1;",
            &[("dep", "regex = \"1\"", 1), ("in", "a, b", 2)],
        );
        check(Language::Wasm, ";; in: x:f64", &[("in", "x:f64", 1)]);
        check(Language::Markdown, "# flownote: cache", &[]);
    }

    #[test]
    fn prose_is_not_an_option() {
        check(
            Language::Python,
            "# note: this is slow\n# flownote: no-cache\nx = 1",
            &[("flownote", "no-cache", 2)],
        );
        check(Language::Sql, "-- Please note: slow\n-- see https://example.org\n", &[]);
    }

    #[test]
    fn names_may_say_their_type() {
        let text = "//! in: a, b: HashMap<u8, Vec<f64>>, c: fn(u8) -> u8, d: std::string::String\n";
        let options = Options::of(Language::Rust, text);
        assert_eq!(
            options.typed("in"),
            [
                ("a", None),
                ("b", Some("HashMap<u8, Vec<f64>>")),
                ("c", Some("fn(u8) -> u8")),
                ("d", Some("std::string::String")),
            ]
        );
    }

    #[test]
    fn words_mean_the_same_in_every_language() {
        let python = Options::of(Language::Python, "# flownote: no-cache, manual\n");
        assert_eq!((python.cache(), python.mode()), (Some(false), Some(Mode::Manual)));
        let sql = Options::of(Language::Sql, "-- flownote: cache\n-- out: a, b\n-- out: c");
        assert_eq!((sql.cache(), sql.mode()), (Some(true), None));
        assert_eq!(sql.list("out").collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(Options::of(Language::Python, "x = 1 # flownote: cache").cache(), None);
    }
}
