//! Takes in what interpreters say.

use std::collections::BTreeMap;

use flownote_flow::help::Help;
use flownote_notebook::Output;
use flownote_notebook::session::{self, Group, Stored, Trouble, VersionedName};

use super::event::{Event, InterpreterState};
use super::keeping::QUICK;
use super::pending::Waiting;
use super::request::{Prompt, Reply};
use super::running::Verdict;
use super::service::Service;
use crate::cache::world_of;
use crate::interpreter::{Heard, Said};
use crate::protocol::{
    self, Answer, Exported, Finished, FinishedStatus, FoundModule, Problem, Ready, VERSION,
};
use crate::record::Executed;
use crate::values::{Form, is_common};

impl Service {
    /// Takes in one thing.
    pub(super) async fn hear(&mut self, heard: Heard) {
        // One that was let go has nothing to say any more.
        let Some(group) = self.processes.group_of(heard.instance) else { return };
        match heard.said {
            Said::Answer(answer) => self.answer(group, answer).await,
            Said::Printed { error, text } => {
                let output = if error { Output::stderr(text) } else { Output::stdout(text) };
                self.shown(group, None, output);
            }
            Said::Ended(end) => {
                let trouble = self.trouble_of(group, &end);
                if !end.last_words.is_empty() {
                    self.warn(format!("last words: {}", end.words()));
                }
                self.processes.remove(group);
                self.gone(group, trouble.clone());
                self.tell_what_is_left(group);
                let message = match trouble.hint {
                    Some(hint) => format!("{}\nhint: {hint}", trouble.message),
                    None => trouble.message,
                };
                let language = group.language();
                self.news.push_back(session::Event::Lost { language, message });
            }
        }
    }

    /// An interpreter is no more: whoever waits for it is told.
    pub(super) fn gone(&mut self, group: Group, trouble: Trouble) {
        if self.asking == Some(group) {
            self.asking = None;
        }
        if group == Group::Python {
            self.forget_modules();
            self.spilled.clear();
        }
        if let Some(running) = self.running.take_if(|it| it.group == group) {
            let execution = running.execute.execution;
            let output = Output::Error {
                name: "InterpreterEnded".to_owned(),
                message: trouble.message.clone(),
                traceback: vec![trouble.message.clone()],
                frames: Vec::new(),
                hint: trouble.hint.clone(),
            };
            self.show(Some(execution), output.clone());
            self.log.push(Event::Finished {
                cell: running.execute.cell.clone(),
                execution,
                count: running.execute.count,
                status: session::FinishStatus::Error,
                elapsed_ms: running.began.elapsed().as_secs_f64() * 1e3,
                defined: BTreeMap::new(),
                payload: Vec::new(),
                exit: None,
            });
            self.record_ended(running, session::FinishStatus::Error, output);
        }
        for (_, question) in self.look_ups.extract_if(.., |(of, _)| *of == group) {
            let execution = question.execution;
            self.news.push_back(session::Event::LookedUp { execution, hit: None });
        }
        let waiting = self.pending.abandon(group);
        self.abandon(waiting, &trouble);
        for (_, asker) in self.runtime_askers.extract_if(.., |(of, _)| *of == group) {
            let Trouble { message, hint } = trouble.clone();
            let _ = asker.send(Err(Problem { message, hint }));
        }
        let Trouble { message, hint } = trouble;
        let state = InterpreterState::Ended { message, hint };
        self.log.push(Event::Interpreter { language: group.language(), state });
    }

    /// Tells those who wait that no answer comes.
    pub(super) fn abandon(&mut self, waiting: Vec<Waiting>, trouble: &Trouble) {
        for one in waiting {
            match one {
                Waiting::Asker(asker) | Waiting::Table(asker, _) => {
                    let Trouble { message, hint } = trouble.clone();
                    // Whoever asked may have gone.
                    let _ = asker.send(Err(Problem { message, hint }));
                }
                Waiting::Export(names) => {
                    let values = names.into_iter().map(|name| (name, Err(trouble.clone())));
                    let values = values.collect();
                    self.news.push_back(session::Event::Exported { values });
                }
                // Nobody knows what they are: that they are missing would be a guess.
                Waiting::Modules(_) => self.modules_found(BTreeMap::new()),
                Waiting::Keep(executed, _) => self.record(executed),
            }
        }
    }

