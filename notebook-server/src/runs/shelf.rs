//! The tasks of runs that were looked at lately. What is over never changes and is kept
//! while there is room; what goes on is brought up to date when it is asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use flownote_store::{Error, RunKey, Store};
use tokio::sync::{OnceCell, RwLock};

use super::Tasks;

/// So many rows are kept, a kilobyte or so each.
const ROOM: usize = 200_000;
/// Who asks within this time is told what the last one was told.
const FRESH: Duration = Duration::from_millis(150);

/// The shelf. Clones of what stands on it are cheap.
#[derive(Default)]
pub struct Shelf {
    /// Short sections: nothing is read in them.
    known: Mutex<HashMap<RunKey, Place>>,
}

struct Place {
    run: Arc<Kept>,
    used: Instant,
}

#[derive(Default)]
struct Kept {
    tasks: OnceCell<Arc<RwLock<Tasks>>>,
    refreshed: Mutex<Option<Instant>>,
}

impl Shelf {
    /// The tasks of a run as they stand now.
    pub async fn current(&self, store: &Store, key: &RunKey) -> Result<Arc<RwLock<Tasks>>, Error> {
        let kept = self.place(key);
        let first = kept.tasks.get_or_try_init(async || {
            let tasks = Tasks::read(store, key).await?;
            *lock(&kept.refreshed) = Some(Instant::now());
            Ok::<_, Error>(Arc::new(RwLock::new(tasks)))
        });
        let tasks = match first.await {
            Ok(tasks) => tasks.clone(),
            Err(error) => {
                lock(&self.known).remove(key);
                return Err(error);
            }
        };
        let is_fresh = || lock(&kept.refreshed).is_some_and(|at| at.elapsed() < FRESH);
        if !is_fresh() && !tasks.read().await.is_final() {
            let mut writing = tasks.write().await;
            if !is_fresh() {
                writing.refresh(store).await?;
                *lock(&kept.refreshed) = Some(Instant::now());
            }
        }
        self.make_room(key);
        Ok(tasks)
    }

    fn place(&self, key: &RunKey) -> Arc<Kept> {
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

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
