//! [`Problem`]: one thing that is wrong with a flow, as a user reads it.

use std::fmt;

use serde::Serialize;

use crate::description::{FlowDescription, ParameterDescription, StepDescription};
use crate::id::StepName;

/// Every kind of problem, by its code.
pub const CODES: &[&str] = &[
    "bad-decorator",
    "bad-parameter-name",
    "bad-signature",
    "catch-on-split",
    "cycle",
    "duplicate-decorator",
    "duplicate-parameter",
    "duplicate-step",
    "empty-branch",
    "end-goes-on",
    "foreach-over-nothing",
    "foreach-several-steps",
    "incomplete-join",
    "inputs-without-split",
    "join-of-different-splits",
    "join-without-inputs",
    "missing-end",
    "missing-next",
    "missing-start",
    "next-names-nothing",
    "next-not-last",
    "next-not-literal",
    "reserved-name",
    "reserved-parameter",
    "target-twice",
    "unjoined-split",
    "unknown-keyword",
    "unknown-target",
    "unreachable-step",
];

/// One thing that is wrong with a flow. It prints as
///
/// ```text
/// error: step `train` joins branches but takes no `inputs` argument
///   --> flow.py:42
/// hint: change the signature to `def train(self, inputs)`
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A word for the kind of problem, one of [`super::CODES`].
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The step, when it is about one.
    pub step: Option<StepName>,
    /// The file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of the flow as a whole.
    pub(super) fn of_flow(flow: &FlowDescription, code: &'static str, message: String) -> Self {
        let (file, line) = (flow.file.clone(), flow.line);
        Self { code, message, step: None, file, line, hint: None }
    }

    /// A problem of one step.
    pub(super) fn of_step(step: &StepDescription, code: &'static str, message: String) -> Self {
        let (file, line) = (step.file.clone(), step.line);
        Self { code, message, step: Some(step.name.clone()), file, line, hint: None }
    }

    /// A problem of a parameter.
    pub(super) fn of_parameter(
        flow: &FlowDescription,
        parameter: &ParameterDescription,
        code: &'static str,
        message: String,
    ) -> Self {
        Self { line: parameter.line, ..Self::of_flow(flow, code, message) }
    }

    /// The same on another line.
    pub(super) fn at(self, line: u32) -> Self {
        Self { line, ..self }
    }

    /// The same with advice.
    pub(super) fn advise(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "error: {}\n  --> {}:{}", self.message, self.file, self.line)?;
        match &self.hint {
            Some(hint) => write!(out, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

impl crate::help::Help for Problem {
    fn hint(&self) -> Option<String> {
        self.hint.clone()
    }
}
