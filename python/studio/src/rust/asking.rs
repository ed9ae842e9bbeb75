//! What editors ask while one writes Rust: what could stand here, what stands here, is that
//! all?

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use flownote_kernel::protocol::{Answer, Completeness, Completion};
use flownote_kernel::rust::{Completeness as Whole, Visible, completeness};
use serde_json::Map;

use super::known::{Known, Versions};

/// What the prelude has, and what it is.
const PRELUDE: [(&str, &str); 22] = [
    ("Frame", "struct"),
    ("Array", "struct"),
    ("Csr", "struct"),
    ("Bytes", "struct"),
    ("Json", "enum"),
    ("Html", "struct"),
    ("Svg", "struct"),
    ("Png", "struct"),
    ("Jpeg", "struct"),
    ("Markdown", "struct"),
    ("Latex", "struct"),
    ("Vega", "struct"),
    ("Text", "struct"),
    ("Error", "struct"),
    ("Result", "type"),
    ("Serialize", "trait"),
    ("Deserialize", "trait"),
    ("display", "function"),
    ("interrupted", "function"),
    ("check", "function"),
    ("bail!", "macro"),
    ("ensure!", "macro"),
];

const WORDS: [&str; 40] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "false",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
    "return", "self", "static", "struct", "trait", "true", "type", "unsafe", "use", "where",
    "while", "println!", "format!", "vec!", "String", "Vec",
];

/// The names in sight, told anew after each cell.
#[derive(Default)]
pub struct Names(Mutex<BTreeMap<String, Name>>);

struct Name {
    /// `fn`, `Vec<f64>`….
    kind: String,
    /// A few words.
    summary: Option<String>,
    /// Whether it is a value.
    value: bool,
}

impl Names {
    /// Takes what is in sight now.
    pub fn refresh(&self, versions: &Versions) {
        let named = versions.all_bound().filter_map(|(name, _, known)| {
            let told = match known {
                Known::Given(value) => Name {
                    kind: value.record.type_name.clone(),
                    summary: value.record.preview.clone(),
                    value: true,
                },
                Known::Value(held) => Name {
                    kind: held.described.type_name.clone(),
                    summary: held.described.summary.clone(),
                    value: true,
                },
                Known::Item(Visible::Item { kind, .. }) => {
                    Name { kind: kind.clone(), summary: None, value: false }
                }
                Known::Item(Visible::Import(import)) => {
                    Name { kind: "use".into(), summary: Some(import.path.clone()), value: false }
                }
                Known::Scope(_) | Known::Gone(_) => return None,
            };
            Some((name.to_owned(), told))
        });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = named.collect();
    }
}

/// Names that could stand at the cursor: the notebook's, the cell's own, the prelude's.
pub fn complete(names: &Names, request: u64, code: &str, cursor: u32) -> Answer {
    let letters: Vec<char> = code.chars().collect();
    let end = (cursor as usize).min(letters.len());
    let start = letters[..end].iter().rposition(|it| !is_word(*it)).map_or(0, |at| at + 1);
    let begun: String = letters[start..end].iter().collect();
    let mut items: Vec<Completion> = Vec::new();
    let mut add = |text: &str, kind: &str, signature: Option<String>| {
        if text.starts_with(&begun) && text != begun && !items.iter().any(|it| it.text == text) {
            let type_name = Some(kind.to_owned());
            items.push(Completion { text: text.to_owned(), type_name, signature });
        }
    };
    let after_dot = start > 0 && matches!(letters[start - 1], '.' | ':');
    let own: String = letters[..start].iter().chain(&letters[end..]).collect();
    if !after_dot {
        let known = names.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, told) in known.iter() {
            add(name, if told.value { "instance" } else { &told.kind }, Some(told.kind.clone()));
        }
        PRELUDE.iter().for_each(|(name, kind)| add(name, kind, None));
    }
    if !begun.is_empty() {
        own.split(|it: char| !is_word(it))
            .filter(|word| word.len() > 2 && !word.starts_with(|it: char| it.is_ascii_digit()))
            .for_each(|word| add(word, "text", None));
        if !after_dot {
            WORDS.iter().for_each(|word| add(word, "keyword", None));
        }
    }
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Answer::Completions { request, start: place(start), end: place(end), items }
}

/// What a name is.
pub fn inspect(names: &Names, request: u64, code: &str, cursor: u32) -> Answer {
    let letters: Vec<char> = code.chars().collect();
    let at = (cursor as usize).min(letters.len());
    let start = letters[..at].iter().rposition(|it| !is_word(*it)).map_or(0, |before| before + 1);
    let length = letters[start..].iter().take_while(|it| is_word(**it)).count();
    let word: String = letters[start..start + length].iter().collect();
    let known = names.0.lock().unwrap_or_else(PoisonError::into_inner);
    let text = known.get(&word).map(|told| {
        let summary = told.summary.as_ref().map(|it| format!("\n{it}")).unwrap_or_default();
        if told.value {
            format!("{word}: {}{summary}", told.kind)
        } else {
            format!("{} {word}{summary}", told.kind)
        }
    });
    let prelude = || {
        let found = PRELUDE.iter().find(|(name, _)| name.trim_end_matches('!') == word)?;
        Some(format!("{} {} of Flownote's prelude", found.1, found.0))
    };
    let text = text.or_else(prelude);
    let mut data = Map::new();
    if let Some(text) = &text {
        data.insert("text/plain".into(), text.clone().into());
    }
    Answer::Inspected { request, found: text.is_some(), data }
}

/// Whether a cell ends here.
pub fn is_complete(request: u64, code: &str) -> Answer {
    let (status, indent) = match completeness(code) {
        Whole::Whole => (Completeness::Complete, ""),
        Whole::Open => (Completeness::Incomplete, "    "),
        Whole::Wrong => (Completeness::Invalid, ""),
    };
    Answer::Completeness { request, status, indent: indent.to_owned() }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
