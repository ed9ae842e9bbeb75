//! What takes long and is done when somebody asks for it: a check of the store, and a look at
//! what gc would free. One of each at a time; what came of it stays until the next.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::State;
use flownote_flow::help::Help;
use flownote_store::check::{CheckReport, Finding, Progress};
use flownote_store::gc::{GcOptions, GcReport};
use flownote_store::time::now;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;

use crate::answer::Answer;
use crate::api::{ApiError, CheckResult, Checking, Damaged, FreedByGc, Job};
use crate::state::App;

/// So many findings are told.
const SHOWN: usize = 100;

/// The jobs of a server. Short sections.
pub struct Jobs {
    check: Mutex<Job<Checking, CheckResult>>,
    gc: Mutex<Job<Checking, FreedByGc>>,
    /// Where results are kept for the next server.
    folder: Option<PathBuf>,
}

impl Jobs {
    /// Remembers what came of the last ones, below a folder of caches.
    pub fn new(caches: Option<&Path>, store: &str) -> Self {
        let name = blake3::hash(store.as_bytes()).to_hex();
        let folder = caches.map(|caches| caches.join(format!("{}-health", &name[..16])));
        let check = Job { last: kept(folder.as_deref(), "check"), ..Job::default() };
        let gc = Job { last: kept(folder.as_deref(), "gc"), ..Job::default() };
        Self { check: Mutex::new(check), gc: Mutex::new(gc), folder }
    }

    /// The check.
    pub fn check(&self) -> Job<Checking, CheckResult> {
        lock(&self.check).clone()
    }

    /// What gc would do.
    pub fn gc(&self) -> Job<Checking, FreedByGc> {
        lock(&self.gc).clone()
    }

    fn keep(&self, name: &str, result: &impl Serialize) {
        let Some(folder) = &self.folder else { return };
        // Only a comfort: without it the next server doesn't know.
        let _ = std::fs::create_dir_all(folder);
        let text = serde_json::to_vec(result).unwrap_or_default();
        let _ = std::fs::write(folder.join(format!("{name}.json")), text);
    }
}

/// `POST api/health/check`: begins one, unless one goes on.
pub async fn check(State(app): State<App>) -> Answer<Job<Checking, CheckResult>> {
    if begin(&app.jobs.check) {
        let app = app.clone();
        tokio::spawn(async move {
            let tell = |progress: Progress| {
                if let Some(running) = &mut lock(&app.jobs.check).running {
                    (running.runs, running.runs_in_all) = (progress.runs, progress.runs_in_all);
                    (running.blobs, running.blobs_in_all) = (progress.blobs, progress.blobs_in_all);
                }
            };
            let found = app.store.check_telling(false, tell).await.map(|report| result_of(&report));
            if let Ok(result) = &found {
                app.jobs.keep("check", result);
            }
            end(&app.jobs.check, found);
        });
    }
    Ok(Json(app.jobs.check()))
}

/// `POST api/health/gc`: looks what gc would free, and takes nothing away.
pub async fn gc(State(app): State<App>) -> Answer<Job<Checking, FreedByGc>> {
    if begin(&app.jobs.gc) {
        let (app, runtime) = (app.clone(), Handle::current());
        // It reads every record: on a thread of its own, which nobody waits for.
        tokio::task::spawn_blocking(move || {
            let options = GcOptions { dry_run: true, ..GcOptions::default() };
            let found = runtime.block_on(app.store.gc(&options)).map(|report| freed(&report));
            if let Ok(result) = &found {
                app.jobs.keep("gc", result);
            }
            end(&app.jobs.gc, found);
        });
    }
    Ok(Json(app.jobs.gc()))
}

fn begin<R>(job: &Mutex<Job<Checking, R>>) -> bool {
    let mut job = lock(job);
    let is_idle = job.running.is_none();
    if is_idle {
        job.running = Some(Checking { begun_at: now(), ..Checking::default() });
    }
    is_idle
}

fn end<R>(job: &Mutex<Job<Checking, R>>, found: Result<R, flownote_store::Error>) {
    let mut job = lock(job);
    job.running = None;
    match found {
        Ok(result) => (job.last, job.problem) = (Some(result), None),
        Err(error) => {
            let hint = error.hint();
            job.problem = Some(ApiError { what: error.to_string(), place: None, hint });
        }
    }
}

fn result_of(report: &CheckReport) -> CheckResult {
    CheckResult {
        ended_at: now(),
        runs: report.runs,
        blobs: report.blobs.count,
        blob_bytes: report.blobs.bytes,
        damaged: report.findings.len() as u64,
        findings: report.findings.iter().take(SHOWN).map(damaged).collect(),
    }
}

fn damaged(finding: &Finding) -> Damaged {
    let run = finding.flow.as_ref().zip(finding.run.as_ref());
    Damaged {
        what: finding.message.clone(),
        key: finding.key.clone(),
        run: run.map(|(flow, run)| format!("{flow}/{run}")),
    }
}

fn freed(report: &GcReport) -> FreedByGc {
    FreedByGc {
        ended_at: now(),
        trashed: report.trashed.count,
        trashed_bytes: report.trashed.bytes,
        deleted: report.deleted.count,
        deleted_bytes: report.deleted.bytes,
        young_bytes: report.young.bytes,
        leftovers: report.leftovers,
        results: report.results,
    }
}

fn kept<R: DeserializeOwned>(folder: Option<&Path>, name: &str) -> Option<R> {
    let text = std::fs::read(folder?.join(format!("{name}.json"))).ok()?;
    serde_json::from_slice(&text).ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
