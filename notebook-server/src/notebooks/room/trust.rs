//! Which cells' outputs may act: those of this user's own runs, and those that the user trusts.

use std::collections::BTreeSet;

use flownote_notebook::{CellId, Operation};

use super::Room;
use crate::notebooks::words::ToPage;

impl Room {
    /// Looks at every cell: what is signed is trusted.
    pub(super) fn judge(&mut self) {
        let known = |cell: &&flownote_notebook::Cell| self.ground.trust.knows(cell);
        self.trusted = self.document.cells().iter().filter(known).map(|it| it.id.clone()).collect();
    }

    /// A cell ran here: what it shows from now on is this user's own.
    pub(super) fn made_here(&mut self, cell: &CellId) {
        self.trusted.insert(cell.clone());
    }

    /// Whether everything that is shown is trusted.
    pub(super) fn is_trusted(&self) -> bool {
        self.document.cells().iter().all(|cell| self.trusted.contains(&cell.id))
    }

    /// Cells came, or came back, with outputs: nobody here made them.
    pub(super) fn judge_anew(&mut self, applied: &Operation, touched: &[CellId]) {
        if !matches!(
            applied,
            Operation::Insert { .. } | Operation::Replace { .. } | Operation::Restore { .. }
        ) {
            return;
        }
        let before = self.trusted.clone();
        for id in touched {
            let Some(cell) = self.document.cell(id) else { continue };
            if self.ground.trust.knows(cell) {
                self.trusted.insert(id.clone());
            } else {
                self.trusted.remove(id);
            }
        }
        if before != self.trusted {
            self.tell_trust();
        }
    }

    /// Keeps what a cell shows as this user's own.
    pub(super) fn sign(&self, cell: &CellId) {
        if let Some(cell) = self.document.cell(cell).filter(|it| self.trusted.contains(&it.id)) {
            self.ground.trust.remember(cell);
        }
    }

    /// The same for all cells.
    pub(super) fn sign_all(&self) {
        self.trusted.iter().for_each(|cell| self.sign(cell));
    }

    /// The user trusts what the notebook shows: its HTML may have scripts from now on.
    pub(super) fn trust(&mut self) {
        self.trusted = self.document.cells().iter().map(|cell| cell.id.clone()).collect();
        self.sign_all();
        self.tell_trust();
    }

    /// Whose outputs may act.
    pub(super) fn trusted_cells(&self) -> BTreeSet<CellId> {
        let cells = self.document.cells().iter().map(|cell| &cell.id);
        cells.filter(|id| self.trusted.contains(*id)).cloned().collect()
    }

    fn tell_trust(&self) {
        self.tell_all(&ToPage::Trusted(self.trusted_cells()));
    }
}
