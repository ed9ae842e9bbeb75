//! Applying operations: each is done whole or refused, and each has its inverse.

use std::ops::Range;

use serde_json::{Map, Value};

use crate::cell::with_line_feeds;
use crate::document::check_id;
use crate::operation::Shown;
use crate::text::{self, Misplaced};
use crate::{Cell, CellId, Change, Document, Error, Language, Mode, Operation};

/// What one operation did, before it is remembered.
struct Done {
    applied: Operation,
    inverse: Operation,
    touched: Vec<CellId>,
    removed: Vec<CellId>,
    meaning: bool,
}

impl Document {
    /// Changes the document, or says why it can't be and leaves it as it is.
    pub fn apply(&mut self, operation: Operation) -> Result<Change, Error> {
        let done = match operation {
            Operation::Undo => {
                let inverse = self.history.newest().cloned().ok_or(Error::NothingToUndo)?;
                let done = self.perform(inverse)?;
                self.history.undone(done.inverse.clone());
                done
            }
            Operation::UndoCells => {
                let (at, inverse) = self.history.newest_of_cells()?;
                let done = self.perform(inverse)?;
                self.history.undone_at(at, done.inverse.clone());
                done
            }
            Operation::Redo => {
                let again = self.history.newest_undone()?;
                let done = self.perform(again)?;
                self.history.redone(done.inverse.clone());
                done
            }
            operation => {
                let done = self.perform(operation)?;
                self.history.remember(&done.applied, done.inverse.clone());
                done
            }
        };
        let Done { applied, inverse, touched, removed, meaning } = done;
        let revision = self.next_revision();
        Ok(Change { revision, applied, inverse, touched, removed, meaning })
    }

    fn perform(&mut self, operation: Operation) -> Result<Done, Error> {
        match operation {
            Operation::Insert { cell, at } => self.insert(cell, at),
            Operation::Delete { cell } => self.delete(cell),
            Operation::Edit { cell, source } => self.edit(cell, source),
            Operation::Splice { cell, from, to, text } => self.splice(cell, from..to, text),
            Operation::Move { cell, to } => self.move_cell(cell, to),
            Operation::Split { cell, at, into } => self.split(&cell, at, into),
            Operation::Merge { cells } => self.merge(cells),
            Operation::Language { cell, language } => self.set_language(cell, language),
            Operation::Mode { mode } => Ok(self.set_mode(mode)),
            Operation::Metadata { cell, key, value } => self.set_metadata(cell, key, value),
            Operation::Clear { cell } => self.clear(cell),
            Operation::Restore { cells } => self.restore(cells),
            Operation::Replace { cells, with } => self.replace(&cells, with),
            // `apply` gives the inverse in their place.
            Operation::Undo | Operation::UndoCells => Err(Error::NothingToUndo),
            Operation::Redo => Err(Error::NothingToRedo),
        }
    }

    fn insert(&mut self, mut cell: Cell, at: usize) -> Result<Done, Error> {
        check_id(&cell.id)?;
        if self.cell(&cell.id).is_some() {
            return Err(Error::Taken { cell: cell.id });
        }
        if at > self.cells.len() {
            return Err(Error::NoPosition { at, cells: self.cells.len() });
        }
        cell.source = with_line_feeds(cell.source);
        let id = cell.id.clone();
        self.cells.insert(at, cell.clone());
        Ok(Done {
            applied: Operation::Insert { cell, at },
            inverse: Operation::Delete { cell: id.clone() },
            touched: vec![id],
            removed: vec![],
            meaning: true,
        })
    }

    fn delete(&mut self, id: CellId) -> Result<Done, Error> {
        let at = self.expect(&id)?;
        let cell = self.cells.remove(at);
        Ok(Done {
            applied: Operation::Delete { cell: id.clone() },
            inverse: Operation::Insert { cell, at },
            touched: vec![],
            removed: vec![id],
            meaning: true,
        })
    }

    fn edit(&mut self, id: CellId, source: String) -> Result<Done, Error> {
        let at = self.expect(&id)?;
        let source = with_line_feeds(source);
        let before = std::mem::replace(&mut self.cells[at].source, source.clone());
        Ok(Done {
            meaning: before != source,
            applied: Operation::Edit { cell: id.clone(), source },
            inverse: Operation::Edit { cell: id.clone(), source: before },
            touched: vec![id],
            removed: vec![],
        })
    }

