//! Runs as they are written: `run.json`, the log that is the lock, snapshots, `done`
//! objects, long logs and the `alive` counter (engine rules 9–13).

use std::path::PathBuf;

use bytes::Bytes;
use flownote_flow::event::RunStatus;
use flownote_flow::id::AttemptKey;
use flownote_flow::manifest::TaskDone;
use flownote_flow::run::{LogBatch, RunRecord};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::files;
use crate::index::{Created as IndexCreated, Entry, Finished, Kind, TaskCounts};
use crate::keys::{RunKey, Stream};
use crate::object::{Created, blocking};
use crate::process::Alive;
use crate::store::Store;
use crate::time;

/// Log batches that are asked for at once.
const BATCHES_AT_ONCE: usize = 16;

/// The outcome of [`Store::append_log`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// The batch is in the log.
    Won,
    /// Another scheduler's batch has this number: the run is no longer the caller's.
    Taken,
}

/// The outcome of [`Store::commit_done`].
#[derive(Clone, Debug, PartialEq)]
pub enum Committed {
    /// The attempt is closed as the caller said.
    Won,
    /// It was closed before, thus.
    Lost(Box<TaskDone>),
}

impl Store {
    /// Creates a run: its record, then its entry in the index.
    ///
    /// # Errors
    /// [`Error::Name`] when a run of this id exists.
    pub async fn create_run(&self, record: &RunRecord) -> Result<()> {
        let run = RunKey { flow: record.flow.clone(), run: record.run.clone() };
        if let Created::Lost(_) = self.create(&run.record(), encode(record)).await? {
            let reason = "a run of this id exists".into();
            return Err(Error::Name { name: run.to_string(), reason });
        }
        let entry = Entry::created(&run, &record.created_at);
        self.create(&entry.key(&run.flow), encode(&IndexCreated::of(record))).await?;
        Ok(())
    }

    /// Reads a run's record.
    pub async fn run_record(&self, run: &RunKey) -> Result<RunRecord> {
        let key = run.record();
        match self.get(&key).await? {
            Some(body) => decode(&key, &body),
            None => Err(self.missing_run(run)),
        }
    }

    /// Returns a run's record as a local file.
    pub async fn run_record_path(&self, run: &RunKey) -> Result<PathBuf> {
        match self.as_file(&run.record()).await? {
            Some(path) => Ok(path),
            None => Err(self.missing_run(run)),
        }
    }

    pub(crate) fn missing_run(&self, run: &RunKey) -> Error {
        Error::Missing { what: format!("run `{run}`"), store: self.url().to_string() }
    }

    /// Appends a batch to a run's log under the next number. One append at a time: the
    /// numbers are dense.
    pub async fn append_log(&self, run: &RunKey, seq: u64, batch: &LogBatch) -> Result<Appended> {
        Ok(match self.create(&run.log(seq), encode(batch)).await? {
            Created::Won => Appended::Won,
            Created::Lost(_) => Appended::Taken,
        })
    }

    /// Reads a run's log from a number on. It asks for one number after another, so a
    /// listing that lags can't hide a batch.
    pub async fn read_log(&self, run: &RunKey, from: u64) -> Result<Vec<(u64, LogBatch)>> {
        if let Some(found) = self.read_numbered(from, |seq| run.log(seq), decode).await? {
            return Ok(found);
        }
        let mut found = Vec::new();
        let batches = stream::iter(from..).map(|seq| async move {
            let key = run.log(seq);
            let body = self.get(&key).await?;
            body.map(|body| Ok((seq, decode(&key, &body)?))).transpose()
        });
        let mut batches = std::pin::pin!(batches.buffered(BATCHES_AT_ONCE));
        while let Some(Some(batch)) = batches.try_next().await? {
            found.push(batch);
        }
        Ok(found)
    }

    /// Keeps a snapshot of the state after every batch below `seq`. The state is a pure
    /// function of the log, so whoever wrote it first wrote the same.
    pub async fn save_state(&self, run: &RunKey, seq: u64, state: Bytes) -> Result<()> {
        self.create(&run.state(seq), state).await.map(drop)
    }

