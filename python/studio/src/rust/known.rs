//! The versions of names, as Rust knows them: what other languages made, values of cells,
//! items, and what is in scope unnamed.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use flownote_kernel::protocol::{Binding, Execute, NameVersion, Rebind, ValueRef};
use flownote_kernel::rust::{Scope, Sight, Visible};

use super::world::{Described, Handle};

/// One version of a name.
#[derive(Clone, Debug)]
pub enum Known {
    /// Kept outside: taken up when a cell first reads it.
    Given(Arc<ValueRef>),
    /// A value in the user's world.
    Value(Arc<Held>),
    /// An item, or what a `use` brought.
    Item(Visible),
    /// What is in scope unnamed.
    Scope(Vec<Scope>),
    /// It was there, and can't be used any more.
    Gone(String),
}

/// A value in the user's world.
#[derive(Clone, Debug)]
pub struct Held {
    /// Which.
    pub handle: Handle,
    /// What is known of it.
    pub described: Described,
    /// The cell that made it, for people; nothing for what was given.
    pub maker: Option<String>,
    /// Where it came from, when it wasn't made here.
    pub given: Option<Arc<ValueRef>>,
}

impl Held {
    /// A value that a cell made.
    pub fn of(execute: &Execute, handle: Handle, described: Described) -> Self {
        Self { handle, described, maker: Some(execute.label.clone()), given: None }
    }
}

/// All versions that this process knows.
#[derive(Default)]
pub struct Versions {
    known: HashMap<(String, u64), Known>,
    bound: BTreeMap<String, u64>,
    /// Cells that showed tables, the latest at the end, with those tables and their bytes.
    shown: VecDeque<(String, Vec<NameVersion>, u64)>,
}

/// Bytes of all tables that are kept because cells showed them.
const ROOM: u64 = 256 << 20;

impl Versions {
    /// Takes a version, in the place of what was known of it; returns that.
    pub fn enter(&mut self, name: &str, version: u64, known: Known) -> Option<Known> {
        self.known.insert((name.to_owned(), version), known)
    }

    /// A version.
    pub fn get(&self, name: &str, version: u64) -> Option<&Known> {
        self.known.get(&(name.to_owned(), version))
    }

    /// Takes what a cell made, and binds it.
    pub fn make(&mut self, name: &str, version: u64, made: Known) {
        self.enter(name, version, made);
        self.bound.insert(name.to_owned(), version);
    }

    /// Takes the tables that a cell showed; returns the values that aren't kept for it any more.
    pub fn show(
        &mut self,
        cell: &str,
        version: u64,
        shown: BTreeMap<String, (Held, u64)>,
    ) -> Vec<Handle> {
        let (mut names, mut bytes) = (Vec::new(), 0);
        for (name, (held, size)) in shown {
            self.enter(&name, version, Known::Value(Arc::new(held)));
            names.push(NameVersion { name, version });
            bytes += size;
        }
        if !names.is_empty() {
            self.shown.push_back((cell.to_owned(), names, bytes));
        }
        let mut older = Vec::new();
        while self.shown.iter().map(|(.., bytes)| bytes).sum::<u64>() > ROOM
            && let Some((_, names, _)) = self.shown.pop_front()
        {
            older.extend(self.forget(&names));
        }
        older
    }

    /// What a cell showed isn't seen any more; returns the values that were kept for it.
    pub fn hide(&mut self, cell: &str) -> Vec<Handle> {
        let place = self.shown.iter().position(|(by, ..)| by == cell);
        let shown = place.and_then(|place| self.shown.remove(place));
        shown.map_or_else(Vec::new, |(_, names, _)| self.forget(&names))
    }

    /// What a name is just now, and which version of it.
    pub fn bound(&self, name: &str) -> Option<(u64, &Known)> {
        let version = *self.bound.get(name)?;
        Some((version, self.get(name, version)?))
    }

    /// The names that are bound, with what they are.
    pub fn all_bound(&self) -> impl Iterator<Item = (&str, u64, &Known)> {
        self.bound.iter().filter_map(|(name, version)| {
            Some((name.as_str(), *version, self.get(name, *version)?))
        })
    }

    /// Every version that is known.
    pub fn all(&self) -> impl Iterator<Item = (&(String, u64), &Known)> {
        self.known.iter()
    }

    /// Binds what a cell is to see.
    pub fn rebind(&mut self, rebind: &Rebind) {
        for (name, binding) in &rebind.set {
            if let Binding::Given { version, value } = binding
                && !matches!(self.get(name, *version), Some(Known::Value(_) | Known::Given(_)))
            {
                self.enter(name, *version, Known::Given(Arc::new(value.clone())));
            }
            self.bound.insert(name.clone(), binding.version());
        }
        for name in &rebind.unset {
            self.bound.remove(name);
        }
    }

    /// Drops versions that nobody refers to; returns the values among them.
    pub fn forget(&mut self, versions: &[NameVersion]) -> Vec<Handle> {
        let dropped = versions.iter().filter_map(|NameVersion { name, version }| {
            match self.known.remove(&(name.clone(), *version))? {
                Known::Value(held) => Some(held.handle),
                _ => None,
            }
        });
        dropped.collect()
    }

    /// What a cell sees of the cells above.
    pub fn sight(&self) -> Sight {
        let mut sight = Sight::default();
        for (name, _, known) in self.all_bound() {
            match known {
                Known::Item(visible) => drop(sight.items.insert(name.to_owned(), visible.clone())),
                Known::Scope(scope) => sight.scope.clone_from(scope),
                Known::Given(_) | Known::Value(_) | Known::Gone(_) => {}
            }
        }
        // A trait that was defined anew is in scope once.
        let items = &sight.items;
        sight.scope.retain(|scope| {
            let named = scope.statement.trim_end_matches(" as _;").rsplit("::").next();
            match (&scope.krate, named.and_then(|name| items.get(name))) {
                (Some(of), Some(Visible::Item { krate, kind })) if kind == "trait" => of == krate,
                _ => true,
            }
        });
        sight
    }
}
