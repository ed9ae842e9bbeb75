//! [`Host`]: the languages of this process and what they share.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use flownote_data::{ENGINE_VERSION, Error as DataError, SqlSession};
use flownote_kernel::protocol::{
    Answer, Defined, Execute, Exported, Finished, FinishedStatus, Output, Ready, Request, Runtime,
    VERSION, Welcome,
};
use flownote_kernel::wasm::Interrupt;
use tokio::sync::Notify;

use super::artifacts::Datastore;
use super::asking;
use super::reading::Versions as FileVersions;
use super::serve::{self, Say};
use super::sql_cell;
use super::usage::Used;
use super::versions::Versions;
use super::wasm_cell;

/// What runs the cells of one session.
pub struct Host {
    pub(super) session: SqlSession,
    /// Written by whoever performs a request; read by what is asked meanwhile.
    pub(super) versions: Mutex<Versions>,
    pub(super) files: FileVersions,
    pub(super) values: PathBuf,
    pub(super) folder: PathBuf,
    /// The notebook's Python, which may have a C compiler for WASM cells.
    pub(super) python: PathBuf,
    /// Our own folder for what is put aside; removed at the end.
    scratch: PathBuf,
    /// Set when the user wants the cell that runs to stop.
    stop: Arc<AtomicBool>,
    stopped: Notify,
    say: Say,
}

/// What a cell came to.
#[derive(Default)]
pub(super) struct Outcome {
    /// Everything but execution, status, usage and time.
    pub(super) finished: Parts,
    /// What it shows, in order.
    pub(super) outputs: Vec<Output>,
}

/// The parts of [`Finished`] that depend on the language.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) defined: Vec<(String, Defined)>,
    pub(super) deleted: Vec<String>,
    pub(super) externals: Vec<flownote_flow::provenance::External>,
    pub(super) unverified: Option<String>,
    pub(super) uncacheable: Option<String>,
}

impl serve::Host for Host {
    const THREADS: &'static str = "flownote-sql";

    fn new(welcome: &Welcome, say: Say) -> Result<Self, impl std::fmt::Display> {
        Self::open(welcome, say)
    }

    fn ready(&self, executable: &str) -> Answer {
        let major = ENGINE_VERSION.split('.').next().unwrap_or_default();
        Answer::Ready(Box::new(Ready {
            version: VERSION,
            pid: std::process::id(),
            languages: vec!["sql".into(), "wasm".into()],
            runtime: Runtime {
                name: format!("datafusion-{major}"),
                version: format!("{} (datafusion {ENGINE_VERSION})", env!("CARGO_PKG_VERSION")),
                platform: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
                executable: executable.to_owned(),
            },
            banner: None,
        }))
    }

    fn at_once(&self, request: Request) -> Option<Request> {
        match request {
            Request::Complete { request, code, cursor } => {
                self.say.say(&asking::complete(self, request, &code, cursor));
            }
            Request::Inspect { request, code, cursor, .. } => {
                self.say.say(&asking::inspect(self, request, &code, cursor));
            }
            Request::IsComplete { request, code } => {
                self.say.say(&asking::is_complete(request, &code));
            }
            // No cell here asks for input or has widgets.
            Request::InputReply { .. } | Request::Comm(_) | Request::Spill { .. } => {}
            other => return Some(other),
        }
        None
    }

    fn begin(&self, interrupted: bool) {
        self.stop.store(interrupted, Ordering::Relaxed);
    }

    fn interrupt(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.stopped.notify_waiters();
    }

    async fn perform(self: Arc<Self>, request: Request) {
        match request {
            Request::Execute(execute) => self.execute(*execute).await,
            Request::Diagnose { request, code, known } => {
                let mistakes = super::diagnose::mistakes(&self, &code, &known).await;
                self.say.say(&Answer::Diagnosed { request, mistakes });
            }
            Request::Define { version, values } => {
                let mut versions = self.versions();
                for (name, value) in values {
                    versions.give(&name, version, value);
                }
            }
            Request::Export { request, names, at_most, .. } => {
                let mut values = std::collections::BTreeMap::new();
                for (name, version) in names {
                    let value = self.export(&name, version, at_most).await;
                    values.insert(name, value);
                }
                self.say.say(&Answer::Exported { request, values });
            }
            Request::Modules { request, .. } => {
                self.say.say(&Answer::Modules { request, found: Default::default() });
            }
            Request::Reload { request, modules } => {
                let why = "cells of SQL and WASM have no modules";
                let refused = modules.into_iter().map(|name| (name, why.to_owned())).collect();
                self.say.say(&Answer::Reloaded {
                    request,
                    done: vec![],
                    refused,
                    found: Default::default(),
                });
            }
            Request::Forget { versions } => self.versions().forget(&versions),
            // Answered at once, or by the loop itself.
            _ => {}
        }
    }
}

