//! What every handler of `flownote serve` may use.

use std::ops::Deref;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::journal::Journal;
use super::live::{Live, Outcome};
use super::place::Place;
use super::policy::Choosing;
use super::recommender::Recommending;
use crate::security::host::Hosts;

/// The state. Clones share it.
#[derive(Clone)]
pub struct Serving(Arc<Shared>);

/// What is shared.
pub struct Shared {
    /// Who recommends, if anybody does.
    pub recommend: Option<Place<Recommending>>,
    /// Who chooses pictures, each for one title.
    pub artwork: Vec<Place<Choosing>>,
    /// The share of choices in which any picture is drawn.
    pub explore: f64,
    /// What happened since the models were fitted. All sections are short.
    pub live: Mutex<Live>,
    /// The log.
    pub journal: Journal,
    /// Rung when many rows wait.
    pub full: tokio::sync::Notify,
    /// Under which names it is asked.
    pub hosts: Hosts,
    /// The digest of what requests must carry.
    pub token: Option<blake3::Hash>,
    /// Since when it is served.
    pub since: Instant,
    /// Decisions so far.
    pub decisions: AtomicU64,
}

impl Serving {
    /// Shares the state.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Shared {
    /// What happened, to be read or changed.
    pub fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the writer if so much waits that it is to be written now.
    pub fn ring(&self) {
        if self.journal.is_full() {
            self.full.notify_one();
        }
    }

    /// Who chooses the pictures of a title.
    pub fn choosing(&self, title: &str) -> Option<Arc<Choosing>> {
        self.artwork.iter().map(Place::now).find(|it| it.title() == title)
    }

    /// Lets policies learn what came of choices. Returns how many were learnt: a policy of
    /// another run may not know the picture any more.
    pub fn learn(&self, outcomes: &[Outcome]) -> usize {
        let learn = |it: &&Outcome| {
            let choosing = self.choosing(&it.title);
            choosing.is_some_and(|by| by.learn(&it.picture, &it.context, it.reward).is_ok())
        };
        outcomes.iter().filter(learn).count()
    }
}

impl Deref for Serving {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
