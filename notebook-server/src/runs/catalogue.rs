//! Every run of the store, by name, and what records say of those that were looked at.
//!
//! Names are listed anew for each question, at most twice a second; records are read once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use flownote_flow::id::FlowName;
use flownote_store::client::{RunName, Status};
use flownote_store::{Error, RunKey, Store};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use super::Question;
use super::ended::Ended;
use super::facts::Facts;

/// How long a listing of names counts.
const FRESH: Duration = Duration::from_millis(500);
/// Records that are read at once.
const AT_ONCE: usize = 32;

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

    /// What a run's record says.
    pub async fn facts(&self, store: &Store, run: &RunKey) -> Result<Arc<Facts>, Error> {
        if let Some(known) = lock(&self.facts).get(run) {
            return Ok(known.clone());
        }
        let facts = Arc::new(Facts::of(&store.run_record(run).await?));
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

    /// Finds runs, newest first, one more than asked for.
    pub async fn find(&self, store: &Store, question: &Question) -> Result<Vec<Found>, Error> {
        let flows = match question.flows.as_slice() {
            [] => store.flows().await?,
            some => some.to_vec(),
        };
        let mut likely: Vec<(RunKey, RunName)> = Vec::new();
        for flow in &flows {
            for name in self.names(store, flow).await?.iter() {
                let began = time_of(name.run.as_str());
                let ended = name.ending.as_ref().map(|(status, _)| *status);
                if question.may_want(name.run.as_str(), began, ended) {
                    let key = RunKey { flow: flow.clone(), run: name.run.clone() };
                    likely.push((key, name.clone()));
                }
            }
        }
        // Ids begin with the time: their order is that of the runs, whatever the flow.
        likely.sort_unstable_by(|one, other| other.0.run.cmp(&one.0.run));
        let mut found = Vec::new();
        let looked = stream::iter(likely)
            .map(|(key, name)| self.look(store, question, key, name))
            .buffered(AT_ONCE.min(question.limit + 1));
        let mut looked = std::pin::pin!(looked);
        while let Some(run) = looked.try_next().await? {
            found.extend(run);
            if found.len() > question.limit {
                break;
            }
        }
        Ok(found)
    }

    /// Looks at one run; none when it isn't wanted, or gc is taking it away.
    async fn look(
        &self,
        store: &Store,
        question: &Question,
        key: RunKey,
        name: RunName,
    ) -> Result<Option<Found>, Error> {
        let found = async {
            let facts = self.facts(store, &key).await?;
            let tags =
                if name.is_tagged { store.tags(&key).await?.user } else { facts.tags.clone() };
            if !question.wants(&key.flow, key.run.as_str(), &facts, &tags) {
                return Ok(None);
            }
            if name.ending.is_none() && !question.status.is_empty() {
                let (status, _) = store.run_status(&key).await?;
                if !question.status.contains(&status) {
                    return Ok(None);
                }
            }
            Ok(Some(Found { key, ending: name.ending, facts, tags }))
        };
        match found.await {
            Err(Error::Missing { .. }) => Ok(None),
            other => other,
        }
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

/// When a run began, as its id says.
fn time_of(run: &str) -> Option<Timestamp> {
    let stamp = run.get(..18)?;
    let (day, hour) = stamp.split_once('T')?;
    let part = |text: &str, from: usize, to: usize| text.get(from..to).map(str::to_owned);
    let text = format!(
        "{}-{}-{}T{}:{}:{}.{}Z",
        part(day, 0, 4)?,
        part(day, 4, 6)?,
        part(day, 6, 8)?,
        part(hour, 0, 2)?,
        part(hour, 2, 4)?,
        part(hour, 4, 6)?,
        part(hour, 6, 9)?
    );
    text.parse().ok()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_when() {
        let at = time_of("20261122T101512345-8f2c9a").unwrap();
        assert_eq!(at.to_string(), "2026-11-22T10:15:12.345Z");
        for odd in ["", "x", "20261122", "20261322T101512345-8f2c9a", "äöü61122T101512345"] {
            assert!(time_of(odd).is_none(), "{odd}");
        }
    }
}
