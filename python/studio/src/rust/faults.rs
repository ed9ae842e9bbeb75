//! What a cell shows when it fails: on its own lines, with what to do now.

use std::collections::HashMap;

use flownote_kernel::protocol::{Frame, Output};
use flownote_kernel::rust::{Diagnostic, Split, Texts, frame_of, headline};
use flownote_notebook::CellId;

use super::known::{Known, Versions};
use super::world::Fault;

const RED: &str = "\u{1b}[31m";
const PLAIN: &str = "\u{1b}[0m";

/// What is known when a cell fails, for hints.
pub struct Knowledge<'a> {
    /// What the cell sees.
    pub versions: &'a Versions,
    /// The cell.
    pub split: &'a Split,
    /// Values that their cells couldn't leave behind: the cell, and why.
    pub left: &'a HashMap<String, (String, String)>,
    /// Whether it is the crate of items that failed.
    pub in_items: bool,
}

/// An error without a place.
pub fn plain(name: &str, message: &str, hint: Option<String>) -> Output {
    let mut traceback = vec![format!("{RED}{name}{PLAIN}: {message}")];
    traceback.extend(hint.as_ref().map(|hint| format!("hint: {hint}")));
    let (name, message) = (name.to_owned(), message.to_owned());
    Output::Error { name, message, traceback, frames: vec![], hint }
}

/// The cell was stopped.
pub fn stopped() -> Output {
    let message = "the cell was stopped".to_owned();
    Output::Error {
        name: "Interrupted".into(),
        traceback: vec![message.clone()],
        message,
        frames: vec![],
        hint: None,
    }
}

/// The cell doesn't compile.
pub fn not_compiled(found: &[Diagnostic], texts: &Texts, knowledge: &Knowledge<'_>) -> Output {
    let errors: Vec<&Diagnostic> = found.iter().filter(|it| it.is_error()).collect();
    let hint = errors.iter().find_map(|error| hint(error, texts, knowledge));
    let mut traceback: Vec<String> = Vec::new();
    for error in errors.iter().take(SHOWN) {
        traceback.extend(error.show(texts).lines().map(str::to_owned));
        traceback.push(String::new());
    }
    if errors.len() > SHOWN {
        traceback.push(format!("and {} errors more", errors.len() - SHOWN));
    }
    while traceback.last().is_some_and(String::is_empty) {
        traceback.pop();
    }
    traceback.extend(hint.as_ref().map(|hint| format!("hint: {hint}")));
    let frames = errors.iter().find_map(|error| {
        let (text, byte) = error.place(texts)?;
        let (line, _, text_of_line) = frame_of(text, byte);
        let cell = Some(CellId::new(text.cell.as_str()));
        Some(Frame { cell, file: None, line, name: String::new(), text: text_of_line })
    });
    let first = errors.first();
    let name = first.and_then(|it| it.code.clone()).filter(|code| code.starts_with('E'));
    Output::Error {
        name: name.map_or("CompileError".to_owned(), |code| format!("CompileError[{code}]")),
        message: first.map_or_else(|| "it doesn't compile".into(), |it| it.message.clone()),
        traceback,
        frames: frames.into_iter().collect(),
        hint,
    }
}

/// How many errors are shown whole.
const SHOWN: usize = 10;

fn hint(error: &Diagnostic, texts: &Texts, knowledge: &Knowledge<'_>) -> Option<String> {
    let quoted = error.message.split('`').nth(1).unwrap_or_default();
    let hint = match error.code.as_deref().unwrap_or_default() {
        "E0425" => {
            let value = matches!(
                knowledge.versions.bound(quoted),
                Some((_, Known::Value(_) | Known::Given(_) | Known::Gone(_)))
            );
            let own = knowledge.split.lets.iter().any(|name| name == quoted);
            if knowledge.in_items && (value || own) {
                format!(
                    "`{quoted}` is a variable, which functions and types don't see: pass it as a \
                     parameter"
                )
            } else {
                let (cell, why) = knowledge.left.get(quoted)?;
                format!("{cell}: {why}")
            }
        }
        "E0432" | "E0433" => {
            let root = quoted.split("::").next().unwrap_or_default();
            if root.is_empty() || root.starts_with(char::is_uppercase) {
                return None;
            }
            format!(
                "if `{root}` is a crate, ask for it on the cell's first line: \
                     `//! dep: {root} = \"*\"`, or better with a version"
            )
        }
        "E0116" | "E0117" | "E0118" | "E0390" => {
            "what a type can do stands in the cell that defines the type: put this `impl` there, \
             or define a trait here and implement that"
                .to_owned()
        }
        "E0507" if lent(error, texts, knowledge) => {
            "values of other cells are only lent: make your own with `.clone()` or `.to_vec()`"
                .to_owned()
        }
        "E0596" | "E0594" if lent(error, texts, knowledge) => {
            "values of other cells are read-only: begin with `let mut mine = theirs.clone();`"
                .to_owned()
        }
        _ if error.message.starts_with("linker `") && error.message.contains("not found") => {
            "Rust needs a linker: install a C compiler (`apt install gcc`, or your system's way)"
                .to_owned()
        }
        _ => return None,
    };
    Some(hint)
}

/// Whether an error is about a value of another cell.
fn lent(error: &Diagnostic, _texts: &Texts, knowledge: &Knowledge<'_>) -> bool {
    let words = error.message.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let mut names = words.filter(|word| !word.is_empty());
    names.any(|word| {
        let bound = knowledge.versions.bound(word);
        matches!(bound, Some((_, Known::Value(_))))
            && !knowledge.split.lets.iter().any(|it| it == word)
    })
}

/// The cell ran, and ended with an error or a panic.
pub fn failed(fault: Fault, texts: &Texts) -> Output {
    let Fault { name, message, file, line, column, notes, hint } = fault;
    let name = if name.is_empty() { "Error".to_owned() } else { name };
    let found = texts.find(&file, line, column);
    let (mut traceback, mut frames) = (Vec::new(), Vec::new());
    match found {
        Some((text, byte)) => {
            let end = text.source[byte..]
                .find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
                .map_or(text.source.len(), |length| byte + length.max(1));
            let end = (end..=text.source.len()).find(|at| text.source.is_char_boundary(*at));
            let shown = headline(&name, &message, text, byte..end.unwrap_or(byte));
            traceback.extend(shown.lines().map(str::to_owned));
            let (line, _, text_of_line) = frame_of(text, byte);
            let cell = Some(CellId::new(text.cell.as_str()));
            frames.push(Frame { cell, file: None, line, name: String::new(), text: text_of_line });
        }
        None => {
            traceback.extend(format!("{RED}{name}{PLAIN}: {message}").lines().map(str::to_owned));
            if !file.is_empty() && texts.get(&file).is_none() {
                traceback.push(format!("  at {file}:{line}:{column}"));
            }
        }
    }
    traceback.extend(notes.iter().map(|note| format!("note: {note}")));
    traceback.extend(hint.as_ref().map(|hint| format!("hint: {hint}")));
    Output::Error { name, message, traceback, frames, hint }
}
