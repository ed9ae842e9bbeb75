//! An engine in a bad world: a log that loses its tail when its scheduler dies, a store
//! that keeps the first `done` of every attempt, workers that end when they like.

use std::collections::BTreeMap;
use std::sync::Arc;

use flownote_flow::event::{LaunchMode, RunEvent, RunStatus, Timer};
use flownote_flow::graph::FlowGraph;
use flownote_flow::id::AttemptKey;
use flownote_flow::schedule::Schedule;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

mod engines;
mod workers;

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
    Finish { engine: usize, status: RunStatus },
}

/// One scheduler's process. Several may believe that they own the run; the log knows.
struct Engine {
    schedule: Schedule,
    epoch: u64,
    tail: Vec<RunEvent>,
    heard: Vec<AttemptKey>,
    /// It knows a reason to start nothing more.
    stopped: bool,
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
            Happening::Finish { engine, status } => self.finish(engine, status)?,
        }
        Ok(())
    }

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
