//! Words that look as if they were meant for us, and that nothing here understands: `[slq]` in
//! a marker, `-- uot: top` above a query, `# flownote: nocache`.
//!
//! Titles and comments are the user's own, so only what is nearly one of our words is told,
//! and where the rest of it fits, too. It is never an error: the cell may mean what it says.

use flownote_flow::help::{list_in_words, resembling};
use serde_json::Value;

use crate::places::{Mistake, Severity, at_line};
use crate::{Cell, Language, Options};

/// The kinds that a marker may have in brackets, as people write them.
const KINDS: [&str; 6] = ["python", "sql", "rust", "wasm", "markdown", "raw"];

/// The words that `flownote:` takes.
const WORDS: [&str; 5] = ["cache", "no-cache", "lazy", "auto", "manual"];

/// The tags that mean something here.
const TAGS: [&str; 2] = ["parameters", "injected-parameters"];

/// The metadata of a cell that mean something here.
const FIELDS: [&str; 3] = ["tags", "id", "language"];

/// Something that probably says what it shouldn't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misspelt {
    /// The line of the cell, from 1; nothing for what stands in its marker or metadata.
    pub line: Option<usize>,
    /// What stands there, and what becomes of it.
    pub message: String,
    /// What was probably meant.
    pub hint: String,
}

/// What is misspelt in a cell: its marker, its tags, the comments on its first lines.
pub fn misspelt(cell: &Cell) -> Vec<Misspelt> {
    let above = [kind(cell), foreign(cell), unreadable(cell)].into_iter().flatten();
    let tags = cell.tags().filter_map(tag);
    above.chain(tags).chain(in_text(cell.language, &cell.source)).collect()
}

/// The same as far as it is in a cell's text, as mistakes with their places.
pub fn warnings(language: Language, source: &str) -> Vec<Mistake> {
    let warning = |it: Misspelt| {
        let line = it.line.unwrap_or(1);
        let text = source.lines().nth(line - 1).unwrap_or_default();
        let indent = text.chars().take_while(|letter| letter.is_whitespace()).count();
        let whole = text.trim().chars().count();
        let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        let (from, to) = at_line(source, number(line), number(indent + 1), number(whole));
        let (message, hint) = (it.message, Some(it.hint));
        Mistake { from, to, severity: Severity::Warning, message, hint }
    };
    in_text(language, source).into_iter().map(warning).collect()
}

/// `# %% Title [slq]`: brackets that end a title and nearly name a language.
fn kind(cell: &Cell) -> Option<Misspelt> {
    let title = cell.metadata.get("title").and_then(Value::as_str)?;
    let word = title.split_whitespace().next_back()?.strip_prefix('[')?.strip_suffix(']')?;
    let meant = near(word, &KINDS)?;
    (cell.language == Language::Python).then(|| Misspelt {
        line: None,
        message: format!("`[{word}]` names no language, so that the cell is Python"),
        hint: format!("did you mean `[{meant}]`?"),
    })
}

/// A language of the metadata that nobody speaks, and nearly one of ours.
fn foreign(cell: &Cell) -> Option<Misspelt> {
    let name = cell.foreign.as_deref()?;
    let meant = near(name, &KINDS)?;
    Some(Misspelt {
        line: None,
        message: format!("its language is `{name}`, so that it isn't run"),
        hint: format!("did you mean `{meant}`?"),
    })
}

/// Metadata of a marker that aren't JSON: `tags=['parameters']`.
fn unreadable(cell: &Cell) -> Option<Misspelt> {
    let text = cell.metadata.get("incorrectly_encoded_metadata").and_then(Value::as_str)?;
    let (key, value) = text.split_once('=')?;
    FIELDS.contains(&key).then(|| Misspelt {
        line: None,
        message: format!("`{text}` can't be read, so that it says nothing"),
        hint: match value.contains('\'') {
            true => format!("did you mean `{key}={}`?", value.replace('\'', "\"")),
            false => "values are JSON: `tags=[\"parameters\"]`, `id=\"load\"`".to_owned(),
        },
    })
}

