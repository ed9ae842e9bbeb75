//! The facts of a Python cell, from Ruff's parser in IPython mode.
//!
//! [`walk`] goes over the tree in the order of evaluation; [`scope`] says what a name means
//! where it stands; [`change`] recognises changes in place and effects by the lists of
//! [`known`]; [`escape`] knows what `!` and `%` lines do; [`digest`] names the code.
mod bind;
mod change;
mod class;
mod deferred;
mod digest;
mod escape;
pub mod known;
mod scope;
#[cfg(test)]
mod tests;
mod walk;

use flownote_flow::manifest::Digest;
use ruff_python_ast::Mod;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use super::{Facts, SyntaxError};
use crate::lines;

/// Reads a cell as its user wrote it, magics included.
pub(super) fn facts(source: &str) -> Facts {
    let cell = lines::split(source);
    let parsed = parse_unchecked(cell.body, ParseOptions::from(Mode::Ipython));
    let mut facts = Facts::default();
    let code: Digest = digest::code(&cell, &parsed);
    if let Mod::Module(module) = parsed.syntax() {
        facts = walk::module(&cell, &module.body);
    }
    facts.code = code;
    if let Some(problem) = parsed.errors().first() {
        let at = cell.body_offset + usize::from(problem.location.start());
        let (line, column) = lines::position(source, at);
        facts.error = Some(SyntaxError { line, column, message: problem.error.to_string() });
    }
    facts
}
