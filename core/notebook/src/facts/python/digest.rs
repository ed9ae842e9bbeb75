//! The digest of a cell's code: its tokens, without comments, layout and docstrings.

use std::collections::HashSet;

use flownote_flow::manifest::Digest;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Mod, Stmt};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange};

use crate::lines::{BodyIs, CellText};

/// Names the code. What can't be parsed is named by its whole text.
pub(super) fn code(cell: &CellText<'_>, parsed: &Parsed<Mod>) -> Digest {
    let mut hasher = blake3::Hasher::new();
    if let Some(magic) = cell.magic {
        hasher.update(magic.name.as_bytes()).update(b"\0").update(magic.arguments.as_bytes());
        if magic.is == BodyIs::Text {
            hasher.update(b"\0").update(magic.body.as_bytes());
        }
        hasher.update(b"\xff");
    }
    if parsed.has_invalid_syntax() {
        hasher.update(cell.source.as_bytes());
        return hasher.finalize().to_hex().as_str().into();
    }
    let mut docstrings = Docstrings::default();
    if let Mod::Module(module) = parsed.syntax() {
        docstrings.visit_body(&module.body);
    }
    let (mut pending_newline, mut after_docstring) = (false, false);
    // One buffer: blake3 is quick on long inputs and slow on many short ones.
    let mut text = Vec::with_capacity(cell.body.len());
    for token in parsed.tokens() {
        let mark: &[u8] = match token.kind() {
            TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::EndOfFile => continue,
            TokenKind::Newline => {
                pending_newline |= !std::mem::take(&mut after_docstring);
                continue;
            }
            TokenKind::Indent => b"\x02",
            TokenKind::Dedent => b"\x03",
            _ if docstrings.ranges.contains(&token.range()) => {
                after_docstring = true;
                continue;
            }
            _ => cell.body[token.range()].as_bytes(),
        };
        if std::mem::take(&mut pending_newline) {
            text.push(b'\n');
        }
        text.extend_from_slice(mark);
        text.push(0);
    }
    hasher.update(&text).finalize().to_hex().as_str().into()
}

/// Where the docstrings of functions and classes are. A string that ends a cell is shown,
/// and one that begins it documents nothing: neither is one.
#[derive(Default)]
struct Docstrings {
    ranges: HashSet<TextRange>,
}

impl<'a> Visitor<'a> for Docstrings {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let body = match statement {
            Stmt::FunctionDef(function) => &function.body,
            Stmt::ClassDef(class) => &class.body,
            _ => return visitor::walk_stmt(self, statement),
        };
        if let Some(Stmt::Expr(first)) = body.first()
            && let Expr::StringLiteral(_) = &*first.value
        {
            self.ranges.insert(first.range());
        }
        self.visit_body(body);
    }

    fn visit_expr(&mut self, _expression: &'a Expr) {}
}
