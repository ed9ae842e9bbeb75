//! Places: each holds one model, and takes a newer run's while answers go on.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use flownote_flow::help::Help;
use flownote_flow::id::{FlowName, StepName, TaskId};
use flownote_store::client::{RunFilter, Status};
use flownote_store::reference::resolve;
use flownote_store::{RunKey, Store};

use super::api::ModelOf;
use super::error::Unservable;
use super::stored::Stored;

/// What a run can be served as.
pub trait Servable: Sized + Send + Sync {
    /// Reads it from what a run ended with.
    fn load(stored: &Stored) -> impl Future<Output = Result<Self, Unservable>> + Send;

    /// The model of it.
    fn model(&self) -> &ModelOf;
}

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// A flow, whose newest run is served; or `Flow/run`, which is served for good.
    pub name: String,
    /// The tag that the flow's run is to have.
    pub tag: Option<String>,
}

/// A task whose artifacts are served.
#[derive(Clone, Debug, PartialEq, Eq)]
struct At {
    run: RunKey,
    step: StepName,
    task: TaskId,
}

impl Source {
    /// Finds what is to be served now.
    async fn find(&self, store: &Store) -> Result<At, Unservable> {
        if self.name.contains('/') {
            let target = resolve(store, &self.name, None).await?;
            let task = target.task_or_end(store, &self.name).await?;
            return Ok(At { run: target.run, step: task.step, task: task.task });
        }
        let filter = RunFilter {
            tags: self.tag.iter().cloned().collect(),
            status: vec![Status::Succeeded],
            whole: true,
            limit: Some(1),
            ..RunFilter::of(FlowName::new(&self.name))
        };
        let none = || Unservable::NoRun {
            flow: self.name.clone(),
            tag: self.tag.clone(),
            store: store.url().to_string(),
        };
        let run = store.runs(&filter).await?.runs.into_iter().next().ok_or_else(none)?;
        let run = RunKey::new(run.flow, run.run);
        Ok(At { run, step: StepName::new("end"), task: TaskId::new("0") })
    }

    /// Whether a newer run may take its place.
    pub fn is_watched(&self) -> bool {
        !self.name.contains('/')
    }
}

/// A model that may be swapped. Whoever answers keeps the one that they began with.
pub struct Place<T> {
    source: Source,
    current: RwLock<Arc<T>>,
    state: Mutex<State>,
}

struct State {
    served: At,
    /// What was refused: said once, not every few seconds.
    refused: Option<At>,
    /// Whether the store couldn't be asked.
    is_blind: bool,
}

impl<T: Servable> Place<T> {
    /// Reads what is to be served first.
    pub async fn open(store: &Store, source: Source) -> Result<Self, Unservable> {
        let served = source.find(store).await?;
        let first = read(store, &served).await?;
        let state = Mutex::new(State { served, refused: None, is_blind: false });
        Ok(Self { source, current: RwLock::new(Arc::new(first)), state })
    }

    /// The model as it is now.
    pub fn now(&self) -> Arc<T> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the model of another run if that is to be served now, and may be. What is wrong with
    /// that is told once, and the old one stays.
    pub async fn look(
        &self,
        store: &Store,
        tell: &(dyn Fn(String) + Send + Sync),
        check: impl Fn(&T) -> Result<(), Unservable>,
    ) {
        if !self.source.is_watched() {
            return;
        }
        let found = match self.source.find(store).await {
            Ok(found) => found,
            Err(error) => {
                if !std::mem::replace(&mut self.state().is_blind, true) {
                    tell(told(&format!("still serving `{}`", self.state().served.run), &error));
                }
                return;
            }
        };
        {
            let mut state = self.state();
            state.is_blind = false;
            if found == state.served || Some(&found) == state.refused.as_ref() {
                return;
            }
        }
        let read = read::<T>(store, &found).await;
        match read.and_then(|model| check(&model).map(|()| model)) {
            Ok(model) => {
                let before = {
                    let mut state = self.state();
                    state.refused = None;
                    std::mem::replace(&mut state.served, found.clone()).run
                };
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(model);
                tell(format!("serving `{}` instead of `{before}`", found.run));
            }
            Err(error) => {
                let kept = self.state().served.run.clone();
                tell(told(&format!("`{}` is not served, `{kept}` stays", found.run), &error));
                // A store that fails may not fail the next time.
                if !matches!(error, Unservable::Store(_) | Unservable::Broken { .. }) {
                    self.state().refused = Some(found);
                }
            }
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read<T: Servable>(store: &Store, at: &At) -> Result<T, Unservable> {
    T::load(&Stored::open(store, &at.run, &at.step, &at.task).await?).await
}

fn told(what: &str, error: &Unservable) -> String {
    let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{what}: {error}{hint}")
}
