//! What must come of a plan. It never looks into the schedule or the graph: it walks the
//! plan itself, and reads what the world holds.

use std::collections::{BTreeMap, HashMap};

use flownote_flow::event::{AttemptResult, Launch, LaunchMode, OnFailure, RunStatus};
use flownote_flow::id::{AttemptKey, TaskKey};
use flownote_flow::manifest::FailureKind;

use crate::generator::{Part, Plan};

/// The `done` objects of a run.
pub type Done = BTreeMap<AttemptKey, AttemptResult>;

/// A task that the plan calls for.
struct Expected {
    /// Whose results it is given, in order.
    parents: Vec<TaskKey>,
    /// Which tasks must have succeeded before.
    after: Vec<TaskKey>,
    /// The foreach levels around it: split, index, count.
    frames: Vec<(TaskKey, u32, u32)>,
}

pub struct Oracle<'p> {
    plan: &'p Plan,
    tasks: HashMap<TaskKey, Expected>,
    order: Vec<TaskKey>,
    pub empty_foreaches: u64,
}

impl<'p> Oracle<'p> {
    pub fn new(plan: &'p Plan) -> Self {
        let mut oracle =
            Self { plan, tasks: HashMap::new(), order: Vec::new(), empty_foreaches: 0 };
        oracle.walk(&plan.flow, Vec::new(), &[]);
        oracle
    }

    pub fn tasks(&self) -> usize {
        self.order.len()
    }

    fn walk(
        &mut self,
        parts: &'p [Part],
        parents: Vec<TaskKey>,
        frames: &[(TaskKey, u32, u32)],
    ) -> Vec<TaskKey> {
        parts.iter().fold(parents, |parents, part| match part {
            Part::Step(step) => vec![self.expect(*step, parents.clone(), parents, frames)],
            Part::Split { split, branches, join } => {
                let split = self.expect(*split, parents.clone(), parents, frames);
                let ends: Vec<_> = branches
                    .iter()
                    .flat_map(|branch| self.walk(branch, vec![split.clone()], frames))
                    .collect();
                vec![self.expect(*join, ends.clone(), ends, frames)]
            }
            Part::Foreach { split, body, join } => {
                let split = self.expect(*split, parents.clone(), parents, frames);
                let count = self.plan.width(&split);
                self.empty_foreaches += u64::from(count == 0);
                let mut ends = Vec::new();
                for index in 0..count {
                    let mut frames = frames.to_vec();
                    frames.push((split.clone(), index, count));
                    ends.extend(self.walk(body, vec![split.clone()], &frames));
                }
                let mut after = ends.clone();
                after.push(split);
                vec![self.expect(*join, ends, after, frames)]
            }
        })
    }

    fn expect(
        &mut self,
        step: usize,
        parents: Vec<TaskKey>,
        after: Vec<TaskKey>,
        frames: &[(TaskKey, u32, u32)],
    ) -> TaskKey {
        let path: Vec<_> = frames.iter().map(|(_, index, _)| *index).collect();
        let task = TaskKey::new(self.plan.steps[step].name.as_str(), &path);
        // A join that splits again comes by twice.
        if !self.tasks.contains_key(&task) {
            let frames = frames.to_vec();
            self.tasks.insert(task.clone(), Expected { parents, after, frames });
            self.order.push(task.clone());
        }
        task
    }

    /// A launch: of a task of the plan, after its predecessors, with exactly their results,
    /// in the right mode, and never beside or after a winner.
    pub fn check_launch(&self, launch: &Launch, done: &Done) -> Result<(), String> {
        let attempt = &launch.attempt;
        let expected = self.tasks.get(&attempt.task);
        let expected = expected.ok_or_else(|| format!("`{attempt}` is not in the plan"))?;
        if let Some(task) = expected.after.iter().find(|task| winner(done, task).is_none()) {
            return Err(format!("`{attempt}` was launched before `{task}` succeeded"));
        }
        let parents: Vec<_> =
            expected.parents.iter().filter_map(|task| winner(done, task)).collect();
        if !launch.parents.iter().eq(parents.iter()) {
            return Err(format!("`{attempt}` was given {:?}, not {parents:?}", launch.parents));
        }
        let frames = launch.foreach.iter().map(|it| (it.split.task.clone(), it.index, it.count));
        if !frames.eq(expected.frames.iter().cloned()) {
            return Err(format!("`{attempt}` was placed in {:?}", launch.foreach));
        }
        if launch.foreach.iter().any(|it| winner(done, &it.split.task).as_ref() != Some(&it.split))
        {
            return Err(format!("`{attempt}` has an item of an attempt that didn't win"));
        }
        self.check_attempt(launch, done)
    }

