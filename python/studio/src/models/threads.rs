//! The threads that models are fitted on.
//!
//! Rayon's own pool is made once for a process, and a forked child has its memory without its
//! threads: it would wait forever. Tasks are forked, and so are users' workers, so each process
//! has a pool of its own here.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The pool, and the process that it is of. Locked while it is looked up or made, never while
/// it works.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// How often a signal is looked for.
const LOOK: Duration = Duration::from_millis(50);

fn pool() -> PyResult<Arc<ThreadPool>> {
    let mut kept = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((owner, pool)) = &*kept
        && *owner == process::id()
    {
        return Ok(pool.clone());
    }
    let pool = ThreadPoolBuilder::new()
        .thread_name(|number| format!("models-{number}"))
        .build()
        .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    let pool = Arc::new(pool);
    // A parent's pool is forgotten, not dropped: its threads, which would be joined, are none.
    if let Some(parents) = kept.replace((process::id(), pool.clone())) {
        std::mem::forget(parents);
    }
    Ok(pool)
}

/// Runs `work` on this process's pool while other threads of Python's run.
pub fn run<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let pool = pool()?;
    Ok(py.detach(|| pool.install(work)))
}

/// As [`run`]; `work` is told to stop when Python has a signal, Ctrl-C say. Its exception comes
/// with what `work` returns.
pub fn run_until_signal<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> T + Send,
) -> PyResult<(T, Option<PyErr>)> {
    let pool = pool()?;
    let stop = AtomicBool::new(false);
    py.detach(|| {
        let (send, done) = channel();
        let mut signal = None;
        let stop = &stop;
        // Signals are this thread's to see, which has entered from Python.
        pool.in_place_scope(|scope| {
            scope.spawn(move |_| {
                let _ = send.send(work(&|| stop.load(Relaxed)));
            });
            loop {
                match done.recv_timeout(LOOK) {
                    Ok(result) => break Ok((result, signal)),
                    Err(RecvTimeoutError::Timeout) if signal.is_none() => {
                        signal = Python::attach(|py| py.check_signals()).err();
                        stop.store(signal.is_some(), Relaxed);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    // It panicked, and the scope's end says so.
                    Err(RecvTimeoutError::Disconnected) => {
                        break Err(PyRuntimeError::new_err("a fit ended without a result"));
                    }
                }
            }
        })
    })
}
