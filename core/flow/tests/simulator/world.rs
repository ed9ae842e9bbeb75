//! An engine in a bad world: a log that loses its tail when its scheduler dies, a store
//! that keeps the first `done` of every attempt, workers that end when they like.

use std::collections::BTreeMap;
use std::sync::Arc;

use flownote_flow::event::{Action, AttemptResult, Launch, LaunchMode, RunEvent, RunStatus, Timer};
use flownote_flow::graph::FlowGraph;
use flownote_flow::id::AttemptKey;
use flownote_flow::manifest::FailureKind;
use flownote_flow::schedule::{Schedule, State};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::figures::Figures;
use crate::generator::Plan;
use crate::oracle::{Done, Oracle};

type Checked = Result<(), String>;

/// Something that is going to happen.
enum Happening {
    WorkerEnds { worker: usize },
    WorkerIsCancelled { worker: usize },
    News { engine: usize, attempt: AttemptKey },
    Timer { engine: usize, timer: Timer },
    Flush { engine: usize },
    Poll { engine: usize },
    Crash,
    Takeover,
    Cancel,
}

/// One scheduler's process. Several may believe that they own the run; the log knows.
struct Engine {
    schedule: Schedule,
    epoch: u64,
    tail: Vec<RunEvent>,
    heard: Vec<AttemptKey>,
}

struct Worker {
    attempt: AttemptKey,
    mode: LaunchMode,
    engine: usize,
    ended: bool,
}

pub struct World<'p> {
    plan: &'p Plan,
    graph: Arc<FlowGraph>,
    oracle: Oracle<'p>,
    rng: StdRng,
    now: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    queued: u64,
    done: Done,
    log: Vec<RunEvent>,
    /// The state that the log leads to, as its writer had it.
    logged: Schedule,
    log_epoch: u64,
    snapshot: Option<(usize, String)>,
    engines: Vec<Option<Engine>>,
    workers: Vec<Worker>,
    crashes: u32,
    cancelled: bool,
    over: Option<RunStatus>,
    figures: Figures,
}

impl<'p> World<'p> {
    pub fn new(plan: &'p Plan) -> Result<Self, String> {
        let graph = FlowGraph::new(&plan.description());
        let graph = Arc::new(graph.map_err(|problems| format!("{}", problems[0]))?);
        let oracle = Oracle::new(plan);
        let figures = Figures {
            tasks: oracle.tasks() as u64,
            empty_foreaches: oracle.empty_foreaches,
            ..Figures::default()
        };
        Ok(Self {
            plan,
            logged: Schedule::new(graph.clone(), plan.policy.clone()),
            graph,
            oracle,
            rng: StdRng::seed_from_u64(plan.seed ^ 0x0077_6f72_6c64),
            now: 0,
            queue: BTreeMap::new(),
            queued: 0,
            done: Done::new(),
            log: Vec::new(),
            log_epoch: 0,
            snapshot: None,
            engines: Vec::new(),
            workers: Vec::new(),
            crashes: plan.crashes,
            cancelled: false,
            over: None,
            figures,
        })
    }

    /// Lets everything happen until the run is over, then asks the oracle.
    pub fn run(&mut self) -> Result<Figures, String> {
        self.later(0, Happening::Takeover);
        self.plan.cancel_at.into_iter().for_each(|at| self.later(at, Happening::Cancel));
        for _ in 0..self.crashes {
            let at = self.rng.random_range(0..800);
            self.later(at, Happening::Crash);
        }
        let mut happened = 0;
        while self.over.is_none() {
            let Some(((at, _), next)) = self.queue.pop_first() else {
                return Err("nothing happens any more, and the run isn't over".into());
            };
            self.now = at;
            self.happen(next)?;
            happened += 1;
            if happened > 200_000 {
                return Err("the run never ends".into());
            }
        }
        self.check_end()?;
        Ok(std::mem::take(&mut self.figures))
    }

    pub fn print(&self) {
        self.log.iter().for_each(|event| println!("{event:?}"));
    }

    fn happen(&mut self, what: Happening) -> Checked {
        match what {
            Happening::WorkerEnds { worker } => self.end_worker(worker),
            Happening::WorkerIsCancelled { worker } => self.cancel_worker(worker),
            Happening::News { engine, attempt } => self.tell(engine, &attempt)?,
            Happening::Timer { engine, timer } => {
                self.hear(engine, RunEvent::TimerFired { timer })?
            }
            Happening::Flush { engine } => {
                if self.flush(engine) {
                    self.soon(10..60, Happening::Flush { engine });
                }
            }
            Happening::Poll { engine } => self.poll(engine)?,
            Happening::Crash => self.crash()?,
            Happening::Takeover => self.take_over()?,
            Happening::Cancel => self.ask_to_cancel()?,
        }
        Ok(())
    }

    // A scheduler's life.

