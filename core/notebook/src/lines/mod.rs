//! The lines of a Python cell that aren't Python: `!ls`, `x = !ls`, `%cd ..`, `%%time`,
//! `sort?`.
//!
//! [`split`] takes a cell magic (`%%time`) apart from the text below it; [`rewrite()`] turns
//! all of them into calls of `get_ipython()`, on the lines where they stood.
mod magic;
mod rewrite;
#[cfg(test)]
mod tests;

use ruff_python_ast::Mod;
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};

pub use magic::{BodyIs, CellMagic, CellText, split};
pub use rewrite::rewrite;

/// Parses Python with its commands.
///
/// The parser was seen to panic on half-written commands. Such a text is read once more
/// without them: it has a syntax error in any case, and the session lives on.
pub(crate) fn parse(source: &str) -> Parsed<Mod> {
    let parse = || parse_unchecked(source, ParseOptions::from(Mode::Ipython));
    std::panic::catch_unwind(parse)
        .unwrap_or_else(|_| parse_unchecked(source, ParseOptions::from(Mode::Module)))
}

/// The line and the column, from 1, of a place in a text; the column in code points.
pub(crate) fn position(source: &str, offset: usize) -> (u32, u32) {
    let before = &source.as_bytes()[..offset.min(source.len())];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + String::from_utf8_lossy(&before[line_start..]).chars().count();
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
