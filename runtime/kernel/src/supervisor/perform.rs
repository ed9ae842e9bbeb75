//! Does what the session wants done.

use std::collections::BTreeMap;

use flownote_flow::help::Help;
use flownote_flow::manifest::Outcome;
use flownote_notebook::session::{
    self, Action, CellStatus, Execute, FinishStatus, Group, Trouble, VersionedName,
};
use flownote_notebook::{CellId, Language, Output};

use super::event::{Event, InterpreterState};
use super::pending::Waiting;
use super::running::Running;
use super::service::{Later, Service};
use crate::interpreter::End;
use crate::protocol::{Binding, NameVersion, Rebind, Request};
use crate::values::Form;

impl Service {
    /// Performs one action.
    pub(super) async fn perform(&mut self, action: Action) {
        match action {
            Action::Execute(execute) => self.execute(execute).await,
            Action::LookUp(question) => {
                self.look_up(question);
            }
            Action::Export { language, names } => self.export(language, names).await,
            Action::FindModules { names } => self.find_modules(names),
            Action::Reload { modules } => self.reload_modules(modules),
            Action::Interrupt { language } => self.interrupt(language),
            Action::Restart { language } => self.restart(language),
            Action::Forget { language, names } => self.forget(language, names),
            Action::Status { cell, status } => self.log.push(Event::Status { cell, status }),
            Action::Outputs { cell, outputs } => self.log.push(Event::Outputs { cell, outputs }),
            Action::Restored { question, origin } => {
                // Its values are given to their own language in its own form.
                if let Some(group) = Group::of(question.language) {
                    self.cells.insert(question.execution, (question.cell.clone(), group));
                }
                self.log.push(Event::Restored {
                    cell: question.cell.clone(),
                    pathspec: origin.pathspec,
                    user: origin.user,
                    finished_at: origin.finished_at,
                });
                self.record_restored(*question);
            }
            Action::Changed { change } => self.log.push(Event::Changed {
                revision: change.revision,
                applied: change.applied,
                touched: change.touched,
                removed: change.removed,
            }),
            Action::Refused { cell, trouble } => {
                self.note_not_run(&cell, Outcome::Failed);
                self.log.push(Event::Refused { cell, trouble });
            }
            Action::Idle => {
                self.log.push(Event::Idle);
                self.spill().await;
            }
        }
    }

    async fn execute(&mut self, mut execute: Box<Execute>) {
        let Some(group) = Group::of(execute.language) else { return };
        let source = self.session.document().cell(&execute.cell);
        let source = source.map(|cell| cell.source.clone()).unwrap_or_default();
        self.log.push(Event::Started {
            cell: execute.cell.clone(),
            execution: execute.execution,
            count: execute.count,
            source: source.clone(),
        });
        self.cells.insert(execute.execution, (execute.cell.clone(), group));
        if let Some(recorder) = &self.recorder {
            recorder.started(execute.cell.as_str(), execute.execution);
        }
        let prepared = match execute.trouble.take() {
            Some(trouble) => Err(trouble),
            None => self.prepare(&execute).await,
        };
        self.running = Some(Running::new(execute, group, source));
        match prepared {
            Err(trouble) => self.fail_running(trouble),
            Ok(request) => {
                if let Err(trouble) = self.send(group, &request) {
                    self.fail_running(trouble);
                }
            }
        }
    }

