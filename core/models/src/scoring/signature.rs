//! What a scoring function takes and gives.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use flownote_flow::help::resembling;

use crate::ModelError;

/// A function's name, its parameters and what comes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The name: the same as of the method that answers for whole columns.
    pub name: &'static str,
    /// What it takes, each a number.
    pub parameters: Vec<Parameter>,
    /// What it gives, in words: `probability`.
    pub returns: &'static str,
    /// Whether that is a whole number: a group's, or yes (1) and no (0).
    pub whole: bool,
}

/// What a function takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The name.
    pub name: Cow<'static, str>,
    /// What its number counts, in words: `repeat purchases`, `time`.
    pub unit: &'static str,
}

impl Parameter {
    /// The unit of what a model was fitted to, whatever that was.
    pub(super) const FEATURE: &str = "as in the fit";
}

impl Signature {
    /// A function of these names and units, which gives numbers.
    pub(super) fn new(
        name: &'static str,
        parameters: &[(&'static str, &'static str)],
        returns: &'static str,
    ) -> Self {
        let parameter = |&(name, unit)| Parameter { name: Cow::Borrowed(name), unit };
        let parameters = parameters.iter().map(parameter).collect();
        Self { name, parameters, returns, whole: false }
    }

    /// With `count` more parameters, numbered from 0.
    pub(super) fn and(mut self, name: &str, count: usize, unit: &'static str) -> Self {
        let parameter = |number| Parameter { name: Cow::Owned(format!("{name}_{number}")), unit };
        self.parameters.extend((0..count).map(parameter));
        self
    }

    /// Of whole numbers.
    pub(super) fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// The names of the parameters, one after the other: `frequency, recency, age`.
    #[must_use]
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.parameters.iter().map(|it| it.name.as_ref()).collect();
        names.join(", ")
    }
}

impl Display for Signature {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}) -> {}", self.name, self.names(), self.returns)
    }
}

/// Says that a model has no such function.
pub(super) fn unknown(kind: &str, name: &str, known: &[&str]) -> ModelError {
    let all: Vec<String> = known.iter().map(|it| format!("`{it}`")).collect();
    let all = flownote_flow::help::list_in_words(&all);
    let hint = match resembling(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? A `{kind}` has {all}"),
        None => format!("a `{kind}` has {all}"),
    };
    ModelError::input("function", format!("is `{name}`, which no `{kind}` has"), hint)
}
