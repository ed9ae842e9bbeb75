//! The workers, and what is heard of them.

use flownote_flow::event::{AttemptResult, RunEvent};
use flownote_flow::id::AttemptKey;
use flownote_flow::manifest::FailureKind;
use rand::Rng;

use super::{Checked, Happening, Worker, World};

impl World<'_> {
    pub(super) fn end_worker(&mut self, worker: usize) {
        let alive = self.engines[self.workers[worker].engine].is_some();
        let Worker { attempt, mode, ended, .. } = &mut self.workers[worker];
        if std::mem::replace(ended, true) {
            return;
        }
        let result = match self.rng.random_range(0..100) {
            // Killed: its engine sees that and says so, if it is there.
            0 if !alive => return,
            0 => AttemptResult::Failed { kind: FailureKind::Signal, retryable: true },
            // Gone without a trace.
            1 => return,
            _ => self.plan.outcome(attempt, *mode),
        };
        self.commit(worker, result);
    }

    pub(super) fn cancel_worker(&mut self, worker: usize) {
        if !std::mem::replace(&mut self.workers[worker].ended, true) {
            self.commit(worker, AttemptResult::Cancelled);
        }
    }

    /// Creates `done`: the first one stands.
    pub(super) fn commit(&mut self, worker: usize, result: AttemptResult) {
        let Worker { attempt, engine, .. } = &self.workers[worker];
        let (attempt, engine) = (attempt.clone(), *engine);
        if self.done.contains_key(&attempt) {
            self.figures.zombies_beaten += 1;
        }
        self.done.entry(attempt.clone()).or_insert(result);
        for _ in 0..self.heard_how_often() {
            let news = Happening::News { engine, attempt: attempt.clone() };
            self.soon(0..20, news);
        }
    }

    pub(super) fn heard_how_often(&mut self) -> u32 {
        let times = [0, 2, 3, 1, 1, 1, 1, 1, 1, 1][self.rng.random_range(0..10)];
        self.figures.lost_events += u64::from(times == 0);
        self.figures.duplicates += u64::from(times > 1);
        times
    }

    /// Tells an engine how an attempt ended, and sometimes an old story once more.
    pub(super) fn tell(&mut self, engine: usize, attempt: &AttemptKey) -> Checked {
        let Some(this) = &mut self.engines[engine] else { return Ok(()) };
        this.heard.push(attempt.clone());
        let mut stories = vec![attempt.clone()];
        if self.rng.random_bool(0.1) {
            stories.push(this.heard[self.rng.random_range(0..this.heard.len())].clone());
        }
        for attempt in stories {
            let Some(result) = self.done.get(&attempt).cloned() else { continue };
            self.hear(engine, RunEvent::AttemptFinished { attempt, result })?;
        }
        Ok(())
    }

    /// Looks for the `done` of what should be running, and closes what can't be.
    pub(super) fn poll(&mut self, engine: usize) -> Checked {
        let Some(this) = &self.engines[engine] else { return Ok(()) };
        let running: Vec<_> = this.schedule.running().cloned().collect();
        for attempt in running {
            let mut own =
                self.workers.iter().filter(|it| it.engine == engine && it.attempt == attempt);
            if own.all(|worker| worker.ended) && !self.done.contains_key(&attempt) {
                self.figures.tombstones += 1;
                self.done.insert(attempt.clone(), AttemptResult::Lost);
            }
            if self.done.contains_key(&attempt) {
                self.tell(engine, &attempt)?;
            }
        }
        self.soon(30..60, Happening::Poll { engine });
        Ok(())
    }
}
