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
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Mode;

use super::{Facts, SyntaxError};
use crate::lines;

/// Reads a cell as its user wrote it, magics included.
pub(super) fn facts(source: &str) -> Facts {
    if let Some(error) = too_deep(source) {
        let code = blake3::hash(source.as_bytes()).to_hex().as_str().into();
        return Facts { code, error: Some(error), ..Facts::default() };
    }
    let cell = lines::split(source);
    let parsed = lines::parse(cell.body);
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

/// How many brackets Python itself lets stand within each other.
const DEEPEST: usize = 200;

/// Finds brackets nested deeper than Python allows: the parser's stack would overflow.
pub(crate) fn too_deep(source: &str) -> Option<SyntaxError> {
    let opening = source.bytes().filter(|byte| matches!(byte, b'(' | b'[' | b'{')).count();
    if opening <= DEEPEST {
        return None;
    }
    let (mut depth, mut line) = (0_usize, 1);
    let mut lexer = ruff_python_parser::lexer::lex(source, Mode::Ipython);
    while depth <= DEEPEST {
        match lexer.next_token() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                depth = depth.saturating_sub(1)
            }
            TokenKind::Newline | TokenKind::NonLogicalNewline => line += 1,
            TokenKind::EndOfFile => return None,
            _ => {}
        }
    }
    let message = "too many nested parentheses".to_owned();
    Some(SyntaxError { line, column: 1, message })
}
