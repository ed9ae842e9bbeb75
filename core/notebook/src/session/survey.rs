//! Goes through the document from the top and says of each cell what its result is worth.

use std::collections::HashMap;

use super::Session;
use super::environment::{Entry, Environment};
use super::event::FinishStatus;
use super::names::CellNames;
use super::result::{CellResult, Input};
use super::status::{CellStatus, Why};
use crate::facts::Class;
use crate::id::CellId;

/// What was found on the way down to some cell.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// The names in sight there.
    pub environment: Environment,
    /// What each cell above is worth, whether or not it waits or runs just now.
    pub statuses: HashMap<CellId, CellStatus>,
}

impl Session {
    /// Surveys the cells above a position.
    pub(super) fn survey(&self, position: usize) -> Survey {
        let mut survey = Survey::default();
        if let Some(tail) = &self.repl {
            survey.environment = tail.clone();
            return survey;
        }
        for cell in self.document.cells().iter().take(position) {
            let Some(names) = self.names.get(&cell.id) else { continue };
            let result = self.results.get(&cell.id);
            let status = self.assess(names, result, &survey);
            survey.statuses.insert(cell.id.clone(), status);
            survey.environment.pass(&cell.id, names, result);
        }
        survey
    }

    /// What a result is worth, given what stands above it.
    pub(super) fn assess(
        &self,
        names: &CellNames,
        result: Option<&CellResult>,
        above: &Survey,
    ) -> CellStatus {
        let Some(result) = result else { return CellStatus::NeverRun };
        let stale = |why| CellStatus::Stale { why };
        if result.code != names.code {
            return stale(Why::Edited);
        }
        match result.status {
            FinishStatus::Error => return CellStatus::Failed,
            FinishStatus::Interrupted => return CellStatus::Interrupted,
            FinishStatus::Ok => {}
        }
        if let Some(module) = self.changed_module(result) {
            return stale(Why::Module { module });
        }
        if let Some(why) = self.changed_input(names, result, above) {
            return stale(why);
        }
        if names.class != Class::Definition && self.is_lost(names, result) {
            return stale(Why::Lost);
        }
        match &result.unverified {
            Some(why) => CellStatus::Unverified { why: why.clone() },
            None => CellStatus::Fresh { reused: result.reused.clone() },
        }
    }

    fn changed_input(&self, names: &CellNames, result: &CellResult, above: &Survey) -> Option<Why> {
        let environment = &above.environment;
        let reads = names.reads_in(environment);
        for name in &reads {
            let Some(entry) = environment.get(name) else { continue };
            let unusable = entry.all().find(|entry| !self.is_good(name, entry, above));
            if let Some(entry) = unusable {
                return Some(Why::Above { cell: entry.cell.clone() });
            }
            let now = self.input(name, entry);
            // A result that was taken stands for its computation. Who runs a cell above again
            // wants to see what it gives now.
            let asked = |entry: &Entry| self.results.get(&entry.cell).is_some_and(|it| it.explicit);
            let taken = result.reused.is_some() && !entry.all().any(asked);
            if !result.inputs.get(name).is_some_and(|was| was.is_same(&now, taken)) {
                return Some(Why::Input { name: name.clone() });
            }
        }
        let gone = result.inputs.keys().find(|name| environment.get(name).is_none());
        gone.map(|name| Why::Input { name: name.clone() })
    }

    /// Whether something that the result defined was changed in place, and is nowhere now.
    pub(super) fn is_overwritten(&self, result: &CellResult) -> bool {
        result.defined.keys().any(|name| {
            let value = self.values.get(name, result.execution);
            value.is_some_and(|it| it.overwritten && it.present.is_empty() && it.stored.is_none())
        })
    }

    /// Whether something that the result defined is nowhere any more. What the text makes
    /// again by itself (imports, functions) doesn't count: who needs it runs the cell.
    fn is_lost(&self, names: &CellNames, result: &CellResult) -> bool {
        result.defined.keys().filter(|name| !names.makes_again(name)).any(|name| {
            let value = self.values.get(name, result.execution);
            let there = |it: &super::values::Value| {
                !it.present.is_empty() || it.stored.is_some() || it.overwritten
            };
            !value.is_some_and(there)
        })
    }
}

impl Input {
    /// Whether two readings of a name gave the same; where results are taken from elsewhere,
    /// also when they were computed alike.
    pub(super) fn is_same(&self, now: &Self, alike: bool) -> bool {
        let versions = self.version.is_some() && self.version == now.version;
        let digests = self.digest.is_some() && self.digest == now.digest;
        versions || digests || (alike && self.recipe == now.recipe)
    }
}