fn tag(tag: &str) -> Option<Misspelt> {
    if TAGS.contains(&tag) {
        return None;
    }
    if near(tag, &["no-cache"]).is_some() || tag == "no-cache" {
        return Some(Misspelt {
            line: None,
            message: format!("the tag `{tag}` means nothing here"),
            hint: "did you mean a comment on the cell's first line, `flownote: no-cache`?".into(),
        });
    }
    let meant = near(tag, &TAGS).or((tag == "params").then_some(TAGS[0]))?;
    Some(Misspelt {
        line: None,
        message: format!("the tag `{tag}` means nothing here"),
        hint: format!("did you mean `{meant}`?"),
    })
}

/// Comments at the head of a cell, and the words of those that are ours.
fn in_text(language: Language, source: &str) -> Vec<Misspelt> {
    let words = Options::of(language, source);
    let words = words.entries().iter().filter(|entry| entry.key == "flownote").flat_map(|entry| {
        let words = entry.value.split([',', ' ']).filter(|word| !word.is_empty());
        words.filter_map(|it| word(it, entry.line)).collect::<Vec<_>>()
    });
    let mut found: Vec<Misspelt> = words.collect();
    let heads = Options::comments(language, source);
    found.extend(heads.filter_map(|(line, text, mark)| key(language, line, text, mark)));
    found.sort_by_key(|it| it.line);
    found
}

fn word(word: &str, line: usize) -> Option<Misspelt> {
    if WORDS.contains(&word) {
        return None;
    }
    let hint = near(word, &WORDS).map_or_else(
        || format!("the words are {}", list_in_words(&WORDS.map(|it| format!("`{it}`")))),
        |meant| format!("did you mean `{meant}`?"),
    );
    let message = format!("`flownote: {word}` means nothing");
    Some(Misspelt { line: Some(line), message, hint })
}

/// A comment `key: value` whose key is nearly one of the language's, and whose value fits.
fn key(language: Language, line: usize, comment: &str, mark: &str) -> Option<Misspelt> {
    let at = comment.find([':', '='])?;
    let (written, value) = (comment[..at].trim(), comment[at + 1..].trim());
    let key = written.to_ascii_lowercase();
    let keys: &[&str] = match language {
        Language::Python | Language::Wasm => &["flownote"],
        Language::Sql => &["out", "limit", "memory", "as", "in", "flownote"],
        Language::Rust => &["dep", "in", "flownote"],
        Language::Markdown | Language::Raw => &[],
    };
    let exact = keys.iter().copied().find(|known| *known == key);
    let read = comment.as_bytes()[at] == b':' && (language == Language::Wasm || written == key);
    if exact.is_some() && read {
        return None;
    }
    let meant = exact.or_else(|| keys.contains(&alias(&key)).then(|| alias(&key)));
    let meant = meant.or_else(|| near(&key, keys))?;
    fits(meant, value).then(|| Misspelt {
        line: Some(line),
        message: format!(
            "`{mark} {}` is taken for a comment like any other",
            &comment[..=at].trim()
        ),
        hint: format!("did you mean `{mark} {meant}: {value}`?"),
    })
}

/// What else people call an option.
fn alias(key: &str) -> &str {
    match key {
        "output" | "result" => "out",
        "input" | "inputs" => "in",
        "deps" | "dependency" | "crate" => "dep",
        _ => "",
    }
}

/// Whether a value is one that an option may have: prose isn't.
fn fits(key: &str, value: &str) -> bool {
    let is_name = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    match key {
        "flownote" => value
            .split([',', ' '])
            .filter(|it| !it.is_empty())
            .all(|word| WORDS.contains(&word) || near(word, &WORDS).is_some()),
        "out" => is_name(value),
        "limit" | "memory" => value.starts_with(|first: char| first.is_ascii_digit()),
        "as" => ["pandas", "polars", "pyarrow"].contains(&value),
        "dep" => value.contains('"'),
        "in" => {
            let mut names = value.split(',').map(|part| part.split(':').next().unwrap_or(part));
            names.all(|name| is_name(name.trim()))
        }
        _ => false,
    }
}