    /// What the interpreter is told of an execution.
    async fn prepare(&mut self, execute: &Execute) -> Result<Request, Trouble> {
        let manner = self.manners.remove(&execute.cell).unwrap_or(self.manner);
        let mut set = BTreeMap::new();
        for (name, version) in &execute.set {
            let binding = if execute.given.contains(name) {
                let form = self.form_for(*version, execute.language);
                let value = self.values.give(name, *version, form).await;
                let value = value
                    .map_err(|error| Trouble { hint: error.hint(), message: error.to_string() })?;
                let value = value.ok_or_else(|| Trouble {
                    message: format!("the value of `{name}` is not there any more"),
                    hint: Some("run the cell that defines it again".to_owned()),
                })?;
                Binding::Given { version: *version, value }
            } else {
                Binding::Version(*version)
            };
            set.insert(name.clone(), binding);
        }
        Ok(Request::Execute(Box::new(crate::protocol::Execute {
            execution: execute.execution,
            language: execute.language.name().to_owned(),
            cell: execute.cell.as_str().to_owned(),
            label: execute.label.clone(),
            code: execute.code.clone(),
            rebind: Rebind { set, unset: execute.unset.clone() },
            snapshot: execute.snapshot.clone(),
            exports: execute.exports.clone(),
            silent: manner.silent,
            store_history: manner.store_history && !manner.silent,
            allow_stdin: manner.allow_stdin,
            count: Some(manner.count.unwrap_or(execute.count)),
            reuse: false,
        })))
    }

    /// The execution whose interpreter couldn't be told of it ends: its cell shows why.
    pub(super) fn fail_running(&mut self, trouble: Trouble) {
        self.end_running("Error", trouble, FinishStatus::Error, true);
    }

    /// The session ends: what runs is stopped, and what waits doesn't run.
    pub(super) async fn stop(&mut self) {
        self.note_waiting();
        let trouble = Trouble { message: "the cell was stopped".to_owned(), hint: None };
        self.end_running("Interrupted", trouble, FinishStatus::Interrupted, false);
        self.tell_session().await;
    }

    /// What runs or waits is about to be stopped. Unless it ends well by itself or runs later,
    /// the run isn't whole.
    pub(super) fn note_waiting(&self) {
        for (cell, status) in self.session.statuses() {
            if matches!(status, CellStatus::Queued | CellStatus::Running) {
                self.note_not_run(&cell, Outcome::Cancelled);
            }
        }
    }

    fn note_not_run(&self, cell: &CellId, outcome: Outcome) {
        self.recorder.iter().for_each(|recorder| recorder.not_run(cell.as_str(), outcome));
    }

    fn end_running(&mut self, name: &str, trouble: Trouble, status: FinishStatus, unsent: bool) {
        let Some(running) = self.running.take() else { return };
        let execution = running.execute.execution;
        let output = Output::Error {
            name: name.to_owned(),
            traceback: vec![trouble.message.clone()],
            message: trouble.message,
            frames: Vec::new(),
            hint: trouble.hint,
        };
        self.show(Some(execution), output.clone());
        self.news.push_back(session::Event::Output { execution, output: output.clone() });
        self.log.push(Event::Finished {
            cell: running.execute.cell.clone(),
            execution,
            count: running.execute.count,
            status,
            elapsed_ms: running.began.elapsed().as_secs_f64() * 1e3,
            defined: BTreeMap::new(),
            payload: Vec::new(),
            exit: None,
        });
        let finish = session::Finish { status, unsent, ..session::Finish::default() };
        self.news.push_back(session::Event::Finished { execution, finish });
        self.record_ended(running, status, output);
    }

    /// Shows one more output to those who watch.
    pub(super) fn show(&self, execution: Option<session::Execution>, output: Output) {
        let cell = self.cell_of(execution);
        self.log.push(Event::Output { cell, execution, output });
    }

    /// Starts a group's interpreter unless it runs.
    pub(super) fn ensure(&mut self, group: Group) -> Result<(), Trouble> {
        let language = group.language();
        match self.processes.ensure(group) {
            Ok(false) => Ok(()),
            Ok(true) => {
                let state = InterpreterState::Starting;
                self.log.push(Event::Interpreter { language, state });
                Ok(())
            }
            Err(end) => Err(self.trouble_of(group, &end)),
        }
    }

