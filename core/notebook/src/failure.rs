//! An error of a cell, told once: its traceback without what the last line says anyway, then
//! that line: which cell, which line, what.

use crate::output::Frame;
use crate::text::without_colours;
use crate::{CellId, Output};

/// The name of the error of a cell whose interpreter ended.
const ENDED: &str = "InterpreterEnded";
/// The name of an error that is none of the cell's code: its message says all.
const NAMELESS: &str = "Error";

/// An error as the shell shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// What leads to the last line; may be empty.
    pub traceback: Vec<String>,
    /// `cell 3 (Python), line 1: ZeroDivisionError: division by zero`.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Failure {
    /// The error of a cell that people know by `label`; nothing for other outputs.
    pub fn of(cell: &CellId, label: &str, output: &Output) -> Option<Self> {
        let Output::Error { name, message, traceback, frames, hint } = output else { return None };
        if name == ENDED {
            let message = format!("{label}: {message}");
            return Some(Self { traceback: Vec::new(), message, hint: hint.clone() });
        }
        let line = line_in(cell, frames).map(|line| format!(", line {line}")).unwrap_or_default();
        let named = match (message.is_empty(), name == NAMELESS && frames.is_empty()) {
            (true, _) => name.clone(),
            (false, true) => message.clone(),
            (false, false) => format!("{name}: {message}"),
        };
        let first = named.lines().next().unwrap_or_default();
        Some(Self {
            traceback: trimmed(traceback, &named, message, hint.as_deref()),
            message: format!("{label}{line}: {first}"),
            hint: hint.clone(),
        })
    }
}

/// The line of the cell itself that led to the error.
fn line_in(cell: &CellId, frames: &[Frame]) -> Option<u32> {
    let own = frames.iter().find(|frame| frame.cell.as_ref() == Some(cell));
    own.map(|frame| frame.line).filter(|line| *line > 0)
}

/// A traceback without its rule and heading, and without the error and hint at either end.
fn trimmed(traceback: &[String], named: &str, message: &str, hint: Option<&str>) -> Vec<String> {
    let plain: Vec<String> = traceback.iter().map(|line| without_colours(line)).collect();
    let said: Vec<&str> = named.lines().collect();
    // What an interpreter advises may be a part of what is told by now.
    let hints = |line: &str| match (line.strip_prefix("hint: "), hint) {
        (Some(own), Some(hint)) => {
            hint.contains(own) || (guess(own).is_some() && guess(own) == guess(hint))
        }
        _ => false,
    };
    let is_blank = |line: &String| line.trim().is_empty();
    let (mut start, mut end) = (0, plain.len());
    while start < end {
        let line = &plain[start];
        let rule = line.len() > 20 && line.bytes().all(|byte| byte == b'-');
        let heading = line.ends_with("Traceback (most recent call last)");
        // Where the error stands first, as the compilers have it.
        let error = said.len() == 1
            && (line == said[0] || line == message || *line == format!("error: {}", said[0]));
        if !(rule || heading || error || is_blank(line)) {
            break;
        }
        start += 1;
    }
    while start < end {
        let rest = &plain[start..end];
        let error = said.len() == 1 && rest.last().is_some_and(|line| line == said[0]);
        if !(rest.last().is_some_and(is_blank)
            || rest.last().is_some_and(|line| hints(line))
            || error)
        {
            break;
        }
        end -= 1;
    }
    traceback[start..end].to_vec()
}

/// The name that a hint says was meant.
pub fn guess(hint: &str) -> Option<&str> {
    hint.strip_prefix("did you mean `")?.split('`').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(traceback: &str, name: &str, message: &str, hint: Option<&str>, expected: &str) {
        let frames = vec![
            Frame { cell: Some("c".into()), file: None, line: 3, ..frame() },
            Frame { cell: Some("b".into()), file: None, line: 2, ..frame() },
        ];
        let output = Output::Error {
            name: name.to_owned(),
            message: message.to_owned(),
            traceback: traceback.lines().map(str::to_owned).collect(),
            frames,
            hint: hint.map(str::to_owned),
        };
        let failure = Failure::of(&"c".into(), "cell 3 (Python)", &output).expect("an error");
        assert_eq!(format!("{}\n{}", failure.traceback.join("\n"), failure.message), expected);
    }

    fn frame() -> Frame {
        Frame {
            cell: None,
            file: None,
            line: 1,
            name: String::new(),
            text: String::new(),
            repeated: 0,
        }
    }

    #[test]
    fn what_the_last_line_says_is_said_once() {
        check(
            "---------------------------------\nValueError    Traceback (most recent call last)\n\
             Cell 3, line 3\n----> 3 f(a)\n\n\u{1b}[31mValueError\u{1b}[0m: no",
            "ValueError",
            "no",
            None,
            "Cell 3, line 3\n----> 3 f(a)\ncell 3 (Python), line 3: ValueError: no",
        );
        check(
            "UnknownColumn: no `b`\n --> cell 2:1:8\n  |\nhint: in sight are `a`",
            "UnknownColumn",
            "no `b`",
            Some("in sight are `a`"),
            " --> cell 2:1:8\n  |\ncell 3 (Python), line 3: UnknownColumn: no `b`",
        );
    }

    #[test]
    fn a_hint_that_says_more_takes_the_place_of_the_interpreters() {
        for (own, told) in [
            ("did you mean `best`?", "did you mean `best`, which cell 1 makes?"),
            ("in sight are `a`", "did you mean `best`, which cell 1 makes? in sight are `a`"),
        ] {
            check(
                &format!("UnknownTable: no `bets`\n --> cell 2:1:8\nhint: {own}"),
                "UnknownTable",
                "no `bets`",
                Some(told),
                " --> cell 2:1:8\ncell 3 (Python), line 3: UnknownTable: no `bets`",
            );
        }
        let theirs = "raised here\nhint: theirs";
        check(theirs, "E", "e", None, "raised here\nhint: theirs\ncell 3 (Python), line 3: E: e");
    }

    #[test]
    fn of_a_long_message_the_whole_stands_above() {
        check(
            "ValueError: one\ntwo",
            "ValueError",
            "one\ntwo",
            None,
            "ValueError: one\ntwo\ncell 3 (Python), line 3: ValueError: one",
        );
    }

    #[test]
    fn an_interpreter_that_ended_has_no_line() {
        check("killed", ENDED, "killed", None, "\ncell 3 (Python): killed");
    }
}