    fn splice(&mut self, id: CellId, range: Range<usize>, new: String) -> Result<Done, Error> {
        let at = self.expect(&id)?;
        let new = with_line_feeds(new);
        let bytes = self.bytes(at, &range)?;
        let source = &mut self.cells[at].source;
        let old = source[bytes.clone()].to_owned();
        source.replace_range(bytes, &new);
        let Range { start: from, end: to } = range;
        let end = from + text::length(&new);
        Ok(Done {
            meaning: old != new,
            applied: Operation::Splice { cell: id.clone(), from, to, text: new },
            inverse: Operation::Splice { cell: id.clone(), from, to: end, text: old },
            touched: vec![id],
            removed: vec![],
        })
    }

    fn move_cell(&mut self, id: CellId, to: usize) -> Result<Done, Error> {
        let from = self.expect(&id)?;
        if to >= self.cells.len() {
            return Err(Error::NoPosition { at: to, cells: self.cells.len() });
        }
        let cell = self.cells.remove(from);
        self.cells.insert(to, cell);
        Ok(Done {
            applied: Operation::Move { cell: id.clone(), to },
            inverse: Operation::Move { cell: id.clone(), to: from },
            touched: vec![id],
            removed: vec![],
            meaning: from != to,
        })
    }

    fn split(&mut self, id: &CellId, at: usize, into: Option<CellId>) -> Result<Done, Error> {
        let position = self.expect(id)?;
        let cut = self.bytes(position, &(at..at))?.start;
        let cell = &self.cells[position];
        let into = into.unwrap_or_else(|| self.second_id(cell, at));
        let (head, tail) = cell.source.split_at(cut);
        let (head, tail) = match head.strip_suffix('\n') {
            Some(head) => (head, tail),
            None => (head, tail.strip_prefix('\n').unwrap_or(tail)),
        };
        let second = Cell { id: into, source: tail.to_owned(), ..cell.clone() };
        let first = Cell {
            source: head.to_owned(),
            outputs: vec![],
            execution_count: None,
            ..cell.clone()
        };
        self.replace(std::slice::from_ref(id), vec![first, second])
    }

    /// An id for the second half of a cell, the same wherever the split is replayed.
    fn second_id(&self, cell: &Cell, at: usize) -> CellId {
        let (at, revision) = (at.to_string(), self.revision().to_string());
        let parts = ["split", cell.id.as_str(), &cell.source, &at, &revision];
        CellId::derive(&parts, |id| self.cells.iter().any(|cell| cell.id.as_str() == id))
    }

    fn merge(&mut self, ids: Vec<CellId>) -> Result<Done, Error> {
        let [first, _, ..] = &*ids else { return Err(Error::TooFewCells) };
        let range = self.run_of(&ids)?;
        let cells = &self.cells[range];
        let mut merged = self.cells[self.expect(first)?].clone();
        if let Some(cell) = cells.iter().find(|cell| cell.language != merged.language) {
            return Err(Error::TwoLanguages {
                cell: cell.id.clone(),
                language: cell.language.title(),
                other: merged.language.title(),
            });
        }
        let sources: Vec<&str> = cells.iter().map(|cell| &*cell.source).collect();
        merged.source = sources.join("\n");
        merged.outputs.clear();
        merged.execution_count = None;
        for cell in &cells[1..] {
            for (name, image) in &cell.attachments {
                merged.attachments.entry(name.clone()).or_insert_with(|| image.clone());
            }
        }
        self.replace(&ids, vec![merged])
    }

    fn set_language(&mut self, id: CellId, language: Language) -> Result<Done, Error> {
        let at = self.expect(&id)?;
        let before = self.cells[at].clone();
        let cell = &mut self.cells[at];
        cell.language = language;
        if before.foreign.is_some() || language != before.language {
            cell.foreign = None;
            cell.metadata.shift_remove("language");
        }
        if language.is_code() {
            cell.attachments.clear();
        } else {
            cell.outputs.clear();
            cell.execution_count = None;
        }
        Ok(Done {
            meaning: language != before.language,
            applied: Operation::Language { cell: id.clone(), language },
            inverse: Operation::Replace { cells: vec![id.clone()], with: vec![before] },
            touched: vec![id],
            removed: vec![],
        })
    }

    fn set_mode(&mut self, mode: Mode) -> Done {
        let before = std::mem::replace(&mut self.mode, mode);
        Done {
            applied: Operation::Mode { mode },
            inverse: Operation::Mode { mode: before },
            touched: vec![],
            removed: vec![],
            meaning: false,
        }
    }

