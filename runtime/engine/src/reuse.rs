//! Taking the result of an earlier task instead of running it again: `resume`'s look-up in
//! one origin run (engine rule 19).
//!
//! A result is taken when its code is the same, and everything that it read would be the
//! same now. What is taken is a *delta*: the names that the task wrote and deleted, where
//! it went, its items; what it merely passed on comes from this run's own tasks.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use flownote_flow::event::Launch;
use flownote_flow::id::{AttemptKey, StepName};
use flownote_flow::manifest::{
    ArtifactRecord, Digest, Logs, Outcome, Reused, SCHEMA, TaskDone, TaskManifest, Usage,
};
use flownote_flow::provenance::{Code, Difference, Environment, Provenance};
use flownote_flow::run::RunRecord;
use flownote_store::RunKey;
use flownote_store::client::{Artifact, Origin};
use serde::Deserialize;

use crate::Error;
use crate::context::Context;
use crate::present::Now;

/// Which run to take results from, and what of it.
#[derive(Clone, Debug)]
pub struct Resume {
    /// The origin run.
    pub origin: RunKey,
    /// What each step's code is now.
    pub steps: HashMap<StepName, StepNow>,
    /// Whether results are taken although the code may have changed.
    pub trust_code: bool,
}

/// What a step's code is, and what it runs on, before it runs.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct StepNow {
    /// Its code.
    pub code: Code,
    /// What it runs on.
    pub environment: Environment,
    /// Whether it runs again whatever is the case.
    #[serde(default)]
    pub again: bool,
}

/// Looks results up for one run.
pub struct Reuse {
    resume: Resume,
    run: Rc<RunRecord>,
    /// What the tasks of this run pass on, by attempt: read once, shared by the children
    /// of a foreach. Never borrowed across an `await`.
    visible: RefCell<HashMap<AttemptKey, Rc<Visible>>>,
}

/// What a task passes on: artifact → who wrote it, and its record.
pub type Visible = BTreeMap<String, (String, ArtifactRecord)>;

/// Why a task runs although there is an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The user asked for it.
    Asked,
    /// The origin has no result of this task.
    NoResult,
    /// Something differs.
    Differs(Difference),
    /// A blob of the result is gone.
    Incomplete(String),
}

impl std::fmt::Display for Why {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Asked => out.write_str("as asked"),
            Self::NoResult => out.write_str("not finished in the origin run"),
            Self::Differs(difference) => difference.fmt(out),
            Self::Incomplete(name) => write!(out, "the stored `{name}` is gone"),
        }
    }
}

/// The identity of an artifact's value, as provenance records it.
pub fn identity(record: &ArtifactRecord) -> Digest {
    format!("{}:{}:{}", record.codec, record.type_name, record.digest).into()
}

impl Reuse {
    /// A look-up for the run that `record` describes.
    pub fn new(resume: Resume, record: RunRecord) -> Self {
        Self { resume, run: Rc::new(record), visible: RefCell::default() }
    }

    /// The result to commit instead of running a task, or why it must run.
    pub async fn look_up(
        &self,
        context: &Context,
        launch: &Launch,
    ) -> Result<Result<TaskDone, Why>, Error> {
        let default = StepNow::default();
        let step = self.resume.steps.get(launch.step()).unwrap_or(&default);
        if step.again {
            return Ok(Err(Why::Asked));
        }
        let Some(origin) = self.origin(context, launch).await? else {
            return Ok(Err(Why::NoResult));
        };
        let Ok(provenance) = Provenance::deserialize(&origin.manifest.provenance) else {
            return Ok(Err(Why::NoResult));
        };
        let now = self.present(context, launch).await?;
        let code = (!self.resume.trust_code).then_some((&step.code, &step.environment));
        if let Err(difference) = provenance.compare(code, &now) {
            return Ok(Err(Why::Differs(difference)));
        }
        let records =
            origin.manifest.artifacts.iter().map(|(name, record)| (name.as_str(), record));
        let items = origin.manifest.items.iter().map(|items| ("foreach items", &items.items));
        for (name, record) in records.chain(items).filter(|(_, record)| record.is_blob()) {
            if !context.store.has_blob(&record.digest).await? {
                return Ok(Err(Why::Incomplete(name.to_owned())));
            }
        }
        match inherit(launch, &origin.manifest, &provenance, &now) {
            Ok(inherited) => Ok(Ok(self.compose(context, launch, origin, inherited))),
            Err(name) => Ok(Err(Why::Differs(Difference::Input(name)))),
        }
    }

