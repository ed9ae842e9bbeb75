//! Which version of a name somebody means who points at it in a cell.

use super::{Execution, Group, Session};
use crate::id::CellId;

/// A version of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meant {
    /// Which.
    pub version: Execution,
    /// Where it was made, as far as that is known.
    pub home: Option<Group>,
}

impl Session {
    /// The version of a name that a cell's latest execution made, or else read: what its
    /// outputs show, whatever was run since.
    pub fn meant(&self, cell: &CellId, name: &str) -> Option<Meant> {
        let result = self.results.get(cell)?;
        let language = self.document.cell(cell).map(|cell| cell.language);
        let own = Meant { version: result.execution, home: language.and_then(Group::of) };
        if result.defined.contains_key(name) {
            return Some(own);
        }
        let read = result.inputs.get(name).map(|input| input.version);
        let version = match read {
            Some(Some(version)) => version,
            // A result of an earlier session says no version.
            Some(None) => self.made_above(cell, name)?,
            // It was shown, and no name stands for it.
            None => return Some(own),
        };
        Some(Meant { version, home: self.values.get(name, version).and_then(|it| it.home) })
    }

    /// The version that the nearest cell above made.
    fn made_above(&self, cell: &CellId, name: &str) -> Option<Execution> {
        let above = self.document.cells().iter().take_while(|it| it.id != *cell);
        let made = above.filter_map(|it| self.results.get(&it.id));
        made.filter(|it| it.defined.contains_key(name)).last().map(|it| it.execution)
    }
}
