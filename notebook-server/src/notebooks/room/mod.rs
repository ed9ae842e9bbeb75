//! An open notebook: who looks at it, its text and its outputs, the link to its supervisor,
//! its file. One task does everything, in the order in which it comes in.
//!
//! The room is the authority over the document; its supervisor is told every operation and
//! has the same document. While no kernel runs the room does alone.

mod ask;
mod disk;
mod kernel;
mod names;
mod pages;
mod restore;
mod start;
mod table;
mod trust;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use flownote_kernel::protocol::{Problem, ValueRef};
use flownote_kernel::supervisor::{Clocks, Event, InterpreterState, Prompt, Request, Standing};
use flownote_notebook::session::{CellLinks, CellStatus};
use flownote_notebook::{CellId, Document, Language, Operation};
use flownote_store::Store;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, interval, sleep_until};

use super::file::{Known, Outcome};
use super::folder::{Folder, Relative};
use super::journal::Journal;
use super::kernels::{Kernels, Place};
use super::link::{Link, News};
use super::outbox::Outbox;
use super::texts::Texts;
use super::trust::Trust;
use super::words::{FromPage, Person};

pub use names::Known as KnownCells;
pub use start::Refusal;

/// So many messages wait for a room; then who sends them waits.
const INBOX: usize = 256;
/// How often the disk is looked at, and the journal made safe.
const BEAT: Duration = Duration::from_secs(1);
/// A room that nobody looks at stays so long.
const LINGER: Duration = Duration::from_secs(20);

/// What rooms stand on.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The served folder.
    pub folder: Folder,
    /// How supervisors are reached.
    pub kernels: Kernels,
    /// Where earlier results are.
    pub store: Store,
    /// Whose outputs are this user's own.
    pub trust: Trust,
}

/// What a room is told.
#[derive(Debug)]
pub enum Message {
    /// A page is there; it is told its number.
    Join(Arc<Outbox>, String, oneshot::Sender<u32>),
    /// It is gone.
    Leave(u32),
    /// It has read what there was, and wants a snapshot.
    CatchUp(u32),
    /// It says something.
    Said(u32, FromPage),
    /// It said something about a cell's text that is no text.
    Garbled(u32, CellId),
    /// It asked something that nobody understands.
    Senseless(u32, u32, String),
    /// Of the link with a number.
    News(u64, News),
    /// What became of a save, and how much of the journal it has.
    Saved(Outcome, u64, usize),
    /// What became of a look at the file.
    Looked(disk::Looked),
    /// The names of its cells, found while no kernel runs.
    Named(BTreeMap<CellId, CellLinks>),
    /// Give it the cells of a save; whether that changes anything.
    Restore(Document, oneshot::Sender<Result<bool, Problem>>),
    /// Where a value is that a cell made, read or showed.
    Table(CellId, String, Looker),
    /// The session and the interpreters that run.
    Stand(oneshot::Sender<Standings>),
    /// The document as it is.
    Look(oneshot::Sender<Document>),
    /// The names that its cells make and use.
    LookAtNames(oneshot::Sender<BTreeMap<CellId, CellLinks>>),
    /// Save and end; answered when it has.
    End(oneshot::Sender<()>),
}

/// Who waits for a value.
pub type Looker = oneshot::Sender<Result<Box<ValueRef>, Problem>>;

/// What runs for a notebook.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    /// The session; none while no kernel runs.
    pub session: Option<String>,
    /// Its interpreters.
    pub interpreters: Vec<Standing>,
}

/// One page.
struct Page {
    outbox: Arc<Outbox>,
    person: Person,
}

/// Whose answer one is.
enum Waiting {
    /// A page's question.
    Page(u32, u32),
    /// An operation was told; what it was.
    Operation,
    /// A look, after somebody else changed the document.
    Look,
    /// The names of the cells.
    Names,
    /// A value that somebody looks at.
    Table(Looker),
}

/// How it stands with the supervisor.
enum Kernel {
    /// There is none, or it failed to begin.
    None,
    /// It is being started; what is asked meanwhile waits.
    Starting(Link, Vec<(u64, Request)>),
    /// It is there.
    Up(Link),
}

