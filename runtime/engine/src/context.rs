//! What every part of a running service shares. One thread owns it: the cells are never
//! borrowed across an `await`.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use flownote_flow::event::Launch;
use flownote_flow::graph::FlowGraph;
use flownote_flow::id::{AttemptKey, StepName, TaskKey};
use flownote_flow::manifest::{
    Failure, ForeachItems, Logs, Outcome, SCHEMA, TaskDone, TaskManifest, Usage,
};
use flownote_flow::provenance::External;
use flownote_store::{Alive, RunKey, Store, Stream};
use serde_json::value::RawValue;

use crate::Error;
use crate::capture::Cap;
use crate::launcher::Launcher;
use crate::options::{Owner, Pace, Patience};
use crate::progress::{Progress, Reporter};
use crate::reuse::passed_on::closed_by;
use crate::reuse::{Why, World};
use crate::wire::{ForeachSpec, Origin, TaskSpec};

/// The items of one foreach, as the children's records.
struct Items {
    over: String,
    records: Rc<[Box<RawValue>]>,
}

/// The shared parts of a running service.
pub struct Context {
    /// The datastore.
    pub store: Store,
    /// The run.
    pub run: RunKey,
    /// Its graph.
    pub graph: Arc<FlowGraph>,
    /// What starts workers. Borrowed for the length of one call.
    pub launcher: RefCell<Box<dyn Launcher>>,
    /// Who we are.
    pub owner: Owner,
    /// How long a cancellation waits.
    pub patience: Patience,
    /// How often things are written.
    pub pace: Pace,
    /// How much of each stream is kept.
    pub log_cap: Cap,
    /// Whose run it is.
    pub origin: Arc<Origin>,
    /// A fresh interpreter for each attempt.
    pub spawn_all: bool,
    /// The steps that ask for a fresh interpreter.
    pub spawning: HashSet<StepName>,
    /// Where progress goes.
    pub reporter: Reporter,
    /// Whether pickles that another user wrote may be taken.
    pub trust_pickles: bool,
    /// Tells the versions of what was read of the world.
    pub world: Option<World>,
    /// What each step was declared to read of the world, as it was when the run began.
    pub declared: HashMap<StepName, Vec<External>>,
    /// The items of each foreach that has children to launch.
    items: RefCell<HashMap<AttemptKey, Rc<Items>>>,
    /// How each task's last attempt failed, for the next one.
    pub last_failures: RefCell<HashMap<TaskKey, Failure>>,
    /// Counts nonces.
    nonces: Cell<u64>,
    /// The random part of this process's nonces.
    nonce_seed: String,
}

/// The parts of a [`Context`] that a service is given.
pub struct Parts {
    /// The datastore.
    pub store: Store,
    /// The run.
    pub run: RunKey,
    /// Its graph.
    pub graph: Arc<FlowGraph>,
    /// What starts workers.
    pub launcher: Box<dyn Launcher>,
    /// Who we are.
    pub owner: Owner,
    /// How long a cancellation waits.
    pub patience: Patience,
    /// How often things are written.
    pub pace: Pace,
    /// How much of each stream is kept.
    pub log_cap: Cap,
    /// Whose run it is.
    pub origin: Origin,
    /// A fresh interpreter for each attempt.
    pub spawn_all: bool,
    /// The steps that ask for a fresh interpreter.
    pub spawning: HashSet<StepName>,
    /// Where progress goes.
    pub reporter: Reporter,
    /// Whether pickles that another user wrote may be taken.
    pub trust_pickles: bool,
    /// Tells the versions of what was read of the world.
    pub world: Option<World>,
    /// What each step was declared to read of the world, as it was when the run began.
    pub declared: HashMap<StepName, Vec<External>>,
}

