//! The task that writes: the service never waits for the datastore.

use std::time::Duration;

use flownote_flow::manifest::Outcome;
use flownote_flow::run::RunRecord;
use flownote_notebook::Document;
use flownote_store::Store;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use super::writer::{Writer, Writing};
use super::{About, Executed};

/// How long events of the log wait for company.
const FLUSH: Duration = Duration::from_millis(200);
/// How long entries wait before they are written: the cell that comes next goes first.
const LATER: Duration = Duration::from_millis(100);
/// How many entries are taken at once.
const MANY: usize = 64;
/// Before a datastore that failed is asked again; twice as long each time, up to the second.
const AGAIN: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Takes what is to be written.
#[derive(Debug)]
pub struct Recorder {
    about: About,
    entries: mpsc::UnboundedSender<Entry>,
    task: JoinHandle<()>,
    /// Whether the run was described: by what the document was when it began.
    is_described: bool,
}

#[derive(Debug)]
enum Entry {
    Described(Box<RunRecord>),
    Started { cell: String, execution: u64 },
    Ended(Box<Executed>),
    NotRun { cell: String, outcome: Outcome },
    Notebook(Box<Document>),
    Touch,
}

impl Recorder {
    /// Begins to take in; troubles are told to `tell`. A datastore that fails is asked again
    /// for so long as `patience` says.
    pub fn start(
        store: Store,
        about: About,
        patience: Duration,
        tell: impl Fn(String) + 'static,
    ) -> Self {
        let (entries, waiting) = mpsc::unbounded_channel();
        let writer = Writer::new(store, about.clone());
        let writing = Recording { writer, patience, failing: None, told: false, tell };
        let task = tokio::task::spawn_local(writing.run(waiting));
        Self { about, entries, task, is_described: false }
    }

    /// An execution begins.
    pub fn started(&self, cell: &str, execution: u64) {
        self.enter(Entry::Started { cell: cell.to_owned(), execution });
    }

    /// An execution ended. The document says which cells there are, should the run begin.
    pub fn ended(&mut self, executed: Box<Executed>, document: &Document) {
        if !std::mem::replace(&mut self.is_described, true) {
            let record = self.about.record(document, &executed);
            self.enter(Entry::Described(Box::new(record)));
        }
        self.enter(Entry::Ended(executed));
    }

    /// A cell was to run and couldn't, or was stopped before its turn.
    pub fn not_run(&self, cell: &str, outcome: Outcome) {
        self.enter(Entry::NotRun { cell: cell.to_owned(), outcome });
    }

    /// The session lives.
    pub fn touch(&self) {
        self.enter(Entry::Touch);
    }

    fn enter(&self, entry: Entry) {
        // The task ends with this sender only.
        let _ = self.entries.send(entry);
    }

    /// Writes what is left, and the notebook as it is now if it is to be kept, and ends the
    /// run.
    pub async fn finish(self, document: Option<Document>) {
        if let Some(document) = document {
            self.enter(Entry::Notebook(Box::new(document)));
        }
        drop(self.entries);
        // It doesn't panic: it has told what it couldn't write.
        let _ = self.task.await;
    }
}

/// The task that writes.
struct Recording<T> {
    writer: Writer,
    patience: Duration,
    /// Since when the datastore fails. Everything that waits shares one patience.
    failing: Option<Instant>,
    told: bool,
    tell: T,
}

impl<T: Fn(String)> Recording<T> {
    async fn run(mut self, mut waiting: mpsc::UnboundedReceiver<Entry>) {
        let mut flush = interval(FLUSH);
        flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut entries = Vec::new();
        let (mut due, mut is_open) = (Instant::now(), true);
        while is_open || !entries.is_empty() {
            tokio::select! {
                count = waiting.recv_many(&mut entries, MANY), if is_open => {
                    is_open = count > 0;
                    // People look for a run that begins; and what ends, ends now.
                    let begins = entries.iter().any(|it| matches!(it, Entry::Described(_)));
                    if begins || !is_open {
                        due = Instant::now();
                    } else if entries.len() == count {
                        due = Instant::now() + LATER;
                    }
                }
                () = sleep_until(due), if !entries.is_empty() => {
                    for entry in entries.drain(..) {
                        self.take(entry).await;
                    }
                }
                // What isn't written now is written with the next.
                _ = flush.tick() => {
                    let flushed = self.writer.flush().await;
                    self.note(&flushed);
                }
            }
        }
        loop {
            let finished = self.writer.finish().await;
            if self.goes_on(finished).await {
                break;
            }
        }
    }

    async fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Described(record) => self.writer.describe(record),
            Entry::Started { cell, execution } => self.writer.started(&cell, execution),
            Entry::NotRun { cell, outcome } => self.writer.not_run(cell, outcome),
            // A sign of life that is missed is followed by another.
            Entry::Touch => drop(self.writer.touch().await),
            Entry::Ended(executed) => {
                let mut writing = Writing::new(executed);
                loop {
                    let written = self.writer.record(&mut writing).await;
                    if self.goes_on(written).await {
                        return;
                    }
                }
            }
            Entry::Notebook(document) => loop {
                let written = self.writer.keep_document(&document).await;
                if self.goes_on(written).await {
                    return;
                }
            },
        }
    }

    fn note(&mut self, written: &Result<(), flownote_store::Error>) {
        match written {
            Ok(()) => self.failing = None,
            Err(_) => drop(self.failing.get_or_insert_with(Instant::now)),
        }
    }

    /// Whether there is no point in trying again: it was written, or the datastore has failed
    /// for too long. Otherwise it waits a little.
    async fn goes_on(&mut self, written: Result<(), flownote_store::Error>) -> bool {
        self.note(&written);
        let (Err(error), Some(since)) = (written, self.failing) else { return true };
        let since = since.elapsed();
        if since >= self.patience {
            // One message, not one for each cell of a full disk.
            if !std::mem::replace(&mut self.told, true) {
                (self.tell)(format!("this session can't be recorded: {error}"));
            }
            return true;
        }
        let (shortest, longest) = AGAIN;
        sleep(since.clamp(shortest, longest).min(self.patience)).await;
        false
    }
}