    fn take_over(&mut self) -> Checked {
        let schedule = self.replay()?;
        if schedule != self.logged {
            return Err("replaying the log gives another state".into());
        }
        let epoch = self.log_epoch + 1;
        let id = self.engines.len();
        self.engines.push(Some(Engine { schedule, epoch, tail: Vec::new(), heard: Vec::new() }));
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
    fn replay(&mut self) -> Result<Schedule, String> {
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

    fn hear(&mut self, engine: usize, event: RunEvent) -> Checked {
        let Some(this) = &mut self.engines[engine] else { return Ok(()) };
        self.figures.events += 1;
        let actions = this.schedule.apply(&event).map_err(|error| format!("{event:?}: {error}"))?;
        this.tail.push(event);
        if this.schedule.running().count() > self.plan.policy.max_workers as usize {
            return Err("more attempts are under way than there are workers".into());
        }
        actions.into_iter().try_for_each(|action| self.perform(engine, action))
    }

    fn perform(&mut self, engine: usize, action: Action) -> Checked {
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
            Action::FinishRun { status } => self.finish(engine, status),
        }
    }

    fn launch(&mut self, engine: usize, launch: &Launch) -> Checked {
        self.oracle.check_launch(launch, &self.done)?;
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
        if self.rng.random_bool(0.5) {
            if let Some(this) = &mut self.engines[engine] {
                let event = RunEvent::AttemptStarted { attempt };
                this.schedule.apply(&event).map_err(|error| error.to_string())?;
                this.tail.push(event);
            }
        }
        Ok(())
    }

    fn start_timer(&mut self, engine: usize, timer: Timer, after_ms: u64) {
        for _ in 0..self.heard_how_often() {
            let after = after_ms / 1_000 + self.rng.random_range(0..5);
            self.later(after, Happening::Timer { engine, timer: timer.clone() });
        }
        // Timers never get lost while their scheduler lives.
        self.later(after_ms / 1_000 + 20, Happening::Timer { engine, timer });
    }

    fn finish(&mut self, engine: usize, status: RunStatus) -> Checked {
        self.hear(engine, RunEvent::RunFinished { status })?;
        if self.flush(engine) {
            self.over = Some(status);
        }
        Ok(())
    }

    /// Appends what was heard to the log, unless another scheduler took the run.
    fn flush(&mut self, engine: usize) -> bool {
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
    fn crash(&mut self) -> Checked {
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
    fn bury(&mut self, engine: usize) {
        self.engines[engine] = None;
        for worker in self.workers.iter_mut().filter(|worker| worker.engine == engine) {
            worker.ended |= self.rng.random_bool(0.5);
        }
    }

    fn ask_to_cancel(&mut self) -> Checked {
        let engine = self.engines.len() - 1;
        if self.engines[engine].is_none() {
            self.soon(1..60, Happening::Cancel);
            return Ok(());
        }
        self.cancelled = true;
        self.hear(engine, RunEvent::CancelRequested)
    }

    // The workers, and what is heard of them.

    fn end_worker(&mut self, worker: usize) {
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

    fn cancel_worker(&mut self, worker: usize) {
        if !std::mem::replace(&mut self.workers[worker].ended, true) {
            self.commit(worker, AttemptResult::Cancelled);
        }
    }

    /// Creates `done`: the first one stands.
    fn commit(&mut self, worker: usize, result: AttemptResult) {
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

    fn heard_how_often(&mut self) -> u32 {
        let times = [0, 2, 3, 1, 1, 1, 1, 1, 1, 1][self.rng.random_range(0..10)];
        self.figures.lost_events += u64::from(times == 0);
        self.figures.duplicates += u64::from(times > 1);
        times
    }

    /// Tells an engine how an attempt ended, and sometimes an old story once more.
    fn tell(&mut self, engine: usize, attempt: &AttemptKey) -> Checked {
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
    fn poll(&mut self, engine: usize) -> Checked {
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

    // The end.

    fn check_end(&mut self) -> Checked {
        let Some(status) = self.over else { return Err("the run isn't over".into()) };
        self.figures.end(status);
        if self.log.last() != Some(&RunEvent::RunFinished { status }) {
            return Err("the log doesn't end with the end of the run".into());
        }
        let replayed = self.replay()?;
        if replayed != self.logged {
            return Err("replaying the log gives another state".into());
        }
        if let Some(attempt) = replayed.running().next() {
            return Err(format!("the run is over and `{attempt}` is under way"));
        }
        let tasks = self.oracle.tasks() as u64;
        let counts = || replayed.counts().map(|(_, counts)| counts);
        let live: u64 = counts().map(|it| it.running).sum();
        let (done, open): (u64, u64) =
            (counts().map(|it| it.done).sum(), counts().map(|it| it.queued + it.retrying).sum());
        if live > 0 || (status == RunStatus::Succeeded && (done, open) != (tasks, 0)) {
            return Err(format!("{done} of {tasks} tasks are counted as done, {open} as open"));
        }
        self.oracle.check_end(status, self.cancelled, &self.done)
    }

    fn engine(&self, id: usize) -> &Engine {
        self.engines[id].as_ref().expect("a live scheduler")
    }

    fn soon(&mut self, delay: std::ops::Range<u64>, what: Happening) {
        let delay = self.rng.random_range(delay);
        self.later(delay, what);
    }

    fn later(&mut self, delay: u64, what: Happening) {
        self.queued += 1;
        self.queue.insert((self.now + delay, self.queued), what);
    }
}
