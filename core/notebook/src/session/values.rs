//! Where every version of every name is.

use std::collections::{BTreeSet, HashMap};

use super::Execution;
use super::event::{Stored, Trouble, VersionedName};
use crate::language::Language;

/// One interpreter, which may speak several languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Python, in the user's own process.
    Python,
    /// SQL and WASM, which share one process.
    Tables,
    /// Rust.
    Rust,
}

impl Group {
    /// The interpreter of a language; nothing for text.
    pub fn of(language: Language) -> Option<Self> {
        match language {
            Language::Python => Some(Self::Python),
            Language::Sql | Language::Wasm => Some(Self::Tables),
            Language::Rust => Some(Self::Rust),
            Language::Markdown | Language::Raw => None,
        }
    }
}

impl Group {
    /// One of its languages, by which it is told apart.
    pub fn language(self) -> Language {
        match self {
            Self::Python => Language::Python,
            Self::Tables => Language::Sql,
            Self::Rust => Language::Rust,
        }
    }
}

/// One version of a name.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// Where it was made.
    pub home: Option<Group>,
    /// Which interpreters hold it.
    pub present: BTreeSet<Group>,
    /// What is kept of it outside of them.
    pub stored: Option<Stored>,
    /// The digest of its content, where it is known.
    pub digest: Option<String>,
    /// Why it can't be kept outside, once that was tried.
    pub refused: Option<Trouble>,
    /// Whether it has no codec: other interpreters can't have it.
    pub confined: bool,
    /// Whether a cell changed it in place and left no copy: who needs it has it made again.
    pub overwritten: bool,
    /// Whether, moreover, its source can't make it again, as it can a function.
    pub live: bool,
}

impl Value {
    /// Whether an interpreter can have it without anything being computed.
    pub fn can_reach(&self, group: Group) -> bool {
        self.is_ready_for(group) || self.is_exportable()
    }

    /// Whether its own interpreter has it, or can read what is kept of it, and may be asked
    /// for a form that others read.
    pub fn is_exportable(&self) -> bool {
        let there = !self.present.is_empty() || self.stored.is_some();
        there && self.refused.is_none() && !self.confined
    }

    /// Whether an interpreter has it, or it lies ready to be given.
    pub fn is_ready_for(&self, group: Group) -> bool {
        let readable = |it: &Stored| it.common || self.home == Some(group);
        self.present.contains(&group) || self.stored.as_ref().is_some_and(readable)
    }

    /// Notes a form that is kept. What a value is known by is its own language's form, where
    /// that differs from the one that the others read.
    pub fn keep(&mut self, mut stored: Stored) {
        if !stored.common || self.digest.is_none() {
            self.digest = Some(stored.digest.clone());
        }
        stored.common |= self.stored.as_ref().is_some_and(|it| it.common);
        self.stored = Some(stored);
    }

    /// Whether somebody has it, and yet no other interpreter can.
    pub fn stays_at_home(&self) -> bool {
        // One that is kept in its own language's form only can still be asked for another.
        !self.present.is_empty() && (self.confined || self.refused.is_some())
    }
}

/// Every version that somebody may still ask for.
#[derive(Clone, Debug, Default)]
pub struct Values(HashMap<VersionedName, Value>);

impl Values {
    /// One version of a name.
    pub fn get(&self, name: &str, version: Execution) -> Option<&Value> {
        self.0.get(&VersionedName { name: name.to_owned(), version })
    }

    /// The same, to be changed, and made if there is none.
    pub fn entry(&mut self, name: &str, version: Execution) -> &mut Value {
        self.0.entry(VersionedName { name: name.to_owned(), version }).or_default()
    }

    /// What an interpreter holds.
    pub fn held_by(&self, group: Group) -> impl Iterator<Item = &VersionedName> {
        let held = self.0.iter().filter(move |(_, value)| value.present.contains(&group));
        held.map(|(name, _)| name)
    }

    /// Forgets that an interpreter held anything.
    pub fn lose(&mut self, group: Group) {
        for value in self.0.values_mut() {
            value.present.remove(&group);
            if value.home == Some(group) {
                value.refused = None;
            }
        }
    }

    /// Forgets what was refused: a disk that was full may have room now.
    pub fn try_again(&mut self) {
        self.0.values_mut().for_each(|value| value.refused = None);
    }

    /// Takes a version away; says which interpreters hold it.
    pub fn forget(&mut self, name: &VersionedName) -> BTreeSet<Group> {
        self.0.remove(name).map(|value| value.present).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(digest: &str, common: bool) -> Stored {
        Stored { digest: digest.to_owned(), common }
    }

    #[test]
    fn a_value_that_is_kept_in_its_own_form_can_be_asked_for_the_common_one() {
        let mut value = Value { home: Some(Group::Python), ..Value::default() };
        value.present.insert(Group::Python);
        value.keep(stored("own", false));
        assert!(!value.is_ready_for(Group::Tables) && !value.stays_at_home());
        assert!(value.can_reach(Group::Tables));

        value.keep(stored("common", true));
        assert!(value.is_ready_for(Group::Tables));
        assert_eq!(value.digest.as_deref(), Some("own"));
        value.keep(stored("own", false));
        assert!(value.is_ready_for(Group::Tables), "the common form is still there");
    }
}
