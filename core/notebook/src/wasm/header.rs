//! The header of a WASM cell, from its comments.

use flownote_flow::help::{Help, resembling};

use super::limits::{self, Limits};
use super::signature::{self, Fault, Nulls, Rows, Signature};

/// Where a cell's module comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The cell is WebAssembly's text.
    Wat,
    /// The cell is C.
    C,
    /// The cell is Rust.
    Rust,
    /// A compiled module, by its path relative to the notebook's folder.
    File(String),
}

/// What a WASM cell says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What it is written in.
    pub source: Source,
    /// The functions that it defines, in the order of the cell.
    pub exports: Vec<Signature>,
    /// What a call may use.
    pub limits: Limits,
    /// Who minds nulls.
    pub nulls: Nulls,
    /// Which rows a result's row may depend on.
    pub rows: Rows,
}

/// Why a header can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct HeaderError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do now.
    pub hint: Option<String>,
}

impl Help for HeaderError {
    fn hint(&self) -> Option<String> {
        self.hint.clone()
    }
}

const KEYS: [&str; 5] = ["export", "limits", "nulls", "rows", "source"];

/// Reads what a WASM cell says about itself.
pub fn header(source: &str) -> Result<Header, HeaderError> {
    let mut exports: Vec<Signature> = Vec::new();
    let (mut limits, mut nulls, mut rows) = (None, None, None);
    let (mut language, mut file, mut code) = (None, None, None);
    for (index, line) in source.lines().enumerate() {
        let error = |fault: Fault| HeaderError {
            line: index + 1,
            column: line[..fault.at.min(line.len())].chars().count() + 1,
            message: fault.message,
            hint: fault.hint,
        };
        let text = line.trim();
        let Some(comment) = comment(text) else {
            if let Some(path) = text.strip_prefix("file:").filter(|_| code.is_none()) {
                set(&mut file, "file", path.trim().to_owned()).map_err(error)?;
            } else if !text.is_empty() && code.is_none() {
                code = Some((index, text));
            }
            continue;
        };
        let Some((key, value)) = entry(comment).map_err(error)? else { continue };
        let start = line.len() - line.trim_start().len() + (text.len() - value.len());
        let within = |fault: Fault| error(Fault { at: start + fault.at, ..fault });
        match key {
            "export" => {
                let export = signature::parse(value).map_err(within)?;
                if exports.iter().any(|known| known.name == export.name) {
                    return Err(within(plain(format!("`{}` is exported twice", export.name))));
                }
                exports.push(export);
            }
            "limits" => {
                set(&mut limits, key, limits::parse(value).map_err(within)?).map_err(within)?;
            }
            "nulls" => {
                let choice = choose(key, value, &[("host", Nulls::Host), ("guest", Nulls::Guest)]);
                set(&mut nulls, key, choice.map_err(within)?).map_err(within)?;
            }
            "rows" => {
                let choice = choose(key, value, &[("each", Rows::Each), ("whole", Rows::Whole)]);
                set(&mut rows, key, choice.map_err(within)?).map_err(within)?;
            }
            _ => {
                let kinds = [("wat", Source::Wat), ("c", Source::C), ("rust", Source::Rust)];
                let choice = choose(key, value, &kinds).map_err(within)?;
                set(&mut language, key, choice).map_err(within)?;
            }
        }
    }
    if let (Some(_), Some((line, text))) = (&file, code) {
        let message =
            format!("a cell with `file:` holds comments only, and this is code: `{text}`");
        return Err(HeaderError { line: line + 1, column: 1, message, hint: None });
    }
    let source = match (file, language) {
        (Some(path), _) => Source::File(path),
        (None, Some(language)) => language,
        (None, None) => guess(source, code.map_or("", |(_, text)| text)),
    };
    Ok(Header {
        source,
        exports,
        limits: limits.unwrap_or_default(),
        nulls: nulls.unwrap_or_default(),
        rows: rows.unwrap_or_default(),
    })
}

/// The language that a cell seems to be written in, by its first line of code.
fn guess(source: &str, first: &str) -> Source {
    if first.starts_with('(') {
        Source::Wat
    } else if source.lines().any(|line| line.trim().starts_with("#[") && line.contains("no_mangle"))
    {
        Source::Rust
    } else {
        Source::C
    }
}

/// The text of a line that is a comment.
fn comment(line: &str) -> Option<&str> {
    [";;", "//!", "///", "//"]
        .iter()
        .find_map(|marker| line.strip_prefix(marker))
        .map(str::trim_start)
}

/// The key and value of a comment that is one of ours. A misspelt key is an error only
/// where the rest looks meant: other comments are the user's own.
fn entry(comment: &str) -> Result<Option<(&str, &str)>, Fault> {
    let Some((key, value)) = comment.split_once(':') else { return Ok(None) };
    if KEYS.contains(&key) {
        return Ok(Some((key, value.trim())));
    }
    let meant = resembling(key, KEYS).filter(|_| value.contains("->") || value.contains('='));
    match meant {
        Some(meant) => Err(Fault {
            hint: Some(format!("did you mean `{meant}:`?")),
            ..plain(format!("`{key}:` is not part of a WASM cell's header"))
        }),
        None => Ok(None),
    }
}

