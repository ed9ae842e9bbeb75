//! What must happen before a cell can run: which cells above it come first, and which
//! values must cross from another language.

use std::collections::BTreeSet;

use super::Session;
use super::event::{Trouble, VersionedName};
use super::names::CellNames;
use super::queue::Job;
use super::status::CellStatus;
use super::survey::Survey;
use super::values::{Group, Value};
use crate::cell::Cell;
use crate::facts::Class;
use crate::id::CellId;
use crate::language::Mode;

/// What stands between a cell and its execution.
pub enum Obstacle {
    /// These cells above must run first, in this order.
    Cells(Vec<CellId>),
    /// These values must be made readable to other languages first.
    Values(Vec<VersionedName>),
    /// It can't run as long as another cell stands as it does.
    Refused(Trouble),
    /// It fails: nothing makes what it reads readable to its language.
    Unreadable(Trouble),
}

impl Session {
    /// Finds what stands in a cell's way, if anything does. To ask the cache, what the cell
    /// reads must be right, but need not be at hand.
    pub(super) fn obstacle(
        &self,
        job: &Job,
        position: usize,
        names: &CellNames,
        survey: &Survey,
        reads: &BTreeSet<String>,
        asking: bool,
    ) -> Option<Obstacle> {
        let cell = &self.document.cells()[position];
        let group = Group::of(cell.language)?;
        if self.repl.is_none() {
            match self.cells_needed(job, position, group, survey, reads, asking) {
                Err(trouble) => return Some(Obstacle::Refused(trouble)),
                Ok(cells) if !cells.is_empty() => return Some(Obstacle::Cells(cells)),
                Ok(_) => {}
            }
        }
        if asking {
            return None;
        }
        // Of a cell that may read anything, only what it names crosses by itself.
        let named = |name: &&String| names.coarse.is_none() || names.now.contains(*name);
        self.values_needed(cell, group, survey, reads.iter().filter(named))
    }

    fn cells_needed(
        &self,
        job: &Job,
        position: usize,
        group: Group,
        survey: &Survey,
        reads: &BTreeSet<String>,
        asking: bool,
    ) -> Result<Vec<CellId>, Trouble> {
        let mut needed = BTreeSet::new();
        for name in reads {
            for entry in survey.environment.get(name).into_iter().flat_map(|it| it.all()) {
                let usable = self.is_good(name, entry, survey);
                let value = entry.version.and_then(|it| self.values.get(name, it));
                let elsewhere =
                    value.is_some_and(|it| it.home != Some(group) && it.stays_at_home());
                let reached = value.is_some_and(|it| it.can_reach(group));
                if !(usable && (asking || reached || elsewhere)) {
                    needed.insert(entry.cell.clone());
                }
            }
        }
        let above = &self.document.cells()[..position];
        for cell in above.iter().filter(|cell| Group::of(cell.language) == Some(group)) {
            if !asking && self.is_waiting_effect(cell) {
                needed.insert(cell.id.clone());
            }
        }
        let ordered = above.iter().filter(|cell| needed.contains(&cell.id));
        let untried = ordered.filter(|cell| {
            let tried = self.tried.contains(&(job.request, cell.id.clone()));
            !tried || self.was_restored(&cell.id)
        });
        untried.map(|cell| self.may_come_first(cell, survey).map(|()| cell.id.clone())).collect()
    }

    /// Whether a cell changes what those below see without defining a name, and hasn't done
    /// so in the process that runs now (rule 7).
    fn is_waiting_effect(&self, cell: &Cell) -> bool {
        let Some(names) = self.names.get(&cell.id) else { return false };
        let effect = names.class == Class::Effect && !names.outward;
        let result = self.results.get(&cell.id);
        let done = self.executed.contains(&cell.id)
            && result.is_some_and(|it| it.is_whole() && it.code == names.code);
        effect && self.mode_of(cell) != Mode::Manual && !done
    }

    /// Whether a result of this session was taken from the cache. What its text alone makes
    /// (imports, functions) isn't there then: who needs that runs the cell after all.
    pub(super) fn was_restored(&self, cell: &CellId) -> bool {
        self.results.get(cell).is_some_and(|result| result.reused.is_some() && !result.past)
    }

    /// Whether a cell may run although the user didn't point at it.
    fn may_come_first(&self, cell: &Cell, survey: &Survey) -> Result<(), Trouble> {
        let label = self.label(&cell.id);
        let refuse = |why: &str, hint: &str| {
            Err(Trouble { message: format!("needs {label}, {why}"), hint: Some(hint.to_owned()) })
        };
        if self.mode_of(cell) == Mode::Manual {
            return refuse("which runs only when you run it", &format!("run {label} first"));
        }
        if self.names.get(&cell.id).is_some_and(|names| names.outward) {
            let hint = format!("run {label} itself, if that is what you want");
            return refuse("which writes to something outside the notebook", &hint);
        }
        match survey.statuses.get(&cell.id) {
            Some(CellStatus::Failed) => {
                refuse("which failed", &format!("correct {label}, or run it again"))
            }
            Some(CellStatus::Interrupted) => {
                refuse("which was interrupted", &format!("run {label} again"))
            }
            _ => Ok(()),
        }
    }

    fn values_needed<'a>(
        &self,
        cell: &Cell,
        group: Group,
        survey: &Survey,
        reads: impl Iterator<Item = &'a String>,
    ) -> Option<Obstacle> {
        let mut waiting = Vec::new();
        for name in reads {
            let Some(entry) = survey.environment.get(name) else { continue };
            let Some(version) = entry.all().find_map(|entry| entry.version) else { continue };
            let Some(value) = self.values.get(name, version) else { continue };
            if value.is_ready_for(group) {
                continue;
            }
            if value.stays_at_home() {
                let trouble = self.unreadable(cell, name, &entry.cell, value);
                return Some(Obstacle::Unreadable(trouble));
            }
            if value.is_exportable() {
                waiting.push(VersionedName { name: name.clone(), version });
            }
        }
        (!waiting.is_empty()).then_some(Obstacle::Values(waiting))
    }

    fn unreadable(&self, cell: &Cell, name: &str, producer: &CellId, value: &Value) -> Trouble {
        if let Some(trouble) = &value.refused {
            return trouble.clone();
        }
        let made = self.results.get(producer).and_then(|it| it.defined.get(name));
        let kind = made.map_or("value", |it| it.type_name.as_str());
        let (label, language) = (self.label(&cell.id), cell.language.title());
        let maker = self.label(producer);
        Trouble {
            message: format!(
                "{label} ({language}) reads `{name}` of {maker}, a `{kind}`, which has no form \
                 that {language} can read"
            ),
            hint: Some(format!(
                "give {label} a data frame, an array, text, numbers, or lists of them made \
                 from `{name}`"
            )),
        }
    }
}
