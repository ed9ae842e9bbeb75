//! The versions of cells' texts (notebook rule 22): this server is the only authority. An
//! update applies to the current version or not at all; who is behind is told what it missed.

use std::collections::{BTreeMap, VecDeque};

use flownote_notebook::{CellId, Document, Operation, text};

use super::changes::{ChangeSet, Replaced};
use super::words::{Edited, Resync, Update};

/// So many updates of a cell are remembered for those who are behind.
const REMEMBERED: usize = 500;

/// The version of each cell's text, and its last updates.
#[derive(Debug, Default)]
pub struct Texts {
    cells: BTreeMap<CellId, Text>,
}

#[derive(Debug, Default)]
struct Text {
    version: u32,
    /// The last updates; the newest led to the version.
    updates: VecDeque<Update>,
}

/// Why an edit isn't taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// The page is behind: this is what it missed.
    Behind(Edited),
    /// What the page has is no text of this cell: this is.
    Lost(Resync),
    /// The cell is gone; the page is told so, or will be.
    Gone,
}

impl Texts {
    /// The versions of a document's cells.
    pub fn versions(&self, document: &Document) -> BTreeMap<CellId, u32> {
        let cells = document.cells().iter();
        cells.map(|cell| (cell.id.clone(), self.version(&cell.id))).collect()
    }

    /// The version of a cell.
    pub fn version(&self, cell: &CellId) -> u32 {
        self.cells.get(cell).map_or(0, |text| text.version)
    }

    /// What an edit means for the document, if it can be taken.
    ///
    /// # Errors
    /// What the page is to be told instead.
    pub fn check(
        &self,
        document: &Document,
        cell: &CellId,
        version: u32,
        updates: &[ChangeSet],
    ) -> Result<Vec<Operation>, Refused> {
        let found = document.cell(cell).ok_or(Refused::Gone)?;
        if version != self.version(cell) {
            return Err(self.missed(document, cell, version));
        }
        let mut tried = found.source.clone();
        let mut operations = Vec::new();
        for changes in updates {
            if changes.length() != Some(text::length(&tried)) {
                return Err(Refused::Lost(self.resync(document, cell)));
            }
            for Replaced { from, to, text: new } in changes.backwards() {
                // A part that neither takes nor brings anything is none.
                if from == to && new.is_empty() {
                    continue;
                }
                let Some(bytes) = text::bytes(&tried, from..to).filter(|_| !new.contains('\r'))
                else {
                    return Err(Refused::Lost(self.resync(document, cell)));
                };
                tried.replace_range(bytes, &new);
                operations.push(Operation::Splice { cell: cell.clone(), from, to, text: new });
            }
        }
        Ok(operations)
    }

    /// Takes updates: the text has further versions.
    pub fn take(&mut self, cell: &CellId, updates: Vec<Update>) -> Edited {
        let text = self.cells.entry(cell.clone()).or_default();
        let version = text.version;
        text.version += u32::try_from(updates.len()).unwrap_or(u32::MAX);
        text.updates.extend(updates.iter().cloned());
        while text.updates.len() > REMEMBERED {
            text.updates.pop_front();
        }
        Edited { cell: cell.clone(), version, updates }
    }

    /// The text of a cell became another by other means: edits under way don't apply.
    pub fn replaced(&mut self, document: &Document, cell: &CellId) -> Resync {
        let text = self.cells.entry(cell.clone()).or_default();
        text.version += 1;
        text.updates.clear();
        self.resync(document, cell)
    }

    /// Whether a cell of that name was here before.
    pub fn knows(&self, cell: &CellId) -> bool {
        self.cells.contains_key(cell)
    }

    /// A cell is gone. Should it come back, its text has a version that nobody had.
    pub fn remove(&mut self, cell: &CellId) {
        let text = self.cells.entry(cell.clone()).or_default();
        text.version += 1;
        text.updates.clear();
    }

    /// All texts may be others.
    pub fn all_replaced(&mut self, document: &Document) {
        for cell in document.cells() {
            self.cells.entry(cell.id.clone()).or_default();
        }
        for text in self.cells.values_mut() {
            text.version += 1;
            text.updates.clear();
        }
    }

