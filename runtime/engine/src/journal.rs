//! The writer of a run's log. The log is the lock (engine rule 10): numbers are dense, one
//! append is in flight, and who finds its number taken is no longer the owner.

use std::mem;

use flownote_flow::event::RunEvent;
use flownote_flow::manifest::SCHEMA;
use flownote_flow::run::LogBatch;
use flownote_store::{Appended, RunKey, Store};

use crate::Error;

/// The writer's end of a log.
#[derive(Debug)]
pub struct Journal {
    epoch: u64,
    next: u64,
    waiting: Vec<RunEvent>,
}

/// A batch on its way to the datastore.
#[derive(Debug)]
pub struct Append {
    /// Its number.
    pub seq: u64,
    batch: LogBatch,
}

impl Append {
    /// Writes the batch. Answers its number, or that the run has another owner now.
    pub async fn write(self, store: &Store, run: &RunKey) -> Result<u64, Error> {
        match store.append_log(run, self.seq, &self.batch).await? {
            Appended::Won => Ok(self.seq),
            Appended::Taken => Err(Error::Fenced { run: run.run.clone(), seq: self.seq }),
        }
    }
}

impl Journal {
    /// A writer that owns `epoch` and writes from number `next` on.
    pub fn new(epoch: u64, next: u64) -> Self {
        Self { epoch, next, waiting: Vec::new() }
    }

    /// Adds an event to the next batch.
    pub fn push(&mut self, event: RunEvent) {
        self.waiting.push(event);
    }

    /// How many events wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes what waits as one batch; the caller writes it before it takes the next.
    pub fn take(&mut self, nonce: String, written_at: String) -> Append {
        let events = mem::take(&mut self.waiting);
        let batch = LogBatch { schema: SCHEMA, nonce, epoch: self.epoch, written_at, events };
        self.next += 1;
        Append { seq: self.next - 1, batch }
    }
}
