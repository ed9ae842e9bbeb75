//! Taking the result of an earlier task instead of running it again (engine rules 19–24).
//!
//! Two sources: [`resume`] looks in one origin run, which is read [`ahead`], [`cache`]
//! anywhere. Both compare what an earlier task read with what this one would be given,
//! [`present`]; both take a [`delta`] of what [`passed_on`] says; [`matching`] says which task
//! of the origin is meant, [`world`] what the world is like. [`single_flight`] keeps two from
//! computing the same at once; [`seed`] has them draw the same numbers; [`verify`] computes
//! some again and compares.

mod ahead;
mod cache;
mod delta;
mod matching;
pub(crate) mod passed_on;
mod present;
mod resume;
mod seed;
mod single_flight;
mod verify;
mod world;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use flownote_flow::cache::CacheMode;
use flownote_flow::event::Launch;
use flownote_flow::id::{AttemptKey, StepName, TaskKey};
use flownote_flow::manifest::{ArtifactRecord, Digest, Outcome, TaskDone};
use flownote_flow::provenance::{Code, Difference, Environment, External};
use flownote_flow::run::RunRecord;
use flownote_store::RunKey;
use flownote_store::lease::Lease;
use serde::Deserialize;

use crate::Error;
use crate::context::Context;
use ahead::Ahead;
use matching::Places;
use passed_on::PassedOn;
use present::Now;
pub use world::World;

/// What may be taken from earlier tasks.
#[derive(Clone, Default)]
pub struct ReuseOptions {
    /// What each step is, before it runs.
    pub steps: HashMap<StepName, StepNow>,
    /// The run to resume from.
    pub resume: Option<ResumeFrom>,
    /// Whether pickles that another user wrote may be taken.
    pub trust_pickles: bool,
    /// Tells the versions of things of the world.
    pub world: Option<World>,
    /// The share of the results found that is computed again and compared.
    pub verify: Option<f64>,
}

impl ReuseOptions {
    /// What steps are declared to read of the world, those that are.
    pub(crate) fn declared(&self) -> HashMap<StepName, Vec<External>> {
        let steps = self.steps.iter().filter(|(_, step)| !step.externals.is_empty());
        steps.map(|(name, step)| (name.clone(), step.externals.clone())).collect()
    }
}

/// The run that a resume takes results from.
#[derive(Clone, Debug)]
pub struct ResumeFrom {
    /// The origin run.
    pub origin: RunKey,
    /// Whether results are taken although the code may have changed.
    pub trust_code: bool,
}

/// What is known of a step before it runs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct StepNow {
    /// The language it is written in.
    pub language: String,
    /// Its code.
    pub code: Code,
    /// What it runs on.
    pub environment: Environment,
    /// What it was declared to read of the world.
    pub externals: Vec<External>,
    /// When its results are looked up and kept.
    pub cache: CacheMode,
    /// Whether it runs again whatever is the case.
    pub again: bool,
}

/// What came of a look-up.
pub enum Found {
    /// A result to commit.
    Result(Box<TaskDone>),
    /// Nothing: the task runs, and others wait for it while the lease is held.
    Nothing(Option<Holding>),
}

/// A lease that is renewed until it is given back.
pub struct Holding {
    lease: Lease,
    /// Ends the renewal; dropping it does too.
    stop: tokio::sync::oneshot::Sender<()>,
    renewing: tokio::task::JoinHandle<()>,
}

/// Why a task runs although an earlier result was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The user asked for it.
    Asked,
    /// The origin has no result of this task.
    NoResult,
    /// The origin has no equal item.
    NewItem,
    /// Something differs.
    Differs(Difference),
    /// A parameter has another value.
    Parameter {
        /// Its name.
        name: String,
        /// Its value in the origin.
        before: String,
        /// Its value now.
        after: String,
    },
    /// An earlier step made another value.
    After {
        /// The step.
        step: StepName,
        /// The artifact.
        name: String,
    },
    /// A blob of the result is gone.
    Incomplete(String),
    /// The result is another user's, and has pickles.
    Pickles(String),
}

impl std::fmt::Display for Why {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Asked => out.write_str("as asked"),
            Self::NoResult => out.write_str("not finished in the origin run"),
            Self::NewItem => out.write_str("the item is new"),
            Self::Differs(difference) => difference.fmt(out),
            Self::Parameter { name, before, after } => {
                write!(out, "parameter `{name}` changed: {before} → {after}")
            }
            Self::After { step, name } => write!(out, "after `{step}`: `{name}` changed"),
            Self::Incomplete(name) => write!(out, "the stored `{name}` is gone"),
            Self::Pickles(user) => {
                write!(out, "the result is {user}'s and has pickles; `--trust-pickles` takes it")
            }
        }
    }
}

