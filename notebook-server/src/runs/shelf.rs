//! The tasks of runs that were looked at lately. What is over never changes and is kept
//! while there is room; what goes on is brought up to date when it is asked for.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use flownote_flow::id::TaskKey;
use flownote_store::{Error, RunKey, Store};
use tokio::sync::{OnceCell, RwLock};

use super::Tasks;
use super::damage::results;
use super::kept::Kept;
use super::sketch::MANY;

/// So many rows are kept, a kilobyte or so each.
const ROOM: usize = 200_000;
/// Who asks within this time is told what the last one was told.
const FRESH: Duration = Duration::from_millis(150);
/// So many results of a long run are read at a time, so that what somebody looks at isn't
/// behind all of them.
const SOME: usize = 500;

/// The shelf. Clones of what stands on it are cheap.
#[derive(Default)]
pub struct Shelf {
    /// Short sections: nothing is read in them.
    known: Mutex<HashMap<RunKey, Place>>,
    kept: Kept,
}

struct Place {
    run: Arc<Standing>,
    used: Instant,
}

#[derive(Default)]
struct Standing {
    tasks: OnceCell<Arc<RwLock<Tasks>>>,
    refreshed: Mutex<Option<Instant>>,
    /// Whether the results of a long run are being read.
    filling: AtomicBool,
}

impl Shelf {
    /// An empty one, that keeps long runs in files.
    pub fn new(kept: Kept) -> Self {
        Self { known: Mutex::default(), kept }
    }

    /// The tasks of a run as they stand now. Of a long run that wasn't looked at before, some
    /// are known from the log alone at first; their results are read meanwhile.
    pub async fn current(&self, store: &Store, key: &RunKey) -> Result<Arc<RwLock<Tasks>>, Error> {
        let place = self.place(key);
        let first = place.tasks.get_or_try_init(async || {
            let tasks = Tasks::read(store, key, &self.kept).await?;
            *lock(&place.refreshed) = Some(Instant::now());
            Ok::<_, Error>(Arc::new(RwLock::new(tasks)))
        });
        let tasks = match first.await {
            Ok(tasks) => tasks.clone(),
            Err(error) => {
                lock(&self.known).remove(key);
                return Err(error);
            }
        };
        let is_fresh = || lock(&place.refreshed).is_some_and(|at| at.elapsed() < FRESH);
        if !is_fresh() && !tasks.read().await.is_final() {
            let mut writing = tasks.write().await;
            if !is_fresh() {
                writing.refresh(store).await?;
                *lock(&place.refreshed) = Some(Instant::now());
            }
        }
        if tasks.read().await.unread() > 0 && !place.filling.swap(true, Ordering::AcqRel) {
            tokio::spawn(fill(store.clone(), key.clone(), place, tasks.clone(), self.kept.clone()));
        }
        let is_damaged = {
            let tasks = tasks.read().await;
            tasks.is_final() && tasks.weight() < MANY && tasks.damaged().next().is_some()
        };
        if is_damaged {
            // It may be mended until somebody asks again.
            lock(&self.known).remove(key);
        }
        self.make_room(key);
        Ok(tasks)
    }

    /// Reads the results of some tasks now that are known from the log alone.
    pub async fn read_now(
        store: &Store,
        run: &RunKey,
        tasks: &RwLock<Tasks>,
        wanted: &[TaskKey],
    ) -> Result<(), Error> {
        if wanted.is_empty() {
            return Ok(());
        }
        let attempts = tasks.read().await.attempts_of(wanted);
        let found = results(store, run, &attempts).await?;
        tasks.write().await.learn(store, attempts, found);
        Ok(())
    }

    fn place(&self, key: &RunKey) -> Arc<Standing> {
        let mut known = lock(&self.known);
        let place = known
            .entry(key.clone())
            .or_insert_with(|| Place { run: Arc::default(), used: Instant::now() });
        place.used = Instant::now();
        place.run.clone()
    }

    /// Lets go what wasn't asked for the longest.
    fn make_room(&self, but: &RunKey) {
        let mut known = lock(&self.known);
        let weight = |place: &Place| {
            let tasks = place.run.tasks.get();
            tasks.and_then(|it| it.try_read().ok().map(|it| it.weight())).unwrap_or(0) + 10
        };
        let mut total: usize = known.values().map(weight).sum();
        while total > ROOM {
            let oldest = known.iter().filter(|(key, _)| *key != but).min_by_key(|(_, it)| it.used);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { return };
            if let Some(gone) = known.remove(&key) {
                total -= weight(&gone);
            }
        }
    }
}

/// Reads all results that aren't read yet, and keeps what they said.
async fn fill(
    store: Store,
    run: RunKey,
    place: Arc<Standing>,
    tasks: Arc<RwLock<Tasks>>,
    kept: Kept,
) {
    loop {
        let some = tasks.read().await.some_unread(SOME);
        // A store that fails is asked again by whoever looks next.
        if some.is_empty() || Shelf::read_now(&store, &run, &tasks, &some).await.is_err() {
            break;
        }
    }
    place.filling.store(false, Ordering::Release);
    let (nonce, rows) = {
        let tasks = tasks.read().await;
        (tasks.record().nonce.clone(), tasks.to_keep())
    };
    if let Some(rows) = rows {
        kept.save(&run, &nonce, rows).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