impl Context {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self {
            store: parts.store,
            run: parts.run,
            graph: parts.graph,
            launcher: RefCell::new(parts.launcher),
            owner: parts.owner,
            patience: parts.patience,
            pace: parts.pace,
            log_cap: parts.log_cap,
            origin: Arc::new(parts.origin),
            spawn_all: parts.spawn_all,
            spawning: parts.spawning,
            declared: parts.declared,
            reporter: parts.reporter,
            trust_pickles: parts.trust_pickles,
            world: parts.world,
            items: RefCell::default(),
            last_failures: RefCell::default(),
            nonces: Cell::new(0),
            nonce_seed: flownote_store::time::new_nonce(),
        }
    }

    /// The time of the wall clock, for people: RFC 3339, UTC, to the millisecond.
    pub fn now(&self) -> String {
        flownote_store::time::now()
    }

    /// A nonce that no other object carries.
    pub fn nonce(&self) -> String {
        self.nonces.set(self.nonces.get() + 1);
        format!("{}-{}", self.nonce_seed, self.nonces.get())
    }

    /// Whether attempts of a step get a fresh interpreter.
    pub fn spawns(&self, step: &StepName) -> bool {
        self.spawn_all || self.spawning.contains(step)
    }

    /// Tells users something.
    pub fn notice(&self, text: String) {
        (self.reporter)(Progress::Notice { text });
    }

    /// Tells that a worker runs.
    pub fn report_started(&self, attempt: &AttemptKey, pid: u32) {
        (self.reporter)(Progress::AttemptStarted {
            step: attempt.task.step.to_string(),
            task: attempt.task.id().to_string(),
            attempt: attempt.attempt,
            pid,
        });
    }

    /// Tells why a task runs although an earlier result was looked for.
    pub fn report_run_again(&self, launch: &Launch, why: &Why) {
        (self.reporter)(Progress::NotReused {
            step: launch.step().to_string(),
            task: launch.attempt.task.id().to_string(),
            why: why.to_string(),
        });
    }

    /// Tells that a task waits for another process.
    pub fn report_waiting(&self, launch: &Launch, holder: &Alive) {
        (self.reporter)(Progress::Waiting {
            step: launch.step().to_string(),
            task: launch.attempt.task.id().to_string(),
            holder: format!("process {} on {}", holder.pid, holder.host),
        });
    }

    /// The `done` object of an attempt of this run that ends now, with nothing in it yet.
    pub fn done_of(&self, attempt: &AttemptKey, outcome: Outcome) -> TaskDone {
        TaskDone {
            schema: SCHEMA,
            flow: self.run.flow.clone(),
            run: self.run.run.clone(),
            step: attempt.task.step.clone(),
            task: attempt.task.id(),
            attempt: attempt.attempt,
            nonce: self.nonce(),
            outcome,
            started_at: None,
            finished_at: self.now(),
            user: self.owner.user.clone(),
            host: self.owner.host.clone(),
            pid: 0,
            usage: Usage::default(),
            parents: Vec::new(),
            foreach: Vec::new(),
            manifest: TaskManifest::default(),
            failure: None,
            logs: Logs::default(),
            reused: None,
        }
    }

    /// The foreach levels around a task, as its `done` object keeps them.
    pub fn foreach_of(launch: &Launch) -> Vec<(StepName, u32, u32)> {
        let frames = launch.foreach.iter();
        frames.map(|it| (it.split.task.step.clone(), it.index, it.count)).collect()
    }

    /// Shows a line of output.
    pub fn report_log(&self, attempt: &AttemptKey, stream: Stream, text: &str) {
        (self.reporter)(Progress::Log {
            step: attempt.task.step.to_string(),
            task: attempt.task.id().to_string(),
            attempt: attempt.attempt,
            stream,
            text: text.to_owned(),
        });
    }

    /// The file of an attempt's `done` object, given as `step/task.attempt`.
    pub async fn done_file(&self, attempt: &str) -> Result<PathBuf, flownote_store::Error> {
        let key = self.graph.attempt_key(attempt).map_err(|error| flownote_store::Error::Name {
            name: attempt.to_owned(),
            reason: error.to_string(),
        })?;
        self.store.done_path(&self.run, &key).await
    }

    /// Remembers the items of a foreach, so that its children's specs need no read.
    pub async fn remember_items(
        &self,
        split: &AttemptKey,
        items: &ForeachItems,
    ) -> Result<(), Error> {
        let bytes =
            self.store.read_record_of(&items.items, &split.to_string(), &items.over).await?;
        let records: Vec<_> = serde_json::from_slice(&bytes).map_err(|error| Error::Damaged {
            what: format!("the foreach items of {split}"),
            why: error.to_string(),
        })?;
        let items = Items { over: items.over.clone(), records: records.into() };
        self.items.borrow_mut().insert(split.clone(), Rc::new(items));
        Ok(())
    }

    /// Forgets the items of what a join joins: nobody asks for them any more.
    pub fn forget_items(&self, join: &TaskKey) {
        let mut items = self.items.borrow_mut();
        for split in closed_by(&self.graph, join) {
            items.remove(&split);
        }
    }

    async fn items_of(&self, split: &AttemptKey) -> Result<Rc<Items>, Error> {
        if let Some(items) = self.items.borrow().get(split) {
            return Ok(Rc::clone(items));
        }
        let missing = || Error::Damaged {
            what: format!("the foreach items of {split}"),
            why: "its `done` object has none".to_owned(),
        };
        let done = self.store.done(&self.run, split).await?.ok_or_else(missing)?;
        self.remember_items(split, &done.manifest.items.ok_or_else(missing)?).await?;
        self.items.borrow().get(split).cloned().ok_or_else(missing)
    }

    /// The records of a foreach's items, as JSON.
    pub async fn item_records(&self, split: &AttemptKey) -> Result<Rc<[Box<RawValue>]>, Error> {
        Ok(Rc::clone(&self.items_of(split).await?.records))
    }

    /// Composes what a child must know.
    pub async fn spec(&self, launch: &Launch) -> Result<TaskSpec, Error> {
        let mut foreach = Vec::with_capacity(launch.foreach.len());
        for frame in &launch.foreach {
            let items = self.items_of(&frame.split).await?;
            let item = items.records.get(frame.index as usize).ok_or_else(|| Error::Damaged {
                what: format!("the foreach items of {}", frame.split),
                why: format!("there is no item {}", frame.index),
            })?;
            foreach.push(ForeachSpec {
                split: frame.split.to_string(),
                over: items.over.clone(),
                index: frame.index,
                count: frame.count,
                item: item.clone(),
            });
        }
        let task = &launch.attempt.task;
        let policy = &self
            .graph
            .step(&task.step)
            .ok_or_else(|| Error::Damaged {
                what: format!("the plan of run {}", self.run.run),
                why: format!("the flow has no step `{}`", task.step),
            })?
            .policy;
        let run_dir = self
            .store
            .files_root()
            .join("runs")
            .join(self.run.flow.as_str())
            .join(self.run.run.as_str());
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let staging = self.store.staging(&self.run.run);
        Ok(TaskSpec {
            flow: self.run.flow.to_string(),
            run: self.run.run.to_string(),
            step: task.step.to_string(),
            task: task.id().to_string(),
            attempt: launch.attempt.attempt,
            max_attempts: policy.retries + 1,
            pathspec: format!("{}/{}/{task}", self.run.flow, self.run.run),
            files_root: text(self.store.files_root().to_path_buf()),
            run_json: text(run_dir.join("run.json")),
            run_dir: text(run_dir),
            remote: self.store.local_root().is_none(),
            staging: text(staging.join(format!(
                "{}-{}.{}",
                task.step,
                task.id(),
                launch.attempt.attempt
            ))),
            parents: launch.parents.iter().map(ToString::to_string).collect(),
            foreach,
            mode: launch.mode,
            failure: self.last_failures.borrow().get(task).cloned(),
            timeout_ms: launch.timeout_ms,
            seed: None,
            origin: Arc::clone(&self.origin),
        })
    }
}
