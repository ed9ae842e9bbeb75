//! Every run of the store, by name, and what records say of those that were looked at.
//!
//! Names are listed anew for each question, at most twice a second; records are read once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use flownote_flow::id::FlowName;
use flownote_store::client::{RunName, Status};
use flownote_store::{Error, RunKey, Store};

use super::ended::Ended;
use super::facts::Facts;

/// How long a listing of names counts.
const FRESH: Duration = Duration::from_millis(500);

/// What is known of runs. All sections are short: nothing is awaited in them.
#[derive(Default)]
pub struct Catalogue {
    names: Mutex<HashMap<FlowName, Listing>>,
    facts: Mutex<HashMap<RunKey, Arc<Facts>>>,
    ended: Mutex<HashMap<RunKey, Ended>>,
}

struct Listing {
    at: Instant,
    names: Arc<[RunName]>,
}

/// A run that was found.
#[derive(Clone)]
pub struct Found {
    /// Which.
    pub key: RunKey,
    /// How it ended; absent while it isn't over.
    pub ending: Option<(Status, String)>,
    /// What its record says.
    pub facts: Arc<Facts>,
    /// Its tags, changes applied.
    pub tags: Vec<String>,
}

impl Catalogue {
    /// The runs of a flow, newest first.
    pub async fn names(&self, store: &Store, flow: &FlowName) -> Result<Arc<[RunName]>, Error> {
        if let Some(known) = lock(&self.names).get(flow).filter(|it| it.at.elapsed() < FRESH) {
            return Ok(known.names.clone());
        }
        let names: Arc<[RunName]> = store.run_names(flow).await?.into();
        let listing = Listing { at: Instant::now(), names: names.clone() };
        lock(&self.names).insert(flow.clone(), listing);
        Ok(names)
    }

    /// What a run's record says. One that is damaged says so: the others are listed all the same.
    pub async fn facts(&self, store: &Store, run: &RunKey) -> Result<Arc<Facts>, Error> {
        if let Some(known) = lock(&self.facts).get(run) {
            return Ok(known.clone());
        }
        let facts = match store.run_record(run).await {
            // Asked again next time: somebody may have repaired it.
            Err(error @ Error::Undecodable { .. }) => {
                return Ok(Arc::new(Facts::unreadable(&run.run, error.to_string())));
            }
            record => Arc::new(Facts::of(&record?)),
        };
        lock(&self.facts).insert(run.clone(), facts.clone());
        Ok(facts)
    }

    /// How a run ended that is over: its numbers.
    pub async fn ended(&self, store: &Store, run: &Found) -> Result<Ended, Error> {
        if let Some(known) = lock(&self.ended).get(&run.key) {
            return Ok(known.clone());
        }
        let ended = Ended::read(store, run).await?;
        lock(&self.ended).insert(run.key.clone(), ended.clone());
        Ok(ended)
    }

    /// Describes one run.
    pub async fn one(&self, store: &Store, key: &RunKey) -> Result<Found, Error> {
        let facts = self.facts(store, key).await?;
        let tags = store.tags(key).await?.user;
        let (status, finished_at) = store.run_status(key).await?;
        let ending = finished_at.map(|at| (status, at));
        Ok(Found { key: key.clone(), ending, facts, tags })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
