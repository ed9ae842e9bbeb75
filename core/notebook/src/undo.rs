//! What a document remembers in order to take operations back.

use std::slice;

use crate::{CellId, Error, Operation, text};

/// How many operations can be taken back.
const DEPTH: usize = 1_000;

/// The inverses of what was applied, and of what was taken back.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    undo: Vec<Operation>,
    redo: Vec<Operation>,
    /// Whether the newest inverse may grow by further typing.
    open: bool,
}

impl History {
    /// Remembers the inverse of an operation that was just applied. Typing or erasing
    /// letter by letter becomes one step, up to the end of the line.
    pub fn remember(&mut self, applied: &Operation, inverse: Operation) {
        // Cells that were taken back stand beside what is typed meanwhile.
        if !is_typing(applied) || self.redo.iter().any(is_typing) {
            self.redo.clear();
        }
        let joined = self.open && self.undo.last_mut().is_some_and(|last| join(last, &inverse));
        if !joined {
            push(&mut self.undo, inverse);
        }
        self.open = matches!(applied, Operation::Splice { text, .. } if !text.contains('\n'));
    }

    /// The inverse of the last operation.
    pub fn newest(&self) -> Option<&Operation> {
        self.undo.last()
    }

    /// The inverse of the last operation that isn't typing, and its place. What was typed since
    /// concerns other cells, or leaves the operation as it is: either can be taken back first.
    pub fn newest_of_cells(&self) -> Result<(usize, Operation), Error> {
        let at = self.undo.iter().rposition(|it| !is_typing(it)).ok_or(Error::NothingToUndo)?;
        self.keeps_what_was_typed(&self.undo[at])?;
        Ok((at, self.undo[at].clone()))
    }

    /// The inverse of what was last taken back.
    pub fn newest_undone(&self) -> Result<Operation, Error> {
        let again = self.redo.last().ok_or(Error::NothingToRedo)?;
        self.keeps_what_was_typed(again)?;
        Ok(again.clone())
    }

    /// Whether an operation loses nothing of what was typed last.
    fn keeps_what_was_typed(&self, operation: &Operation) -> Result<(), Error> {
        let lost: &[CellId] = match operation {
            Operation::Delete { cell } | Operation::Edit { cell, .. } => slice::from_ref(cell),
            Operation::Replace { cells, .. } => cells,
            _ => &[],
        };
        for typed in self.undo.iter().rev() {
            let Operation::Splice { cell, .. } = typed else { break };
            if lost.contains(cell) {
                return Err(Error::TypedSince { cell: cell.clone() });
            }
        }
        Ok(())
    }

    /// The last operation was taken back; `again` would apply it again.
    pub fn undone(&mut self, again: Operation) {
        self.undo.pop();
        self.redo.push(again);
        self.open = false;
    }

    /// The operation at a place was taken back; `again` would apply it again.
    pub fn undone_at(&mut self, at: usize, again: Operation) {
        self.undo.remove(at);
        self.redo.push(again);
        self.open = false;
    }

    /// What was taken back was applied again; `back` would take it back.
    pub fn redone(&mut self, back: Operation) {
        self.redo.pop();
        push(&mut self.undo, back);
        self.open = false;
    }
}

fn is_typing(operation: &Operation) -> bool {
    matches!(operation, Operation::Splice { .. })
}

fn push(stack: &mut Vec<Operation>, operation: Operation) {
    if stack.len() == DEPTH {
        stack.remove(0);
    }
    stack.push(operation);
}

/// Makes one inverse of two, when both take back a letter at the same place.
fn join(last: &mut Operation, next: &Operation) -> bool {
    let Operation::Splice { cell, from, to, text } = last else { return false };
    let Operation::Splice { cell: next_cell, from: next_from, to: next_to, text: next_text } = next
    else {
        return false;
    };
    if cell != next_cell || next_text.contains('\n') {
        return false;
    }
    let typed = text.is_empty() && next_text.is_empty();
    let erased = from == to && next_from == next_to && !text.is_empty() && !next_text.is_empty();
    if typed && *to == *next_from && next_to - next_from <= 2 {
        *to = *next_to;
        true
    } else if erased
        && next_from + text::length(next_text) == *from
        && next_text.chars().count() == 1
    {
        // Backspace: this letter stood before those erased already.
        (*from, *to) = (*next_from, *next_to);
        text.insert_str(0, next_text);
        true
    } else {
        false
    }
}
