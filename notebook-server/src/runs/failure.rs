//! A failure as the page shows it: class, message, hint, and the traceback taken apart.

use flownote_flow::manifest::Failure;
use serde_json::Value;

use crate::api::{Frame, TaskError};

/// Makes an error of a failure.
pub fn error_of(failure: &Failure) -> TaskError {
    let kind = serde_json::to_value(failure.kind).ok();
    let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    let class = failure.exception.as_deref().map(|name| name.rsplit('.').next().unwrap_or(name));
    let (name, message) = match class {
        Some(class) => {
            let rest = failure.message.split_once(": ");
            let said = rest.filter(|(front, _)| front.rsplit('.').next() == Some(class));
            let message = match said {
                Some((_, message)) => message,
                None if failure.message == class => "",
                None => &failure.message,
            };
            (class.to_owned(), message.to_owned())
        }
        None => (kind.clone(), failure.message.clone()),
    };
    TaskError {
        kind,
        name,
        message,
        hint: failure.hint.clone(),
        traceback: failure.traceback.clone(),
        frames: failure.traceback.as_deref().map(frames).unwrap_or_default(),
    }
}

/// The frames of a traceback as Python prints it; of a chain those of the last exception.
fn frames(traceback: &str) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in traceback.lines() {
        if line.starts_with("Traceback (most recent call last)") {
            frames.clear();
        } else if let Some(frame) = head(line) {
            frames.push(frame);
        } else if let Some(frame) = frames.last_mut() {
            let text = line.trim();
            if let Some(times) = repeated(text) {
                frame.repeated = times;
                continue;
            }
            let marks = text.chars().all(|mark| matches!(mark, '^' | '~' | ' '));
            if frame.text.is_none() && line.starts_with("    ") && !marks {
                frame.text = Some(text.to_owned());
            }
        }
    }
    frames
}

/// `  File "flow.py", line 12, in train`
fn head(line: &str) -> Option<Frame> {
    let rest = line.strip_prefix("  File \"")?;
    let (file, rest) = rest.rsplit_once("\", line ")?;
    let (number, function) = match rest.split_once(", in ") {
        Some((number, function)) => (number, function),
        None => (rest, ""),
    };
    let line = number.trim().parse().ok()?;
    Some(Frame {
        file: file.to_owned(),
        line,
        function: function.to_owned(),
        text: None,
        repeated: 0,
    })
}

/// `[Previous line repeated 970 more times]`
fn repeated(text: &str) -> Option<u32> {
    let rest = text.strip_prefix("[Previous line repeated ")?;
    rest.split_once(" more time")?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use flownote_flow::manifest::FailureKind;

    use super::*;

    #[test]
    fn a_failure_is_taken_apart() {
        let traceback = "Traceback (most recent call last):\n  File \"a.py\", line 1, in x\n    \
            old()\nKeyError: 1\n\nDuring handling of the above exception, another exception \
            occurred:\n\nTraceback (most recent call last):\n  File \"flow.py\", line 12, in \
            train\n    self.fit(\n    ~~~~~~~~^\n  File \"lib/m.py\", line 3, in fit\n    raise \
            ValueError(\"alpha: no\")\nnumpy.linalg.LinAlgError: alpha: no\n";
        let error = error_of(&Failure {
            kind: FailureKind::Exception,
            message: "LinAlgError: alpha: no".into(),
            exception: Some("numpy.linalg.LinAlgError".into()),
            traceback: Some(traceback.into()),
            hint: Some("choose another".into()),
            retryable: true,
        });
        assert_eq!((error.name.as_str(), error.message.as_str()), ("LinAlgError", "alpha: no"));
        let frames: Vec<_> = error.frames.iter().map(|it| (it.file.as_str(), it.line)).collect();
        assert_eq!(frames, [("flow.py", 12), ("lib/m.py", 3)]);
        assert_eq!(error.frames[0].text.as_deref(), Some("self.fit("));
        assert_eq!(error.frames[1].function, "fit");
    }

    #[test]
    fn frames_of_a_recursion_are_counted() {
        let frames = frames(
            "Traceback (most recent call last):\n  File \"flow.py\", line 3, in start\n    dive()\n  \
             File \"flow.py\", line 9, in dive\n    dive()\n    ~~~~^^\n  [Previous line repeated 970 \
             more times]\nRecursionError: maximum recursion depth exceeded\n",
        );
        let told: Vec<_> = frames.iter().map(|it| (it.text.as_deref(), it.repeated)).collect();
        assert_eq!(told, [(Some("dive()"), 0), (Some("dive()"), 970)]);
    }

    #[test]
    fn what_is_no_exception_is_named_by_its_kind() {
        let error = error_of(&Failure {
            kind: FailureKind::OutOfMemory,
            message: "memory ran out".into(),
            exception: None,
            traceback: None,
            hint: None,
            retryable: true,
        });
        assert_eq!(
            (error.name.as_str(), error.message.as_str()),
            ("out_of_memory", "memory ran out")
        );
        assert!(error.frames.is_empty());
    }
}
