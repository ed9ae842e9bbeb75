//! `GET api/health`: the state of store and machine. Sizes are measured beside the answers,
//! since that reads every run; what takes longer is a job that somebody begins.

mod interrupted;
mod jobs;
mod kernels;
mod processes;

use std::any::Any;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use flownote_flow::help::Help;
use flownote_store::{Presence, Store};
use jiff::Timestamp;
use nix::sys::statvfs::statvfs;
use tokio::task::JoinError;

use crate::answer::{Answer, Failure};
use crate::api::{
    ApiError, DiskRoom, FlowSize, Health, LeaseRow, MemoryRoom, RecentError, RunProcess, RunRow,
    RunState, StoreSize, TaskError, TaskState,
};
use crate::runs::Question;
use crate::runs::ask::run_key;
use crate::state::App;
use interrupted::interrupted;
use processes::Processes;

pub use jobs::{Jobs, check, gc};
pub use kernels::end_kernel;

/// A measurement counts so many times as long as it took, and at least so long.
const FRESH: (u32, Duration) = (50, Duration::from_secs(5));
/// How many runs are shown.
const SHOWN: usize = 10;
/// Less room than this is worth a word.
const LITTLE: f64 = 0.05;

/// What a measurement finds.
type Found = Result<StoreSize, flownote_store::Error>;

/// What was measured last.
#[derive(Default)]
pub struct Measured {
    /// Short sections.
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    size: Option<StoreSize>,
    begun: Option<Instant>,
    /// How long the last one took; none while it goes on.
    took: Option<Duration>,
    trouble: Option<ApiError>,
}

/// `GET api/health`.
pub async fn health(State(app): State<App>) -> Answer<Health> {
    let (store, trouble) = measured(&app);
    let disk = room(app.store.local_root().unwrap_or(app.store.files_root()));
    let memory = machine_memory();
    let mut troubles: Vec<ApiError> = trouble.into_iter().collect();
    troubles.extend(disk.as_ref().and_then(little_disk));
    troubles.extend(memory.as_ref().and_then(little_memory));
    let running = runs(&app, RunState::Running).await?;
    let failed = runs(&app, RunState::Failed).await?;
    let gone = runs(&app, RunState::Interrupted).await?;
    troubles.extend(gone.iter().map(interrupted));
    let table = Processes::look();
    Ok(Json(Health {
        processes: processes(&app, &running, &table).await?,
        leases: leases(&app).await?,
        kernels: kernels::list(&app, &table).await,
        check: app.jobs.check(),
        gc: app.jobs.gc(),
        errors: errors(&app, &failed).await?,
        store,
        disk,
        memory,
        running,
        failed,
        troubles,
    }))
}

/// The processes of runs that go on on this machine.
async fn processes(
    app: &App,
    running: &[RunRow],
    table: &Processes,
) -> Result<Vec<RunProcess>, Failure> {
    let mut found = Vec::new();
    for row in running {
        let owner = app.store.owner(&run_key(&row.flow, &row.run)?).await?;
        let Some(owner) = owner.filter(|owner| owner.presence() == Presence::Running) else {
            continue;
        };
        let (processes, memory_bytes) = table.family(owner.pid);
        let run = format!("{}/{}", row.flow, row.run);
        found.push(RunProcess { run, pid: owner.pid, processes, memory_bytes });
    }
    Ok(found)
}

async fn leases(app: &App) -> Result<Vec<LeaseRow>, Failure> {
    let held = app.store.held_leases().await?.into_iter();
    let rows = held.map(|lease| LeaseRow {
        key: lease.key,
        host: lease.holder.host,
        pid: lease.holder.pid,
        seen_at: Timestamp::try_from(lease.seen).unwrap_or_default().to_string(),
    });
    Ok(rows.collect())
}

/// What the latest runs failed at: of each its first.
async fn errors(app: &App, failed: &[RunRow]) -> Result<Vec<RecentError>, Failure> {
    let mut found = Vec::new();
    for row in failed {
        let detail = app.runs.detail(&run_key(&row.flow, &row.run)?).await?;
        let mut tasks = detail.failures.into_iter();
        let Some(task) = tasks.find(|task| task.status == TaskState::Failed) else { continue };
        let Some(error) = task.error else { continue };
        found.push(RecentError {
            pathspec: format!("{}/{}/{}/{}", row.flow, row.run, task.step, task.task),
            label: task.label,
            user: row.user.clone(),
            at: task.finished_at,
            error: TaskError { traceback: None, frames: Vec::new(), ..error },
        });
    }
    Ok(found)
}

async fn runs(app: &App, status: RunState) -> Result<Vec<RunRow>, Failure> {
    let question = Question { status: vec![status], limit: SHOWN, ..Question::default() };
    let mut found = app.runs.find(&question).await?;
    found.truncate(SHOWN);
    let mut rows = Vec::new();
    for run in found {
        rows.push(app.runs.row(run).await?);
    }
    Ok(rows)
}

