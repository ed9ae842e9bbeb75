//! What becomes of a session when an execution ends, well or not.

use std::collections::BTreeMap;

use super::event::{Finish, FinishStatus, Hit, Origin, VersionedName};
use super::identity::recipe_of_result;
use super::queue::Job;
use super::result::CellResult;
use super::values::Group;
use super::{Action, Defined, Doing, Execution, Session, Started};
use crate::id::CellId;
use crate::language::Language;
use crate::output::Output;

impl Session {
    /// Adds to the outputs of a cell. Those of threads that outlive their cell come here too.
    pub(super) fn note_output(&mut self, execution: Execution, output: Output) {
        let running = match &self.doing {
            Doing::Running(started) if started.question.execution == execution => {
                Some(started.job.cell.clone())
            }
            _ => None,
        };
        let made = || self.results.iter().find(|(_, it)| it.execution == execution);
        let cell = running.or_else(|| made().map(|(cell, _)| cell.clone()));
        if let Some(cell) = cell {
            if let Some(result) = self.results.get_mut(&cell).filter(|it| it.execution == execution)
            {
                result.shows = true;
            }
            // A cell that was deleted meanwhile shows nothing.
            let _ = self.document.push_output(&cell, output);
        }
    }

    fn note_end(&mut self, cell: &CellId, message: &str) {
        let output = Output::Error {
            name: "InterpreterEnded".to_owned(),
            message: message.to_owned(),
            traceback: vec![message.to_owned()],
            frames: Vec::new(),
            hint: None,
        };
        // A cell that was deleted meanwhile shows nothing.
        let _ = self.document.push_output(cell, output);
    }

    /// An execution ended.
    pub(super) fn finish(
        &mut self,
        execution: Execution,
        finish: Finish,
        actions: &mut Vec<Action>,
    ) {
        let started = match std::mem::take(&mut self.doing) {
            Doing::Running(started) if started.question.execution == execution => started,
            other => {
                self.doing = other;
                return;
            }
        };
        self.modules.extend(finish.modules.clone());
        match finish.status {
            FinishStatus::Ok => {}
            FinishStatus::Error => self.queue.drop_request(started.job.request),
            FinishStatus::Interrupted => self.queue.clear(),
        }
        if !finish.unsent {
            self.executed.insert(started.job.cell.clone());
        }
        self.keep(started, finish, None, actions);
    }

    /// The cache was asked.
    pub(super) fn looked_up(
        &mut self,
        execution: Execution,
        hit: Option<Hit>,
        actions: &mut Vec<Action>,
    ) {
        let started = match std::mem::take(&mut self.doing) {
            Doing::Asking(started) if started.question.execution == execution => started,
            other => {
                self.doing = other;
                return;
            }
        };
        let bare = started.job.bare;
        let Some(hit) = hit.filter(|hit| !bare || !hit.outputs.is_empty()) else {
            // Now what it reads is needed, too.
            return self.queue.push_front(Job { missed: true, ..started.job });
        };
        let cell = started.job.cell.clone();
        // As above: a cell may be gone by now.
        let _ = self.document.show(&cell, hit.outputs.clone(), None);
        actions.push(Action::Outputs { cell: cell.clone(), outputs: hit.outputs });
        if bare {
            return;
        }
        actions.push(Action::Restored {
            question: Box::new(started.question.clone()),
            origin: hit.origin.clone(),
        });
        let mut defined = hit.defined;
        for name in self.names.get(&cell).iter().flat_map(|names| &names.made_by_source) {
            let made = || Defined { live: true, ..Defined::default() };
            defined.entry(name.clone()).or_insert_with(made);
        }
        let (deleted, world) = (hit.deleted, hit.world);
        let finish = Finish { defined, deleted, world, ..Finish::default() };
        self.keep(started, finish, Some(hit.origin), actions);
    }

