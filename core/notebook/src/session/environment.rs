//! Which names a cell sees: those of the cells above it, each at its newest version.
//!
//! Where a cell ran with the code that it has now, what it really defined decides. Where it
//! didn't, its source does, and a definition that may not happen (`if`) leaves the one
//! above in sight.

use std::collections::BTreeMap;

use super::Execution;
use super::names::CellNames;
use super::result::CellResult;
use crate::id::CellId;

/// What a name is at some place of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The cell that defines it.
    pub cell: CellId,
    /// The version, where the cell has run.
    pub version: Option<Execution>,
    /// What it is otherwise, where the definition may not happen.
    pub otherwise: Option<Box<Entry>>,
}

impl Entry {
    /// Itself, and what it may be otherwise.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |entry| entry.otherwise.as_deref())
    }
}

/// The names in sight at one place of a document.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, Entry>);

impl Environment {
    /// A name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.0.get(name)
    }

    /// Every name in sight.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Entry)> {
        self.0.iter()
    }

    /// Goes past a cell: what it defines is in sight below it.
    pub fn pass(&mut self, cell: &CellId, names: &CellNames, result: Option<&CellResult>) {
        match result {
            Some(result) if result.code == names.code => self.pass_result(cell, names, result),
            _ => self.pass_source(cell, names, result),
        }
    }

    fn pass_result(&mut self, cell: &CellId, names: &CellNames, result: &CellResult) {
        for name in result.defined.keys() {
            let version = Some(result.execution);
            self.0.insert(name.clone(), Entry { cell: cell.clone(), version, otherwise: None });
        }
        for name in &result.deleted {
            self.0.remove(name);
        }
        if !result.is_whole() {
            // It stopped before these were defined: those below that read them need it.
            let missing = names.defs.keys().filter(|name| !result.defined.contains_key(*name));
            for name in missing {
                let entry = Entry { cell: cell.clone(), version: None, otherwise: None };
                self.0.insert(name.clone(), entry);
            }
        }
    }

    fn pass_source(&mut self, cell: &CellId, names: &CellNames, result: Option<&CellResult>) {
        for (name, conditional) in &names.defs {
            let ran = result.filter(|result| result.defined.contains_key(name));
            let above = self.0.remove(name).filter(|_| *conditional);
            let entry = Entry {
                cell: cell.clone(),
                version: ran.map(|result| result.execution),
                otherwise: above.map(Box::new),
            };
            self.0.insert(name.clone(), entry);
        }
        for name in &names.deletes {
            self.0.remove(name);
        }
    }
}
