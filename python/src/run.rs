//! Python's way into the engine: one object that runs one run.

use std::cell::Cell;
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::Path;
use std::rc::Rc;
use std::sync::Mutex;

use flownote_engine::launcher::Zygote;
use flownote_engine::{
    Cancel, Cap, Handle, Options, Owner, Pace, Patience, Progress, Reporter, RunService, Start,
    Summary,
};
use flownote_flow::id::FlowName;
use flownote_flow::run::RunRecord;
use flownote_store::{Store, time};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;

use crate::error::{Failure, raise};
use crate::place;
use crate::report::{self, Display};
use crate::reuse;
use flownote_store::reference::resolve_run;

/// What Python asks for.
#[derive(Deserialize)]
struct Request {
    /// The datastore, when the command line names one.
    #[serde(default)]
    store: Option<String>,
    /// Whether commits reach the disk before they count.
    #[serde(default)]
    durable: bool,
    /// A new run, without what is filled in here (nonce, user, host, process).
    #[serde(default)]
    record: Option<Box<RunRecord>>,
    /// Or a run to go on with.
    #[serde(default, rename = "continue")]
    continued: Option<Continued>,
    /// What a new run may take from earlier ones.
    #[serde(default)]
    reuse: reuse::Request,
    /// A fresh interpreter for each attempt.
    #[serde(default)]
    spawn: bool,
    /// Whether SIGINT and SIGTERM cancel the run.
    #[serde(default)]
    signals: bool,
    /// How to show it.
    display: Display,
}

#[derive(Deserialize)]
struct Continued {
    flow: FlowName,
    /// `latest`, an id, its beginning or end.
    run: String,
}

/// What Python gets back.
#[derive(Serialize)]
struct Finished {
    flow: String,
    run: String,
    status: flownote_flow::event::RunStatus,
    done: u64,
    failed: u64,
    elapsed_ms: u64,
    /// Kept results that were computed again.
    verified: u64,
    /// Those of them that differ.
    differing: u64,
}

impl From<Summary> for Finished {
    fn from(summary: Summary) -> Self {
        Self {
            flow: summary.run.flow.to_string(),
            run: summary.run.run.to_string(),
            status: summary.status,
            done: summary.done,
            failed: summary.failed,
            elapsed_ms: summary.elapsed_ms,
            verified: 0,
            differing: 0,
        }
    }
}

/// Counts what `cache verify` compared while it is shown.
fn counting(reporter: Reporter, counts: &Rc<Cell<(u64, u64)>>) -> Reporter {
    let counts = Rc::clone(counts);
    Box::new(move |progress| {
        if let Progress::Verified { differs, .. } = &progress {
            let (verified, differing) = counts.get();
            counts.set((verified + 1, differing + u64::from(!differs.is_empty())));
        }
        reporter(progress);
    })
}

/// Runs one run to its end.
#[pyclass(frozen, module = "flownote._native")]
pub struct Runner {
    /// Taken by the one call of `run`.
    request: Mutex<Option<(Request, OwnedFd)>>,
    /// Set by `run`, used by `cancel` from any thread.
    handle: Mutex<Option<Handle>>,
}

#[pymethods]
impl Runner {
    /// Takes a request as JSON and the engine's end of a zygote's control socket, which it
    /// owns from now on.
    #[new]
    fn new(request: &str, control_fd: i32) -> PyResult<Self> {
        // SAFETY: the caller hands over a descriptor that it doesn't use any more.
        let socket = unsafe { OwnedFd::from_raw_fd(control_fd) };
        let request = serde_json::from_str(request)
            .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))?;
        Ok(Self { request: Mutex::new(Some((request, socket))), handle: Mutex::new(None) })
    }

    /// Runs to the end, without the GIL. Answers `{flow, run, status, done, failed,
    /// elapsed_ms}` as JSON; raises a `FlownoteException` when the engine itself fails.
    fn run(&self, py: Python<'_>) -> PyResult<String> {
        let taken = self.request.lock().expect("never poisoned").take();
        let (request, socket) =
            taken.ok_or_else(|| pyo3::exceptions::PyRuntimeError::new_err("a Runner runs once"))?;
        let finished =
            py.detach(|| self.serve(request, socket)).map_err(|error| error.raise(py))?;
        Ok(serde_json::to_string(&finished).expect("a summary is JSON"))
    }

    /// Cancels the run from another thread.
    #[pyo3(signature = (*, now=false))]
    fn cancel(&self, now: bool) {
        let how = if now { Cancel::Now } else { Cancel::Graceful };
        if let Some(handle) = &*self.handle.lock().expect("never poisoned") {
            handle.cancel(how);
        }
    }
}

