//! What is kept of executions: values beside those that crossed, and the record of the run.
//! Nothing here is waited for by a cell.

use std::collections::BTreeMap;

use flownote_notebook::session::{self, Execution, FinishStatus, Group, Question, VersionedName};
use flownote_notebook::{CellId, Language, Output};

use super::pending::Waiting;
use super::running::Running;
use super::service::Service;
use crate::protocol::{Exported, Request, Spilled};
use crate::record::{Executed, remembered};
use crate::values::Form;

/// Values up to this size are kept between two cells, however quickly they were computed.
pub(super) const QUICK: u64 = 8 << 20;
/// Values up to this size are kept when nothing runs.
const IDLE: u64 = 256 << 20;
/// How many bytes are written in a millisecond, roughly.
const WRITTEN: u64 = 1 << 20;
/// What took longer than this many times its writing is kept (notebook rule 11).
const WORTH: u64 = 3;

impl Service {
    /// The cell of an execution.
    pub(super) fn cell_of(&self, execution: Option<Execution>) -> Option<CellId> {
        self.cells.get(&execution?).map(|(cell, _)| cell.clone())
    }

    /// The form in which a version is given to a language.
    pub(super) fn form_for(&self, version: Execution, language: Language) -> Form {
        let made_by = self.cells.get(&version).map(|(_, group)| *group);
        if made_by == Group::of(language) { Form::Exact } else { Form::Common }
    }

    /// What is known of an execution that ends now.
    pub(super) fn executed(&self, running: Running, status: FinishStatus) -> Executed {
        let elapsed_ms = running.elapsed_ms();
        let Running { execute, group, started_at, source, lines, outputs, .. } = running;
        Executed {
            source,
            count: Some(execute.count),
            started_at,
            elapsed_ms,
            status,
            outputs: outputs.all(),
            lines,
            ..self.unknown(execute.question, group)
        }
    }

    /// An execution of which nothing is known but what was asked.
    fn unknown(&self, question: Question, group: Group) -> Executed {
        let now = flownote_store::time::now();
        let ready = self.processes.ready(group);
        Executed {
            question,
            source: String::new(),
            count: None,
            started_at: now.clone(),
            finished_at: now,
            elapsed_ms: 0,
            status: FinishStatus::Ok,
            outputs: Vec::new(),
            lines: Default::default(),
            defined: BTreeMap::new(),
            deleted: Vec::new(),
            artifacts: BTreeMap::new(),
            files: Vec::new(),
            externals: Vec::new(),
            unverified: None,
            uncacheable: None,
            runtime: ready.map(|ready| ready.runtime.clone()).unwrap_or_default(),
            pid: ready.map_or(0, |ready| ready.pid),
            usage: Default::default(),
            reused: None,
        }
    }

    /// Records an execution that ended with an error of the supervisor's own.
    pub(super) fn record_ended(&mut self, running: Running, status: FinishStatus, error: Output) {
        let mut executed = self.executed(running, status);
        executed.outputs.push(error);
        self.record(Box::new(executed));
    }

    /// Records a result that was taken instead of computed.
    pub(super) fn record_restored(&mut self, question: Question) {
        let Some(found) = self.found.remove(&question.execution) else { return };
        let Some(group) = Group::of(question.language) else { return };
        let source = self.session.document().cell(&question.cell);
        let source = source.map(|cell| cell.source.clone()).unwrap_or_default();
        let executed = Executed {
            source,
            outputs: found.hit.outputs,
            defined: found.hit.defined.into_iter().chain(found.unkept).collect(),
            deleted: found.hit.deleted,
            artifacts: found.artifacts,
            externals: found.externals,
            reused: Some(found.reused),
            ..self.unknown(question, group)
        };
        self.record(Box::new(executed));
    }

    /// Asks for what isn't kept yet of what an execution defined, and records it then.
    pub(super) fn keep_rest(&mut self, group: Group, executed: Box<Executed>, always: u64) {
        let version = executed.question.execution;
        let rest = executed
            .defined
            .iter()
            .filter(|(name, defined)| !defined.live && !self.values.has_exact(name, version));
        let names: BTreeMap<String, u64> = rest.map(|(name, _)| (name.clone(), version)).collect();
        if names.is_empty()
            || executed.status != FinishStatus::Ok
            || self.processes.get(group).is_none()
        {
            return self.record(executed);
        }
        let at_most = always.max(executed.elapsed_ms.saturating_mul(WRITTEN) / WORTH);
        let request = self.pending.enter(group, Waiting::Keep(executed, always < IDLE));
        let export = Request::Export { request, names, common: false, at_most: Some(at_most) };
        if let Err(trouble) = self.send(group, &export) {
            let asked = self.pending.take(group, request);
            self.abandon(asked.into_iter().collect(), &trouble);
        }
    }

