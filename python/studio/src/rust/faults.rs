//! What a cell shows when it fails: on its own lines, with what to do now.

use flownote_kernel::protocol::{Frame, Output};
use flownote_kernel::rust::{Diagnostic, Knowledge, Texts, frame_of, headline, hint};
use flownote_notebook::CellId;

use super::world::Fault;

const RED: &str = "\u{1b}[31m";
const PLAIN: &str = "\u{1b}[0m";

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
    let hint = errors.iter().find_map(|error| hint(error, knowledge));
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
        Some(Frame { cell, line, text: text_of_line, ..Frame::default() })
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
            frames.push(Frame { cell, line, text: text_of_line, ..Frame::default() });
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
