//! A long run before its results are read. Its log says which tasks there are, how they ended
//! and about when, in far fewer objects than there are results; those follow, the ones that
//! somebody looks at first.

use std::collections::BTreeMap;

use flownote_flow::event::{AttemptResult, RunEvent};
use flownote_flow::id::{AttemptKey, TaskKey};
use flownote_flow::manifest::{Next, TaskDone};
use flownote_flow::run::LogBatch;
use flownote_store::client::{Status, Task};
use flownote_store::{Error, Store};

use super::damage::{Found, missing};
use super::{Tasks, ended};
use crate::api::{TaskRow, TaskState};

/// A run in which fewer attempts ended is read whole at once.
pub(super) const MANY: usize = 500;

impl Tasks {
    /// Whether a run is so long that it is drawn from its log first; without a graph none is.
    pub(super) fn is_long(&self, log: &[(u64, LogBatch)]) -> bool {
        let events = log.iter().flat_map(|(_, batch)| &batch.events);
        let is_end = |event: &&RunEvent| matches!(event, RunEvent::AttemptFinished { .. });
        self.graph.is_some() && events.filter(is_end).count() >= MANY
    }

    /// Draws a run from its log alone.
    pub(super) async fn draw(
        &mut self,
        store: &Store,
        log: Vec<(u64, LogBatch)>,
    ) -> Result<(), Error> {
        let mut splits = Vec::new();
        for (seq, batch) in log {
            self.next_batch = seq + 1;
            for event in batch.events {
                match event {
                    RunEvent::AttemptStarted { attempt } => self.begin(&attempt, &batch.written_at),
                    RunEvent::AttemptFinished { attempt, result } => {
                        if let AttemptResult::Ok { next } = &result {
                            self.expect(&attempt.task, next);
                            splits.extend(
                                matches!(next, Next::Foreach { .. }).then(|| attempt.clone()),
                            );
                        }
                        self.close(attempt, &result, &batch.written_at);
                    }
                    _ => {}
                }
            }
        }
        self.settle();
        // Nobody was told anything yet.
        self.journal.clear();
        self.name_items(store, &splits).await
    }

    /// An attempt ended, as the log has it.
    pub(super) fn close(&mut self, attempt: AttemptKey, result: &AttemptResult, at: &str) {
        let AttemptKey { task, attempt } = attempt;
        let retries = ended::retries(self.graph.as_ref(), &task.step);
        let step = self.step_mut(&task.step);
        if let Some(row) = step.row_mut(&task) {
            row.status = ended::state_of(result);
            let failed = row.attempts.iter().filter(|it| it.outcome == TaskState::Failed);
            row.cut_off = matches!(result, AttemptResult::Failed { retryable: true, .. })
                && failed.count() < retries;
            row.finished_at = Some(at.to_owned());
            row.elapsed_ms = super::row::elapsed_ms(row.started_at.as_deref(), Some(at));
            for tried in row.attempts.iter_mut().filter(|tried| tried.attempt == attempt) {
                (tried.outcome, tried.finished_at) = (row.status, Some(at.to_owned()));
            }
        }
        self.unread.insert(task, attempt + 1);
    }

    /// Of a run that nobody owns any more nothing is at work. What the log left open may
    /// have a result all the same.
    pub(super) fn settle(&mut self) {
        let state = match self.standing.0 {
            Status::Running => return,
            Status::Interrupted => TaskState::Interrupted,
            _ => TaskState::Cancelled,
        };
        for step in &mut self.steps {
            for (key, row) in step.keys.iter().zip(&mut step.rows) {
                if row.status != TaskState::Running {
                    continue;
                }
                row.status = state;
                let last = row.attempts.last_mut();
                let count = last.map_or(1, |last| {
                    last.outcome = state;
                    last.attempt + 1
                });
                self.unread.insert(key.clone(), count);
                self.journal.push(key.clone());
            }
        }
    }

    /// How many tasks are known from the log alone so far.
    pub fn unread(&self) -> usize {
        self.unread.len()
    }

    /// Those of some rows whose results aren't read yet.
    pub fn unread_of<'a>(&self, rows: impl Iterator<Item = &'a TaskRow>) -> Vec<TaskKey> {
        if self.unread.is_empty() {
            return Vec::new();
        }
        let keys = rows.filter_map(|row| self.key_of(&row.step, &row.task));
        keys.filter(|key| self.unread.contains_key(key)).collect()
    }

    /// Some of those whose results aren't read yet.
    pub(super) fn some_unread(&self, most: usize) -> Vec<TaskKey> {
        self.unread.keys().take(most).cloned().collect()
    }

    /// The attempts of tasks, as far as the log has them.
    pub(super) fn attempts_of(&self, tasks: &[TaskKey]) -> Vec<AttemptKey> {
        let counts = tasks.iter().filter_map(|task| Some((task, *self.unread.get(task)?)));
        let attempts = counts.flat_map(|(task, count)| {
            (0..count).map(|attempt| AttemptKey { task: task.clone(), attempt })
        });
        attempts.collect()
    }

    /// Puts results that were read where the log's word stood.
    pub(super) fn learn(&mut self, store: &Store, attempts: Vec<AttemptKey>, found: Vec<Found>) {
        let mut of_task: BTreeMap<TaskKey, Result<Vec<TaskDone>, Error>> = BTreeMap::new();
        for (attempt, found) in attempts.into_iter().zip(found) {
            // A result that came meanwhile by another way is newer.
            if !self.unread.contains_key(&attempt.task) {
                continue;
            }
            let dones = of_task.entry(attempt.task).or_insert_with(|| Ok(Vec::new()));
            match (dones, found) {
                (Ok(dones), Ok(done)) => dones.extend(done),
                (dones, Err(error)) => *dones = Err(error),
                (Err(_), Ok(_)) => {}
            }
        }
        for (key, dones) in of_task {
            let is_over = self.row_of(&key).is_some_and(|known| known.finished_at.is_some());
            let count = self.unread.remove(&key).unwrap_or_default() as usize;
            let dones = match dones {
                Ok(dones) if is_over && dones.len() < count => Err(missing(store, &self.key, &key)),
                other => other,
            };
            let dones = match dones {
                Ok(dones) => dones,
                Err(error) => {
                    self.mark_damaged(&key, &error);
                    continue;
                }
            };
            let open = count > dones.len();
            let Some(task) = Task::of_dones(&self.key, dones) else { continue };
            let mut row = self.row(&task, &key);
            if let Some(known) = self.row_of(&key).filter(|_| open) {
                // Its last attempt left nothing: how that stands is known from the log.
                row.attempts.extend(known.attempts.iter().skip(row.attempts.len()).cloned());
                row.status = known.status;
            }
            self.put(key, row);
        }
    }
}
