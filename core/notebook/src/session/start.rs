//! Starts a cell: gives its execution a number and says what must be bound.

use std::collections::{BTreeMap, BTreeSet};

use super::event::Trouble;
use super::queue::Job;
use super::survey::Survey;
use super::values::Group;
use super::{Action, Doing, Execute, Session, Started};
use crate::cell::Cell;
use crate::language::Language;
use crate::lines::rewrite;
use crate::session::names::CellNames;

impl Session {
    /// Whether the cache may have what a cell would give.
    pub(super) fn may_ask(&self, job: &Job, names: &CellNames) -> bool {
        let tried = self.tried.contains(&(job.request, job.cell.clone()));
        let here = self.executed.contains(&job.cell) || (tried && self.was_restored(&job.cell));
        let wanted = !job.explicit && job.reuse && !job.missed;
        wanted && (job.bare || !here) && names.unasked().is_none()
    }

    /// Asks the cache for what a cell would give.
    pub(super) fn ask_cache(
        &mut self,
        mut job: Job,
        position: usize,
        names: &CellNames,
        survey: &Survey,
        reads: &BTreeSet<String>,
        actions: &mut Vec<Action>,
    ) {
        let started = self.numbered(job.clone(), position, names, survey, reads);
        if started.question.unkeepable.is_some() {
            job.missed = true;
            self.queue.push_front(job);
            return;
        }
        actions.push(Action::LookUp(Box::new(started.question.clone())));
        self.doing = Doing::Asking(started);
    }

    /// Starts a cell.
    pub(super) fn start(
        &mut self,
        job: Job,
        position: usize,
        names: &CellNames,
        survey: &Survey,
        reads: &BTreeSet<String>,
        actions: &mut Vec<Action>,
    ) {
        let started = self.numbered(job, position, names, survey, reads);
        self.execute(started, names, survey, reads, None, actions);
    }

    /// Gives an execution its number, and says what it depends on.
    pub(super) fn numbered(
        &mut self,
        job: Job,
        position: usize,
        names: &CellNames,
        survey: &Survey,
        reads: &BTreeSet<String>,
    ) -> Box<Started> {
        let execution = self.number();
        let inputs = self.inputs(reads, &survey.environment);
        let cell = &self.document.cells()[position];
        let mut question = self.question(execution, cell, names, &inputs);
        question.unasked = names.unasked().filter(|_| job.reuse);
        Box::new(Started { job, question, inputs, bound_before: None })
    }

    /// Executes a cell, or says why it fails before it begins.
    pub(super) fn execute(
        &mut self,
        mut started: Box<Started>,
        names: &CellNames,
        survey: &Survey,
        reads: &BTreeSet<String>,
        trouble: Option<Trouble>,
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
            trouble,
        };
        started.bound_before = self.bound.insert(group, target);
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