/// Looks results up for one run, and keeps its own for later ones.
pub struct Reuse {
    options: ReuseOptions,
    run: Rc<RunRecord>,
    passed_on: PassedOn,
    /// Where the items of each foreach stand in the origin's, by the attempt that split.
    places: RefCell<HashMap<AttemptKey, Rc<Places>>>,
    ahead: Ahead,
    /// The part of each step's code that changed since the origin, where it was looked for.
    changed: RefCell<HashMap<StepName, Option<String>>>,
    missed: Cell<Missed>,
    /// Why tasks run that haven't committed yet: a retry runs for the same reason.
    reasons: RefCell<HashMap<TaskKey, String>>,
    /// The steps of which it was said why their results can't be kept.
    told: RefCell<HashSet<StepName>>,
    expected: verify::Expected,
}

/// Results that were there and weren't looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Missed {
    /// How many.
    pub tasks: u64,
    /// How long the earlier tasks took, in milliseconds.
    pub ms: u64,
}

/// The identity of an artifact's value, as provenance records it.
fn identity(record: &ArtifactRecord) -> Digest {
    format!("{}:{}:{}", record.codec, record.type_name, record.digest).into()
}

impl Reuse {
    /// A look-up for the run that `record` describes.
    pub fn new(options: ReuseOptions, record: RunRecord) -> Self {
        let missed = Cell::default();
        Self {
            options,
            run: Rc::new(record),
            passed_on: PassedOn::default(),
            places: RefCell::default(),
            ahead: Ahead::default(),
            changed: RefCell::default(),
            missed,
            reasons: RefCell::default(),
            told: RefCell::default(),
            expected: verify::Expected::default(),
        }
    }

    /// What could have been reused, had it been looked for.
    pub fn missed(&self) -> Missed {
        self.missed.get()
    }

    /// Looks for a result of a task that is about to run.
    pub async fn find(&self, context: &Context, launch: &Launch) -> Result<Found, Error> {
        let Some(step) = self.options.steps.get(launch.step()) else {
            return Ok(Found::Nothing(None));
        };
        if launch.attempt.attempt > 0 || step.again {
            if step.again {
                self.say(context, launch, &Why::Asked);
            }
            return Ok(Found::Nothing(None));
        }
        if let Some(from) = &self.options.resume {
            match self.seek_in_origin(context, launch, step, from).await? {
                Ok(done) => return Ok(Found::Result(Box::new(done))),
                Err(why) => self.say(context, launch, &why),
            }
        }
        if step.cache.reads() {
            let found = self.seek_in_cache(context, launch, step).await?;
            return Ok(self.doubt(context, launch, found));
        }
        Ok(Found::Nothing(None))
    }

    /// Says why a task runs, and remembers it for its record.
    fn say(&self, context: &Context, launch: &Launch, why: &Why) {
        context.report_run_again(launch, why);
        self.reasons.borrow_mut().insert(launch.attempt.task.clone(), why.to_string());
    }

    /// Why a task runs although a result was looked for.
    pub fn reason(&self, task: &TaskKey) -> Option<String> {
        self.reasons.borrow().get(task).cloned()
    }

    /// Remembers what a task of this run passes on, so that those after it needn't ask the
    /// store, and forgets what nobody needs any more.
    pub fn learn(
        &self,
        context: &Context,
        parents: &[AttemptKey],
        attempt: &AttemptKey,
        done: &TaskDone,
    ) {
        if let (None, Some(world)) = (&done.reused, &self.options.world) {
            // It ran: it may have written what others read.
            world.may_have_changed();
        }
        if done.outcome == Outcome::Ok {
            self.reasons.borrow_mut().remove(&attempt.task);
        }
        let looks = |step: &StepNow| step.cache.reads();
        if self.options.resume.is_none() && !self.options.steps.values().any(looks) {
            return;
        }
        self.passed_on.learn(parents, attempt, done);
        if done.outcome == Outcome::Ok {
            self.passed_on.forget(&context.graph, parents, &attempt.task);
            for split in passed_on::closed_by(&context.graph, &attempt.task) {
                self.places.borrow_mut().remove(&split);
                self.ahead.forget(&split);
            }
        }
    }

    /// What the task would be given now.
    async fn present(&self, context: &Context, launch: &Launch) -> Result<Now, Error> {
        let mut given = Vec::with_capacity(launch.parents.len());
        for parent in launch.parents.iter() {
            given.push(self.passed_on.by(context, parent).await?);
        }
        let spec = context.spec(launch).await?;
        let joins = context.graph.step(launch.step()).is_some_and(|step| step.joins.is_some());
        Ok(Now::new(Rc::clone(&self.run), given, spec, joins, self.options.world.clone()))
    }
}
