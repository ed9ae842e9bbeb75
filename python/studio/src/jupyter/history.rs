//! What was asked to be executed, for those who want to see it again. It begins anew with
//! each kernel: notebooks keep what is to be kept.

use serde::Deserialize;
use serde_json::{Value, json};

/// This session's number; there is no other.
const SESSION: i64 = 1;

/// The inputs of a session, and what they showed.
#[derive(Debug, Default)]
pub struct History {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    line: u32,
    input: String,
    output: Option<String>,
}

/// The content of a `history_request`.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Wanted {
    hist_access_type: String,
    output: bool,
    session: i64,
    start: i64,
    stop: Option<i64>,
    n: Option<i64>,
    pattern: Option<String>,
    unique: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            hist_access_type: "tail".to_owned(),
            output: false,
            session: 0,
            start: 0,
            stop: None,
            n: None,
            pattern: None,
            unique: false,
        }
    }
}

impl History {
    /// Notes an input.
    pub fn enter(&mut self, line: u32, input: &str) {
        self.entries.push(Entry { line, input: input.to_owned(), output: None });
    }

    /// Notes the result of an input.
    pub fn result(&mut self, line: u32, output: &str) {
        let entry = self.entries.iter_mut().rev().find(|entry| entry.line == line);
        if let Some(entry) = entry {
            entry.output = Some(output.to_owned());
        }
    }

    /// What was asked for, oldest first, as Jupyter has it: (session, line, input).
    pub fn find(&self, wanted: &Wanted) -> Value {
        let found = match &*wanted.hist_access_type {
            "range" => self.range(wanted),
            "search" => self.search(wanted),
            _ => self.entries.iter().collect(),
        };
        let most = match &*wanted.hist_access_type {
            "range" => found.len(),
            _ => wanted.n.map_or(found.len(), |n| usize::try_from(n).unwrap_or(0)),
        };
        let shown = &found[found.len().saturating_sub(most)..];
        shown.iter().map(|entry| entry.to_json(wanted.output)).collect()
    }

    fn range(&self, wanted: &Wanted) -> Vec<&Entry> {
        if wanted.session != 0 && wanted.session != SESSION {
            return Vec::new();
        }
        let within = |entry: &&Entry| {
            let line = i64::from(entry.line);
            line >= wanted.start && wanted.stop.is_none_or(|stop| line < stop)
        };
        self.entries.iter().filter(within).collect()
    }

    fn search(&self, wanted: &Wanted) -> Vec<&Entry> {
        let pattern: Vec<char> = wanted.pattern.as_deref().unwrap_or("*").chars().collect();
        let fits = |entry: &&Entry| matches(&pattern, &entry.input.chars().collect::<Vec<_>>());
        let mut found: Vec<&Entry> = self.entries.iter().filter(fits).collect();
        if wanted.unique {
            // The last of those that are the same.
            let mut seen = std::collections::HashSet::new();
            found.reverse();
            found.retain(|entry| seen.insert(&entry.input));
            found.reverse();
        }
        found
    }
}

impl Entry {
    fn to_json(&self, output: bool) -> Value {
        if output {
            json!([SESSION, self.line, [self.input, self.output]])
        } else {
            json!([SESSION, self.line, self.input])
        }
    }
}

/// Whether a text is what a pattern with `*` and `?` says.
fn matches(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Where the last `*` stands, and up to where it reaches.
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        if at < pattern.len() && pattern[at] == '*' {
            star = Some((at, seen));
            at += 1;
        } else if at < pattern.len() && (pattern[at] == '?' || pattern[at] == text[seen]) {
            at += 1;
            seen += 1;
        } else if let Some((star_at, reach)) = star {
            star = Some((star_at, reach + 1));
            at = star_at + 1;
            seen = reach + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|sign| *sign == '*')
}
