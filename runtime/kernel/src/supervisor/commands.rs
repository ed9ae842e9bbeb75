//! Answers what is asked through a [`super::Handle`].

use flownote_notebook::session::{self, Group, RunRequest, Trouble};
use flownote_notebook::{Language, Output, places};
use tokio::sync::oneshot;

use super::event::{Event, InterpreterState};
use super::handle::Command;
use super::pending::Waiting;
use super::request::{Manner, Prompt, Reply, Request, Seen, Standing};
use super::service::Service;
use crate::protocol::{self, Problem};

/// What is shown of a password, however long it is.
const HIDDEN: &str = "········";

pub(super) type Asker = oneshot::Sender<Result<Reply, Problem>>;

impl Service {
    /// Follows one request. What it means for the session is told by events.
    pub(super) async fn command(&mut self, Command { request, answer }: Command) {
        let reply = match request {
            Request::Look => Ok(Reply::Seen(Box::new(self.seen()))),
            Request::Operate { operation } => self.operate(operation).await,
            Request::Reload { document } => {
                self.log.push(Event::Reloaded { document: document.clone() });
                self.news.push_back(session::Event::Reloaded { document });
                Ok(Reply::Done)
            }
            Request::Run { run, manner } => {
                // What comes along is never silent.
                self.manner = Manner { silent: false, ..manner };
                if let RunRequest::Cells { cells } = &run {
                    self.manners.extend(cells.iter().map(|cell| (cell.clone(), manner)));
                }
                self.look_at_modules().await;
                if self.session.is_idle() {
                    self.log.push(Event::Busy);
                }
                self.news.push_back(session::Event::Run { run });
                Ok(Reply::Done)
            }
            Request::Interrupt => {
                self.note_waiting();
                self.news.push_back(session::Event::Interrupt);
                Ok(Reply::Done)
            }
            Request::Cancel { cell } => {
                self.news.push_back(session::Event::Cancel { cell });
                Ok(Reply::Done)
            }
            Request::Kill { language } => {
                let interpreter = Group::of(language).and_then(|it| self.processes.get(it));
                if let Some(interpreter) = interpreter {
                    interpreter.kill();
                }
                Ok(Reply::Done)
            }
            Request::Restart { language } => {
                if let Some(group) = Group::of(language) {
                    self.tell_what_is_left(group);
                }
                self.news.push_back(session::Event::Restart { language });
                Ok(Reply::Done)
            }
            Request::Complete { language, code, cursor } => {
                let ask = |request| protocol::Request::Complete { request, code, cursor };
                return self.ask(language, answer, ask);
            }
            Request::Inspect { language, code, cursor, detail } => {
                let ask = |request| protocol::Request::Inspect { request, code, cursor, detail };
                return self.ask(language, answer, ask);
            }
            Request::IsComplete { language, code } => {
                let ask = |request| protocol::Request::IsComplete { request, code };
                return self.ask(language, answer, ask);
            }
            Request::Links => Ok(Reply::Links { cells: self.session.links() }),
            Request::Definition { cell, at } => {
                let links = self.session.links();
                let place = places::definition(self.session.document(), &links, &cell, at);
                Ok(Reply::DefinedAt { place })
            }
            Request::Diagnose { cell } => return self.diagnose(&cell, answer),
            Request::Runtime { language } => return self.runtime(language, answer),
            Request::Table { cell, name } => return self.table(&cell, name, answer).await,
            Request::Settle { language } => {
                // Answered in its turn, and asks for nothing.
                let ask = |request| protocol::Request::Modules { request, names: Vec::new() };
                return self.ask(language, answer, ask);
            }
            Request::Input { text } => self.input(text),
            Request::Comm { comm } => self
                .send(Group::Python, &protocol::Request::Comm(comm))
                .map(|()| Reply::Done)
                .map_err(problem),
            Request::Shutdown => {
                self.ending = true;
                Ok(Reply::Done)
            }
        };
        // Whoever asked may have gone.
        let _ = answer.send(reply);
    }