impl Measured {
    /// When a measurement begins that is due now.
    fn begin(&self) -> Option<Instant> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (times, least) = FRESH;
        let fresh = last.took.map(|took| (took * times).max(least));
        let is_due = match (last.begun, fresh) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(begun), Some(fresh)) => begun.elapsed() > fresh,
        };
        is_due.then(|| {
            let begun = Instant::now();
            (last.begun, last.took) = (Some(begun), None);
            begun
        })
    }

    /// What came of it.
    fn end(&self, begun: Instant, found: Result<Found, JoinError>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.took = Some(begun.elapsed());
        match found {
            Ok(Ok(size)) => (last.size, last.trouble) = (Some(size), None),
            Ok(Err(error)) => {
                let hint = error.hint();
                last.trouble = Some(ApiError { what: error.to_string(), place: None, hint });
            }
            Err(error) => {
                let why = error.try_into_panic().map_or_else(|_| "it was stopped".into(), said);
                // Whoever looks next has it tried again.
                last.begun = None;
                last.trouble = Some(ApiError {
                    what: format!("the store could not be measured: {why}"),
                    place: None,
                    hint: Some("`flownote store check` says whether it is sound".into()),
                });
            }
        }
    }

    /// The last measurement, and why there is no newer one.
    fn last(&self) -> (Option<StoreSize>, Option<ApiError>) {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        (last.size.clone(), last.trouble.clone())
    }
}

/// What a panic said.
fn said(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => {
            panic.downcast::<&str>().map_or_else(|_| "it panicked".into(), |it| (*it).into())
        }
    }
}

/// The last measurement; begins another when it is old.
fn measured(app: &App) -> (Option<StoreSize>, Option<ApiError>) {
    if let Some(begun) = app.measured.begin() {
        let app = app.clone();
        tokio::spawn(async move {
            let store = app.store.clone();
            // A task of its own: a panic in it is told here.
            let found = tokio::spawn(async move { measure(&store).await }).await;
            app.measured.end(begun, found);
        });
    }
    app.measured.last()
}

async fn measure(store: &Store) -> Found {
    let info = store.info().await?;
    let flows = info.flows.into_iter().map(|flow| FlowSize {
        flow: flow.flow.to_string(),
        runs: flow.runs,
        object_bytes: flow.objects.bytes,
        blob_bytes: flow.blobs.bytes,
    });
    Ok(StoreSize {
        measured_at: flownote_store::time::now(),
        total_bytes: info.total.bytes,
        flows: flows.collect(),
        blob_bytes: info.blobs.bytes,
        unreferenced_bytes: info.unreferenced.bytes,
        trash_bytes: info.trash.bytes,
    })
}

fn room(path: &Path) -> Option<DiskRoom> {
    // The folder is made by the first write; until then the one above it tells.
    let there = path.ancestors().find(|path| path.exists())?;
    let found = statvfs(there).ok()?;
    let size = found.fragment_size();
    Some(DiskRoom {
        path: path.display().to_string(),
        total_bytes: found.blocks() * size,
        free_bytes: found.blocks_available() * size,
    })
}

/// The memory of the machine, where it says so.
pub fn machine_memory() -> Option<MemoryRoom> {
    std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| memory(&text))
}

fn memory(text: &str) -> Option<MemoryRoom> {
    let number = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
    };
    Some(MemoryRoom {
        total_bytes: number("MemTotal:")?,
        available_bytes: number("MemAvailable:")?,
    })
}

fn little_disk(disk: &DiskRoom) -> Option<ApiError> {
    is_little(disk.free_bytes, disk.total_bytes).then(|| ApiError {
        what: "the disk of the store is nearly full".into(),
        place: Some(disk.path.clone()),
        hint: Some("`flownote gc --dry-run` shows what can go".into()),
    })
}

fn little_memory(memory: &MemoryRoom) -> Option<ApiError> {
    is_little(memory.available_bytes, memory.total_bytes).then(|| ApiError {
        what: "the machine has hardly any memory left".into(),
        place: None,
        hint: Some("run fewer tasks at once (`--max-workers`), or end a kernel".into()),
    })
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more digits than a double has")]
fn is_little(left: u64, all: u64) -> bool {
    all > 0 && (left as f64) < (all as f64) * LITTLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_measurement_that_panics_is_told_and_tried_again() {
        let measured = Measured::default();
        let begun = measured.begin().expect("the first is due");
        assert!(measured.begin().is_none(), "one at a time");
        let panic = tokio::spawn(async { panic!("a run {}", "without end") }).await;
        measured.end(begun, panic);
        let (size, trouble) = measured.last();
        assert!(size.is_none());
        assert!(trouble.expect("told").what.ends_with("measured: a run without end"));
        let begun = measured.begin().expect("the next look tries again");
        let size = StoreSize {
            measured_at: String::new(),
            total_bytes: 7,
            flows: vec![],
            blob_bytes: 0,
            unreferenced_bytes: 0,
            trash_bytes: 0,
        };
        measured.end(begun, Ok(Ok(size)));
        let (size, trouble) = measured.last();
        assert_eq!((size.map(|it| it.total_bytes), trouble), (Some(7), None));
        assert!(measured.begin().is_none(), "it is fresh");
    }

    #[test]
    fn memory_is_read() {
        let text = "MemTotal:       24000 kB\nMemFree: 1 kB\nMemAvailable:   12000 kB\n";
        let found = memory(text).unwrap();
        assert_eq!((found.total_bytes, found.available_bytes), (24_576_000, 12_288_000));
        assert_eq!(memory("MemTotal: x"), None);
        assert!(is_little(1, 100) && !is_little(10, 100) && !is_little(0, 0));
    }
}