    fn set_metadata(
        &mut self,
        cell: Option<CellId>,
        key: String,
        value: Option<Value>,
    ) -> Result<Done, Error> {
        let metadata: &mut Map<String, Value> = match &cell {
            Some(id) => {
                let at = self.expect(id)?;
                &mut self.cells[at].metadata
            }
            None => &mut self.metadata,
        };
        let before = match value.clone() {
            Some(value) => metadata.insert(key.clone(), value),
            None => metadata.shift_remove(&key),
        };
        Ok(Done {
            touched: cell.iter().cloned().collect(),
            applied: Operation::Metadata { cell: cell.clone(), key: key.clone(), value },
            inverse: Operation::Metadata { cell, key, value: before },
            removed: vec![],
            meaning: false,
        })
    }

    fn clear(&mut self, cell: Option<CellId>) -> Result<Done, Error> {
        if let Some(id) = &cell {
            self.expect(id)?;
        }
        let chosen = self.cells.iter().filter(|own| cell.as_ref().is_none_or(|id| own.id == *id));
        let shows = |cell: &&Cell| !cell.outputs.is_empty() || cell.execution_count.is_some();
        let empty =
            |cell: &Cell| Shown { cell: cell.id.clone(), outputs: vec![], execution_count: None };
        let cells = chosen.filter(shows).map(empty).collect();
        let done = self.restore(cells)?;
        Ok(Done { applied: Operation::Clear { cell }, ..done })
    }

    fn restore(&mut self, cells: Vec<Shown>) -> Result<Done, Error> {
        for shown in &cells {
            self.expect(&shown.cell)?;
        }
        let applied = Operation::Restore { cells: cells.clone() };
        let mut before = Vec::with_capacity(cells.len());
        for Shown { cell: id, outputs, execution_count } in cells {
            let at = self.expect(&id)?;
            let cell = &mut self.cells[at];
            let outputs = std::mem::replace(&mut cell.outputs, outputs);
            let execution_count = std::mem::replace(&mut cell.execution_count, execution_count);
            before.push(Shown { cell: id, outputs, execution_count });
        }
        // A cell named twice gets back what it had first.
        before.reverse();
        Ok(Done {
            applied,
            touched: before.iter().rev().map(|shown| shown.cell.clone()).collect(),
            inverse: Operation::Restore { cells: before },
            removed: vec![],
            meaning: false,
        })
    }

    fn replace(&mut self, ids: &[CellId], with: Vec<Cell>) -> Result<Done, Error> {
        let range = self.run_of(ids)?;
        if with.is_empty() {
            return Err(Error::TooFewCells);
        }
        for (index, cell) in with.iter().enumerate() {
            check_id(&cell.id)?;
            let stays = self.position(&cell.id).is_some_and(|at| !range.contains(&at));
            if stays || with[..index].iter().any(|other| other.id == cell.id) {
                return Err(Error::Taken { cell: cell.id.clone() });
            }
        }
        let with: Vec<Cell> = with
            .into_iter()
            .map(|cell| Cell { source: with_line_feeds(cell.source), ..cell })
            .collect();
        let touched: Vec<CellId> = with.iter().map(|cell| cell.id.clone()).collect();
        let before: Vec<Cell> = self.cells.splice(range, with.clone()).collect();
        Ok(Done {
            applied: Operation::Replace { cells: ids.to_vec(), with },
            inverse: Operation::Replace { cells: touched.clone(), with: before },
            removed: ids.iter().filter(|id| !touched.contains(id)).cloned().collect(),
            touched,
            meaning: true,
        })
    }

    /// Where the cells stand, which follow one another.
    fn run_of(&self, ids: &[CellId]) -> Result<Range<usize>, Error> {
        let [first, rest @ ..] = ids else { return Err(Error::TooFewCells) };
        let start = self.expect(first)?;
        for (offset, (before, id)) in ids.iter().zip(rest).enumerate() {
            if self.expect(id)? != start + offset + 1 {
                return Err(Error::NotAdjacent { before: before.clone(), cell: id.clone() });
            }
        }
        Ok(start..start + ids.len())
    }

    /// The bytes of a range of a cell's text.
    fn bytes(&self, at: usize, range: &Range<usize>) -> Result<Range<usize>, Error> {
        let Cell { id, source, .. } = &self.cells[at];
        let outside = || Error::NoText {
            cell: id.clone(),
            from: range.start,
            to: range.end,
            length: text::length(source),
        };
        if range.start > range.end {
            return Err(outside());
        }
        let byte = |position| {
            text::byte_at(source, position).map_err(|misplaced| match misplaced {
                Misplaced::Outside => outside(),
                Misplaced::InsideCharacter => {
                    Error::InsideCharacter { cell: id.clone(), at: position }
                }
            })
        };
        Ok(byte(range.start)?..byte(range.end)?)
    }
}
