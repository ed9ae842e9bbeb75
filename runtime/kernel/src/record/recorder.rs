//! The task that writes: the service never waits for the datastore.

use std::time::Duration;

use flownote_notebook::Document;
use flownote_store::Store;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::writer::Writer;
use super::{About, Executed};

/// How long events of the log wait for company.
const FLUSH: Duration = Duration::from_millis(200);

/// Takes what is to be written.
#[derive(Debug)]
pub struct Recorder {
    entries: mpsc::UnboundedSender<Entry>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
enum Entry {
    Started { cell: String, execution: u64 },
    Ended(Box<Executed>, Box<Document>),
    Notebook(Box<Document>),
    Touch,
}

impl Recorder {
    /// Begins to take in; troubles are told to `tell`.
    pub fn start(store: Store, about: About, tell: impl Fn(String) + 'static) -> Self {
        let (entries, waiting) = mpsc::unbounded_channel();
        let task = tokio::task::spawn_local(write(Writer::new(store, about), waiting, tell));
        Self { entries, task }
    }

    /// An execution begins.
    pub fn started(&self, cell: &str, execution: u64) {
        self.enter(Entry::Started { cell: cell.to_owned(), execution });
    }

    /// An execution ended. The document says which cells there are, should the run begin.
    pub fn ended(&self, executed: Box<Executed>, document: &Document) {
        // Only the first one needs it, and it is small beside a process.
        self.enter(Entry::Ended(executed, Box::new(document.clone())));
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

async fn write(
    mut writer: Writer,
    mut waiting: mpsc::UnboundedReceiver<Entry>,
    tell: impl Fn(String),
) {
    let mut flush = interval(FLUSH);
    flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = false;
    let mut tell = |error: flownote_store::Error| {
        // One message, not one for each cell of a full disk.
        if !std::mem::replace(&mut told, true) {
            tell(format!("this session can't be recorded: {error}"));
        }
    };
    loop {
        tokio::select! {
            entry = waiting.recv() => {
                let Some(entry) = entry else { break };
                let written = match entry {
                    Entry::Started { cell, execution } => {
                        writer.started(&cell, execution);
                        Ok(())
                    }
                    Entry::Ended(executed, document) => writer.record(&document, &executed).await,
                    Entry::Notebook(document) => writer.keep_document(&document).await,
                    Entry::Touch => writer.touch().await,
                };
                written.unwrap_or_else(&mut tell);
            }
            _ = flush.tick() => writer.flush().await.unwrap_or_else(&mut tell),
        }
    }
    writer.finish().await.unwrap_or_else(&mut tell);
}
