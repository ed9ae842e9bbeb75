//! One attempt, from its launch to its `done` object.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use flownote_flow::event::Launch;
use flownote_flow::manifest::{Failure, FailureKind, Logs, Outcome, TaskDone, TaskManifest, Usage};
use flownote_store::client::NOT_REUSED;
use flownote_store::{Committed, Stream as StreamKind};
use tokio::net::UnixStream;
use tokio::sync::{oneshot, watch};

use crate::Error;
use crate::capture::Masks;
use crate::context::Context;
use crate::failpoint::failpoint;
use crate::launcher::{LaunchId, LaunchRequest};
use crate::memo::attempt::Calls;
use crate::stop::{Stop, Stopper};
use crate::stream::Stream;
use crate::verdict::{self, Interference};
use crate::wire::{FromChild, TaskSpec, ToChild, read_frame, write_frame};

/// What is known of a worker that ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exit {
    /// The raw wait status; `None` when the launcher vanished with it.
    pub status: Option<i32>,
    /// What it used.
    pub usage: Usage,
}

/// What others tell an attempt.
pub struct Link {
    /// The launcher: the worker runs, as this process.
    pub started: oneshot::Receiver<u32>,
    /// The launcher: the worker ended.
    pub exited: oneshot::Receiver<Exit>,
    /// The service: how urgently it should end.
    pub stop: watch::Receiver<Stop>,
}

/// Everything that was seen of an attempt's process.
struct Seen {
    started_at: String,
    pid: u32,
    exit: Exit,
    report: std::io::Result<Option<TaskManifest>>,
    interference: Interference,
    logs: Logs,
}

/// Runs one attempt and commits how it ended. Returns what the datastore then says, which
/// is another's report when another closed the attempt first. The record keeps `why` it ran
/// although a result was looked for.
pub async fn run(
    context: &Context,
    id: LaunchId,
    launch: &Launch,
    spec: &TaskSpec,
    why: Option<String>,
    link: Link,
) -> Result<TaskDone, Error> {
    let masks = Masks::default();
    let seen = watch_worker(context, id, launch, spec, link, &masks).await?;
    failpoint("worker-ended");
    let mut done = compose(context, launch, seen);
    note_reason(why, &mut done.manifest);
    if done.outcome == Outcome::Ok
        && let Err(failure) = publish(context, launch, spec, &done.manifest).await
    {
        done.outcome = Outcome::Failed;
        done.failure = Some(failure);
    }
    if done.outcome != Outcome::Ok {
        // Nothing half-visible: a failed attempt has its logs and its reason, no values.
        let notices = std::mem::take(&mut done.manifest.notices);
        done.manifest = TaskManifest { notices, ..TaskManifest::default() };
    }
    for failure in [&mut done.failure, &mut done.manifest.caught].into_iter().flatten() {
        failure.message = masks.hide(std::mem::take(&mut failure.message));
        failure.traceback = failure.traceback.take().map(|text| masks.hide(text));
        failure.hint = failure.hint.take().map(|text| masks.hide(text));
    }
    hide_in_record(&masks, &mut done.manifest);
    failpoint("before-done");
    let committed = context.store.commit_done(&context.run, &done).await?;
    failpoint("after-done");
    // Left-overs of a failed attempt; a folder that was never made is the usual case.
    let _ = std::fs::remove_dir_all(&spec.staging);
    Ok(match committed {
        Committed::Won => done,
        Committed::Lost(theirs) => *theirs,
    })
}

/// Commits the end of an attempt that was cancelled before it had a worker.
pub async fn cancelled(context: &Context, launch: &Launch) -> Result<TaskDone, Error> {
    let seen = Seen {
        started_at: context.now(),
        pid: 0,
        exit: Exit { status: Some(0), ..Exit::default() },
        report: Ok(None),
        interference: Interference { cancelled: true, ..Interference::default() },
        logs: Logs::default(),
    };
    let done = compose(context, launch, seen);
    Ok(match context.store.commit_done(&context.run, &done).await? {
        Committed::Won => done,
        Committed::Lost(theirs) => *theirs,
    })
}

