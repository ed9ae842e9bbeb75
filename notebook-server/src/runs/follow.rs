//! A run that goes on: what its log says since it was read last.

use std::time::{Duration, Instant};

use flownote_flow::event::{AttemptResult, RunEvent};
use flownote_flow::id::AttemptKey;
use flownote_flow::manifest::Next;
use flownote_store::client::{Status, Task};
use flownote_store::{Error, Store};

use super::damage::is_damage;
use super::sketch::MANY;
use super::{Tasks, task_row};
use crate::api::TaskState;

/// How often it is looked whether a silent run's owner lives.
const SILENCE: Duration = Duration::from_secs(2);

impl Tasks {
    /// Brings it up to date; returns at once when nothing can change any more.
    pub async fn refresh(&mut self, store: &Store) -> Result<(), Error> {
        if self.is_final() {
            return Ok(());
        }
        let batches = store.read_log(&self.key, self.next_batch).await?;
        if batches.is_empty() {
            if self.looked.elapsed() >= SILENCE {
                let standing = store.run_status(&self.key).await?;
                self.looked = Instant::now();
                if standing != self.standing {
                    self.turn(store).await?;
                }
            }
            return Ok(());
        }
        self.looked = Instant::now();
        let (mut ended, mut is_over) = (Vec::new(), false);
        for (seq, batch) in batches {
            self.next_batch = seq + 1;
            for event in batch.events {
                match event {
                    RunEvent::AttemptStarted { attempt } => self.begin(&attempt, &batch.written_at),
                    RunEvent::AttemptFinished { attempt, result } => {
                        if let AttemptResult::Ok { next } = &result {
                            self.expect(&attempt.task, next);
                        }
                        ended.push((attempt, result, batch.written_at.clone()));
                    }
                    RunEvent::RunFinished { .. } => is_over = true,
                    // Somebody took it up again, or it is about to end.
                    RunEvent::Epoch { .. } => self.standing = (Status::Running, None),
                    RunEvent::TimerFired { .. } | RunEvent::CancelRequested => {}
                }
            }
        }
        self.end(store, ended).await?;
        if is_over { self.turn(store).await } else { Ok(()) }
    }

    /// The run stands otherwise than before. What the log didn't say is in the results.
    async fn turn(&mut self, store: &Store) -> Result<(), Error> {
        if self.graph.is_none() || self.weight() < MANY {
            match self.read_all(store).await {
                Err(error) if is_damage(&error) => {}
                other => return other,
            }
        }
        self.standing = store.run_status(&self.key).await?;
        self.settle();
        Ok(())
    }

    /// An attempt began.
    pub(super) fn begin(&mut self, attempt: &AttemptKey, at: &str) {
        let key = attempt.task.clone();
        let known = self.row_of(&key);
        let mut row = known.cloned().unwrap_or_else(|| task_row::queued(&key));
        if row.attempts.iter().any(|known| known.attempt == attempt.attempt) {
            return;
        }
        row.attempts.push(crate::api::AttemptRow {
            attempt: attempt.attempt,
            started_at: Some(at.to_owned()),
            finished_at: None,
            outcome: TaskState::Running,
            message: None,
            host: String::new(),
            cpu_ms: 0,
            max_rss_bytes: 0,
            printed_bytes: 0,
            notices: Vec::new(),
        });
        row.started_at.get_or_insert_with(|| at.to_owned());
        // All its results are read when this one ends.
        self.unread.remove(&key);
        (row.status, row.finished_at, row.cut_off) = (TaskState::Running, None, false);
        self.put(key, row);
    }

    /// Attempts ended: their results are read.
    async fn end(
        &mut self,
        store: &Store,
        ended: Vec<(AttemptKey, AttemptResult, String)>,
    ) -> Result<(), Error> {
        let mut splits = Vec::new();
        for tasks in ended.chunks(64) {
            let reads = tasks.iter().map(|(attempt, ..)| {
                let id = attempt.task.id();
                let (run, step) = (self.key.clone(), attempt.task.step.clone());
                async move { store.attempts(&run, &step, &id).await }
            });
            let found = futures::future::join_all(reads).await;
            for ((attempt, result, at), dones) in tasks.iter().zip(found) {
                let dones = match dones {
                    Err(error) if is_damage(&error) => {
                        self.close(attempt.clone(), result, at);
                        self.mark_damaged(&attempt.task, &error);
                        continue;
                    }
                    other => other?,
                };
                let Some(task) = Task::of_dones(&self.key, dones) else { continue };
                if matches!(task.next, Some(Next::Foreach { .. })) {
                    splits.push(attempt.clone());
                }
                let row = self.row(&task, &attempt.task);
                self.unread.remove(&attempt.task);
                self.put(attempt.task.clone(), row);
            }
        }
        self.name_items(store, &splits).await
    }
}