fn choose<T: Clone>(key: &str, value: &str, choices: &[(&str, T)]) -> Result<T, Fault> {
    let found = choices.iter().find(|(name, _)| *name == value).map(|(_, choice)| choice.clone());
    found.ok_or_else(|| {
        let names: Vec<String> =
            choices.iter().map(|(name, _)| format!("`{key}: {name}`")).collect();
        Fault {
            hint: Some(format!("write {}", names.join(" or "))),
            ..plain(format!("`{value}` is no choice for `{key}`"))
        }
    })
}

fn set<T>(slot: &mut Option<T>, key: &str, value: T) -> Result<(), Fault> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(plain(format!("`{key}` is given twice"))),
    }
}

fn plain(message: String) -> Fault {
    Fault { at: 0, message, hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, exports: &[&str]) -> Header {
        let header = header(source).unwrap();
        let found: Vec<String> = header.exports.iter().map(ToString::to_string).collect();
        assert_eq!(found, exports, "{source}");
        header
    }

    #[test]
    fn a_cell_says_its_functions_limits_and_language() {
        let wat = check(
            ";; export: f(x:f64) -> f64\n ;;limits: memory=64MiB, deadline=2s fuel=1_000\n\
             ;; nulls: guest\n;; rows: whole\n(module)",
            &["f(x: f64) -> f64"],
        );
        assert_eq!(wat.limits, Limits { memory: 64 << 20, deadline_ms: 2000, fuel: Some(1000) });
        assert_eq!((wat.source, wat.nulls, wat.rows), (Source::Wat, Nulls::Guest, Rows::Whole));

        let c = "#include <stdint.h>\n// Note: the model's own.\n\
                 // export: score(a: f64[], b : i32 []) -> bool[]\nint score();\n\
                 // export: pi() -> f64\ndouble pi();";
        let c = check(c, &["score(a: f64[], b: i32[]) -> bool[]", "pi() -> f64"]);
        assert_eq!((c.source, c.limits), (Source::C, Limits::default()));

        let rust = "//! export: f(x: u8) -> u8\n#[unsafe(no_mangle)]\nfn f(x: u8) -> u8 { x }";
        assert_eq!(check(rust, &["f(x: u8) -> u8"]).source, Source::Rust);
        let named = "// source: rust\n// export: f(x: u8) -> u8\nmod m;";
        assert_eq!(check(named, &["f(x: u8) -> u8"]).source, Source::Rust);

        let file =
            check(";; export: f(x: i64) -> i64\nfile: lib/a b.wasm\n", &["f(x: i64) -> i64"]);
        assert_eq!(file.source, Source::File("lib/a b.wasm".into()));
    }

    #[test]
    fn what_can_not_be_understood_is_named_with_its_line() {
        for (source, line, message) in [
            (";; export: f(x: text[]) -> f64[]", 1, "`text[]` is not a type"),
            ("\n;; export: f(x: f64[], y: f64) -> f64[]", 2, "`y` is a single `f64`"),
            (";; export: f(x: f64[]) -> f64", 1, "`x` is a column, and the result is not"),
            (";; export: f(x: f64[]) -> f64[], f64[]", 1, "names several"),
            (";; export: f(x: f64[])", 1, "says no result"),
            (";; export: f(x) -> f64", 1, "the input `x` has no type"),
            (";; export: f(x: f64, x: f64) -> f64", 1, "two inputs are named `x`"),
            (";; export: f() -> f64[]", 1, "takes at least one"),
            (";; export: f)x( -> f64", 1, "`f)x` is not a name"),
            (";; export: f(x: f64 -> f64", 1, "is not closed"),
            (";; export: 2f(x: f64) -> f64", 1, "`2f` is not a name"),
            (";; export: f -> f64", 1, "has no `(`"),
            (";; export: f(x: f64) -> f64\n;; export: f() -> f64", 2, "exported twice"),
            (";; exports: f(x: f64) -> f64", 1, "`exports:` is not part"),
            (";; limits: memory=lots", 1, "`lots` is not an amount of memory"),
            (";; limits: memory=1KiB", 1, "`1KiB` is not an amount of memory"),
            (";; limits: deadline=0s", 1, "`0s` is not a deadline"),
            (";; limits: fuel=-1", 1, "`-1` is not an amount of fuel"),
            (";; limits: cores=2", 1, "there is no limit `cores`"),
            (";; nulls: yes", 1, "`yes` is no choice for `nulls`"),
            (";; rows: each\n;; rows: each", 2, "`rows` is given twice"),
            ("file: a.wasm\n(module)", 2, "holds comments only"),
        ] {
            let error = header(source).expect_err(source);
            assert_eq!(error.line, line, "{source}");
            assert!(error.message.contains(message), "{source}: {}", error.message);
        }
    }

    #[test]
    fn an_error_points_at_its_column() {
        let error = header("  ;; export: f(x: f64[], y: é) -> f64[]").unwrap_err();
        assert_eq!(error.column, 26);
        assert!(error.hint.unwrap().contains("bool, i8, i16, i32"));
    }
}
