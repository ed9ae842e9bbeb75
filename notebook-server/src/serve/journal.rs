//! The log: what was decided and told waits here, and is written in batches, as tasks of a run of
//! the flow `Serve` whose artifact `rows` is a table. So whatever reads runs reads the log.
//!
//! A store that fails may have kept what it said it hadn't, so rows may stand in it twice: who
//! reads decisions takes each `request` once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use flownote_store::serve_log::FLOW;
use flownote_store::{Appended, RunKey, Store};

use super::error::Unservable;
use super::queue::Queue;
use super::rows::{Decision, Row, Told};
use super::run::Run;

/// The log.
pub struct Journal {
    store: Store,
    user: String,
    command: Vec<String>,
    decisions: Queue<Decision>,
    events: Queue<Told>,
    /// Whether the last write failed.
    fails: AtomicBool,
    /// One writer at a time.
    run: tokio::sync::Mutex<Option<Run>>,
    /// The run's name, for those who ask while it is written.
    named: Mutex<Option<RunKey>>,
}

impl Journal {
    /// An empty log. A run begins with its first rows.
    pub fn new(store: Store, user: String, command: Vec<String>) -> Self {
        Self {
            store,
            user,
            command,
            decisions: Queue::default(),
            events: Queue::default(),
            fails: AtomicBool::default(),
            run: tokio::sync::Mutex::new(None),
            named: Mutex::default(),
        }
    }

    /// Notes an answer.
    pub fn decided(&self, row: Decision) {
        self.decisions.push([row]);
    }

    /// Notes events.
    pub fn told(&self, events: impl IntoIterator<Item = Told>) {
        self.events.push(events);
    }

    /// Whether so much waits that it is to be written now. While the store fails nothing is
    /// gained by that.
    pub fn is_full(&self) -> bool {
        !self.fails() && (self.decisions.is_full() || self.events.is_full())
    }

    /// Whether the last write failed.
    pub fn fails(&self) -> bool {
        self.fails.load(Ordering::Relaxed)
    }

    /// How many rows aren't written.
    pub fn unwritten(&self) -> usize {
        self.decisions.unwritten() + self.events.unwritten()
    }

    /// How many rows were lost for good.
    pub fn lost(&self) -> u64 {
        self.decisions.lost() + self.events.lost()
    }

    /// The run that is written.
    pub fn run(&self) -> Option<RunKey> {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// When the store fails: then what waited still waits.
    pub async fn write(&self) -> Result<(), Unservable> {
        let mut run = self.run.lock().await;
        let written = match self.write_all(&mut run, &self.decisions).await {
            Ok(()) => self.write_all(&mut run, &self.events).await,
            failed => failed,
        };
        self.fails.store(written.is_err(), Ordering::Relaxed);
        written
    }

    /// Writes what waits in a queue now, one table after another.
    async fn write_all<T: Row>(
        &self,
        run: &mut Option<Run>,
        queue: &Queue<T>,
    ) -> Result<(), Unservable> {
        let mut left = queue.unwritten();
        while left > 0 {
            let rows = queue.take();
            left = left.saturating_sub(rows.len().max(1));
            let encoding = tokio::task::spawn_blocking(move || (T::table(&rows), rows));
            let broken = || Unservable::Broken { run: FLOW.to_owned() };
            let (table, rows) = encoding.await.map_err(|_| broken())?;
            let written = async {
                let open = self.open(run).await?;
                if open.write(T::STEP, table.map_err(|_| broken())?).await? == Appended::Taken {
                    // Whoever took the number has the run. The rows are in it.
                    *run = None;
                }
                Ok::<(), Unservable>(())
            };
            match written.await {
                Ok(()) => queue.written(&rows),
                Err(error) => {
                    queue.put_back(rows);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// The run that the next table belongs into.
    async fn open<'a>(&self, run: &'a mut Option<Run>) -> Result<&'a mut Run, Unservable> {
        if run.as_ref().is_some_and(Run::is_over) {
            close(run).await?;
        }
        Ok(match run {
            Some(open) => open,
            None => {
                let begun = Run::begin(&self.store, &self.user, &self.command).await?;
                let key = Some(begun.key().clone());
                *self.named.lock().unwrap_or_else(PoisonError::into_inner) = key;
                run.insert(begun)
            }
        })
    }

    /// Says that the log's run is still written.
    pub async fn touch(&self) {
        if let Some(run) = self.run.lock().await.as_mut() {
            // A sign of life that is missed is followed by another.
            let _ = run.touch().await;
        }
    }

    /// Writes what is left, and ends the run.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn finish(&self) -> Result<(), Unservable> {
        self.write().await?;
        close(&mut *self.run.lock().await).await
    }
}

async fn close(run: &mut Option<Run>) -> Result<(), Unservable> {
    if let Some(open) = run {
        open.end().await?;
        *run = None;
    }
    Ok(())
}
