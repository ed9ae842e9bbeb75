//! The supervisor's side of a room: how it comes and goes, and what it tells.

use std::collections::BTreeMap;
use std::mem;

use flownote_kernel::protocol::Problem;
use flownote_kernel::supervisor::{
    Event, InterpreterState, Numbered, Prompt, Reply, Request, Seen, Standing,
};
use flownote_notebook::CellId;
use flownote_notebook::session::CellStatus;

use super::names::Known;
use super::{Kernel, Room, Standings, Waiting, table};
use crate::notebooks::link::{Link, News};
use crate::notebooks::words::{SessionNow, ToPage};

impl Room {
    /// Starts the supervisor with the document as it is now.
    pub(super) fn start_kernel(&mut self) {
        self.gave_up = false;
        self.last_link += 1;
        let (kernels, place) = (self.ground.kernels.clone(), self.place.clone());
        let document = Some(Box::new(self.document.clone()));
        let link = Link::open(self.last_link, kernels, place, document, self.myself.clone());
        self.kernel = Kernel::Starting(link, Vec::new());
    }

    /// A link tells something.
    pub(super) async fn news(&mut self, number: u64, news: News) {
        let current = match &self.kernel {
            Kernel::None => None,
            Kernel::Starting(link, _) | Kernel::Up(link) => Some(link.number),
        };
        if current != Some(number) {
            return;
        }
        match news {
            News::Up { seen, started } => self.up(seen, started),
            News::Event(event) => self.heard(event),
            News::Answer(token, answer) => self.answered(token, answer),
            News::Down(problem) => self.down(problem).await,
        }
    }

    fn up(&mut self, seen: Box<Seen>, started: bool) {
        let Kernel::Starting(link, waiting) = mem::replace(&mut self.kernel, Kernel::None) else {
            return;
        };
        if !started {
            // Another server's, which came between: it takes the document that people see.
            let document = Box::new(self.document.clone());
            let token = self.token(Waiting::Operation);
            link.ask(token, Request::Reload { document });
        }
        for (token, request) in waiting {
            let is_told = matches!(self.waiting.get(&token), Some(Waiting::Operation));
            if started || !is_told {
                link.ask(token, request);
            }
        }
        if !started {
            self.told.clear();
        }
        self.kernel = Kernel::Up(link);
        let before = self.statuses.clone();
        self.adopt_session(*seen);
        self.tell_session(&before);
    }

    /// Tells pages that a session began or ended. They have the document already: of a long
    /// notebook that is most of it, and who types in it isn't to wait.
    fn tell_session(&mut self, before: &BTreeMap<CellId, CellStatus>) {
        let status = |of: &BTreeMap<CellId, CellStatus>, cell: &CellId| {
            of.get(cell).cloned().unwrap_or(CellStatus::NeverRun)
        };
        let changed = self.document.cells().iter().map(|cell| cell.id.clone()).filter_map(|cell| {
            let now = status(&self.statuses, &cell);
            (now != status(before, &cell)).then_some(Event::Status { cell, status: now })
        });
        for event in changed.collect::<Vec<_>>() {
            self.event(event);
        }
        let Standings { session, interpreters } = self.standings();
        let (idle, asking) = (self.idle, self.asking.clone());
        self.tell_all(&ToPage::Session(SessionNow { session, idle, interpreters, asking }));
    }

    /// Takes over how a session stands, but for its document.
    pub(super) fn adopt_session(&mut self, seen: Seen) {
        self.session = Some(seen.session);
        let here = |cell: &CellId| self.document.cell(cell).is_some();
        self.statuses = seen.statuses.into_iter().filter(|(cell, _)| here(cell)).collect();
        self.idle = seen.idle;
        self.interpreters =
            seen.interpreters.into_iter().map(|it| (it.language, it.state)).collect();
        self.asking = seen.asking;
        for (cell, elapsed_ms) in seen.elapsed_ms {
            if matches!(self.statuses.get(&cell), Some(CellStatus::Running)) {
                self.clocks.goes_on(cell, elapsed_ms);
            } else {
                self.clocks.took(cell, elapsed_ms);
            }
        }
        self.name_soon();
    }

    /// What runs.
    pub(super) fn standings(&self) -> Standings {
        let interpreters = self.interpreters.iter();
        Standings {
            session: self.session.clone(),
            interpreters: interpreters
                .map(|(language, state)| Standing { language: *language, state: state.clone() })
                .collect(),
        }
    }

