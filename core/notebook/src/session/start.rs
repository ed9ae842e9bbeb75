//! Starts a cell: gives its execution a number and says what must be bound.

use std::collections::{BTreeMap, BTreeSet};

use super::queue::Job;
use super::survey::Survey;
use super::values::Group;
use super::{Action, Doing, Execute, Session, Started};
use crate::cell::Cell;
use crate::facts::Class;
use crate::language::Language;
use crate::lines::rewrite;
use crate::session::names::CellNames;

impl Session {
    pub(super) fn start(
        &mut self,
        job: Job,
        position: usize,
        names: &CellNames,
        survey: &Survey,
        reads: &BTreeSet<String>,
        actions: &mut Vec<Action>,
    ) {
        let execution = self.number();
        let inputs = self.inputs(reads, &survey.environment);
        let cell = &self.document.cells()[position];
        let question = self.question(execution, cell, names, &inputs);
        let look_up = !job.explicit
            && job.reuse
            && names.class == Class::Value
            && names.caching != Some(false)
            && question.unkeepable.is_none()
            && !self.executed.contains(&job.cell)
            && !(self.was_restored(&job.cell)
                && self.tried.contains(&(job.request, job.cell.clone())));
        let started = Box::new(Started { job, question, inputs });
        if look_up {
            actions.push(Action::LookUp(Box::new(started.question.clone())));
            self.doing = Doing::Asking(started);
        } else {
            self.execute(started, names, survey, reads, actions);
        }
    }

    /// Executes a cell for which the cache had nothing.
    pub(super) fn execute_after_all(&mut self, started: Box<Started>, actions: &mut Vec<Action>) {
        let cell = started.job.cell.clone();
        let position = self.document.position(&cell);
        let (Some(position), Some(names)) = (position, self.names.get(&cell).cloned()) else {
            return;
        };
        let survey = self.survey(position);
        let reads = names.reads_in(&survey.environment);
        self.execute(started, &names, &survey, &reads, actions);
    }

    fn execute(
        &mut self,
        started: Box<Started>,
        names: &CellNames,
        survey: &Survey,
        reads: &BTreeSet<String>,
        actions: &mut Vec<Action>,
    ) {
        let id = started.job.cell.clone();
        let Some(cell) = self.document.cell(&id) else { return };
        let (language, code) = (cell.language, Self::code_of(cell));
        let Some(group) = Group::of(language) else { return };
        let (target, given) = self.target(group, survey, reads);
        let bound = self.bound.entry(group).or_default();
        let set: BTreeMap<_, _> = (target.iter())
            .filter(|(name, version)| bound.get(*name) != Some(version))
            .map(|(name, version)| (name.clone(), *version))
            .collect();
        let unset = bound.keys().filter(|name| !target.contains_key(*name)).cloned().collect();
        let given = given.into_iter().filter(|name| set.contains_key(name)).collect();
        let snapshot = names.mutates.iter().filter(|name| target.contains_key(*name));
        self.count += 1;
        let execute = Execute {
            execution: started.question.execution,
            label: self.label(&id),
            language,
            code,
            snapshot: snapshot.cloned().collect(),
            exports: names.exports.clone(),
            cell: id.clone(),
            set,
            given,
            unset,
            count: self.count,
            question: started.question.clone(),
        };
        self.bound.insert(group, target);
        // The cell is there: it was found above.
        let _ = self.document.begin(&id, Some(self.count));
        self.doing = Doing::Running(started);
        actions.push(Action::Outputs { cell: id, outputs: Vec::new() });
        actions.push(Action::Execute(Box::new(execute)));
    }

    /// What an interpreter evaluates: commands (`!`, `%`) are written as Python.
    fn code_of(cell: &Cell) -> String {
        match cell.language {
            Language::Python => rewrite(&cell.source),
            _ => cell.source.clone(),
        }
    }

    /// What must be bound in an interpreter before a cell runs, and which of it must be given
    /// to it. An interpreter binds all that it has; of the rest, only what the cell reads.
    fn target(
        &self,
        group: Group,
        survey: &Survey,
        reads: &BTreeSet<String>,
    ) -> (BTreeMap<String, super::Execution>, BTreeSet<String>) {
        let (mut target, mut given) = (BTreeMap::new(), BTreeSet::new());
        for (name, entry) in survey.environment.iter() {
            let Some(version) = entry.all().find_map(|entry| entry.version) else { continue };
            let Some(value) = self.values.get(name, version) else { continue };
            let present = value.present.contains(&group);
            if present || (reads.contains(name) && value.is_ready_for(group)) {
                target.insert(name.clone(), version);
            }
            if !present && target.contains_key(name) {
                given.insert(name.clone());
            }
        }
        (target, given)
    }
}
