//! Versions of names: what one cell bound a name to, and which code may be behind it.
//!
//! The code behind a value are the functions and classes of the notebook that using the
//! value may run. It is found by following values: `model = make(cfg)` may hold what `make`
//! builds, and `cfg`. It is kept as origins, the places of `def`, `class` and `lambda`, and
//! not as the names that those read, because names are resolved at each reader's place.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::facts::{Alias, Kind, Name};

/// A place where code was written: the cell, and the name it was bound to or put into.
pub(super) type Origin = (usize, Name);

/// What one cell made of a name.
#[derive(Clone, Debug, Default)]
pub(super) struct Version {
    /// What it is.
    pub kind: Kind,
    /// The code that may be behind it.
    pub origins: Rc<BTreeSet<Origin>>,
    /// Whose values it shares.
    pub aliases: BTreeMap<Name, Alias>,
    /// Using it changes it.
    pub stateful: bool,
}

impl Version {
    /// Joins a version that may stand instead.
    pub fn merge(&mut self, other: &Version) {
        if self.kind != other.kind {
            self.kind = Kind::Value;
        }
        if !other.origins.is_empty() {
            Rc::make_mut(&mut self.origins).extend(other.origins.iter().cloned());
        }
        self.aliases.extend(other.aliases.iter().map(|(name, alias)| (name.clone(), *alias)));
        self.stateful |= other.stateful;
    }
}

/// The names in sight at a place, each with the cells that may have defined it, the nearest
/// last; and every version that was ever made.
#[derive(Debug, Default)]
pub(super) struct Sight {
    names: HashMap<Name, Vec<usize>>,
    versions: HashMap<Origin, Version>,
    /// Names by whose values they share, for changes that reach them.
    sharing: HashMap<Name, BTreeSet<Name>>,
    /// Cells that may have bound anything.
    pub unseen: Vec<usize>,
}

impl Sight {
    /// The cells that may have defined a name, the nearest first.
    pub fn definers(&self, name: &str) -> Vec<usize> {
        let mut cells = self.names.get(name).cloned().unwrap_or_default();
        if let Some(nearest) = self.unseen.last() {
            let first = cells.first().copied();
            if first.is_none_or(|first| first < *nearest) {
                cells.extend(self.unseen.iter().filter(|cell| first.is_none_or(|at| at < **cell)));
                cells.sort_unstable();
                cells.dedup();
            }
        }
        cells.reverse();
        cells
    }

    /// All names in sight.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.keys()
    }

    /// What a cell made of a name.
    pub fn version(&self, cell: usize, name: &Name) -> Option<&Version> {
        self.versions.get(&(cell, name.clone()))
    }

    /// What a name means here.
    pub fn versions<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Version> {
        let cells = self.names.get(name).into_iter().flatten();
        cells.filter_map(move |cell| self.version(*cell, name))
    }

    /// What a name means here, joined.
    pub fn meaning(&self, name: &Name) -> Option<Version> {
        let mut versions = self.versions(name);
        let mut first = versions.next()?.clone();
        versions.for_each(|version| first.merge(version));
        Some(first)
    }

    /// Names in sight that share the value of this one.
    pub fn sharing(&self, name: &str) -> impl Iterator<Item = &Name> {
        self.sharing.get(name).into_iter().flatten()
    }

    /// A cell binds a name.
    pub fn bind(&mut self, cell: usize, name: &Name, conditional: bool, version: Version) {
        for other in version.aliases.keys() {
            self.sharing.entry(other.clone()).or_default().insert(name.clone());
        }
        let cells = self.names.entry(name.clone()).or_default();
        if !conditional {
            cells.clear();
        }
        cells.push(cell);
        self.versions.insert((cell, name.clone()), version);
    }

    /// A cell unbinds a name.
    pub fn unbind(&mut self, name: &str) {
        self.names.remove(name);
    }
}
