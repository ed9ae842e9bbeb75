//! DataFusion's errors in the words of this crate.

use arrow::error::ArrowError;
use datafusion::common::{DataFusionError, SchemaError};
use datafusion::sql::sqlparser::parser::ParserError;

use super::{Error, Place};
use crate::function::{Callable, Failed};

/// What an error is about: where its places are found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// The cell's text.
    pub(crate) sql: &'a str,
    /// The memory that queries may take.
    pub(crate) limit: u64,
    /// What it could have called.
    pub(crate) functions: &'a Callable,
}

impl Source<'_> {
    /// Says an error in our words.
    pub(crate) fn explain(&self, error: &DataFusionError) -> Error {
        self.explain_at(error, None)
    }

    fn explain_at(&self, error: &DataFusionError, place: Option<Place>) -> Error {
        match error {
            DataFusionError::Context(_, inner) => self.explain_at(inner, place),
            DataFusionError::Shared(inner) => self.explain_at(inner, place),
            DataFusionError::Collection(errors) => match errors.first() {
                Some(first) => self.explain_at(first, place),
                None => Error::Run { message: error.strip_backtrace() },
            },
            DataFusionError::Diagnostic(diagnostic, inner) => {
                let here = diagnostic.span.and_then(|span| Place::of_span(self.sql, &span));
                self.explain_at(inner, here.or(place))
            }
            DataFusionError::External(inner) => self.foreign(inner.as_ref()),
            DataFusionError::ArrowError(inner, _) => match inner.as_ref() {
                ArrowError::ExternalError(inner) => self.foreign(inner.as_ref()),
                other => Error::Run { message: plain(&other.to_string()) },
            },
            DataFusionError::SQL(parser, _) => self.syntax(parser),
            DataFusionError::SchemaError(schema, _) => self.schema(schema, place),
            DataFusionError::ResourcesExhausted(message) => self.exhausted(message),
            DataFusionError::Plan(message) => self.plan(message, place),
            DataFusionError::NotImplemented(message) => {
                Error::Unsupported { what: plain(message), hint: None }
            }
            DataFusionError::ObjectStore(inner) => Error::Run { message: inner.to_string() },
            other => Error::Run { message: plain(&other.strip_backtrace()) },
        }
    }

    fn foreign(&self, error: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
        if let Some(ours) = error.downcast_ref::<Error>() {
            return ours.clone();
        }
        if let Some(Failed { function, message, hint }) = error.downcast_ref::<Failed>() {
            return Error::Function {
                function: function.clone(),
                message: message.clone(),
                hint: hint.clone(),
            };
        }
        if let Some(inner) = error.downcast_ref::<DataFusionError>() {
            return self.explain(inner);
        }
        Error::Run { message: error.to_string() }
    }

    fn syntax(&self, error: &ParserError) -> Error {
        let message = match error {
            ParserError::ParserError(message) | ParserError::TokenizerError(message) => message,
            ParserError::RecursionLimitExceeded => {
                return Error::Syntax {
                    message: "the query is nested too deeply".into(),
                    place: None,
                };
            }
        };
        let (message, place) = match message.rsplit_once(" at Line: ") {
            None if message.ends_with("found: EOF") => (message.as_str(), Place::of_end(self.sql)),
            None => (message.as_str(), None),
            Some((message, at)) => {
                let place = at.split_once(", Column: ").and_then(|(line, column)| {
                    Place::new(self.sql, line.parse().ok()?, column.trim().parse().ok()?)
                });
                (message, place)
            }
        };
        // "Expected: an expression, found: FROM"
        let message =
            message.replacen("Expected: ", "expected ", 1).replacen(", found: ", ", found ", 1);
        let message = message.replace("found EOF", "found the end");
        Error::Syntax { message, place }
    }

    fn schema(&self, error: &SchemaError, place: Option<Place>) -> Error {
        match error {
            SchemaError::FieldNotFound { field, valid_fields } => {
                let name = field.name.clone();
                let place = place.or_else(|| Place::of_word(self.sql, &name));
                let mut known: Vec<String> =
                    valid_fields.iter().map(|field| field.name.clone()).collect();
                known.sort_unstable();
                known.dedup();
                Error::UnknownColumn { name, known, place }
            }
            SchemaError::AmbiguousReference { field } => {
                let place = place.or_else(|| Place::of_word(self.sql, &field.name));
                Error::Ambiguous { name: field.name.clone(), place }
            }
            SchemaError::DuplicateQualifiedField { name, .. }
            | SchemaError::DuplicateUnqualifiedField { name } => Error::Meaning {
                message: format!("two columns are called `{name}`"),
                hint: Some(format!("give one of them another name: `{name} AS other`")),
                place,
            },
        }
    }

    fn plan(&self, message: &str, place: Option<Place>) -> Error {
        let message = plain(message);
        if let Some(rest) = message.strip_prefix("Invalid function '") {
            let name = rest.split('\'').next().unwrap_or_default().to_owned();
            let place = place.or_else(|| Place::of_word(self.sql, &name));
            return Error::UnknownFunction { name, known: self.functions.names.clone(), place };
        }
        if let Some(Failed { function, message, hint }) = self.functions.refused(&message) {
            return Error::Function { function, message, hint };
        }
        if let Some(rest) = message.strip_prefix("Projections require unique expression names") {
            let name = rest.split('"').nth(1).unwrap_or("column").to_owned();
            let name = name.split(" AS ").last().unwrap_or(&name);
            let name = name.rsplit('.').next().unwrap_or(name).to_owned();
            return Error::Meaning {
                message: format!("two columns of the result are called `{name}`"),
                hint: Some(format!("give one of them another name: `… AS other_{name}`")),
                place,
            };
        }
        Error::Meaning { message, hint: None, place }
    }

    fn exhausted(&self, message: &str) -> Error {
        if message.contains("temporary") || message.contains("disk") && !message.contains("memory")
        {
            return Error::Run { message: plain(message) };
        }
        // "… with top memory consumers (across reservations) as:\n  A#0(can spill: true) consumed 9 MB, …"
        let holders = message.split_once("as:\n").map_or(vec![], |(_, list)| {
            list.lines()
                .filter_map(|line| {
                    let (name, rest) = line.trim().split_once('#')?;
                    let taken =
                        rest.split_once("consumed ")?.1.split(", ").next()?.trim_end_matches('.');
                    Some(format!("{name}: {taken}"))
                })
                .take(3)
                .collect()
        });
        Error::Memory { limit: self.limit, holders }
    }
}

/// A message without the names of the machinery that said it.
fn plain(message: &str) -> String {
    let mut text = message.trim();
    for prefix in [
        "Error during planning: ",
        "Execution error: ",
        "Arrow error: ",
        "External error: ",
        "Optimizer rule 'simplify_expressions' failed",
        "caused by",
        "type_coercion",
        "This feature is not implemented: ",
    ] {
        text = text.strip_prefix(prefix).unwrap_or(text).trim_start();
    }
    text.replace("notebook.main.", "")
}