    /// Reads the newest snapshot, with the number of the first batch that isn't in it.
    pub async fn load_state(&self, run: &RunKey) -> Result<Option<(u64, Bytes)>> {
        for name in self.list(&run.key("state")).await?.iter().rev() {
            let Ok(seq) = name.parse() else { continue };
            if let Some(state) = self.get(&run.state(seq)).await? {
                return Ok(Some((seq, state)));
            }
        }
        Ok(None)
    }

    /// Closes an attempt. There is one winner for each attempt, a tombstone included.
    pub async fn commit_done(&self, run: &RunKey, done: &TaskDone) -> Result<Committed> {
        let key = run.key(&format!("tasks/{}/{}.{}.done", done.step, done.task, done.attempt));
        Ok(match self.create(&key, encode(done)).await? {
            Created::Won => Committed::Won,
            Created::Lost(body) => Committed::Lost(Box::new(decode(&key, &body)?)),
        })
    }

    /// Reads how an attempt ended; none while it is open.
    pub async fn done(&self, run: &RunKey, attempt: &AttemptKey) -> Result<Option<TaskDone>> {
        let key = run.done(attempt);
        let body = self.get(&key).await?;
        body.map(|body| decode(&key, &body)).transpose()
    }

    /// Returns an attempt's `done` as a local file.
    pub async fn done_path(&self, run: &RunKey, attempt: &AttemptKey) -> Result<PathBuf> {
        self.as_file(&run.done(attempt)).await?.ok_or_else(|| Error::Missing {
            what: format!("the result of `{run}/{attempt}`"),
            store: self.url().to_string(),
        })
    }

    /// Stores one segment of a stream that is too long for `done`, as
    /// [`crate::lines::encode`] makes it. Segments count from 0.
    pub async fn put_log_segment(
        &self,
        run: &RunKey,
        attempt: &AttemptKey,
        stream: Stream,
        seq: u32,
        segment: Bytes,
    ) -> Result<()> {
        self.put(&run.segment(attempt, stream, seq), segment).await
    }

    /// Enters a run's end into the index, after its log says `RunFinished`, with its counts
    /// where they are known. Saying it again does nothing.
    pub async fn finish_run(
        &self,
        run: &RunKey,
        status: RunStatus,
        finished_at: &str,
        tasks: Option<TaskCounts>,
    ) -> Result<()> {
        let entry = Entry::new(run, finished_at, Kind::of(status));
        let finished_at = finished_at.to_owned();
        let body = Finished { finished_at, nonce: time::new_nonce(), tasks };
        self.create(&entry.key(&run.flow), encode(&body)).await.map(drop)
    }

    /// Says that the run's owner lives.
    pub async fn touch_alive(&self, run: &RunKey, alive: &Alive) -> Result<()> {
        self.put(&run.alive(), encode(alive)).await
    }

    /// Reads what the run's owner said last.
    pub async fn alive(&self, run: &RunKey) -> Result<Option<Alive>> {
        let key = run.alive();
        let body = self.get(&key).await?;
        body.map(|body| decode(&key, &body)).transpose()
    }

    /// Returns an immutable object as a local file.
    async fn as_file(&self, key: &str) -> Result<Option<PathBuf>> {
        let path = self.files_root().join(key);
        if path.exists() {
            return Ok(Some(path));
        }
        if !self.is_remote() {
            return Ok(None);
        }
        let Some(body) = self.get(key).await? else { return Ok(None) };
        let target = path.clone();
        blocking(move || files::write_whole(&target, &body)).await?;
        Ok(Some(path))
    }
}

/// Encodes an object. Our own types have string keys only, so this can't fail.
pub(crate) fn encode(value: &impl Serialize) -> Bytes {
    match serde_json::to_vec(value) {
        Ok(body) => body.into(),
        Err(error) => unreachable!("a record is always JSON: {error}"),
    }
}

pub(crate) fn decode<T: DeserializeOwned>(key: &str, body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| Error::undecodable(key, &error))
}
