//! The numbers of a run that is over, without opening its tasks: from the index where they
//! were counted, else from its log.

use std::collections::HashMap;

use flownote_flow::event::{AttemptResult, RunEvent};
use flownote_flow::graph::FlowGraph;
use flownote_flow::id::{StepName, TaskKey};
use flownote_flow::manifest::Next;
use flownote_store::client::{RunSummary, Status};
use flownote_store::{Error, Store, TaskCounts};

use super::catalogue::Found;
use crate::api::{Tally, TaskState};

/// What a list shows of how a run ended.
#[derive(Clone, Debug, Default)]
pub struct Ended {
    /// Its tasks.
    pub tally: Tally,
    /// The first task that failed for good.
    pub failed_at: Option<String>,
}

impl Ended {
    /// Reads it.
    pub async fn read(store: &Store, run: &Found) -> Result<Self, Error> {
        let Some((status, finished_at)) = &run.ending else { return Ok(Self::default()) };
        let counts = store.task_counts(&summary(run, *status, finished_at)).await?;
        if let (Status::Succeeded, Some(counts)) = (status, counts) {
            return Ok(Self { tally: all_done(counts), failed_at: None });
        }
        let mut tasks: HashMap<TaskKey, (usize, TaskState)> = HashMap::new();
        // How often tasks failed that may be tried again.
        let mut failures: HashMap<TaskKey, usize> = HashMap::new();
        let mut place = 0;
        for (_, batch) in store.read_log(&run.key, 0).await? {
            for event in &batch.events {
                let items = match event {
                    RunEvent::AttemptFinished {
                        result: AttemptResult::Ok { next: Next::Foreach { step, count } },
                        ..
                    } => Some((step, count)),
                    _ => None,
                };
                let (attempt, state) = match event.clone() {
                    RunEvent::AttemptStarted { attempt } => (attempt, TaskState::Running),
                    RunEvent::AttemptFinished { attempt, result } => (attempt, state_of(&result)),
                    _ => continue,
                };
                place += 1;
                if let RunEvent::AttemptFinished {
                    attempt,
                    result: AttemptResult::Failed { retryable, .. },
                } = event
                {
                    let count = failures.entry(attempt.task.clone()).or_default();
                    *count = if *retryable { count.saturating_add(1) } else { usize::MAX };
                }
                if let Some((step, count)) = items {
                    for key in children(&attempt.task, step, *count) {
                        tasks.entry(key).or_insert((usize::MAX, TaskState::Queued));
                    }
                }
                tasks.insert(attempt.task, (place, state));
            }
        }
        let mut tally = Tally { total: Some(tasks.len() as u64), ..Tally::default() };
        tasks.values().for_each(|(_, state)| tally.add(*state));
        let reused = counts.map_or(0, |counts| counts.reused).min(tally.done);
        (tally.reused, tally.done) = (reused, tally.done - reused);
        let failed = tasks.iter().filter(|(_, (_, state))| *state == TaskState::Failed);
        let failed: Vec<(&TaskKey, usize)> =
            failed.map(|(key, (place, _))| (key, *place)).collect();
        let graph = match failed.len() {
            0 | 1 => None,
            _ => FlowGraph::new(&store.run_record(&run.key).await?.description).ok(),
        };
        let first = failed.into_iter().min_by_key(|(task, place)| {
            let is_cut_off = failures[*task] <= retries(graph.as_ref(), &task.step);
            (is_cut_off, *place)
        });
        Ok(Self { tally, failed_at: first.map(|(task, _)| run.facts.label(task)) })
    }
}

fn all_done(counts: TaskCounts) -> Tally {
    let reused = counts.reused.min(counts.done);
    Tally { done: counts.done - reused, reused, total: Some(counts.done), ..Tally::default() }
}

/// How an attempt ended.
pub fn state_of(result: &AttemptResult) -> TaskState {
    match result {
        AttemptResult::Ok { .. } => TaskState::Succeeded,
        AttemptResult::Failed { .. } => TaskState::Failed,
        AttemptResult::Cancelled => TaskState::Cancelled,
        AttemptResult::Lost => TaskState::Lost,
    }
}

/// How often a step tries again.
pub fn retries(graph: Option<&FlowGraph>, step: &StepName) -> usize {
    graph.and_then(|graph| graph.step(step)).map_or(0, |step| step.policy.retries as usize)
}

/// The tasks that a foreach leads to: known before any of them starts.
pub fn children<'a>(
    split: &'a TaskKey,
    step: &'a StepName,
    count: u32,
) -> impl Iterator<Item = TaskKey> + 'a {
    (0..count).map(move |index| {
        let path: Vec<u32> = split.path.iter().copied().chain([index]).collect();
        TaskKey::new(step.clone(), &path)
    })
}

/// `train[11]`, `end`.
pub fn label(task: &TaskKey) -> String {
    let indices: String = task.path.iter().map(|index| format!("[{index}]")).collect();
    format!("{}{indices}", task.step)
}

impl Tally {
    /// Counts a task.
    pub fn add(&mut self, state: TaskState) {
        let number = match state {
            TaskState::Queued => &mut self.queued,
            TaskState::Running => &mut self.running,
            TaskState::Succeeded => &mut self.done,
            TaskState::Reused => &mut self.reused,
            TaskState::Failed => &mut self.failed,
            TaskState::Cancelled | TaskState::Lost | TaskState::Interrupted => &mut self.cancelled,
        };
        *number += 1;
    }
}

/// As much of a summary as the index's counts are found by.
fn summary(run: &Found, status: Status, finished_at: &str) -> RunSummary {
    RunSummary {
        flow: run.key.flow.clone(),
        run: run.key.run.clone(),
        status,
        created_at: run.facts.created_at.clone(),
        finished_at: Some(finished_at.to_owned()),
        user: run.facts.user.clone(),
        host: run.facts.host.clone(),
        tags: Vec::new(),
        system_tags: Vec::new(),
        origin: None,
    }
}
