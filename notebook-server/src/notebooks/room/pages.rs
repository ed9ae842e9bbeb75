//! What pages say, and what they are told.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use flownote_kernel::protocol::Problem;
use flownote_kernel::supervisor::{Event, Reply};
use flownote_notebook::{CellId, Change, Operation, text};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{Kernel, Page, Room, Standings};
use crate::notebooks::changes::{ChangeSet, Replaced};
use crate::notebooks::outbox::{Kind, Outbox};
use crate::notebooks::texts::Refused;
use crate::notebooks::words::{Answer, Edit, FromPage, Hello, Person, ToPage, Update};

impl Room {
    /// A page is there.
    pub(super) fn join(&mut self, outbox: Arc<Outbox>, name: String, joined: oneshot::Sender<u32>) {
        self.last_client += 1;
        let client = self.last_client;
        if joined.send(client).is_err() {
            return;
        }
        let person = Person { client, name, cell: None };
        self.pages.insert(client, Page { outbox, person });
        self.alone_since = None;
        self.greet(client);
        self.tell_people();
        if let Some(text) = self.lost.take() {
            self.event(Event::Log { level: "warning".to_owned(), text });
        }
    }

    /// A page is gone.
    pub(super) fn leave(&mut self, client: u32) {
        self.pages.remove(&client);
        if self.pages.is_empty() {
            self.alone_since = Some(Instant::now());
            self.save();
        }
        self.tell_people();
    }

    /// Tells a page everything.
    pub(super) fn greet(&self, client: u32) {
        let Some(page) = self.pages.get(&client) else { return };
        let hello = ToPage::Hello(Box::new(self.hello(client)));
        page.outbox.push(Kind::Snapshot, frame(&hello));
        if self.save_problem.is_some() {
            self.tell(client, &self.saved_word());
        }
    }

    /// Tells every page everything.
    pub(super) fn greet_all(&self) {
        self.pages.keys().for_each(|client| self.greet(*client));
    }

    fn hello(&self, client: u32) -> Hello {
        let Standings { session, interpreters } = self.standings();
        Hello {
            client,
            path: self.path.as_str().to_owned(),
            session,
            document: self.document.clone(),
            statuses: self.statuses.clone(),
            elapsed_ms: self.clocks.elapsed_ms(),
            names: self.names.clone(),
            versions: self.texts.versions(&self.document),
            next: self.next,
            idle: self.idle,
            interpreters,
            asking: self.asking.clone(),
            people: self.people(),
            saved: self.is_saved(),
            trusted: self.is_trusted(),
            trusted_cells: self.trusted_cells(),
        }
    }

    fn people(&self) -> Vec<Person> {
        self.pages.values().map(|page| page.person.clone()).collect()
    }

    fn tell_people(&self) {
        self.tell_all(&ToPage::People(self.people()));
    }

    /// Tells all pages.
    pub(super) fn tell_all(&self, word: &ToPage) {
        if self.pages.is_empty() {
            return;
        }
        let frame = frame(word);
        self.pages.values().for_each(|page| page.outbox.push(Kind::News, frame.clone()));
    }

    /// Tells one page.
    fn tell(&self, client: u32, word: &ToPage) {
        let Some(page) = self.pages.get(&client) else { return };
        let kind = if matches!(word, ToPage::Answer(_)) { Kind::Answer } else { Kind::News };
        page.outbox.push(kind, frame(word));
    }

    /// Answers a page's question.
    pub(super) fn answer(&self, client: u32, id: u32, answer: Result<Reply, Problem>) {
        let (reply, problem) = match answer {
            Ok(reply) => (Some(reply), None),
            Err(problem) => (None, Some(problem)),
        };
        self.tell(client, &ToPage::Answer(Answer { id, reply, problem }));
    }

