//! What is wrong with a SQL cell, found by planning it.

use flownote_data::Error;
use flownote_flow::help::Help;
use flownote_notebook::Language;
use flownote_notebook::misspelt::warnings;
use flownote_notebook::places::{Mistake, Severity, at_line};

use super::host::Host;

/// What is wrong with a cell, without running it. Names that cells above make may be bound
/// only when it runs: that one of these is missing says nothing.
pub async fn mistakes(host: &Host, code: &str, known: &[String]) -> Vec<Mistake> {
    let is_known = |name: &str| known.iter().any(|known| known.eq_ignore_ascii_case(name));
    let matters = |error: &Error| match error {
        Error::UnknownTable { name, .. } | Error::UnknownFunction { name, .. } => !is_known(name),
        _ => true,
    };
    let found = host.session.check(code).await;
    let errors = found.iter().filter(|error| matters(error)).map(|error| mistake(error, code));
    errors.chain(warnings(Language::Sql, code)).collect()
}

fn mistake(error: &Error, code: &str) -> Mistake {
    let whole = (0, flownote_notebook::text::length(code));
    let place = error.place().map(|it| at_line(code, it.line, it.column, it.length));
    let (from, to) = place.unwrap_or(whole);
    Mistake { from, to, severity: Severity::Error, message: error.to_string(), hint: error.hint() }
}