    fn seen(&self) -> Seen {
        Seen {
            session: self.id.to_string(),
            document: self.session.document().clone(),
            statuses: self.session.statuses().into_iter().collect(),
            next: self.log.next(),
            idle: self.session.is_idle(),
            interpreters: self.standings(),
            asking: self.prompt.clone().filter(|_| self.asking.is_some()),
            elapsed_ms: self.log.elapsed_ms(),
        }
    }

    fn standings(&self) -> Vec<Standing> {
        let stands = |group: Group| Standing {
            language: group.language(),
            state: match self.processes.ready(group) {
                Some(ready) => {
                    InterpreterState::Ready { pid: ready.pid, runtime: ready.runtime.clone() }
                }
                None => InterpreterState::Starting,
            },
        };
        self.processes.groups().into_iter().map(stands).collect()
    }

    async fn operate(&mut self, operation: flownote_notebook::Operation) -> Result<Reply, Problem> {
        // What was heard before comes before.
        self.tell_session().await;
        let applied = self.session.apply(session::Event::Operation { operation });
        let actions = applied.map_err(|error| Problem {
            hint: flownote_flow::help::Help::hint(&error),
            message: error.to_string(),
        })?;
        for action in actions {
            self.perform(action).await;
        }
        Ok(Reply::Changed { revision: self.session.document().revision() })
    }

    fn input(&mut self, text: String) -> Result<Reply, Problem> {
        let Some(group) = self.asking.take() else {
            let message = "no cell waits for a line".to_owned();
            return Err(Problem { message, hint: None });
        };
        if let Some(prompt) = self.prompt.take() {
            self.answered(group, &prompt, &text);
        }
        let reply = protocol::Request::InputReply { text };
        self.send(group, &reply).map(|()| Reply::Done).map_err(problem)
    }

    /// Says that a cell waits for no line any more. What was asked and answered stays in its
    /// output, as it would in a terminal; of a password nothing does, not even its length.
    fn answered(&mut self, group: Group, prompt: &Prompt, text: &str) {
        self.log.push(Event::InputAnswered { cell: prompt.cell.clone() });
        if !self.shows_answers {
            return;
        }
        let running = self.running.as_ref().filter(|it| it.group == group);
        let Some(execution) = running.map(|it| it.execute.execution) else { return };
        let seen = if prompt.password { HIDDEN } else { text };
        let line = Output::stdout(format!("{}{seen}\n", prompt.prompt));
        self.shown(group, Some(execution), line);
    }

    /// Passes a question on to a language's interpreter.
    pub(super) fn ask(
        &mut self,
        language: Language,
        asker: Asker,
        request: impl FnOnce(u64) -> protocol::Request,
    ) {
        let Some(group) = Group::of(language) else {
            let message = format!("{} cells are not run", language.title());
            let _ = asker.send(Err(Problem { message, hint: None }));
            return;
        };
        let number = self.pending.enter(group, Waiting::Asker(asker));
        if let Err(trouble) = self.send(group, &request(number)) {
            let asked = self.pending.take(group, number);
            self.abandon(asked.into_iter().collect(), &trouble);
        }
    }

    fn runtime(&mut self, language: Language, asker: Asker) {
        let Some(group) = Group::of(language) else {
            let message = format!("{} cells are not run", language.title());
            let _ = asker.send(Err(Problem { message, hint: None }));
            return;
        };
        if let Err(trouble) = self.ensure(group) {
            let _ = asker.send(Err(problem(trouble)));
            return;
        }
        self.runtime_askers.push((group, asker));
        self.answer_runtime(group);
    }

    /// Tells those who asked what runs a language, once it is known.
    pub(super) fn answer_runtime(&mut self, group: Group) {
        let Some(ready) = self.processes.ready(group) else { return };
        for (_, asker) in self.runtime_askers.extract_if(.., |(of, _)| *of == group) {
            let _ = asker.send(Ok(Reply::Runtime { runtime: ready.runtime.clone() }));
        }
    }
}

fn problem(Trouble { message, hint }: Trouble) -> Problem {
    Problem { message, hint }
}
