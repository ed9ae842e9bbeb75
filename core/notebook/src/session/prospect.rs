//! What a run would do with each cell if it takes results that are kept, told before it
//! begins: which are taken, which are computed again although nothing changed, and why.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Session;
use super::environment::{Entry, Environment};
use super::event::FinishStatus;
use super::names::CellNames;
use super::result::CellResult;
use super::status::Why;
use crate::facts::Class;
use crate::id::CellId;

/// What becomes of a cell in a run that takes what is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "next", rename_all = "snake_case")]
pub enum Prospect {
    /// Its result is taken.
    Reused,
    /// Its result is taken if a cell above that runs gives the same value again.
    Depends {
        /// The cell above.
        cell: CellId,
        /// The value.
        name: String,
    },
    /// Nothing changed, and yet it runs.
    Again {
        /// Why.
        why: String,
    },
    /// It runs: there is no result of this code from these inputs.
    Runs {
        /// What changed; nothing where it has never run well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Why>,
    },
}

impl Prospect {
    /// Whether it runs, as far as that is known.
    pub fn runs(&self) -> bool {
        matches!(self, Self::Again { .. } | Self::Runs { .. })
    }
}

impl Session {
    /// Says of every code cell what a run that takes what is kept would do with it.
    pub fn prospects(&self) -> Vec<(CellId, Prospect)> {
        let mut environment = Environment::default();
        let mut found: HashMap<CellId, Prospect> = HashMap::new();
        let mut told = Vec::new();
        for cell in self.document.cells() {
            let Some(names) = self.names.get(&cell.id) else { continue };
            let result = self.results.get(&cell.id);
            let prospect = self.prospect(names, result, &environment, &found);
            environment.pass(&cell.id, names, result);
            found.insert(cell.id.clone(), prospect.clone());
            told.push((cell.id.clone(), prospect));
        }
        told
    }

    fn prospect(
        &self,
        names: &CellNames,
        result: Option<&CellResult>,
        environment: &Environment,
        above: &HashMap<CellId, Prospect>,
    ) -> Prospect {
        let Some(result) = result else { return Prospect::Runs { why: None } };
        let changed = |why| Prospect::Runs { why: Some(why) };
        if result.code != names.code {
            return changed(Why::Edited);
        }
        if result.status != FinishStatus::Ok {
            return Prospect::Runs { why: None };
        }
        if let Some(module) = self.changed_module(result) {
            return changed(Why::Module { module });
        }
        let mut prospect = Prospect::Reused;
        for name in &names.reads_in(environment) {
            let Some(entry) = environment.get(name) else { continue };
            match self.outlook(name, entry, result, above) {
                Prospect::Reused => {}
                // Only whether something changed is still to be seen.
                Prospect::Runs { why } => return Prospect::Runs { why },
                Prospect::Again { why } => prospect = Prospect::Again { why },
                depends if prospect == Prospect::Reused => prospect = depends,
                Prospect::Depends { .. } => {}
            }
        }
        let gone = result.inputs.keys().find(|name| environment.get(name).is_none());
        if let Some(name) = gone {
            return changed(Why::Input { name: name.clone() });
        }
        let unverified =
            || result.unverified.as_ref().map(|why| format!("it may differ: it {why}"));
        let own = || names.unasked().or_else(unverified).or_else(|| result.unkept.clone());
        match prospect {
            Prospect::Again { why } => Prospect::Again { why },
            other => own().map_or(other, |why| Prospect::Again { why }),
        }
    }

    /// What follows for a cell from one name that it read.
    fn outlook(
        &self,
        name: &str,
        entry: &Entry,
        result: &CellResult,
        above: &HashMap<CellId, Prospect>,
    ) -> Prospect {
        let maker = entry.cell.clone();
        let (names, made) = (self.names.get(&maker), self.results.get(&maker));
        let (Some(names), Some(made)) = (names, made) else {
            return Prospect::Runs { why: Some(Why::Above { cell: maker }) };
        };
        let by_text = made.identities.contains_key(name) && made.code == names.code;
        match above.get(&maker) {
            Some(Prospect::Runs { .. }) | None if !by_text => {
                return Prospect::Runs { why: Some(Why::Above { cell: maker }) };
            }
            Some(Prospect::Again { .. }) if !by_text => {
                let live = made.defined.get(name).is_some_and(|it| it.live);
                if live && !names.makes_again(name) {
                    let label = self.label(&maker);
                    let why = format!("it reads `{name}` of {label}, which can't be kept");
                    return Prospect::Again { why };
                }
                if names.class != Class::Definition {
                    return Prospect::Depends { cell: maker, name: name.to_owned() };
                }
                // The same text gives the same again.
                return Prospect::Reused;
            }
            Some(Prospect::Depends { cell, name }) if !by_text => {
                return Prospect::Depends { cell: cell.clone(), name: name.clone() };
            }
            _ => {}
        }
        let now = self.input(name, entry);
        match result.inputs.get(name).is_some_and(|was| was.is_same(&now, true)) {
            true => Prospect::Reused,
            false => Prospect::Runs { why: Some(Why::Input { name: name.to_owned() }) },
        }
    }
}