    async fn answer(&mut self, group: Group, answer: Answer) {
        match answer {
            Answer::Ready(ready) => self.ready(group, ready),
            Answer::Started { execution } => {
                let running = self.running.as_mut();
                if let Some(running) = running.filter(|it| it.execute.execution == execution) {
                    running.begin();
                }
            }
            Answer::Output { execution, output } => {
                let output = self.with_what_was_meant(execution, output);
                self.shown(group, execution, output);
            }
            Answer::InputRequest { execution, prompt, password } => {
                self.asking = Some(group);
                let cell = self.cell_of(execution);
                let shown = prompt.clone();
                self.prompt = Some(Prompt { cell: cell.clone(), prompt: shown, password });
                self.log.push(Event::InputRequest { cell, execution, prompt, password });
            }
            Answer::Finished(finished) => self.finished(group, *finished).await,
            Answer::Log { level, text } => self.log.push(Event::Log { level, text }),
            Answer::Comm(comm) => {
                let execution = self.running.as_ref().map(|it| it.execute.execution);
                self.log.push(Event::Comm { execution, comm });
            }
            Answer::Exported { request, values } => {
                if let Some(waiting) = self.pending.take(group, request) {
                    self.exported(waiting, values).await;
                }
            }
            Answer::Modules { request, found } => match self.pending.take(group, request) {
                Some(Waiting::Modules(names)) => {
                    let missing = |name| (name, FoundModule::Missing);
                    let mut all: BTreeMap<_, _> = names.into_iter().map(missing).collect();
                    all.extend(found);
                    self.modules_found(all);
                }
                // It was asked for nothing but an answer; whoever asked may have gone.
                Some(Waiting::Asker(asker)) => drop(asker.send(Ok(Reply::Done))),
                _ => {}
            },
            Answer::Reloaded { request, done, refused, found } => {
                drop(self.pending.take(group, request));
                self.modules_reloaded(&done, refused, found);
            }
            Answer::Completions { request, start, end, items } => {
                self.reply(group, request, Reply::Completions { start, end, items });
            }
            Answer::Inspected { request, found, data } => {
                self.reply(group, request, Reply::Inspected { found, data });
            }
            Answer::Diagnosed { request, mistakes } => {
                self.reply(group, request, Reply::Diagnosed { problems: mistakes });
            }
            Answer::Completeness { request, status, indent } => {
                self.reply(group, request, Reply::Completeness { status, indent });
            }
        }
    }

    fn reply(&mut self, group: Group, request: u64, reply: Reply) {
        if let Some(Waiting::Asker(asker)) = self.pending.take(group, request) {
            // Whoever asked may have gone.
            let _ = asker.send(Ok(reply));
        }
    }

    fn ready(&mut self, group: Group, ready: Box<Ready>) {
        if ready.version != VERSION {
            let message = format!(
                "the {} interpreter speaks version {} of the protocol, and this is version \
                 {VERSION}",
                group.language().title(),
                ready.version
            );
            let hint = Some("install the same version of Flownote in its Python".to_owned());
            self.processes.let_go(group, self.patience.end);
            self.gone(group, Trouble { message: message.clone(), hint });
            let language = group.language();
            self.news.push_back(session::Event::Lost { language, message });
            return;
        }
        let (language, pid, runtime) = (group.language(), ready.pid, ready.runtime.clone());
        let state = InterpreterState::Ready { pid, runtime };
        self.log.push(Event::Interpreter { language, state });
        self.processes.is_ready(group, ready);
        self.answer_runtime(group);
        self.look_up_waiting(group);
        if group == Group::Python {
            self.find_imports();
        }
    }

    pub(super) fn shown(&mut self, group: Group, execution: Option<u64>, output: Output) {
        let running = self.running.as_mut().filter(|it| it.group == group);
        let running = running.filter(|it| execution == Some(it.execute.execution));
        let verdict = running.map_or(Verdict::Show, |it| {
            let verdict = it.admit(&output, &self.limits);
            if let (Verdict::Show, Output::Stream { name, text }) = (verdict, &output) {
                let at = it.elapsed_ms();
                it.lines.push(*name, at, text);
            }
            verdict
        });
        let output = match verdict {
            Verdict::Show => output,
            Verdict::Drop => return,
            Verdict::Cut => Output::stderr(format!(
                "\nMore output is not shown: the cell has shown {} outputs or {} MB.\n",
                self.limits.outputs,
                self.limits.output >> 20,
            )),
        };
        let running = self.running.as_mut().filter(|it| it.group == group);
        if let Some(running) = running.filter(|it| execution == Some(it.execute.execution)) {
            running.outputs.push(output.clone());
        }
        self.show(execution, output.clone());
        if let Some(execution) = execution {
            self.news.push_back(session::Event::Output { execution, output });
        }
    }

