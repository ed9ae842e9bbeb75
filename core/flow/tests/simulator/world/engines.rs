//! The schedulers: taking over, performing actions, writing the log, dying.

use flownote_flow::event::{Action, AttemptResult, Launch, LaunchMode, RunEvent, RunStatus, Timer};
use flownote_flow::schedule::{Schedule, State};
use rand::Rng;

use super::{Checked, Engine, Happening, Worker, World};

impl World<'_> {
    pub(super) fn take_over(&mut self) -> Checked {
        let schedule = self.replay()?;
        if schedule != self.logged {
            return Err("replaying the log gives another state".into());
        }
        let epoch = self.log_epoch + 1;
        let stopped = self.log.iter().any(|event| self.stops(event));
        let id = self.engines.len();
        self.engines.push(Some(Engine {
            schedule,
            epoch,
            tail: Vec::new(),
            heard: Vec::new(),
            stopped,
        }));
        self.log_epoch = epoch;
        let running: Vec<_> = self.engine(id).schedule.running().cloned().collect();
        let timers = self.engine(id).schedule.pending_timers();
        self.hear(id, RunEvent::Epoch { epoch, owner: format!("engine {id}") })?;
        self.flush(id);
        timers.into_iter().for_each(|(timer, after)| self.start_timer(id, timer, after));
        for attempt in running {
            if !self.done.contains_key(&attempt) {
                self.figures.tombstones += 1;
                self.done.insert(attempt.clone(), AttemptResult::Lost);
            }
            self.tell(id, &attempt)?;
        }
        self.soon(10..60, Happening::Flush { engine: id });
        self.soon(10..60, Happening::Poll { engine: id });
        Ok(())
    }

    /// The state that the log leads to, sometimes by way of a stored snapshot.
    pub(super) fn replay(&mut self) -> Result<Schedule, String> {
        let (mut from, mut schedule) =
            (0, Schedule::new(self.graph.clone(), self.plan.policy.clone()));
        if let Some((at, stored)) = self.snapshot.as_ref().filter(|_| self.rng.random_bool(0.5)) {
            let state: State = serde_json::from_str(stored).map_err(|error| error.to_string())?;
            schedule = Schedule::restore(self.graph.clone(), self.plan.policy.clone(), state);
            from = *at;
            self.figures.snapshots += 1;
        }
        for event in &self.log[from..] {
            schedule.apply(event).map_err(|error| format!("replay: {error}"))?;
        }
        Ok(schedule)
    }

    pub(super) fn hear(&mut self, engine: usize, event: RunEvent) -> Checked {
        let stops = self.stops(&event);
        let Some(this) = &mut self.engines[engine] else { return Ok(()) };
        self.figures.events += 1;
        this.stopped |= stops;
        let actions = this.schedule.apply(&event).map_err(|error| format!("{event:?}: {error}"))?;
        this.tail.push(event);
        if this.schedule.running().count() > self.plan.policy.max_workers as usize {
            return Err("more attempts are under way than there are workers".into());
        }
        actions.into_iter().try_for_each(|action| self.perform(engine, action))
    }

    /// Whether an event is a reason to start nothing more.
    pub(super) fn stops(&self, event: &RunEvent) -> bool {
        match event {
            RunEvent::CancelRequested => true,
            RunEvent::AttemptFinished { attempt, .. } => self.oracle.stops(attempt, &self.done),
            _ => false,
        }
    }

    pub(super) fn perform(&mut self, engine: usize, action: Action) -> Checked {
        match action {
            Action::Launch(launch) => self.launch(engine, &launch),
            Action::StartTimer { timer, after_ms } => {
                self.start_timer(engine, timer, after_ms);
                Ok(())
            }
            Action::CancelAttempt { attempt } => {
                let mut workers = self.workers.iter().enumerate();
                let own = workers.find(|(_, it)| it.engine == engine && it.attempt == attempt);
                if let Some((worker, _)) = own {
                    self.soon(0..5, Happening::WorkerIsCancelled { worker });
                }
                Ok(())
            }
            Action::FinishRun { status } => {
                self.soon(0..30, Happening::Finish { engine, status });
                Ok(())
            }
        }
    }

    pub(super) fn launch(&mut self, engine: usize, launch: &Launch) -> Checked {
        self.oracle.check_launch(launch, &self.done)?;
        if self.engine(engine).stopped {
            return Err(format!("`{}` was launched after the run was stopped", launch.attempt));
        }
        self.figures.launches += 1;
        self.figures.fallbacks += u64::from(launch.mode == LaunchMode::Fallback);
        let attempt = launch.attempt.clone();
        if self.done.contains_key(&attempt) {
            self.figures.probed += 1;
            self.later(0, Happening::News { engine, attempt });
            return Ok(());
        }
        let worker = self.workers.len();
        self.workers.push(Worker {
            attempt: attempt.clone(),
            mode: launch.mode,
            engine,
            ended: false,
        });
        self.soon(1..100, Happening::WorkerEnds { worker });
        if self.rng.random_bool(0.5)
            && let Some(this) = &mut self.engines[engine]
        {
            let event = RunEvent::AttemptStarted { attempt };
            this.schedule.apply(&event).map_err(|error| error.to_string())?;
            this.tail.push(event);
        }
        Ok(())
    }

    pub(super) fn start_timer(&mut self, engine: usize, timer: Timer, after_ms: u64) {
        for _ in 0..self.heard_how_often() {
            let after = after_ms / 1_000 + self.rng.random_range(0..5);
            self.later(after, Happening::Timer { engine, timer: timer.clone() });
        }
        // Timers never get lost while their scheduler lives.
        self.later(after_ms / 1_000 + 20, Happening::Timer { engine, timer });
    }

    pub(super) fn finish(&mut self, engine: usize, status: RunStatus) -> Checked {
        self.hear(engine, RunEvent::RunFinished { status })?;
        if self.flush(engine) {
            self.over = Some(status);
        }
        Ok(())
    }

    /// Appends what was heard to the log, unless another scheduler took the run.
    pub(super) fn flush(&mut self, engine: usize) -> bool {
        let Some(this) = &mut self.engines[engine] else { return false };
        if this.epoch != self.log_epoch {
            self.figures.fenced += 1;
            self.bury(engine);
            return false;
        }
        self.log.append(&mut this.tail);
        self.logged = this.schedule.clone();
        if self.rng.random_bool(0.1) {
            let stored = serde_json::to_string(this.schedule.state()).expect("JSON");
            self.snapshot = Some((self.log.len(), stored));
        }
        true
    }

    /// The newest scheduler dies, or hangs so long that it is taken for dead.
    pub(super) fn crash(&mut self) -> Checked {
        let engine = self.engines.len().saturating_sub(1);
        if self.engines.get(engine).is_none_or(Option::is_none) {
            return Ok(());
        }
        self.figures.crashes += 1;
        if self.rng.random_bool(0.7) {
            let this = self.engines[engine].as_ref().expect("a live scheduler");
            let kept = self.rng.random_range(0..=this.tail.len());
            if self.rng.random_bool(0.3) && this.epoch == self.log_epoch {
                for event in &this.tail[..kept] {
                    self.logged.apply(event).map_err(|error| format!("log: {error}"))?;
                    self.log.push(event.clone());
                }
            }
            self.bury(engine);
        }
        self.soon(0..60, Happening::Takeover);
        Ok(())
    }

    /// Ends a scheduler. Some of its workers go on without it.
    pub(super) fn bury(&mut self, engine: usize) {
        self.engines[engine] = None;
        for worker in self.workers.iter_mut().filter(|worker| worker.engine == engine) {
            worker.ended |= self.rng.random_bool(0.5);
        }
    }

    pub(super) fn ask_to_cancel(&mut self) -> Checked {
        let engine = self.engines.len() - 1;
        if self.engines[engine].is_none() {
            self.soon(1..60, Happening::Cancel);
            return Ok(());
        }
        self.cancelled = true;
        self.hear(engine, RunEvent::CancelRequested)
    }
}