impl Host {
    fn open(welcome: &Welcome, say: Say) -> Result<Self, DataError> {
        if welcome.version != VERSION {
            return Err(DataError::Unsupported {
                what: format!(
                    "the supervisor speaks version {} of the protocol, and this is {VERSION}",
                    welcome.version
                ),
                hint: None,
            });
        }
        let _ = std::env::set_current_dir(&welcome.folder);
        let scratch = welcome.values.join(format!("sql-{}", std::process::id()));
        let mut options = flownote_data::Options {
            folder: welcome.folder.clone(),
            scratch: scratch.clone(),
            ..flownote_data::Options::default()
        };
        let setting = |name: &str| welcome.options.get(name).and_then(|value| value.as_str());
        if let Some(bytes) = setting("sql_memory").and_then(flownote_data::parse_size) {
            options.memory = bytes;
        }
        let python = setting("python").map_or_else(|| "python3".into(), PathBuf::from);
        let session = SqlSession::new(options)?;
        let store = setting("store").map(str::to_owned);
        let artifacts = Datastore::new(store, welcome.folder.clone()).asked_by(&welcome.session);
        session.find_artifacts_with(Arc::new(artifacts));
        Ok(Self {
            session,
            versions: Mutex::default(),
            files: FileVersions::default(),
            values: welcome.values.clone(),
            folder: welcome.folder.clone(),
            python,
            scratch,
            stop: Arc::default(),
            stopped: Notify::new(),
            say,
        })
    }

    /// Asked by guests while they run.
    pub(super) fn interrupted(&self) -> Interrupt {
        let stop = Arc::clone(&self.stop);
        Arc::new(move || stop.load(Ordering::Relaxed))
    }

    /// The versions, for as long as it takes to look something up.
    pub(super) fn versions(&self) -> std::sync::MutexGuard<'_, Versions> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn execute(self: &Arc<Self>, execute: Execute) {
        let start = Instant::now();
        let used = Used::now();
        self.say.say(&Answer::Started { execution: execute.execution });
        super::versions::rebind(self, &execute.rebind, &execute.code);
        let cell = Arc::clone(self);
        let asked = execute.clone();
        let mut task = tokio::spawn(async move {
            if asked.language == "wasm" {
                wasm_cell::run(&cell, &asked).await
            } else {
                sql_cell::run(&cell, &asked).await
            }
        });
        let result = tokio::select! {
            result = &mut task => match result {
                Ok(result) => result,
                Err(panic) => Err(sql_cell::crash(&execute, panic)),
            },
            () = self.until_stopped() => {
                task.abort();
                let _ = tokio::time::timeout(std::time::Duration::from_secs(2), task).await;
                Err(sql_cell::stopped())
            }
        };
        let stopped = self.stop.load(Ordering::Relaxed);
        let (mut status, outcome) = match result {
            Ok(outcome) => (FinishedStatus::Ok, outcome),
            Err(_) if stopped => (
                FinishedStatus::Interrupted,
                Outcome { outputs: vec![sql_cell::stopped()], ..Outcome::default() },
            ),
            Err(error) => {
                (FinishedStatus::Error, Outcome { outputs: vec![error], ..Outcome::default() })
            }
        };
        for output in outcome.outputs {
            if !execute.silent || matches!(output, Output::Error { .. }) {
                self.say.say(&Answer::Output { execution: Some(execute.execution), output });
            }
        }
        let parts = outcome.finished;
        let mut exports = std::collections::BTreeMap::new();
        if status == FinishedStatus::Ok {
            let exported = tokio::select! {
                exported = self.exports(&execute) => Some(exported),
                () = self.until_stopped() => None,
            };
            match exported {
                Some(exported) => exports = exported,
                None => {
                    status = FinishedStatus::Interrupted;
                    let (execution, output) = (Some(execute.execution), sql_cell::stopped());
                    self.say.say(&Answer::Output { execution, output });
                }
            }
        }
        self.say.say(&Answer::Finished(Box::new(Finished {
            execution: execute.execution,
            status,
            defined: parts.defined.into_iter().collect(),
            deleted: parts.deleted,
            exports,
            externals: parts.externals,
            unverified: parts.unverified,
            uncacheable: parts.uncacheable,
            modules: vec![],
            edited: Default::default(),
            lost: vec![],
            usage: used.until_now(),
            elapsed_ms: start.elapsed().as_secs_f64() * 1000.0,
            payload: vec![],
            exit: None,
        })));
    }

    /// Waits until the cell is to stop, if it isn't already.
    async fn until_stopped(&self) {
        let stopped = self.stopped.notified();
        if !self.stop.load(Ordering::Relaxed) {
            stopped.await;
        }
    }

    /// What other languages read of what the cell defined.
    async fn exports(&self, execute: &Execute) -> std::collections::BTreeMap<String, Exported> {
        let mut exports = std::collections::BTreeMap::new();
        for name in &execute.exports {
            let bound = self.versions().bound(name);
            let value = match bound {
                Some(version) => self.export(name, version, None).await,
                None => super::export::unknown(name),
            };
            exports.insert(name.clone(), value);
        }
        exports
    }

    async fn export(&self, name: &str, version: u64, at_most: Option<u64>) -> Exported {
        super::export::export(self, name, version, at_most).await
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}