    async fn finished(&mut self, group: Group, finished: Finished) {
        let of_it = |it: &mut super::running::Running| {
            it.group == group && it.execute.execution == finished.execution
        };
        let Some(running) = self.running.take_if(of_it) else {
            return self.warn(format!("execution {} ended twice", finished.execution));
        };
        self.asking = self.asking.filter(|asking| *asking != group);
        let execution = finished.execution;
        let kept = self.keep_all(execution, finished.exports).await;
        let mut defined: BTreeMap<String, session::Defined> =
            (finished.defined.iter()).map(|(name, it)| (name.clone(), defined_of(it))).collect();
        for (name, outcome) in &kept {
            if let (Some(it), Ok(stored)) = (defined.get_mut(&name.name), outcome) {
                it.digest = Some(stored.digest.clone());
                it.common = stored.common;
            }
        }
        let status = match finished.status {
            FinishedStatus::Ok => session::FinishStatus::Ok,
            FinishedStatus::Error => session::FinishStatus::Error,
            FinishedStatus::Interrupted => session::FinishStatus::Interrupted,
        };
        self.log.push(Event::Finished {
            cell: running.execute.cell.clone(),
            execution,
            count: running.execute.count,
            status,
            elapsed_ms: finished.elapsed_ms,
            defined: finished.defined,
            payload: finished.payload,
            exit: finished.exit,
        });
        if !kept.is_empty() {
            // Before the end: the cell that is next may need them.
            self.news.push_back(session::Event::Exported { values: kept });
        }
        let mut finish = session::Finish {
            status,
            defined,
            deleted: finished.deleted,
            lost: (finished.lost.into_iter())
                .map(|it| VersionedName { name: it.name, version: it.version })
                .collect(),
            unverified: finished.unverified,
            uncacheable: finished.uncacheable,
            world: world_of(&finished.externals),
            modules: BTreeMap::new(),
            elapsed_ms: milliseconds(finished.elapsed_ms),
            unsent: false,
        };
        let mut running = running;
        self.note_modules(&mut running.execute.question, finished.edited, &mut finish);
        let executed = Executed {
            elapsed_ms: finish.elapsed_ms,
            defined: finish.defined.clone(),
            deleted: finish.deleted.clone(),
            externals: finished.externals,
            unverified: finish.unverified.clone(),
            uncacheable: finish.uncacheable.clone(),
            usage: finished.usage,
            ..self.executed(running, status)
        };
        // Before the next cell, which may be long: what is quick to write is written now.
        self.keep_rest(group, Box::new(executed), QUICK);
        self.news.push_back(session::Event::Finished { execution, finish });
    }

    /// Keeps what an execution exported.
    async fn keep_all(
        &mut self,
        version: u64,
        exports: BTreeMap<String, Exported>,
    ) -> Vec<(VersionedName, Result<Stored, Trouble>)> {
        let mut kept = Vec::new();
        for (name, exported) in exports {
            let outcome = self.keep(&name, version, exported, Form::Common).await;
            kept.push((VersionedName { name, version }, outcome));
        }
        kept
    }

    pub(super) async fn keep(
        &mut self,
        name: &str,
        version: u64,
        exported: Exported,
        form: Form,
    ) -> Result<Stored, Trouble> {
        match exported {
            Exported::Failed { error: Problem { message, hint } } => Err(Trouble { message, hint }),
            Exported::Value(value) => match self.values.take(name, version, value, form).await {
                Ok(record) => {
                    let common = is_common(&record);
                    Ok(Stored { digest: record.digest.to_string(), common })
                }
                Err(error) => Err(Trouble { hint: error.hint(), message: error.to_string() }),
            },
        }
    }

    async fn exported(&mut self, waiting: Waiting, mut values: BTreeMap<String, Exported>) {
        match waiting {
            Waiting::Export(names) => {
                let mut kept = Vec::new();
                for name in names {
                    let outcome = match values.remove(&name.name) {
                        Some(exported) => {
                            self.keep(&name.name, name.version, exported, Form::Common).await
                        }
                        None => Err(Trouble {
                            message: format!("`{}` did not come", name.name),
                            hint: None,
                        }),
                    };
                    kept.push((name, outcome));
                }
                self.news.push_back(session::Event::Exported { values: kept });
            }
            Waiting::Keep(executed, again) => self.kept(executed, values, again).await,
            Waiting::Table(asker, name) => self.table_came(asker, name, values).await,
            Waiting::Asker(_) | Waiting::Modules(_) => {}
        }
    }
}

fn defined_of(defined: &protocol::Defined) -> session::Defined {
    session::Defined {
        type_name: defined.type_name.clone(),
        summary: defined.summary.clone(),
        live: defined.live,
        digest: defined.digest.clone(),
        common: false,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float saturates, and times are whole milliseconds from here on"
)]
fn milliseconds(elapsed: f64) -> u64 {
    elapsed.round() as u64
}