    /// A page says something.
    pub(super) fn said(&mut self, client: u32, word: FromPage) {
        match word {
            FromPage::Ask(ask) => self.ask(client, ask.id, ask.request),
            FromPage::Edit(edit) => self.edit(client, edit),
            FromPage::Focus(focus) => {
                if let Some(page) = self.pages.get_mut(&client) {
                    page.person.cell = focus.cell;
                    self.tell_people();
                }
            }
            FromPage::Trust {} => self.trust(),
            FromPage::Save {} => self.save_now(),
        }
    }

    /// A page sent a text that is none (half a character, for one).
    pub(super) fn garbled(&self, client: u32, cell: &CellId) {
        if self.document.cell(cell).is_some() {
            self.tell(client, &ToPage::Resync(self.texts.resync(&self.document, cell)));
        }
    }

    /// A page asked something that nobody understands.
    pub(super) fn senseless(&self, client: u32, id: u32, why: String) {
        let hint = Some("reload the page: it may be older than the server".to_owned());
        let message = format!("the question can't be understood: {why}");
        self.answer(client, id, Err(Problem { message, hint }));
    }

    fn edit(&mut self, client: u32, edit: Edit) {
        let Edit { cell, version, updates } = edit;
        let changes: Vec<ChangeSet> = updates.into_iter().map(|it| it.changes).collect();
        match self.texts.check(&self.document, &cell, version, &changes) {
            Ok(operations) => {
                for operation in operations {
                    // It was tried on the same text.
                    let Ok(change) = self.document.apply(operation) else { continue };
                    self.pass_on(change.applied);
                }
                let updates = changes.into_iter().map(|changes| Update { client, changes });
                let edited = self.texts.take(&cell, updates.collect());
                self.tell_all(&ToPage::Edited(edited));
                self.warm_up();
            }
            Err(Refused::Behind(edited)) => self.tell(client, &ToPage::Edited(edited)),
            Err(Refused::Lost(resync)) => self.tell(client, &ToPage::Resync(resync)),
            // The page is told, or was, that the cell went.
            Err(Refused::Gone) => {}
        }
    }

    /// An operation on cells was applied to the document.
    pub(super) fn changed(&mut self, change: Change) {
        let Change { revision, applied, touched, removed, .. } = change;
        self.pass_on(applied.clone());
        let mut resyncs: Vec<CellId> = Vec::new();
        match &applied {
            Operation::Splice { cell, from, to, text } => {
                let now = self.document.cell(cell).map_or(0, |cell| text::length(&cell.source));
                let before = (now + (to - from)).saturating_sub(text::length(text));
                let replaced = Replaced { from: *from, to: *to, text: text.clone() };
                let changes = ChangeSet::replace(before, replaced);
                let edited = self.texts.take(cell, vec![Update { client: 0, changes }]);
                return self.tell_all(&ToPage::Edited(edited));
            }
            Operation::Edit { cell, .. } => resyncs.push(cell.clone()),
            Operation::Insert { cell, .. } if self.texts.knows(&cell.id) => {
                resyncs.push(cell.id.clone());
            }
            Operation::Replace { cells, .. } => {
                let before = |cell: &&CellId| cells.contains(cell) || self.texts.knows(cell);
                resyncs.extend(touched.iter().filter(before).cloned());
            }
            _ => {}
        }
        self.judge_anew(&applied, &touched);
        for cell in &removed {
            self.texts.remove(cell);
            self.statuses.remove(cell);
        }
        if !matches!(applied, Operation::Edit { .. }) {
            self.event(Event::Changed { revision, applied, touched, removed });
        }
        for cell in resyncs {
            let resync = self.texts.replaced(&self.document, &cell);
            self.tell_all(&ToPage::Resync(resync));
        }
    }

    /// Whoever edits will run: the kernel begins meanwhile.
    pub(super) fn warm_up(&mut self) {
        if matches!(self.kernel, Kernel::None) && !self.gave_up {
            self.start_kernel();
        }
    }
}

fn frame(word: &ToPage) -> Utf8Bytes {
    // These types have no map whose keys aren't text.
    Utf8Bytes::from(serde_json::to_string(word).unwrap_or_default())
}
