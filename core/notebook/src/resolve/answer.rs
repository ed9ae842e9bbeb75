//! What is asked and what is answered.

use std::collections::{BTreeMap, BTreeSet};

use crate::Language;
use crate::facts::{Class, Effect, Facts, Name};

/// A cell, as far as names go. Text cells have default facts.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What it is written in.
    pub language: Language,
    /// What its text says.
    pub facts: &'a Facts,
    /// What its last execution did, if that was of this text.
    pub delta: Option<&'a Delta>,
}

/// The names that an execution bound and unbound: it decides between branches, and knows
/// what `exec` did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Names whose binding changed, and those changed in place.
    pub defined: BTreeSet<Name>,
    /// Names that it deleted.
    pub deleted: BTreeSet<Name>,
}

/// The answer for every cell, in the document's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// By the cell's place in the document, from 0.
    pub cells: Vec<CellNames>,
}

/// The names of one cell in the light of those above.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CellNames {
    /// Names that it reads, late ones inherited, and the cells that may have defined them,
    /// the nearest first. All but the last may leave the name as it was. Names that nothing
    /// above defines (built-in functions, mistakes) are not among them.
    pub reads: BTreeMap<Name, Vec<usize>>,
    /// Names that nothing above defines.
    pub missing: BTreeSet<Name>,
    /// Names that it defines, and whether it may leave that out. Those that it changes in
    /// place are among them.
    pub defines: BTreeMap<Name, bool>,
    /// Names of values above that it changes in place, and whether that reaches below the
    /// first level, so that a shallow snapshot is not enough.
    pub mutates: BTreeMap<Name, bool>,
    /// Names that are unbound when it ends.
    pub deletes: BTreeSet<Name>,
    /// Cells that read what this one defines: they become stale with it.
    pub readers: BTreeSet<usize>,
    /// Names that it defines and that a cell in another language reads.
    pub exports: BTreeSet<Name>,
    /// What it does beyond defining names.
    pub effects: Vec<Effect>,
    /// How it may be brought back.
    pub class: Class,
    /// Why it counts as reading all names above.
    pub coarse: Option<Name>,
}

impl CellNames {
    /// Whether it changes something outside of the process.
    pub fn outward(&self) -> bool {
        self.effects.iter().any(|effect| effect.outward)
    }

    /// The cells that it reads from.
    pub fn sources(&self) -> BTreeSet<usize> {
        self.reads.values().flatten().copied().collect()
    }
}

impl Resolution {
    /// The cells that become stale when one changes: those that read from it, those that
    /// read from them, and so on.
    pub fn below(&self, cell: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![cell];
        while let Some(next) = waiting.pop() {
            let readers = self.cells.get(next).into_iter().flat_map(|names| &names.readers);
            waiting.extend(readers.filter(|reader| found.insert(**reader)));
        }
        found
    }

    /// The cells that one needs, directly or not.
    pub fn above(&self, cell: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![cell];
        while let Some(next) = waiting.pop() {
            let sources = self.cells.get(next).map(CellNames::sources).unwrap_or_default();
            waiting.extend(sources.into_iter().filter(|source| found.insert(*source)));
        }
        found
    }
}