    /// An end in words.
    pub(super) fn trouble_of(&self, group: Group, end: &End) -> Trouble {
        let message = end.message(group.language().title());
        if !self.processes.can_start(group) {
            let hint = "install the whole of it: `python -m pip install flownote-studio`";
            return Trouble { message, hint: Some(hint.to_owned()) };
        }
        Trouble { message, hint: end.hint() }
    }

    /// Says something to a group's interpreter, which is started if need be.
    pub(super) fn send(&mut self, group: Group, request: &Request) -> Result<(), Trouble> {
        self.ensure(group)?;
        let Some(interpreter) = self.processes.get(group) else { return Ok(()) };
        interpreter
            .send(request)
            .map_err(|error| Trouble { hint: error.hint(), message: error.to_string() })
    }

    async fn export(&mut self, language: Language, names: Vec<VersionedName>) {
        let Some(group) = Group::of(language) else { return };
        for name in &names {
            self.hand_back(group, name).await;
        }
        // One request can ask for one version of a name only.
        let mut rounds: Vec<BTreeMap<String, u64>> = Vec::new();
        for name in &names {
            let free = rounds.iter_mut().find(|round| !round.contains_key(&name.name));
            match free {
                Some(round) => drop(round.insert(name.name.clone(), name.version)),
                None => rounds.push(BTreeMap::from([(name.name.clone(), name.version)])),
            }
        }
        for round in rounds {
            let asked = round
                .iter()
                .map(|(name, version)| VersionedName { name: name.clone(), version: *version });
            let waiting = Waiting::Export(asked.collect());
            let request = self.pending.enter(group, waiting);
            let export = Request::Export { request, names: round, common: true, at_most: None };
            if let Err(trouble) = self.send(group, &export) {
                let asked = self.pending.take(group, request);
                self.abandon(asked.into_iter().collect(), &trouble);
            }
        }
    }

    /// Gives a value that is kept in its own language's form only back to that language, so
    /// that it can make another of it.
    pub(super) async fn hand_back(&mut self, group: Group, name: &VersionedName) {
        if self.values.record(&name.name, name.version, Form::Common).is_some() {
            return;
        }
        let given = self.values.give(&name.name, name.version, Form::Exact).await;
        if let Ok(Some(value)) = given {
            let values = BTreeMap::from([(name.name.clone(), value)]);
            // One that can't be told answers nothing of what follows either.
            let _ = self.send(group, &Request::Define { version: name.version, values });
        }
    }

    fn interrupt(&mut self, language: Language) {
        let Some(group) = Group::of(language) else { return };
        let Some(running) = self.running.as_ref().filter(|it| it.group == group) else { return };
        let execution = running.execute.execution;
        let Some(interpreter) = self.processes.get(group) else { return };
        // A Python that is about to begin would take it for its own end.
        if group == Group::Python && self.processes.ready(group).is_some() {
            interpreter.signal_interrupt();
        }
        // It is always short enough. It says which cell is meant: the one sent last.
        let _ = interpreter.send(&Request::Interrupt {});
        let (later, patience) = (self.later_sender.clone(), self.patience.interrupt);
        tokio::spawn(async move {
            tokio::time::sleep(patience).await;
            // The session may be over by then.
            let _ = later.send(Later::OfferKill(execution));
        });
    }

    fn restart(&mut self, language: Language) {
        let Some(group) = Group::of(language) else { return };
        if self.processes.get(group).is_none() {
            return;
        }
        self.processes.let_go(group, self.patience.end);
        let message = "it was restarted".to_owned();
        self.gone(group, Trouble { message, hint: None });
        // Who restarts wants to go on: the new one warms up meanwhile.
        let _ = self.ensure(group);
    }

    fn forget(&mut self, language: Language, names: Vec<VersionedName>) {
        self.values.forget(&names);
        let Some(group) = Group::of(language) else { return };
        let Some(interpreter) = self.processes.get(group) else { return };
        let versions = names.into_iter();
        let versions =
            versions.map(|it| NameVersion { name: it.name, version: it.version }).collect();
        let _ = interpreter.send(&Request::Forget { versions });
    }
}
