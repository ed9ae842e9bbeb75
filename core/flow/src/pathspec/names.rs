//! The parts of a pathspec, each checked for its form.

use super::Error;
use crate::id::{FlowName, RunId, StepName, TaskId};

/// Whether a text has the form of a flow's, step's or artifact's name.
pub fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters.next();
    first.is_some_and(|letter| letter.is_alphabetic() || letter == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

/// Reads a flow's name.
///
/// # Errors
/// When the text has another form.
pub fn parse_flow(text: &str) -> Result<FlowName, Error> {
    name(text, "a flow").map(FlowName::new)
}

/// Reads a step's name, or the id of a notebook's cell, which is the step of its executions.
///
/// # Errors
/// When the text has another form.
pub fn parse_step(text: &str) -> Result<StepName, Error> {
    if is_cell(text) {
        return Ok(StepName::new(text));
    }
    name(text, "a step").map(StepName::new)
}

/// Reads an artifact's name.
///
/// # Errors
/// When the text has another form.
pub fn parse_artifact(text: &str) -> Result<String, Error> {
    name(text, "an artifact").map(str::to_owned)
}

/// Reads a run's id: `YYYYMMDDTHHMMSSmmm-xxxxxx`.
///
/// # Errors
/// When the text has another form.
pub fn parse_run(text: &str) -> Result<RunId, Error> {
    if is_run(text) { Ok(RunId::new(text)) } else { Err(Error::Run { text: text.into() }) }
}

/// Reads a task's id: numbers joined by `-`.
///
/// # Errors
/// When the text has another form.
pub fn parse_task(text: &str) -> Result<TaskId, Error> {
    let id = TaskId::new(text);
    let depth = text.split('-').count();
    match id.path(depth) {
        Some(_) => Ok(id),
        None => Err(Error::Task { text: text.into() }),
    }
}

/// Whether a text has the form of a cell's id, as nbformat 4.5 has it.
fn is_cell(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// Whether a text has the form of a run's id.
pub(super) fn is_run(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.is_ascii()
        && text.len() == 25
        && digits(&text[..8])
        && &text[8..9] == "T"
        && digits(&text[9..18])
        && &text[18..19] == "-"
        && text[19..].bytes().all(hex)
}

fn name<'a>(text: &'a str, what: &'static str) -> Result<&'a str, Error> {
    if is_name(text) { Ok(text) } else { Err(Error::Name { text: text.into(), what }) }
}
