//! Results that can't be read. The run is drawn from its log then, and each result is read by
//! itself, so that a damaged record hides its own task's result and no other.

use flownote_flow::event::RunEvent;
use flownote_flow::help::Help;
use flownote_flow::id::{AttemptKey, TaskKey};
use flownote_flow::manifest::TaskDone;
use flownote_flow::run::LogBatch;
use flownote_store::{Error, RunKey, Store};

use super::Tasks;
use crate::api::{TaskError, TaskRow};

/// What a task's error is called whose record can't be read.
const DAMAGED: &str = "damaged";

/// How an attempt ended, none when it left nothing; or why that can't be read.
pub type Found = Result<Option<TaskDone>, Error>;

/// Whether a record is at fault, and not the store.
pub fn is_damage(error: &Error) -> bool {
    use Error::{Denied, Io, Missing, Undecodable};
    matches!(error, Undecodable { .. } | Missing { .. } | Denied { .. } | Io { .. })
}

/// Reads how attempts ended, in their order: one by one where they can't be read together.
pub async fn results(
    store: &Store,
    run: &RunKey,
    attempts: &[AttemptKey],
) -> Result<Vec<Found>, Error> {
    match store.dones_of(run, attempts).await {
        Ok(dones) => return Ok(dones.into_iter().map(Ok).collect()),
        Err(error) if !is_damage(&error) => return Err(error),
        Err(_) => {}
    }
    let mut found = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        match store.done(run, attempt).await {
            Err(error) if !is_damage(&error) => return Err(error),
            read => found.push(read),
        }
    }
    Ok(found)
}

/// That a result isn't there although the log says how the task ended.
pub fn missing(store: &Store, run: &RunKey, task: &TaskKey) -> Error {
    let what = format!("the record of `{run}/{}/{}`", task.step, task.id());
    Error::Missing { what, store: store.url().to_string() }
}

impl Tasks {
    /// Reads a run of which some record is damaged or missing.
    pub(super) async fn read_apart(
        &mut self,
        store: &Store,
        log: Vec<(u64, LogBatch)>,
    ) -> Result<(), Error> {
        self.draw(store, log).await?;
        let attempts = self.attempts_of(&self.some_unread(usize::MAX));
        let found = results(store, &self.key, &attempts).await?;
        self.learn(store, attempts, found);
        self.journal.clear();
        Ok(())
    }

    /// Whether there is a result of every attempt that ended by the log of a flow's run.
    pub(super) fn has_all(&self, log: &[(u64, LogBatch)]) -> bool {
        let events = log.iter().flat_map(|(_, batch)| &batch.events);
        let mut ended = events.filter_map(|event| match event {
            RunEvent::AttemptFinished { attempt, .. } => Some(attempt),
            _ => None,
        });
        let is_known = |attempt: &AttemptKey| {
            let row = self.row_of(&attempt.task);
            let mut tried = row.into_iter().flat_map(|row| &row.attempts);
            tried.any(|it| it.attempt == attempt.attempt && it.finished_at.is_some())
        };
        self.graph.is_none() || ended.all(is_known)
    }

    /// Says of a task that its record can't be read; the rest of its row is as the log has it.
    pub(super) fn mark_damaged(&mut self, task: &TaskKey, error: &Error) {
        self.unread.remove(task);
        let Some(known) = self.row_of(task) else { return };
        let said = TaskError {
            kind: DAMAGED.to_owned(),
            name: "Its record can't be read".to_owned(),
            message: error.to_string(),
            hint: error.hint(),
            traceback: None,
            frames: Vec::new(),
        };
        let row = TaskRow { error: Some(said), ..known.clone() };
        self.put(task.clone(), row);
    }

    /// The tasks whose records can't be read, and why.
    pub fn damaged(&self) -> impl Iterator<Item = (&TaskRow, &str)> {
        self.rows(None).filter_map(|row| {
            let error = row.error.as_ref().filter(|error| error.kind == DAMAGED)?;
            Some((row, error.message.as_str()))
        })
    }
}
