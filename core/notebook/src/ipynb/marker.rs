//! Which language a code cell of a file is in, and how the file says so.

use serde_json::Value;

use super::value::Fields;
use crate::{Cell, Language};

/// The language of cells that don't say one: the notebook's kernel's.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Default {
    /// One that is spoken here.
    Known(Language),
    /// Another: `R`.
    Foreign(String),
}

impl Default {
    /// What the notebook's metadata say; Python when they say nothing.
    pub fn of(metadata: &Fields) -> Self {
        let named = [("language_info", "name"), ("kernelspec", "language")];
        let named = named.iter().find_map(|(table, key)| metadata.get(*table)?.get(key)?.as_str());
        match named.filter(|name| !name.is_empty()) {
            None => Self::Known(Language::Python),
            Some(name) => match Language::from_name(name).filter(|known| known.is_code()) {
                Some(known) => Self::Known(known),
                None => Self::Foreign(name.to_owned()),
            },
        }
    }
}

/// Takes the marks of a language off a code cell: its first line and its metadata.
pub(super) fn read(cell: &mut Cell, default: &Default) {
    let named = cell.metadata.get("language").and_then(Value::as_str).map(str::to_owned);
    let known = named.as_deref().and_then(Language::from_name).filter(|known| known.is_code());
    let (language, foreign) = match (known, &named) {
        // It says Python in so many words, so `%%sql` is a magic command of its own.
        (Some(Language::Python), _) => (Language::Python, None),
        (None, Some(name)) if !name.is_empty() => (Language::Raw, Some(name.clone())),
        _ if line(&cell.source).is_some() => (line(&cell.source).unwrap_or_default(), None),
        (Some(known), _) => (known, None),
        _ => match default {
            Default::Known(language) => (*language, None),
            Default::Foreign(name) => (Language::Raw, Some(name.clone())),
        },
    };
    cell.language = language;
    cell.foreign = foreign.map(Into::into);
    if !language.is_code() {
        return;
    }
    if language != Language::Python {
        if line(&cell.source) == Some(language) {
            cell.source = cell.source.split_once('\n').map_or("", |(_, rest)| rest).to_owned();
        }
        cell.metadata.swap_remove("language");
    } else if line(&cell.source).is_some() || *default != Default::Known(Language::Python) {
        // Writing puts it there again, since without it the cell would be another.
        cell.metadata.swap_remove("language");
    }
}

/// Puts the marks on: the source and the metadata as the file has them.
pub(super) fn write(cell: &Cell, default: &Default) -> (String, Fields) {
    let (mut source, mut metadata) = (cell.source.clone(), cell.metadata.clone());
    let own = *default == Default::Known(cell.language);
    if cell.foreign.is_some() {
        return (source, metadata);
    }
    // A first line that looks like a mark would be taken for one.
    let ambiguous = line(&source).is_some();
    match cell.language {
        Language::Python if ambiguous || !own => {
            metadata.insert("language".into(), "python".into());
        }
        // A tool that names Python's cells too goes on doing so.
        Language::Python => {}
        language if !own || ambiguous => {
            let rest = if source.is_empty() { String::new() } else { format!("\n{source}") };
            source = format!("%%{language}{rest}");
            metadata.insert("language".into(), language.name().into());
        }
        _ => {
            metadata.shift_remove("language");
        }
    }
    (source, metadata)
}

/// Takes the marks of a language off a code cell where cells that have none are Python: the
/// metadata, and a first line `%%sql`, `%%rust` or `%%wasm`.
pub fn python_language(cell: &mut Cell) {
    read(cell, &Default::Known(Language::Python));
}

/// What [`write()`](super::write()) would say of a cell, but for the first line that other languages get: the
/// percent format names them in the cell's marker.
pub(crate) fn python_marks(cell: &Cell) -> (String, Fields) {
    if cell.language == Language::Python || cell.foreign.is_some() {
        return write(cell, &Default::Known(Language::Python));
    }
    let mut metadata = cell.metadata.clone();
    metadata.shift_remove("language");
    (cell.source.clone(), metadata)
}

/// The language of a first line `%%sql`, with nothing after it: `%%sql sqlite://` is a
/// magic command of another program.
fn line(source: &str) -> Option<Language> {
    let first = source.split('\n').next()?.strip_prefix("%%")?;
    match first.trim_end() {
        "sql" => Some(Language::Sql),
        "rust" => Some(Language::Rust),
        "wasm" => Some(Language::Wasm),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        value.as_object().cloned().unwrap()
    }

    /// Reads a cell of a notebook, checks what it is, and that it is written as it was.
    #[track_caller]
    fn check(
        notebook: Value,
        metadata: Value,
        source: &str,
        expect: (Language, Option<&str>, &str),
    ) {
        let default = Default::of(&fields(notebook));
        let mut cell = Cell::new("a", Language::Python, source);
        cell.metadata = fields(metadata);
        read(&mut cell, &default);
        assert_eq!((cell.language, cell.foreign.as_deref(), &*cell.source), expect);
        let (written, metadata) = write(&cell, &default);
        let mut again = Cell { source: written, metadata, ..Cell::new("a", Language::Python, "") };
        read(&mut again, &default);
        assert_eq!(again, cell);
    }

    #[test]
    fn a_cell_says_its_language_in_its_first_line_or_its_metadata() {
        let python = || json!({});
        check(python(), json!({}), "x = 1", (Language::Python, None, "x = 1"));
        check(python(), json!({}), "%%sql\nselect 1", (Language::Sql, None, "select 1"));
        check(
            python(),
            json!({"language": "sql"}),
            "%%sql \nselect 1",
            (Language::Sql, None, "select 1"),
        );
        check(
            python(),
            json!({"language": "Rust"}),
            "let x = 1;",
            (Language::Rust, None, "let x = 1;"),
        );
        check(python(), json!({}), "%%wasm", (Language::Wasm, None, ""));
        check(
            python(),
            json!({}),
            "%%sql sqlite://\nx",
            (Language::Python, None, "%%sql sqlite://\nx"),
        );
        check(
            python(),
            json!({"language": "python"}),
            "%%sql\nx",
            (Language::Python, None, "%%sql\nx"),
        );
        check(python(), json!({"language": 3}), "x", (Language::Python, None, "x"));
    }

    #[test]
    fn a_language_that_nobody_speaks_here_stays() {
        check(
            json!({}),
            json!({"language": "scala"}),
            "val x = 1",
            (Language::Raw, Some("scala"), "val x = 1"),
        );
        let r = || json!({"kernelspec": {"language": "R", "name": "ir"}});
        check(r(), json!({}), "x <- 1", (Language::Raw, Some("R"), "x <- 1"));
        check(r(), json!({"language": "python"}), "x = 1", (Language::Python, None, "x = 1"));
    }

    #[test]
    fn a_notebook_of_another_kernel_keeps_its_own_cells_unmarked() {
        let rust = || json!({"language_info": {"name": "rust"}});
        check(rust(), json!({}), "let x = 1;", (Language::Rust, None, "let x = 1;"));
        let cell = Cell::new("a", Language::Rust, "let x = 1;");
        assert_eq!(write(&cell, &Default::of(&fields(rust()))).0, "let x = 1;");
        let cell = Cell::new("a", Language::Python, "x = 1");
        assert_eq!(write(&cell, &Default::of(&fields(rust()))).1["language"], "python");
    }
}