    /// Values that were to be kept came, or didn't.
    pub(super) async fn kept(
        &mut self,
        executed: Box<Executed>,
        values: BTreeMap<String, Exported>,
        again: bool,
    ) {
        let version = executed.question.execution;
        let (mut kept, mut missing) = (Vec::new(), false);
        for (name, exported) in values {
            let stored = self.keep(&name, version, exported, Form::Exact).await;
            match stored {
                // One that only its own language reads must not hide that the interpreter can
                // still make another of it.
                Ok(stored) if stored.common => {
                    kept.push((VersionedName { name, version }, Ok(stored)));
                }
                Ok(_) => {}
                // It lives on where it is.
                Err(_) => missing = true,
            }
        }
        if !kept.is_empty() {
            self.news.push_back(session::Event::Exported { values: kept });
        }
        let group = Group::of(executed.question.language);
        match group.filter(|_| missing && again && self.running.is_none() && !self.ending) {
            Some(group) => self.keep_rest(group, executed, IDLE),
            None => {
                self.record(executed);
                self.spill().await;
            }
        }
    }

    /// Tells the session, before an interpreter's values are lost, which of them it can be
    /// given again: those that only its own language reads.
    pub(super) fn tell_what_is_left(&mut self, group: Group) {
        let of_group = |version| self.cells.get(&version).is_some_and(|(_, it)| *it == group);
        let left = self.values.only_exact().filter(|(name, _)| of_group(name.version));
        let values: Vec<_> = left
            .map(|(name, record)| {
                let digest = record.digest.to_string();
                (name.clone(), Ok(session::Stored { digest, common: false }))
            })
            .collect();
        if !values.is_empty() {
            self.news.push_back(session::Event::Exported { values });
        }
    }

    /// Records an execution with the values that are kept of it.
    pub(super) fn record(&mut self, mut executed: Box<Executed>) {
        let version = executed.question.execution;
        for name in executed.defined.keys() {
            let Some(record) = self.values.record(name, version, Form::Exact) else { continue };
            if let Some(path) = self.values.unpublished(&record.digest) {
                executed.files.push((record.digest.clone(), path.clone()));
            }
            executed.artifacts.insert(name.clone(), record.clone());
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.ended(executed, self.session.document());
        }
    }

    /// Has Python let go of old values that are files, where they are more than may stay
    /// (notebook rule 11).
    pub(super) async fn spill(&mut self) {
        let mut large = self.values.large();
        if large.is_empty() || self.processes.ready(Group::Python).is_none() {
            return;
        }
        let hidden = self.session.hidden(Group::Python);
        large.retain(|(name, _)| hidden.contains(name));
        let size: u64 = large.iter().map(|(_, size)| size).sum();
        let names: Vec<VersionedName> = large.into_iter().map(|(name, _)| name).collect();
        // What is read again and hidden again was not among them in between.
        if names == self.spilled {
            return;
        }
        self.spilled = names;
        if size <= self.limits.shadowed {
            return;
        }
        let mut values = Vec::new();
        for VersionedName { name, version } in &self.spilled {
            // What can't be had as a file stays where it is.
            if let Ok(Some(value)) = self.values.give(name, *version, Form::Exact).await {
                values.push(Spilled { name: name.clone(), version: *version, value });
            }
        }
        let at_most = self.limits.shadowed;
        // One that can't be told goes on with its memory as it is.
        let _ = self.send(Group::Python, &Request::Spill { at_most, values });
    }

    /// Records what still waits for values that won't come any more.
    pub(super) fn give_up_keeping(&mut self) {
        for group in [Group::Python, Group::Tables, Group::Rust] {
            for waiting in self.pending.abandon(group) {
                if let Waiting::Keep(executed, _) = waiting {
                    self.record(executed);
                }
            }
        }
    }

    /// Takes over what earlier sessions left.
    pub(super) async fn remember(&mut self) {
        let document = self.session.document();
        let found = remembered(&self.store, &self.about.flow, document).await;
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                return self.warn(format!("earlier results could not be looked at: {error}"));
            }
        };
        // The session numbers them in their order, from 1.
        for (version, one) in (1..).zip(&found) {
            let language = self.session.document().cell(&one.past.cell).map(|it| it.language);
            let Some(group) = language.and_then(Group::of) else { continue };
            self.cells.insert(version, (one.past.cell.clone(), group));
            for (name, record) in &one.artifacts {
                self.values.know(name, version, record.clone());
            }
        }
        let shown = self.session.remember(found.into_iter().map(|one| one.past).collect());
        for action in shown {
            self.perform(action).await;
        }
    }
}