async fn watch_worker(
    context: &Context,
    id: LaunchId,
    launch: &Launch,
    spec: &TaskSpec,
    mut link: Link,
    masks: &Masks,
) -> Result<Seen, Error> {
    let began = Instant::now();
    let started_at = context.now();
    let oom_before = verdict::oom_kills();
    let (out_read, out_write) = std::io::pipe()?;
    let (err_read, err_write) = std::io::pipe()?;
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let mut socket = UnixStream::from_std(ours)?;
    context.launcher.borrow().launch(LaunchRequest {
        id,
        spawn: context.spawns(launch.step()),
        stdout: out_write.into(),
        stderr: err_write.into(),
        socket: theirs.into(),
    })?;

    let (ended_sender, ended) = watch::channel(false);
    let stream = |kind, ended| Stream {
        context,
        attempt: &launch.attempt,
        kind,
        began,
        masks: masks.clone(),
        ended,
    };
    let streams = async {
        tokio::join!(
            stream(StreamKind::Stdout, ended.clone()).collect(out_read.into()),
            stream(StreamKind::Stderr, ended.clone()).collect(err_read.into()),
        )
    };
    let mut calls = Calls::new(context, launch, Path::new(&spec.staging));
    let talk = async {
        let mut gone = ended.clone();
        tokio::select! {
            biased;
            report = converse(context, &mut socket, spec, masks, &mut calls) => report,
            // A descendant may hold the socket open: what the worker said has arrived.
            () = async {
                let _ = gone.wait_for(|ended| *ended).await;
                tokio::time::sleep(context.patience.drain).await;
            } => Ok(None),
        }
    };
    let timeout_after = launch.timeout_ms.map(Duration::from_millis);
    let mut stopper = Stopper::new(context, id, link.stop, timeout_after);
    let live = async {
        let mut pid = 0;
        let exit = loop {
            tokio::select! {
                started = &mut link.started, if pid == 0 => {
                    if let Ok(process) = started {
                        pid = process;
                        context.report_started(&launch.attempt, pid);
                    } else {
                        // The launcher went first; `exited` says so too.
                        pid = u32::MAX;
                    }
                }
                exited = &mut link.exited => break exited.unwrap_or_default(),
                () = stopper.step() => {}
            }
        };
        let _ = ended_sender.send(true);
        (if pid == u32::MAX { 0 } else { pid }, exit)
    };
    let ((pid, exit), (stdout, stderr), report) = tokio::join!(live, streams, talk);
    calls.end().await;
    let mut interference = stopper.interference();
    interference.out_of_memory = oom_before < verdict::oom_kills();
    let logs = Logs { stdout, stderr };
    Ok(Seen { started_at, pid, exit, report, interference, logs })
}

/// Writes the spec, answers needs, and returns the manifest, or `None` when the worker
/// went without one.
async fn converse(
    context: &Context,
    socket: &mut UnixStream,
    spec: &TaskSpec,
    masks: &Masks,
    calls: &mut Calls<'_>,
) -> std::io::Result<Option<TaskManifest>> {
    match write_frame(socket, spec).await {
        // The worker died before it read its spec: its exit status tells more.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(None),
        written => written?,
    }
    while let Some(frame) = read_frame(socket).await? {
        let answer = match serde_json::from_slice(&frame)? {
            FromChild::Done(manifest) => return Ok(Some(*manifest)),
            FromChild::Mask(values) => {
                let masked = values.len();
                masks.add(values);
                ToChild::Masked { masked }
            }
            FromChild::NeedBlob { digest, producer, artifact } => {
                path_answer(context.store.fetch_blob(&digest, &producer, &artifact).await)
            }
            FromChild::NeedDone { attempt } => path_answer(context.done_file(&attempt).await),
            FromChild::MemoAsk(call) => calls.ask(&call).await,
            FromChild::MemoKeep { compute, value, failed } => {
                calls.keep(compute, value.as_deref(), failed).await
            }
        };
        write_frame(socket, &answer).await?;
    }
    Ok(None)
}

fn path_answer(path: Result<std::path::PathBuf, flownote_store::Error>) -> ToChild {
    match path {
        Ok(path) => ToChild::Path { path: path.to_string_lossy().into_owned() },
        Err(error) => ToChild::Error { error: error.to_string(), kind: "input" },
    }
}

