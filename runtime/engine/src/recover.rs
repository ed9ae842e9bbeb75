//! Going on where another scheduler stopped (engine rules 9 to 11).
//!
//! The log says what was decided, `done` objects say what became of it. The log may lack
//! its last fifth of a second, so every attempt that could have run is probed; what has no
//! `done` object is closed by a tombstone and tried again.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use flownote_flow::event::{Action, AttemptResult, RunEvent};
use flownote_flow::id::AttemptKey;
use flownote_flow::manifest::{FailureKind, Outcome, SCHEMA, TaskDone};
use flownote_flow::run::{LogBatch, RunRecord};
use flownote_flow::schedule::Schedule;
use flownote_store::{Alive, Appended, Committed, Presence, RunKey, Store};
use tokio::time::sleep;

use crate::Error;
use crate::context::Context;
use crate::failpoint::failpoint;
use crate::options::Options;

/// A run that is ours now.
pub struct Claim {
    /// Our epoch.
    epoch: u64,
    /// The number after our `Epoch` entry.
    next: u64,
    /// A snapshot and the number of the first batch that isn't in it.
    snapshot: Option<(u64, Vec<u8>)>,
    /// The batches after the snapshot, ours included.
    log: Vec<(u64, LogBatch)>,
}

/// Where a recovered run stands.
pub struct Recovered {
    /// Our epoch.
    pub epoch: u64,
    /// The number of the next log batch.
    pub next: u64,
    /// Events that the recovery found out, to be logged.
    pub events: Vec<RunEvent>,
    /// What to do now.
    pub actions: Vec<Action>,
}

/// Takes a run over: makes sure that its owner is gone, then writes the next epoch.
pub async fn claim(store: &Store, record: &RunRecord, options: &Options) -> Result<Claim, Error> {
    let run = RunKey { flow: record.flow.clone(), run: record.run.clone() };
    ensure_abandoned(store, &run, record, options).await?;
    let snapshot = store.load_state(&run).await?.map(|(seq, bytes)| (seq, bytes.to_vec()));
    // The last batch of the snapshot too: it says whose epoch it was, and whether it was
    // the last of all.
    let from = snapshot.as_ref().map_or(0, |(next, _)| next.saturating_sub(1));
    let mut log = store.read_log(&run, from).await?;
    if snapshot.is_some() && log.first().is_none_or(|(seq, _)| *seq != from) {
        return Err(Error::Damaged {
            what: format!("the log of run {}", run.run),
            why: format!("entry {from}, to which a snapshot belongs, is missing"),
        });
    }
    if let Some(RunEvent::RunFinished { status }) = last_event(&log) {
        // Its scheduler may have died before the index knew, or before it cleaned up.
        let _ = std::fs::remove_dir_all(store.staging(&run.run));
        store.finish_run(&run, *status, &log[log.len() - 1].1.written_at, None).await?;
        let status = format!("{status:?}").to_lowercase();
        return Err(Error::AlreadyFinished { run: run.run, status });
    }
    let last_epoch = match log.last() {
        Some((_, batch)) => batch.epoch,
        None => 0,
    };
    let epoch = last_epoch + 1;
    let next = log.last().map_or(from, |(seq, _)| seq + 1);
    let event = RunEvent::Epoch { epoch, owner: options.owner.to_string() };
    let batch = LogBatch {
        schema: SCHEMA,
        nonce: flownote_store::time::new_nonce(),
        epoch,
        written_at: flownote_store::time::now(),
        events: vec![event],
    };
    failpoint("before-epoch");
    match store.append_log(&run, next, &batch).await? {
        Appended::Won => {}
        Appended::Taken => return Err(Error::Fenced { run: run.run, seq: next }),
    }
    failpoint("after-epoch");
    store.touch_alive(&run, &options.owner.alive(epoch, 0)).await?;
    log.push((next, batch));
    if snapshot.is_some() {
        log.remove(0);
    }
    Ok(Claim { epoch, next: next + 1, snapshot, log })
}

fn last_event(log: &[(u64, LogBatch)]) -> Option<&RunEvent> {
    log.last()?.1.events.last()
}

/// Fails while the run's owner is alive: by its process on this host, elsewhere by its
/// `alive` counter, watched for its time to live on our own clock.
async fn ensure_abandoned(
    store: &Store,
    run: &RunKey,
    record: &RunRecord,
    options: &Options,
) -> Result<(), Error> {
    let first = Alive {
        epoch: 1,
        counter: 0,
        host: record.host.clone(),
        pid: record.pid,
        process_start: record.process_start.clone(),
    };
    let before = store.alive(run).await?.unwrap_or(first.clone());
    let ours =
        before.pid == options.owner.pid && before.process_start == options.owner.process_start;
    let living = match before.presence() {
        Presence::Gone => None,
        Presence::Running if ours => None,
        Presence::Running => Some(before),
        Presence::Elsewhere => {
            sleep(options.pace.alive_ttl).await;
            let later = store.alive(run).await?.unwrap_or(first);
            (later != before).then_some(later)
        }
    };
    living.map_or(Ok(()), |alive| {
        let owner = format!("process {} on {}", alive.pid, alive.host);
        Err(Error::StillRunning { run: run.run.clone(), owner })
    })
}