    /// Keeps a result, in the place of the cell's earlier one.
    fn keep(
        &mut self,
        started: Box<Started>,
        finish: Finish,
        reused: Option<Origin>,
        actions: &mut Vec<Action>,
    ) {
        let Started { job, question, inputs, bound_before } = *started;
        let execution = question.execution;
        let Some(group) = Group::of(question.language) else { return };
        for (name, defined) in &finish.defined {
            self.note_value(&job.cell, name, execution, group, defined, reused.is_some());
        }
        for VersionedName { name, version } in &finish.lost {
            let value = self.values.entry(name, *version);
            value.present.remove(&group);
            value.overwritten = true;
        }
        if finish.unsent {
            self.bound.insert(group, bound_before.unwrap_or_default());
        }
        let bound = self.bound.entry(group).or_default();
        if reused.is_none() {
            for name in finish.defined.keys() {
                bound.insert(name.clone(), execution);
            }
            for name in &finish.deleted {
                bound.remove(name);
            }
        }
        let sure = finish.unverified.is_none() && finish.uncacheable.is_none();
        let world = finish.world.as_deref();
        let recipe = recipe_of_result(&question.recipe, world, sure, &self.nonce, execution);
        // Those that were saved in the meantime count as they were loaded.
        let mut modules = question.modules;
        for (name, version) in &mut modules {
            if let Some(loaded) = finish.modules.get(name) {
                version.clone_from(loaded);
            }
        }
        let result = CellResult {
            execution,
            code: question.code,
            inputs,
            modules,
            recipe,
            status: finish.status,
            defined: finish.defined,
            identities: BTreeMap::new(),
            deleted: finish.deleted,
            unverified: finish.unverified,
            unkept: None,
            reused,
            explicit: job.explicit,
            past: false,
            shows: self.document.cell(&job.cell).is_some_and(|it| !it.outputs.is_empty()),
        };
        let result = self.identified(&job.cell, result);
        if let (Some(tail), Some(names)) = (&mut self.repl, self.names.get(&job.cell)) {
            tail.pass(&job.cell, names, Some(&result));
        }
        if let Some(earlier) = self.results.insert(job.cell.clone(), result) {
            self.forget(earlier, actions);
        }
        if self.repl.is_none() {
            self.names.note(&self.document, &self.results, &job.cell);
        }
    }

    fn note_value(
        &mut self,
        cell: &CellId,
        name: &str,
        execution: Execution,
        group: Group,
        defined: &Defined,
        reused: bool,
    ) {
        let made_again = self.names.get(cell).is_some_and(|names| names.makes_again(name));
        let value = self.values.entry(name, execution);
        value.home = Some(group);
        // It may have been exported, and so be known, before its execution ended.
        value.digest = defined.digest.clone().or_else(|| value.digest.take());
        value.confined = defined.live;
        value.live = defined.live && !made_again;
        if reused {
            let stored = |digest| super::Stored { digest, common: defined.common };
            value.stored = defined.digest.clone().map(stored);
        } else {
            value.present.insert(group);
        }
    }

    /// Lets go of what a result defined that another has replaced.
    fn forget(&mut self, earlier: CellResult, actions: &mut Vec<Action>) {
        let mut by_group: BTreeMap<Group, Vec<VersionedName>> = BTreeMap::new();
        for name in earlier.defined.into_keys() {
            let versioned = VersionedName { name, version: earlier.execution };
            for group in self.values.forget(&versioned) {
                by_group.entry(group).or_default().push(versioned.clone());
            }
        }
        for (group, names) in by_group {
            actions.push(Action::Forget { language: group.language(), names });
        }
    }

    /// An interpreter is gone.
    pub(super) fn lose(&mut self, language: Language, message: &str, actions: &mut Vec<Action>) {
        let Some(group) = Group::of(language) else { return };
        self.values.lose(group);
        if group == Group::Python {
            // The next one loads what the files say then.
            self.modules.clear();
            self.edited.clear();
            self.looked = false;
        }
        self.bound.remove(&group);
        let languages = self.document.cells();
        self.executed.retain(|id| {
            let cell = languages.iter().find(|cell| cell.id == *id);
            cell.is_some_and(|cell| Group::of(cell.language) != Some(group))
        });
        let of_group = |started: &Started| Group::of(started.question.language) == Some(group);
        match std::mem::take(&mut self.doing) {
            Doing::Running(started) if of_group(&started) => {
                self.queue.drop_request(started.job.request);
                self.note_end(&started.job.cell, message);
                let finish = Finish { status: FinishStatus::Error, ..Finish::default() };
                self.keep(started, finish, None, actions);
            }
            // The values that were to be exported are gone: the plan is made anew.
            Doing::Exporting(job) => self.queue.push_front(job),
            other => self.doing = other,
        }
    }
}
