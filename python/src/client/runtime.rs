//! One runtime and one connection per datastore for the whole process, made when first
//! needed.
//!
//! Neither survives a fork: [`rest`] ends them before one (`os.register_at_fork`), and a
//! child that was forked around it (from C, say) sees another process id and makes its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flownote_store::Store;
use pyo3::prelude::*;
use tokio::runtime::Runtime;

use crate::error::Failure;
use crate::place;

/// How soon Ctrl-C is noticed.
const LISTEN: Duration = Duration::from_millis(100);

/// What the readers of this process share. Held for look-ups only, never while a datastore
/// is asked.
static SHARED: Mutex<Option<Shared>> = Mutex::new(None);

struct Shared {
    pid: u32,
    runtime: Arc<Runtime>,
    stores: HashMap<String, Store>,
}

/// Asks the datastore at `url`, without the GIL. Ctrl-C ends the wait.
pub fn ask<T: Send>(
    py: Python<'_>,
    url: &str,
    work: impl AsyncFnOnce(&Store) -> Result<T, Failure> + Send,
) -> PyResult<T> {
    let answer = py.detach(|| {
        let runtime = runtime()?;
        runtime.block_on(async {
            let store = store(url).await?;
            let mut work = std::pin::pin!(work(&store));
            loop {
                tokio::select! {
                    answer = &mut work => return answer,
                    () = tokio::time::sleep(LISTEN) => {
                        Python::attach(|py| py.check_signals())?;
                    }
                }
            }
        })
    });
    answer.map_err(|failure| failure.raise(py))
}

/// Ends the runtime and its threads; the next question makes a new one.
#[pyfunction]
pub fn rest(py: Python<'_>) {
    py.detach(|| drop(lock().take()));
}

fn lock() -> std::sync::MutexGuard<'static, Option<Shared>> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn runtime() -> Result<Arc<Runtime>, Failure> {
    let mut shared = lock();
    let pid = std::process::id();
    if shared.as_ref().is_some_and(|shared| shared.pid != pid) {
        // Its threads and sockets are the parent's: ending them here would wait for ever.
        std::mem::forget(shared.take());
    }
    if shared.is_none() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|source| flownote_store::Error::Io { what: "starting".into(), source })?;
        let runtime = Arc::new(runtime);
        *shared = Some(Shared { pid, runtime, stores: HashMap::new() });
    }
    Ok(shared.as_ref().expect("made above").runtime.clone())
}

async fn store(url: &str) -> Result<Store, Failure> {
    if let Some(store) = lock().as_ref().and_then(|shared| shared.stores.get(url)) {
        return Ok(store.clone());
    }
    let store = place::open(Some(url), false).await?;
    if let Some(shared) = lock().as_mut() {
        shared.stores.insert(url.to_owned(), store.clone());
    }
    Ok(store)
}
