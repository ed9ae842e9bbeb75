//! The facts of a WASM cell: its exports, by its header and by scanning its text.

use std::collections::BTreeSet;

use super::{Class, Definition, Facts, Kind, Name, SyntaxError};
use crate::wasm;

/// Reads a cell.
pub(super) fn facts(source: &str) -> Facts {
    let mut facts = Facts { class: Class::Definition, definitions_only: true, ..Facts::default() };
    let mut exports: BTreeSet<String> = BTreeSet::new();
    match wasm::header(source) {
        Ok(header) => {
            exports.extend(header.exports.iter().map(|export| export.name.clone()));
            match &header.source {
                wasm::Source::File(path) => drop(facts.files.insert(path.clone())),
                // Only where the header leaves it to the text: the kernel does the same.
                wasm::Source::Wat if exports.is_empty() => {
                    exports.extend(exported_functions(source));
                }
                wasm::Source::Wat | wasm::Source::C | wasm::Source::Rust => {}
            }
        }
        Err(error) => {
            let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            facts.error = Some(SyntaxError {
                line: number(error.line),
                column: number(error.column),
                message: error.message,
            });
        }
    }
    for name in exports.iter().filter(|name| is_identifier(name)) {
        facts.defs.insert(Name::from(name.as_str()), Definition::new(Kind::WasmFunction));
    }
    facts.code = digest(source);
    facts
}

/// The functions that a text in WebAssembly's form exports: `(func (export "f") …)` and
/// `(export "f" (func $f))`. Memory and other exports are no names of the notebook.
fn exported_functions(source: &str) -> Vec<String> {
    let text = without_comments(source);
    let mut found = Vec::new();
    for (at, _) in text.match_indices("(export") {
        let rest = text[at + "(export".len()..].trim_start();
        let Some((name, after)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'))
        else {
            continue;
        };
        let after = after.trim_start();
        let before = text[..at].trim_end();
        let of_function = after.starts_with("(func")
            || after.starts_with(')') && opened_by(before).is_some_and(|word| word == "func");
        if of_function {
            found.push(name.to_owned());
        }
    }
    found
}

/// The word after the nearest parenthesis that is still open.
fn opened_by(before: &str) -> Option<&str> {
    let mut closed = 0;
    for (at, character) in before.char_indices().rev() {
        match character {
            ')' => closed += 1,
            '(' if closed == 0 => {
                let rest = &before[at + 1..];
                return rest.split(|c: char| c.is_whitespace() || c == '(').next();
            }
            '(' => closed -= 1,
            _ => {}
        }
    }
    None
}

/// WAT's comments are `;; line` and `(; block ;)`, which nests.
fn without_comments(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let (mut depth, mut in_string) = (0_u32, false);
    let mut characters = source.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        match (character, next) {
            ('\\', Some(_)) if in_string => {
                text.push(character);
                text.extend(characters.next());
            }
            ('"', _) if depth == 0 => {
                in_string = !in_string;
                text.push(character);
            }
            _ if in_string => text.push(character),
            ('(', Some(';')) => {
                depth += 1;
                characters.next();
            }
            (';', Some(')')) if depth > 0 => {
                depth -= 1;
                characters.next();
            }
            (';', Some(';')) if depth == 0 => while characters.next_if(|c| *c != '\n').is_some() {},
            _ if depth == 0 => text.push(character),
            _ => {}
        }
    }
    text
}

/// Lines without the space around them. Comments stay: the header is made of them, and what
/// a C compiler does with a line is its own affair.
fn digest(source: &str) -> flownote_flow::manifest::Digest {
    let mut hasher = blake3::Hasher::new();
    for line in source.lines().map(str::trim).filter(|line| !line.is_empty()) {
        hasher.update(line.as_bytes()).update(b"\n");
    }
    hasher.finalize().to_hex().as_str().into()
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        let facts = facts(source);
        let names: Vec<&str> = facts.defs.keys().map(AsRef::as_ref).collect();
        assert_eq!(names.join(" "), expected, "{:?}\n{source}", facts.error);
    }

    #[test]
    fn exports_are_names() {
        check(";; export: score(x: f64[]) -> f64[]\n(module)", "score");
        check("(module (func (export \"f\") (result i32) i32.const 1))", "f");
        check("(module (func $g) (export \"g\" (func $g)) (memory (export \"memory\") 1))", "g");
        check("(module ;; (func (export \"no\"))\n (; (func (export \"no\")) ;) )", "");
        check("// export: twice(x: f64) -> f64\ndouble twice(double x) { return 2 * x; }", "twice");
        check("file: model.wasm", "");
    }

    #[test]
    fn a_file_is_read() {
        assert!(facts(";; export: f(x: f64) -> f64\nfile: a.wasm").files.contains("a.wasm"));
    }

    #[test]
    fn layout_is_not_code() {
        assert_eq!(facts("(module)\n").code, facts("\n  (module)").code);
        assert_ne!(facts("(module)").code, facts("(module )").code);
    }
}