    fn check_attempt(&self, launch: &Launch, done: &Done) -> Result<(), String> {
        let attempt = &launch.attempt;
        let before: Vec<_> = attempts(done, &attempt.task)
            .filter(|(key, _)| key.attempt < attempt.attempt)
            .collect();
        if before.len() != attempt.attempt as usize {
            return Err(format!("`{attempt}` was launched before all earlier attempts were done"));
        }
        if before.iter().any(|(_, result)| matches!(result, AttemptResult::Ok { .. })) {
            return Err(format!("`{attempt}` was launched after its task succeeded"));
        }
        let step = self.plan.step(attempt.task.step.as_str());
        let failures: Vec<_> = before.iter().filter_map(|(_, result)| failure(result)).collect();
        let spent = failures.len() > step.retries as usize
            || failures.last().is_some_and(|(_, retryable)| !retryable);
        let mode = match (self.plan.catches(step), spent) {
            (true, true) => LaunchMode::Fallback,
            (true, false) if failures.len() == step.retries as usize => LaunchMode::Last,
            (_, false) => LaunchMode::Normal,
            (false, true) => return Err(format!("`{attempt}` was launched with no retry left")),
        };
        if launch.mode != mode {
            return Err(format!("`{attempt}` was launched as {:?}, not {mode:?}", launch.mode));
        }
        Ok(())
    }

    /// The end: one winner per task of the plan if the run succeeded, else a good reason.
    pub fn check_end(&self, status: RunStatus, cancelled: bool, done: &Done) -> Result<(), String> {
        let winners = self.order.iter().filter(|task| winner(done, task).is_some()).count();
        for task in &self.order {
            let wins =
                attempts(done, task).filter(|(_, it)| matches!(it, AttemptResult::Ok { .. }));
            if wins.count() > 1 {
                return Err(format!("`{task}` has several winners"));
            }
        }
        if let Some((attempt, _)) = done.iter().find(|(key, _)| !self.tasks.contains_key(&key.task))
        {
            return Err(format!("`{attempt}` is done and not in the plan"));
        }
        let failed: Vec<_> = self.order.iter().filter(|task| self.failed(task, done)).collect();
        match status {
            RunStatus::Succeeded if winners < self.order.len() => {
                Err(format!("the run succeeded with {winners} of {} tasks", self.order.len()))
            }
            RunStatus::Failed if failed.is_empty() => Err("the run failed for no reason".into()),
            RunStatus::Cancelled if !cancelled => Err("nobody cancelled the run".into()),
            RunStatus::Failed if self.plan.policy.on_failure == OnFailure::KeepGoing => {
                self.check_kept_going(done)
            }
            _ => Ok(()),
        }
    }

    /// Whether an attempt's end stops the whole run: its task failed for good, it was the
    /// last straw, and the policy is to fail fast.
    pub fn stops(&self, attempt: &AttemptKey, done: &Done) -> bool {
        let last = attempts(done, &attempt.task).next_back();
        self.plan.policy.on_failure != OnFailure::KeepGoing
            && last.is_some_and(|(last, _)| last == attempt)
            && self.failed(&attempt.task, done)
    }

    /// Whether a task has failed and nothing more can be done for it.
    fn failed(&self, task: &TaskKey, done: &Done) -> bool {
        let step = self.plan.step(task.step.as_str());
        let failures: Vec<_> = attempts(done, task).filter_map(|(_, it)| failure(it)).collect();
        let Some((kind, retryable)) = failures.last().copied() else { return false };
        let retry = retryable && failures.len() <= step.retries as usize;
        let spent_before = failures[..failures.len() - 1].iter().any(|(_, retryable)| !retryable)
            || failures.len() > step.retries as usize + 1;
        let dies = matches!(
            kind,
            FailureKind::Exit
                | FailureKind::Signal
                | FailureKind::OutOfMemory
                | FailureKind::Timeout
        );
        let fallback = self.plan.catches(step) && dies && !spent_before;
        winner(done, task).is_none() && !retry && !fallback
    }

    /// Every task whose predecessors succeeded came to an end; no other began.
    fn check_kept_going(&self, done: &Done) -> Result<(), String> {
        for task in &self.order {
            let possible = self.tasks[task].after.iter().all(|task| winner(done, task).is_some());
            let ended = winner(done, task).is_some() || self.failed(task, done);
            if possible != ended {
                return Err(format!("`{task}` could run: {possible}, came to an end: {ended}"));
            }
        }
        Ok(())
    }
}

fn attempts<'d>(
    done: &'d Done,
    task: &TaskKey,
) -> impl DoubleEndedIterator<Item = (&'d AttemptKey, &'d AttemptResult)> {
    let first = AttemptKey { task: task.clone(), attempt: 0 };
    let last = AttemptKey { task: task.clone(), attempt: u32::MAX };
    done.range(first..=last)
}

fn winner(done: &Done, task: &TaskKey) -> Option<AttemptKey> {
    let mut wins = attempts(done, task).filter(|(_, it)| matches!(it, AttemptResult::Ok { .. }));
    wins.next().map(|(key, _)| key.clone())
}

fn failure(result: &AttemptResult) -> Option<(FailureKind, bool)> {
    match result {
        AttemptResult::Failed { kind, retryable } => Some((*kind, *retryable)),
        _ => None,
    }
}
