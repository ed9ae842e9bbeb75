//! Where else a value is: artifacts by digest, over the whole store.
//!
//! Nothing in a store leads from a digest to its users, so runs are read, newest first, as
//! long as a question may take; what was read once is remembered, and the next question
//! goes on from there.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use flownote_flow::id::FlowName;
use flownote_flow::manifest::Digest;
use flownote_store::{Error, RunKey, Store};
use tokio::sync::Mutex;

use super::Catalogue;
use crate::api::Use;

/// How long one question may read.
const PATIENCE: Duration = Duration::from_millis(800);
/// So many users of one digest are remembered: everybody uses `0` and `true`.
const MOST: usize = 200;
/// So many places in all.
const ROOM: usize = 2_000_000;

/// What is known of digests.
#[derive(Default)]
pub struct Digests {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    users: HashMap<Digest, Vec<Use>>,
    read: HashSet<RunKey>,
    places: usize,
}

/// Where a digest is used.
pub struct Found {
    /// The newest first.
    pub users: Vec<Use>,
    /// Whether every run was looked at.
    pub is_complete: bool,
}

impl Digests {
    /// Looks for the users of a digest.
    pub async fn find(
        &self,
        store: &Store,
        catalogue: &Catalogue,
        digest: &str,
    ) -> Result<Found, Error> {
        let begun = Instant::now();
        let runs = finished_runs(store, catalogue).await?;
        let mut known = self.known.lock().await;
        let mut is_complete = true;
        for run in runs {
            if known.read.contains(&run) {
                continue;
            }
            if begun.elapsed() > PATIENCE || known.places > ROOM {
                is_complete = false;
                break;
            }
            known.read(store, run).await?;
        }
        let mut users = known.users.get(digest).cloned().unwrap_or_default();
        users.sort_by(|one, other| other.finished_at.cmp(&one.finished_at));
        Ok(Found { users, is_complete })
    }
}

impl Known {
    async fn read(&mut self, store: &Store, run: RunKey) -> Result<(), Error> {
        for made in store.made(&run).await? {
            let users = self.users.entry(made.digest).or_default();
            if users.len() < MOST {
                self.places += 1;
                users.push(Use {
                    pathspec: format!("{run}/{}/{}/{}", made.step, made.task, made.name),
                    user: made.user,
                    finished_at: Some(made.finished_at),
                    reused: made.reused,
                });
            }
        }
        self.read.insert(run);
        Ok(())
    }
}

async fn finished_runs(store: &Store, catalogue: &Catalogue) -> Result<Vec<RunKey>, Error> {
    let mut runs = Vec::new();
    let flows: Vec<FlowName> = store.flows().await?;
    for flow in flows {
        let names = catalogue.names(store, &flow).await?;
        let over = names.iter().filter(|name| name.ending.is_some());
        runs.extend(over.map(|name| RunKey { flow: flow.clone(), run: name.run.clone() }));
    }
    runs.sort_unstable_by(|one, other| other.run.cmp(&one.run));
    Ok(runs)
}
