//! A notebook becomes again what it was at a save: one operation, which everybody sees and
//! which can be taken back.

use flownote_flow::help::Help;
use flownote_kernel::protocol::Problem;
use flownote_notebook::{Cell, CellId, Document, Language, Operation};

use super::Room;
use crate::notebooks::history::{self, Why};

impl Room {
    /// Gives the document the cells of a save; whether that changes anything. What the notebook
    /// is now is kept in its history.
    pub(super) fn restore(&mut self, saved: &Document) -> Result<bool, Problem> {
        let operations = operations(&self.document, saved);
        if operations.is_empty() {
            return Ok(false);
        }
        // A copy of its own, whatever was saved just now: that may be what is restored. It can
        // be taken back without its history, too.
        let _ = self.keep_in_history(Why::Replaced);
        for operation in operations {
            let change = self
                .document
                .apply(operation)
                .map_err(|error| Problem { hint: error.hint(), message: error.to_string() })?;
            self.changed(change);
        }
        let _ = self.keep_in_history(Why::Restored);
        self.warm_up();
        self.save();
        Ok(true)
    }

    fn keep_in_history(&self, why: Why) -> std::io::Result<()> {
        history::keep(&self.ground.folder, &self.path, &self.document, why)
    }
}

/// What makes the cells of one document those of another. Cells at the top and at the bottom
/// that are the same stay as they are; outputs stay with the text that made them.
fn operations(now: &Document, saved: &Document) -> Vec<Operation> {
    let mut bare = now.clone();
    bare.strip();
    let kept = |cell: &Cell| {
        let mut cell = cell.clone();
        let there = now.cell(&cell.id);
        // But for what a save doesn't keep.
        if let Some(there) = there.filter(|_| bare.cell(&cell.id) == Some(&cell)) {
            return there.clone();
        }
        let same = there.filter(|it| it.language == cell.language && it.source == cell.source);
        if let Some(there) = same {
            cell.outputs = there.outputs.clone();
            cell.execution_count = there.execution_count;
        }
        cell
    };
    let mut wanted: Vec<Cell> = saved.cells().iter().map(kept).collect();
    let here = now.cells();
    if wanted.is_empty() && !here.is_empty() {
        let id = CellId::derive(&["restored"], |id| here.iter().any(|it| it.id.as_str() == id));
        wanted.push(Cell::new(id, Language::Python, ""));
    }
    let alike = |one: &&Cell, other: &&Cell| one == other;
    let pairs = here.iter().zip(&wanted);
    let mut above = pairs.take_while(|(one, other)| alike(one, other)).count();
    let pairs = here[above..].iter().rev().zip(wanted[above..].iter().rev());
    let mut below = pairs.take_while(|(one, other)| alike(one, other)).count();
    if above + below == here.len() && here.len() == wanted.len() {
        return Vec::new();
    }
    if here.is_empty() {
        let insert = |(at, cell)| Operation::Insert { cell, at };
        return wanted.into_iter().enumerate().map(insert).collect();
    }
    // Something stands in the place of something.
    if above + below == here.len() || above + below == wanted.len() {
        if above > 0 { above -= 1 } else { below -= 1 }
    }
    let cells = here[above..here.len() - below].iter().map(|cell| cell.id.clone()).collect();
    let with = wanted.drain(above..wanted.len() - below).collect();
    vec![Operation::Replace { cells, with }]
}

#[cfg(test)]
mod tests {
    use flownote_notebook::Output;

    use super::*;

    fn document(cells: &[(&str, &str)]) -> Document {
        let cells = cells.iter().map(|(id, source)| Cell::new(*id, Language::Python, *source));
        Document::new(cells.collect()).expect("a document")
    }

    #[test]
    fn any_document_becomes_any_other_and_back() {
        let all = [
            document(&[]),
            document(&[("a", "1")]),
            document(&[("a", "1"), ("b", "2")]),
            document(&[("b", "2"), ("a", "1"), ("c", "3")]),
            document(&[("a", "1"), ("d", "4"), ("b", "2")]),
            document(&[("b", "2")]),
            document(&[("x", "9"), ("b", "other")]),
        ];
        for now in &all {
            for saved in &all {
                let mut made = now.clone();
                let operations = operations(now, saved);
                let count = operations.len();
                for operation in operations {
                    made.apply(operation).expect("it fits");
                }
                let sources = |document: &Document| -> Vec<String> {
                    document.cells().iter().map(|cell| cell.source.clone()).collect()
                };
                if saved.cells().is_empty() && !now.cells().is_empty() {
                    assert_eq!(sources(&made), [""], "a notebook has a cell");
                } else {
                    assert_eq!(made.cells(), saved.cells(), "{now:?}");
                }
                (0..count).for_each(|_| drop(made.apply(Operation::Undo).expect("undone")));
                assert_eq!(made.cells(), now.cells());
            }
        }
    }

    #[test]
    fn outputs_stay_with_the_text_that_made_them() {
        let mut now = document(&[("a", "1"), ("b", "2"), ("c", "3")]);
        for cell in ["a", "b"] {
            now.show(&cell.into(), vec![Output::stdout(cell)], Some(1)).expect("there");
        }
        let saved = document(&[("n", "0"), ("a", "1"), ("b", "other"), ("c", "3")]);
        let [Operation::Replace { cells, with }] = &operations(&now, &saved)[..] else {
            panic!("one operation");
        };
        assert_eq!(*cells, ["a".into(), "b".into()]);
        let shown: Vec<usize> = with.iter().map(|cell| cell.outputs.len()).collect();
        assert_eq!(shown, [0, 1, 0]);
    }
}