/// The known word that one nearly is. Two letters are near to everything.
fn near<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = word.to_ascii_lowercase();
    (lower.len() > 2).then(|| resembling(&lower, known.iter().copied())).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::percent;

    /// The hints of a percent file's cells.
    #[track_caller]
    fn check(file: &str, hints: &[&str]) {
        let document = percent::read(file.as_bytes()).unwrap();
        let found: Vec<Misspelt> = document.cells().iter().flat_map(misspelt).collect();
        assert_eq!(found.iter().map(|it| &*it.hint).collect::<Vec<_>>(), hints, "{found:?}");
    }

    #[test]
    fn a_kind_in_brackets_is_nearly_a_language() {
        check("# %% [slq]\n# select 1\n", &["did you mean `[sql]`?"]);
        check("# %% Best films [markdwon]\n# text\n", &["did you mean `[markdown]`?"]);
        check("# %% language=\"rsut\"\n# let x = 1;\n", &["did you mean `rust`?"]);
    }

    #[test]
    fn titles_are_free() {
        for title in ["[later]", "[1]", "[WIP] load", "[slq] is misspelt", "sql", "[sql]", "Rows"] {
            check(&format!("# %% {title}\n1\n"), &[]);
        }
        check("# %% [markdown]\n# Text [slq]\n", &[]);
        check("# %% Set a='b'\n1\n", &[]);
    }

    #[test]
    fn tags_that_mean_something_are_spelt_right() {
        check("# %% tags=[\"parameter\"]\nx = 1\n", &["did you mean `parameters`?"]);
        check("# %% tags=[\"parameters\", \"plot\", \"hide-input\"]\nx = 1\n", &[]);
        check(
            "# %% tags=[\"nocache\"]\nx = 1\n",
            &["did you mean a comment on the cell's first line, `flownote: no-cache`?"],
        );
        check("# %% tags=['parameters']\nx = 1\n", &["did you mean `tags=[\"parameters\"]`?"]);
    }

    #[test]
    fn options_of_a_language_are_spelt_right() {
        let check = |language, source: &str, expected: &[(usize, &str)]| {
            let found = misspelt(&Cell::new("a", language, source));
            let told: Vec<_> = found.iter().map(|it| (it.line.unwrap(), &*it.hint)).collect();
            assert_eq!(told, expected, "{found:?}");
        };
        use Language::{Python, Rust, Sql, Wasm};
        check(Sql, "-- uot: top\nselect 1", &[(1, "did you mean `-- out: top`?")]);
        check(Sql, "\n-- Out: top\nselect 1", &[(2, "did you mean `-- out: top`?")]);
        check(Sql, "-- out = top\nselect 1", &[(1, "did you mean `-- out: top`?")]);
        check(Sql, "-- output: top\nselect 1", &[(1, "did you mean `-- out: top`?")]);
        check(Sql, "-- limt: 50\nselect 1", &[(1, "did you mean `-- limit: 50`?")]);
        check(Sql, "-- but: it is slow\n-- by: ana\n-- see: https://a.org\nselect 1", &[]);
        check(Sql, "-- out: top\n-- as: polars\n-- flownote: cache\nselect 1", &[]);
        check(Sql, "select 1 -- uot: top", &[]);
        check(
            Rust,
            "//! dpe: regex = \"1\"\nlet x = 1;",
            &[(1, "did you mean `//! dep: regex = \"1\"`?")],
        );
        check(Rust, "// inputs: a, b: f64\na", &[(1, "did you mean `// in: a, b: f64`?")]);
        check(Python, "# flownote: nocache\nx = 1", &[(1, "did you mean `no-cache`?")]);
        check(Python, "# flownot: no-cache\nx = 1", &[(1, "did you mean `# flownote: no-cache`?")]);
        check(Wasm, ";; flownote: manaul\n(module)", &[(1, "did you mean `manual`?")]);
        check(
            Python,
            "# flownote: fast\nx = 1",
            &[(1, "the words are `cache`, `no-cache`, `lazy`, `auto` and `manual`")],
        );
        check(Python, "# flownote: no-cache, manual\n# note: slow\n# out: x\nx = 1", &[]);
    }

    #[test]
    fn an_editor_underlines_the_line() {
        let found = warnings(Language::Sql, "-- as: polars\n  -- uot: top\nselect 1");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].from, found[0].to), (16, 27));
        assert_eq!(found[0].severity, Severity::Warning);
    }
}
