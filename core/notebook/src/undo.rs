//! What a document remembers in order to take operations back.

use std::collections::BTreeSet;
use std::slice;

use crate::{CellId, Error, Operation, text};

/// How many operations can be taken back.
const DEPTH: usize = 1_000;

/// The inverses of what was applied, and of what was taken back.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    undo: Vec<Operation>,
    redo: Vec<Operation>,
    /// Cells that were typed in since something was taken back that can be done again.
    typed: BTreeSet<CellId>,
    /// Whether the newest inverse may grow by further typing.
    open: bool,
}

impl History {
    /// Remembers the inverse of an operation that was just applied. Typing or erasing
    /// letter by letter becomes one step, up to the end of the line.
    pub fn remember(&mut self, applied: &Operation, inverse: Operation) {
        match applied {
            // Cells that were taken back stand beside what is typed meanwhile.
            Operation::Splice { cell, .. } if !self.redo.iter().any(is_typing) => {
                self.typed.insert(cell.clone());
            }
            _ => self.redo.clear(),
        }
        if self.redo.is_empty() {
            self.typed.clear();
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
        let inverse = &self.undo[at];
        for typed in &self.undo[at + 1..] {
            if let Operation::Splice { cell, .. } = typed
                && lost_by(inverse).contains(cell)
            {
                return Err(Error::TypedSince { cell: cell.clone() });
            }
        }
        Ok((at, inverse.clone()))
    }

    /// The inverse of what was last taken back.
    pub fn newest_undone(&self) -> Result<Operation, Error> {
        let again = self.redo.last().ok_or(Error::NothingToRedo)?;
        match lost_by(again).iter().find(|cell| self.typed.contains(*cell)) {
            Some(cell) => Err(Error::TypedSince { cell: cell.clone() }),
            None => Ok(again.clone()),
        }
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

/// The cells whose texts an operation takes the place of, whatever they are.
fn lost_by(operation: &Operation) -> &[CellId] {
    match operation {
        Operation::Delete { cell } | Operation::Edit { cell, .. } => slice::from_ref(cell),
        Operation::Replace { cells, .. } => cells,
        _ => &[],
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
