//! Cells in languages that nothing here runs: those of another kernel's notebook.

use std::collections::BTreeSet;
use std::path::Path;

use flownote_flow::help::list_in_words;
use flownote_notebook::misspelt::misspelt;
use flownote_notebook::{Cell, Document};

use crate::shell::output::talk;
use crate::shell::{Error, colours};

const SPOKEN: &str = "Flownote runs Python, SQL, Rust and WASM";

/// Refuses a notebook of which no cell can run, since a run of it would end well.
///
/// # Errors
/// When all its cells are in other languages.
pub fn check(path: &Path, document: &Document) -> Result<(), Error> {
    let Some(languages) = languages(document.cells().iter()) else { return Ok(()) };
    if document.cells().iter().any(|cell| cell.language.is_code()) {
        return Ok(());
    }
    let message = format!("`{}` has cells in {languages} and no others", path.display());
    Err(Error::asked(message, format!("{SPOKEN}; the language's own kernel runs it")))
}

/// Says which languages are left out. What looks misspelt is told by itself.
pub fn warn(document: &Document) {
    let cells = document.cells().iter().filter(|cell| misspelt(cell).is_empty());
    if let Some(languages) = languages(cells) {
        talk!("{} cells in {languages} are not run", colours::label("warning:"));
        talk!("{} {SPOKEN}", colours::label("hint:"));
    }
}

/// ``the languages `R` and `scala` ``.
fn languages<'a>(cells: impl Iterator<Item = &'a Cell>) -> Option<String> {
    let names = cells.filter_map(|cell| cell.foreign.as_deref());
    let names: BTreeSet<String> = names.map(|name| format!("`{name}`")).collect();
    let word = if names.len() == 1 { "the language" } else { "the languages" };
    let names: Vec<String> = names.into_iter().collect();
    (!names.is_empty()).then(|| format!("{word} {}", list_in_words(&names)))
}