/// Decides the outcome: the worker's own report counts first, its exit status where it
/// left none.
fn compose(context: &Context, launch: &Launch, seen: Seen) -> TaskDone {
    let cancelled = seen.interference.cancelled;
    let (manifest, failure) = match (seen.report, seen.exit.status) {
        (Ok(Some(mut manifest)), _) => {
            let failure = manifest.failure.take();
            (manifest, failure)
        }
        (Ok(None), Some(status)) => {
            (TaskManifest::default(), Some(verdict::explain(status, seen.interference)))
        }
        (Ok(None), None) => {
            let message = "the zygote vanished, and the worker with it".to_owned();
            (TaskManifest::default(), Some(plain_failure(FailureKind::Lost, message)))
        }
        (Err(error), _) => {
            let message = format!("the worker's report can't be read: {error}");
            (TaskManifest::default(), Some(plain_failure(FailureKind::Lost, message)))
        }
    };
    let failure = failure.or_else(|| {
        let step = launch.step();
        let Some(next) = &manifest.next else {
            let message = format!("step `{step}` ended without `self.next`");
            return Some(Failure {
                retryable: false,
                ..plain_failure(FailureKind::Exception, message)
            });
        };
        let wrong = context.graph.check_next(step, next).err()?;
        let message = wrong.to_string();
        Some(Failure { retryable: false, ..plain_failure(FailureKind::Exception, message) })
    });
    let mut manifest = manifest;
    note_declared(context, launch, &mut manifest);
    let outcome = match &failure {
        None => Outcome::Ok,
        Some(_) if cancelled => Outcome::Cancelled,
        Some(_) => Outcome::Failed,
    };
    TaskDone {
        started_at: Some(seen.started_at),
        pid: seen.pid,
        usage: seen.exit.usage,
        parents: launch.parents.iter().map(ToString::to_string).collect(),
        foreach: Context::foreach_of(launch),
        manifest,
        failure,
        logs: seen.logs,
        ..context.done_of(&launch.attempt, outcome)
    }
}

/// Adds what the step was declared to read, which the worker doesn't know the version of.
fn note_declared(context: &Context, launch: &Launch, manifest: &mut TaskManifest) {
    let Some(declared) = context.declared.get(launch.step()) else { return };
    let serde_json::Value::Object(record) = &mut manifest.provenance else { return };
    let known = record.entry("externals").or_insert_with(|| serde_json::json!([]));
    if let serde_json::Value::Array(known) = known {
        known.extend(declared.iter().map(|external| serde_json::json!(external)));
    }
}

/// Adds why the task ran although a result was looked for.
fn note_reason(why: Option<String>, manifest: &mut TaskManifest) {
    if let (Some(why), serde_json::Value::Object(record)) = (why, &mut manifest.provenance) {
        record.insert(NOT_REUSED.to_owned(), why.into());
    }
}

/// Hides secrets in what the worker said beside its values: notices and the world that it
/// read.
fn hide_in_record(masks: &Masks, manifest: &mut TaskManifest) {
    for notice in &mut manifest.notices {
        *notice = masks.hide(std::mem::take(notice));
    }
    for field in ["unverified", "uncacheable", NOT_REUSED] {
        if let Some(serde_json::Value::String(text)) = manifest.provenance.get_mut(field) {
            *text = masks.hide(std::mem::take(text));
        }
    }
    let externals = manifest.provenance.get_mut("externals").and_then(|it| it.as_array_mut());
    for external in externals.into_iter().flatten() {
        if let Some(serde_json::Value::String(name)) = external.get_mut("name") {
            *name = masks.hide(std::mem::take(name));
        }
    }
}

fn plain_failure(kind: FailureKind, message: String) -> Failure {
    Failure { kind, message, exception: None, traceback: None, hint: None, retryable: true }
}

/// Moves what the worker staged into the datastore, and checks that every blob that the
/// manifest names is there.
async fn publish(
    context: &Context,
    launch: &Launch,
    spec: &TaskSpec,
    manifest: &TaskManifest,
) -> Result<(), Failure> {
    let staging = Path::new(&spec.staging);
    let store_failure = |error: flownote_store::Error| {
        let hint = flownote_flow::help::Help::hint(&error);
        Failure { hint, ..plain_failure(FailureKind::Store, error.to_string()) }
    };
    let mut published = HashSet::new();
    for digest in staged_digests(staging) {
        context.store.publish_blob(&staging.join(&digest), &digest).await.map_err(store_failure)?;
        failpoint("blob-published");
        published.insert(digest);
    }
    let items = manifest.items.as_ref().map(|items| ("foreach items", &items.items));
    let artifacts = manifest.artifacts.iter().map(|(name, record)| (name.as_str(), record));
    for (name, record) in artifacts.chain(items) {
        if record.is_blob() && !published.contains(&*record.digest) {
            let producer = launch.attempt.to_string();
            context
                .store
                .fetch_blob(&record.digest, &producer, name)
                .await
                .map_err(store_failure)?;
        }
    }
    Ok(())
}

/// The finished files of a staging folder: those named by a digest.
fn staged_digests(staging: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(staging) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())).collect()
}