    fn heard(&mut self, Numbered { event, .. }: Numbered) {
        match &event {
            Event::Changed { applied, .. } => {
                // The echo of what this room told; else somebody else is attached, too.
                if self.told.front() == Some(applied) {
                    self.told.pop_front();
                } else {
                    self.look();
                }
                return;
            }
            Event::Reloaded { document } => {
                if **document != self.document {
                    self.look();
                }
                return;
            }
            Event::Status { cell, status } => {
                if self.document.cell(cell).is_none() {
                    return;
                }
                self.statuses.insert(cell.clone(), status.clone());
            }
            Event::Started { cell, count, .. } => {
                // A cell that was deleted meanwhile shows nothing.
                let _ = self.document.begin(cell, Some(*count));
                self.made_here(cell);
                self.touch();
            }
            Event::Output { cell: Some(cell), output, execution: Some(_) } => {
                let _ = self.document.push_output(cell, output.clone());
                self.touch();
            }
            Event::Outputs { cell, outputs } => {
                let _ = self.document.show(cell, outputs.clone(), None);
                // They are of this user's store, and so is the code that runs.
                self.made_here(cell);
                self.touch();
            }
            Event::Finished { cell, .. } => {
                self.asking = None;
                self.sign(cell);
                self.touch();
                self.name_soon();
            }
            Event::Restored { .. } => self.name_soon(),
            Event::InputRequest { cell, prompt, password, .. } => {
                self.asking = Some(Prompt {
                    cell: cell.clone(),
                    prompt: prompt.clone(),
                    password: *password,
                });
            }
            Event::InputAnswered { .. } => self.asking = None,
            Event::Interpreter { language, state } => {
                if matches!(state, InterpreterState::Ended { .. }) {
                    self.asking = None;
                }
                self.interpreters.insert(*language, state.clone());
            }
            Event::Busy => self.idle = false,
            Event::Idle => {
                self.idle = true;
                // What a long run showed is worth a file at once.
                self.save_soon();
            }
            _ => {}
        }
        self.event(event);
    }

    fn answered(&mut self, token: u64, answer: Result<Reply, Problem>) {
        match self.waiting.remove(&token) {
            Some(Waiting::Page(client, id)) => self.answer(client, id, answer),
            Some(Waiting::Operation) if answer.is_err() => {
                // The two documents differ: people see this one.
                self.told.clear();
                let document = Box::new(self.document.clone());
                let token = self.token(Waiting::Operation);
                self.ask_kernel(token, Request::Reload { document });
            }
            Some(Waiting::Look) => {
                if let Ok(Reply::Seen(seen)) = answer {
                    self.adopt(*seen);
                }
            }
            Some(Waiting::Names) => {
                if let Ok(Reply::Links { cells }) = answer {
                    self.named(cells);
                }
            }
            Some(Waiting::Table(looker)) => table::answered(looker, answer),
            Some(Waiting::Operation) | None => {}
        }
    }

    fn look(&mut self) {
        if !self.waiting.values().any(|it| matches!(it, Waiting::Look)) {
            let token = self.token(Waiting::Look);
            self.ask_kernel(token, Request::Look);
        }
    }

    /// Takes over a session with its document: somebody else changed it.
    fn adopt(&mut self, seen: Seen) {
        self.told.clear();
        self.document = seen.document.clone();
        self.judge();
        self.texts.all_replaced(&self.document);
        self.adopt_session(seen);
        self.changes += 1;
        self.save_soon();
        self.greet_all();
    }

    async fn down(&mut self, problem: Option<Problem>) {
        let began = matches!(self.kernel, Kernel::Up(_));
        self.kernel = Kernel::None;
        self.gave_up = problem.is_some();
        self.told.clear();
        let lost = || Problem {
            message: "the notebook's kernel ended".to_owned(),
            hint: Some("run the cell again: a new one is started".to_owned()),
        };
        let said = problem.clone().unwrap_or_else(lost);
        for (_, waiting) in mem::take(&mut self.waiting) {
            if let Waiting::Page(client, id) = waiting {
                self.answer(client, id, Err(said.clone()));
            }
        }
        (self.session, self.asking, self.idle) = (None, None, true);
        self.interpreters.clear();
        if began {
            self.clocks.stop();
            let before = self.statuses.clone();
            for status in self.statuses.values_mut() {
                if matches!(status, CellStatus::Queued | CellStatus::Running) {
                    *status = CellStatus::Interrupted;
                }
            }
            let known = Known::of(&self.ground.store, &self.document).await;
            for (cell, status) in known.statuses {
                let was = self.statuses.get(&cell);
                if !matches!(was, Some(CellStatus::Interrupted | CellStatus::Failed)) {
                    self.statuses.insert(cell, status);
                }
            }
            self.named(known.links);
            self.tell_session(&before);
        }
        if let Some(Problem { message, hint }) = problem {
            let text = hint.map_or(message.clone(), |hint| format!("{message}\nhint: {hint}"));
            self.event(Event::Log { level: "error".to_owned(), text });
        }
    }
}