impl Runner {
    fn serve(&self, request: Request, socket: OwnedFd) -> Result<Finished, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(flownote_engine::Error::Worker)?;
        LocalSet::new().block_on(&runtime, async {
            let store = place::open(request.store.as_deref(), request.durable).await?;
            let owner = Owner::this_process(user());
            let start = match (request.record, request.continued) {
                (Some(mut record), _) => {
                    complete(&mut record, &owner);
                    publish_staged(&store, &store.staging(&record.run)).await?;
                    Start::New(record)
                }
                (None, Some(Continued { flow, run })) => {
                    Start::Continue(resolve_run(&store, &run, Some(&flow)).await?)
                }
                (None, None) => unreachable!("the shell asks for one or the other"),
            };
            let options = Options {
                store,
                start,
                owner,
                spawn: request.spawn,
                reuse: request.reuse.options(),
                log_cap: Cap::default(),
                patience: Patience::default(),
                pace: Pace::default(),
            };
            let attached = Zygote::attach(socket).map_err(flownote_engine::Error::from)?;
            let launcher = Box::new(attached);
            let counts = Rc::default();
            let reporter = counting(report::reporter(request.display), &counts);
            let (service, handle) = RunService::new(options, launcher, reporter);
            *self.handle.lock().expect("never poisoned") = Some(handle.clone());
            if request.signals {
                tokio::task::spawn_local(cancel_on_signals(handle));
            }
            let summary = service.run().await?;
            let (verified, differing) = counts.get();
            Ok(Finished { verified, differing, ..Finished::from(summary) })
        })
    }
}

/// The first SIGINT or SIGTERM cancels with a grace, the second kills.
async fn cancel_on_signals(handle: Handle) {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    let mut how = Cancel::Graceful;
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        handle.cancel(how);
        how = Cancel::Now;
    }
}

/// The user's name, as runs record it.
#[pyfunction]
pub fn user_name() -> String {
    user()
}

/// The user's name: `FLOWNOTE_USER`, else who the process belongs to.
fn user() -> String {
    let named = std::env::var("FLOWNOTE_USER").ok().filter(|name| !name.is_empty());
    let account = || nix::unistd::User::from_uid(nix::unistd::getuid()).ok().flatten();
    named.or_else(|| Some(account()?.name)).unwrap_or_else(|| nix::unistd::getuid().to_string())
}

/// The id of a new run, where its values may be staged, and who starts it, as JSON.
#[pyfunction]
#[pyo3(signature = (store=None))]
pub fn new_run(py: Python<'_>, store: Option<&str>) -> PyResult<String> {
    let run = time::new_run_id();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let store = runtime
        .block_on(place::open(store, false))
        .map_err(|error| raise(py, &flownote_engine::Error::Store(error)))?;
    let staging = store.staging(&run);
    let new = serde_json::json!({
        "run": run, "staging": staging, "store": store.url().to_string(), "user": user(),
    });
    Ok(new.to_string())
}

fn complete(record: &mut RunRecord, owner: &Owner) {
    record.nonce = time::new_nonce();
    record.user.clone_from(&owner.user);
    record.host.clone_from(&owner.host);
    record.pid = owner.pid;
    record.process_start.clone_from(&owner.process_start);
    record.created_at = time::now();
    record.system_tags.insert(0, format!("user:{}", owner.user));
}

/// Publishes the blobs of parameters, constants and sources.
async fn publish_staged(store: &Store, staging: &Path) -> Result<(), flownote_store::Error> {
    let Ok(entries) = std::fs::read_dir(staging) else { return Ok(()) };
    for entry in entries.flatten() {
        if let Ok(name) = entry.file_name().into_string()
            && name.len() == 64
        {
            store.publish_blob(&entry.path(), &name).await?;
        }
    }
    Ok(())
}