/// Brings the schedule to where the run stands.
pub async fn replay(
    context: &Context,
    schedule: &mut Schedule,
    claim: Claim,
) -> Result<Recovered, Error> {
    if let Some((_, bytes)) = &claim.snapshot {
        let state = serde_json::from_slice(bytes).map_err(|error| Error::Damaged {
            what: format!("the snapshot of run {}", context.run.run),
            why: error.to_string(),
        })?;
        let policy = schedule.policy().clone();
        *schedule = Schedule::restore(Arc::clone(schedule.graph()), policy, state);
    }
    let mut actions = Vec::new();
    for event in claim.log.iter().flat_map(|(_, batch)| &batch.events) {
        // What earlier schedulers decided they also did, or the probes below find out.
        actions = schedule.apply(event)?;
    }
    let in_flight: Vec<AttemptKey> = schedule.running().cloned().collect();
    actions.retain(|action| !matches!(action, Action::Launch(_) | Action::StartTimer { .. }));
    for (timer, after_ms) in schedule.pending_timers() {
        actions.push(Action::StartTimer { timer, after_ms });
    }
    let mut events = Vec::new();
    let mut settling = VecDeque::new();
    let mut traces = None;
    for attempt in in_flight {
        let done = match context.store.done(&context.run, &attempt).await? {
            Some(done) => done,
            None => {
                let traces = match &mut traces {
                    Some(known) => known,
                    none => none.insert(Traces::read(context, claim.next - 1).await?),
                };
                bury(context, &attempt, traces).await?
            }
        };
        settling.push_back((attempt, done));
    }
    while let Some((attempt, done)) = settling.pop_front() {
        let finished = RunEvent::AttemptFinished { result: result_of(&done)?, attempt };
        let follow = schedule.apply(&finished)?;
        events.push(finished);
        for action in follow {
            match action {
                Action::Launch(launch) => {
                    // The log may have lost that this one ran, and even finished.
                    match context.store.done(&context.run, &launch.attempt).await? {
                        Some(done) => settling.push_back((launch.attempt, done)),
                        None => actions.push(Action::Launch(launch)),
                    }
                }
                other => actions.push(other),
            }
        }
    }
    Ok(Recovered { epoch: claim.epoch, next: claim.next, events, actions })
}

/// What the log has of those who had the run before us.
struct Traces {
    /// When attempts began.
    begun: HashMap<AttemptKey, String>,
    /// The last that was heard of whoever ran them.
    last: Option<String>,
}

impl Traces {
    /// Reads the log below our first batch; a snapshot has no times.
    async fn read(context: &Context, ours: u64) -> Result<Self, Error> {
        let mut traces = Self { begun: HashMap::new(), last: None };
        let log = context.store.read_log(&context.run, 0).await?;
        for (_, batch) in log.into_iter().filter(|(seq, _)| *seq < ours) {
            for event in batch.events {
                if let RunEvent::AttemptStarted { attempt } = event {
                    traces.begun.insert(attempt, batch.written_at.clone());
                }
            }
            traces.last = Some(batch.written_at);
        }
        Ok(traces)
    }
}

/// Closes an attempt whose scheduler is gone, so that it can never commit: with what it
/// printed, and the last that was heard of it as its end. Answers what the datastore then
/// says: another may have committed in the meantime.
async fn bury(context: &Context, attempt: &AttemptKey, traces: &Traces) -> Result<TaskDone, Error> {
    let started_at = traces.begun.get(attempt).cloned();
    let (store, run) = (&context.store, &context.run);
    let (logs, printed_at) = store.output_left(run, attempt, started_at.as_deref()).await?;
    let lost = context.done_of(attempt, Outcome::Lost);
    let last = printed_at.max(traces.last.clone()).filter(|_| started_at.is_some());
    let finished_at = last.unwrap_or_else(|| lost.finished_at.clone());
    let tombstone = TaskDone { started_at, finished_at, logs, ..lost };
    failpoint("before-tombstone");
    Ok(match context.store.commit_done(&context.run, &tombstone).await? {
        Committed::Won => tombstone,
        Committed::Lost(theirs) => *theirs,
    })
}

/// What a `done` object means for the schedule.
pub fn result_of(done: &TaskDone) -> Result<AttemptResult, Error> {
    Ok(match done.outcome {
        Outcome::Ok => {
            let next = done.manifest.next.clone().ok_or_else(|| Error::Damaged {
                what: format!("{}/{}.{}", done.step, done.task, done.attempt),
                why: "its `done` object names no next step".to_owned(),
            })?;
            AttemptResult::Ok { next }
        }
        Outcome::Failed => {
            let failure = done.failure.as_ref();
            AttemptResult::Failed {
                kind: failure.map_or(FailureKind::Lost, |failure| failure.kind),
                retryable: failure.is_none_or(|failure| failure.retryable),
            }
        }
        Outcome::Cancelled => AttemptResult::Cancelled,
        Outcome::Lost => AttemptResult::Lost,
    })
}
