//! The threads that models are fitted on.
//!
//! Rayon's own pool is made once for a process, and a forked child has its memory without its
//! threads: it would wait forever. Tasks are forked, and so are users' workers, so each process
//! has a pool of its own here.

use std::process;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use flownote_models::Watch;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The pool, and the process that it is of. Locked while it is looked up or made, never while
/// it works.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// How often a signal is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// What takes longer shows how far it is.
const LASTS: Duration = Duration::from_secs(1);

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

/// What a fit and the thread that waits for it tell each other.
#[derive(Default)]
struct Waiting {
    /// Written by who waits, read by the fit.
    stop: AtomicBool,
    /// Written by the fit, read by who waits; 0 where nobody knows how many there are.
    steps: AtomicUsize,
    made: AtomicUsize,
}

impl Watch for Waiting {
    fn stop(&self) -> bool {
        self.stop.load(Relaxed)
    }

    fn begins(&self, steps: Option<usize>) {
        self.steps.store(steps.unwrap_or(0), Relaxed);
    }

    fn made(&self, steps: usize) {
        self.made.fetch_add(steps, Relaxed);
    }
}

impl Waiting {
    /// Calls `progress` with how many steps were made, and of how many.
    fn tell(&self, progress: &Py<PyAny>) -> PyResult<()> {
        let steps = Some(self.steps.load(Relaxed)).filter(|steps| *steps > 0);
        let made = self.made.load(Relaxed);
        Python::attach(|py| progress.call1(py, (made, steps)).map(drop))
    }
}

/// As [`run`]; `work` is told to stop when Python has a signal, Ctrl-C say, or an exception of
/// `progress`, which is called now and then of what lasts. The exception comes with what `work`
/// returns.
pub fn run_until_signal<T: Send>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(&dyn Watch) -> T + Send,
) -> PyResult<(T, Option<PyErr>)> {
    let pool = pool()?;
    let waiting = Waiting::default();
    py.detach(|| {
        let (send, done) = channel();
        let mut signal = None;
        let (waiting, began) = (&waiting, Instant::now());
        let mut told = false;
        // Signals are this thread's to see, which has entered from Python.
        pool.in_place_scope(|scope| {
            scope.spawn(move |_| {
                let _ = send.send(work(waiting));
            });
            loop {
                match done.recv_timeout(LOOK) {
                    Ok(result) => {
                        // What was shown is shown to its end.
                        if let Some(progress) = progress.as_ref().filter(|_| told)
                            && signal.is_none()
                        {
                            signal = waiting.tell(progress).err();
                        }
                        break Ok((result, signal));
                    }
                    Err(RecvTimeoutError::Timeout) if signal.is_none() => {
                        signal = Python::attach(|py| py.check_signals()).err();
                        if let Some(progress) = progress.as_ref().filter(|_| signal.is_none())
                            && began.elapsed() >= LASTS
                        {
                            told = true;
                            signal = waiting.tell(progress).err();
                        }
                        waiting.stop.store(signal.is_some(), Relaxed);
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
