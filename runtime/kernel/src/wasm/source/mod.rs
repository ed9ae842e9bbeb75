//! From what a cell says to a module's binary.

mod c;
mod command;
mod rust;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flownote_notebook::places::{Mistake, Severity, at_line};
use flownote_notebook::wasm::{Header, Source};
use wat::GenerateDwarf;

use super::engine::Engine;
use super::error::{Error, Result};
use super::module::Options;

/// The binary of the module that a cell describes.
pub(super) fn binary(
    engine: &Engine,
    text: &str,
    header: &Header,
    options: &Options<'_>,
) -> Result<Arc<[u8]>> {
    let names: Vec<&str> = header.exports.iter().map(|export| export.name.as_str()).collect();
    match &header.source {
        Source::Wat => parse(text.as_bytes(), Path::new(options.label)),
        Source::File(path) => read(&options.folder.join(path)),
        Source::C if c::includes_own_files(text) => c::compile(text, &names, options),
        Source::C => remembered(engine, text, options, || c::compile(text, &names, options)),
        Source::Rust => remembered(engine, text, options, || rust::compile(text, options)),
    }
}

/// Compilers take seconds; a cell that hasn't changed isn't compiled again. The label is
/// in the debug information.
fn remembered(
    engine: &Engine,
    text: &str,
    options: &Options<'_>,
    make: impl FnOnce() -> Result<Arc<[u8]>>,
) -> Result<Arc<[u8]>> {
    let mut hasher = blake3::Hasher::new();
    for part in [options.label.as_bytes(), options.python.as_os_str().as_encoded_bytes()] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    engine.binaries().get_or_make(hasher.update(text.as_bytes()).finalize(), make)
}

fn read(path: &Path) -> Result<Arc<[u8]>> {
    let file = |source| Error::File { path: path.to_owned(), source };
    parse(&fs::read(path).map_err(file)?, path)
}

/// What WebAssembly's parser says of a cell in its text form.
pub fn mistakes(text: &str) -> Vec<Mistake> {
    let is_text = flownote_notebook::wasm::header(text)
        .is_ok_and(|header| matches!(header.source, Source::Wat));
    let parsed = if is_text { wat::Parser::new().parse_str(None, text).err() } else { None };
    let mistake = |error: wat::Error| {
        let said = error.to_string();
        // `expected a keyword\n     --> <anon>:2:3\n…`
        let place = said.lines().find_map(|line| line.trim().strip_prefix("--> "));
        let numbers: Vec<u32> = place
            .into_iter()
            .flat_map(|it| it.rsplit(':').map_while(|it| it.parse().ok()))
            .collect();
        let (line, column) = match numbers[..] {
            [column, line, ..] => (line, column),
            _ => (1, 1),
        };
        let (from, to) = at_line(text, line, column, 0);
        let message = said.lines().next().unwrap_or_default().to_owned();
        Mistake { from, to, severity: Severity::Error, message, hint: None }
    };
    parsed.map(mistake).into_iter().collect()
}

/// WebAssembly's text, with the lines kept for traps; what is binary stays as it is.
fn parse(text: &[u8], path: &Path) -> Result<Arc<[u8]>> {
    let mut parser = wat::Parser::new();
    parser.generate_dwarf(GenerateDwarf::Lines);
    parser.parse_bytes(Some(path), text).map(|binary| binary.into()).map_err(|error| {
        Error::Compile { language: "WebAssembly text", diagnostics: error.to_string() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_the_text_form_is_told_with_its_place() {
        let check = |text: &str, expected: Option<(&str, usize)>| {
            let found = mistakes(text);
            let told = found.first().map(|it| (it.message.as_str(), it.from));
            assert_eq!(told, expected, "{text}");
        };
        check("(module (func (export \"f\")))", None);
        check("(module\n  (fnc))", Some(("expected valid module field", 11)));
        check(";; lang: c\n;; export: f(i64) -> i64\nint x = ;", None);
    }
}