    /// A cell's text, for a page that has another.
    pub fn resync(&self, document: &Document, cell: &CellId) -> Resync {
        let source = document.cell(cell).map(|cell| cell.source.clone()).unwrap_or_default();
        Resync { cell: cell.clone(), version: self.version(cell), source }
    }

    fn missed(&self, document: &Document, cell: &CellId, version: u32) -> Refused {
        let text = self.cells.get(cell);
        let behind = text.and_then(|text| {
            let behind = usize::try_from(text.version.checked_sub(version)?).ok()?;
            let first = text.updates.len().checked_sub(behind)?;
            Some(text.updates.range(first..).cloned().collect())
        });
        match behind {
            Some(updates) => Refused::Behind(Edited { cell: cell.clone(), version, updates }),
            None => Refused::Lost(self.resync(document, cell)),
        }
    }
}

#[cfg(test)]
mod tests {
    use flownote_notebook::{Cell, Language};
    use serde_json::json;

    use super::*;

    fn open(source: &str) -> (Document, Texts, CellId) {
        let cell = Cell::new("a", Language::Python, source);
        (Document::new(vec![cell]).expect("a document"), Texts::default(), "a".into())
    }

    fn changes(json: serde_json::Value) -> ChangeSet {
        serde_json::from_value(json).expect("changes")
    }

    fn apply(document: &mut Document, operations: Vec<Operation>) {
        for operation in operations {
            document.apply(operation).expect("it fits");
        }
    }

    #[test]
    fn an_edit_applies_to_the_current_version_alone() {
        let (mut document, mut texts, cell) = open("abc");
        let first = changes(json!([1, [1, "XY"], 1, [0, "!", ""]]));
        let done = texts.check(&document, &cell, 0, std::slice::from_ref(&first)).expect("taken");
        apply(&mut document, done);
        assert_eq!(document.cells()[0].source, "aXYc!\n");
        let update = Update { client: 7, changes: first };
        let told = texts.take(&cell, vec![update.clone()]);
        assert_eq!((told.version, texts.version(&cell)), (0, 1));

        let late = changes(json!([3, [0, "z"]]));
        let missed = texts.check(&document, &cell, 0, &[late]).expect_err("it is behind");
        let known = Edited { cell: cell.clone(), version: 0, updates: vec![update] };
        assert_eq!(missed, Refused::Behind(known));
    }

    #[test]
    fn an_edit_that_fits_no_text_brings_the_text_back() {
        let (document, texts, cell) = open("a𝄞b");
        let lost = |changes: ChangeSet, version| {
            let refused = texts.check(&document, &cell, version, &[changes]).expect_err("refused");
            let Refused::Lost(resync) = refused else { panic!("{refused:?}") };
            assert_eq!((resync.version, resync.source.as_str()), (0, "a𝄞b"));
        };
        lost(changes(json!([3])), 0);
        lost(changes(json!([5])), 0);
        // Half a character would be left.
        lost(changes(json!([1, [1], 2])), 0);
        lost(changes(json!([2, [0, "x"], 2])), 0);
        lost(changes(json!([4])), 9);
        lost(changes(json!([4, [0, "\r"]])), 0);
        let whole = changes(json!([1, [2], 1]));
        assert_eq!(texts.check(&document, &cell, 0, &[whole]).expect("taken").len(), 1);
        let gone = texts.check(&document, &"b".into(), 0, &[]).expect_err("refused");
        assert_eq!(gone, Refused::Gone);
    }

    #[test]
    fn what_was_replaced_has_a_version_that_nobody_had() {
        let (document, mut texts, cell) = open("abc");
        texts.take(&cell, vec![Update { client: 1, changes: changes(json!([3])) }]);
        let resync = texts.replaced(&document, &cell);
        assert_eq!(resync.version, 2);
        assert!(matches!(texts.check(&document, &cell, 1, &[]), Err(Refused::Lost(_))));
        assert!(matches!(texts.check(&document, &cell, 0, &[]), Err(Refused::Lost(_))));
    }
}
