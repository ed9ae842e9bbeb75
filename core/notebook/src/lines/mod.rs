//! The lines of a Python cell that aren't Python: `!ls`, `x = !ls`, `%cd ..`, `%%time`,
//! `sort?`.
//!
//! [`split`] takes a cell magic (`%%time`) apart from the text below it; [`rewrite`] turns
//! all of them into calls of `get_ipython()`, on the lines where they stood.
mod magic;
mod rewrite;
#[cfg(test)]
mod tests;

pub use magic::{BodyIs, CellMagic, CellText, split};
pub use rewrite::rewrite;

/// The line and the column, from 1, of a place in a text; the column in code points.
pub(crate) fn position(source: &str, offset: usize) -> (u32, u32) {
    let before = &source.as_bytes()[..offset.min(source.len())];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + String::from_utf8_lossy(&before[line_start..]).chars().count();
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