/// An open notebook.
pub struct Room {
    path: Relative,
    place: Place,
    ground: Ground,
    document: Document,
    statuses: BTreeMap<CellId, CellStatus>,
    /// How long they run, or ran when they last did.
    clocks: Clocks,
    names: BTreeMap<CellId, CellLinks>,
    /// When names are asked for.
    name_at: Option<Instant>,
    texts: Texts,
    pages: BTreeMap<u32, Page>,
    last_client: u32,
    /// The number of the next event.
    next: u64,
    session: Option<String>,
    idle: bool,
    interpreters: BTreeMap<Language, InterpreterState>,
    asking: Option<Prompt>,
    kernel: Kernel,
    /// It could not begin: editing doesn't try again, running does.
    gave_up: bool,
    /// The cells whose outputs may act.
    trusted: BTreeSet<CellId>,
    last_link: u64,
    waiting: HashMap<u64, Waiting>,
    last_token: u64,
    /// Operations that the supervisor was told and hasn't confirmed.
    told: VecDeque<Operation>,
    known: Known,
    /// The ids of the file's cells, where it doesn't name them all itself.
    file_cells: Vec<CellId>,
    /// The same of the file that is being written.
    saving_cells: Vec<CellId>,
    journal: Journal,
    /// What became of a journal that couldn't be applied, for the first page.
    lost: Option<String>,
    /// Counts what makes the document another than its file.
    changes: u64,
    /// The count as of the last save.
    saved: u64,
    saving: bool,
    /// The file is being looked at.
    looking: bool,
    save_at: Option<Instant>,
    first_change: Option<Instant>,
    save_problem: Option<Problem>,
    /// How many looks in a row found no file.
    times_gone: u32,
    alone_since: Option<Instant>,
    myself: mpsc::Sender<Message>,
    inbox: mpsc::Receiver<Message>,
    ending: Vec<oneshot::Sender<()>>,
}

impl Room {
    /// Serves pages until the room isn't needed any more.
    pub async fn run(mut self) {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let (save, name) = (at(self.save_at), at(self.name_at));
            tokio::select! {
                message = self.inbox.recv() => match message {
                    Some(message) => self.take(message).await,
                    None => break,
                },
                () = save => self.save(),
                () = name => self.ask_names(),
                _ = beat.tick() => self.beat(),
            }
            if self.is_over() {
                break;
            }
        }
        // Who comes now opens the room anew.
        self.inbox.close();
        self.pages.values().for_each(|page| page.outbox.close());
        for ended in self.ending {
            // Who waited may have gone.
            let _ = ended.send(());
        }
    }

    async fn take(&mut self, message: Message) {
        match message {
            Message::Join(outbox, name, joined) => self.join(outbox, name, joined),
            Message::Leave(client) => self.leave(client),
            Message::CatchUp(client) => self.greet(client),
            Message::Said(client, word) => self.said(client, word),
            Message::Garbled(client, cell) => self.garbled(client, &cell),
            Message::Senseless(client, id, why) => self.senseless(client, id, why),
            Message::News(number, news) => self.news(number, news).await,
            Message::Saved(outcome, changes, lines) => self.written(outcome, changes, lines),
            Message::Looked(looked) => self.looked(looked),
            Message::Named(links) => self.named(links),
            Message::Restore(saved, answer) => drop(answer.send(self.restore(&saved))),
            Message::Table(cell, name, looker) => self.table(cell, name, looker),
            Message::Stand(answer) => drop(answer.send(self.standings())),
            Message::Look(answer) => drop(answer.send(self.document.clone())),
            Message::LookAtNames(answer) => drop(answer.send(self.names.clone())),
            Message::End(ended) => {
                self.ending.push(ended);
                self.save();
            }
        }
    }

    fn is_over(&self) -> bool {
        let rests = !self.saving && (self.is_saved() || self.save_problem.is_some());
        if !self.ending.is_empty() {
            return rests;
        }
        let alone = self.alone_since.is_some_and(|since| since.elapsed() >= LINGER);
        // Whoever comes back finds the outputs in the file: what runs is seen to its end.
        alone && self.pages.is_empty() && rests && self.idle
    }

    /// Something happened: pages are told, in this order, with a number.
    fn event(&mut self, event: Event) {
        self.clocks.heed(&event);
        let seq = self.next;
        self.next += 1;
        self.tell_all(&super::words::ToPage::Event(flownote_kernel::supervisor::Numbered {
            seq,
            event,
        }));
    }

    fn token(&mut self, waiting: Waiting) -> u64 {
        self.last_token += 1;
        self.waiting.insert(self.last_token, waiting);
        self.last_token
    }
}

/// Waits for a time; for ever when there is none.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