    /// The committed result of the same task in the origin run.
    async fn origin(&self, context: &Context, launch: &Launch) -> Result<Option<TaskDone>, Error> {
        let mut attempt = AttemptKey { task: launch.attempt.task.clone(), attempt: 0 };
        while let Some(done) = context.store.done(&self.resume.origin, &attempt).await? {
            if done.outcome == Outcome::Ok {
                return Ok(Some(done));
            }
            attempt.attempt += 1;
        }
        Ok(None)
    }

    /// What the task would be given now.
    async fn present(&self, context: &Context, launch: &Launch) -> Result<Now, Error> {
        let mut given = Vec::with_capacity(launch.parents.len());
        for parent in launch.parents.iter() {
            given.push(self.visible_of(context, parent).await?);
        }
        let spec = context.spec(launch).await?;
        let joins = context.graph.step(launch.step()).is_some_and(|step| step.joins.is_some());
        Ok(Now::new(Rc::clone(&self.run), given, spec, joins))
    }

    async fn visible_of(
        &self,
        context: &Context,
        attempt: &AttemptKey,
    ) -> Result<Rc<Visible>, Error> {
        if let Some(known) = self.visible.borrow().get(attempt) {
            return Ok(Rc::clone(known));
        }
        let task = &attempt.task;
        let artifacts = context.store.artifacts(&context.run, &task.step, &task.id()).await?;
        let passed_on = |it: &Artifact| matches!(it.origin, Origin::Own | Origin::Inherited);
        let visible: Visible = artifacts
            .into_iter()
            .filter(passed_on)
            .filter_map(|it| Some((it.name, (it.producer?, it.record))))
            .collect();
        let visible = Rc::new(visible);
        self.visible.borrow_mut().insert(attempt.clone(), Rc::clone(&visible));
        Ok(visible)
    }

    fn compose(
        &self,
        context: &Context,
        launch: &Launch,
        origin: TaskDone,
        inherited: BTreeMap<String, BTreeMap<String, Digest>>,
    ) -> TaskDone {
        let attempt = &launch.attempt;
        // A chain of resumes names the task that computed, not the one that took it last.
        let reused = origin.reused.unwrap_or_else(|| Reused {
            pathspec: format!("{}/{}/{}/{}", origin.flow, origin.run, origin.step, origin.task),
            user: origin.user.clone(),
            finished_at: origin.finished_at.clone(),
        });
        let now = context.now();
        TaskDone {
            schema: SCHEMA,
            flow: context.run.flow.clone(),
            run: context.run.run.clone(),
            step: attempt.task.step.clone(),
            task: attempt.task.id(),
            attempt: attempt.attempt,
            nonce: context.nonce(),
            outcome: Outcome::Ok,
            started_at: Some(now.clone()),
            finished_at: now,
            user: context.owner.user.clone(),
            host: context.owner.host.clone(),
            pid: context.owner.pid,
            usage: Usage::default(),
            parents: launch.parents.iter().map(ToString::to_string).collect(),
            foreach: origin.foreach,
            manifest: TaskManifest { inherited, notices: Vec::new(), ..origin.manifest },
            failure: None,
            logs: Logs::default(),
            reused: Some(reused),
        }
    }
}

/// Whose artifacts the task passes on, in this run. A join passes on what it merged: those
/// values are found among its inputs. Fails with a name that isn't there any more.
fn inherit(
    launch: &Launch,
    origin: &TaskManifest,
    provenance: &Provenance,
    now: &Now,
) -> Result<BTreeMap<String, BTreeMap<String, Digest>>, String> {
    let mut inherited: BTreeMap<String, BTreeMap<String, Digest>> = BTreeMap::new();
    let mut pass_on = |name: &str, (producer, record): &(String, ArtifactRecord)| {
        let names = inherited.entry(producer.clone()).or_default();
        names.insert(name.to_owned(), record.digest.clone());
    };
    if !now.joins() {
        let written: BTreeSet<&String> = origin.artifacts.keys().collect();
        for (name, found) in launch.parents.first().into_iter().flat_map(|_| now.given(0)) {
            if !written.contains(name) && !provenance.deleted.contains(name) {
                pass_on(name, found);
            }
        }
        return Ok(inherited);
    }
    for (name, digest) in origin.inherited.values().flatten() {
        let mut found = (0..launch.parents.len()).filter_map(|at| now.given(at).get(name));
        let same = found.find(|(_, record)| record.digest == *digest);
        pass_on(name, same.ok_or_else(|| name.clone())?);
    }
    Ok(inherited)
}
