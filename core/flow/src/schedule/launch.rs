//! Giving free workers something to do.

use std::sync::Arc;

use super::Schedule;
use super::state::{Ready, Try};
use crate::event::{Action, ForeachFrame, Launch, LaunchMode};
use crate::graph::Step;
use crate::id::{AttemptKey, TaskKey};

impl Schedule {
    /// Launches what is ready, the most recent first, as long as workers are free.
    pub(super) fn launch(&mut self, actions: &mut Vec<Action>) {
        let workers = self.policy.max_workers.max(1) as usize;
        while self.state.stop.is_none() && self.state.running.len() < workers {
            let Some((attempt, this)) = self.next_ready() else { break };
            let counts = self.count(&attempt.task.step);
            counts.queued -= 1;
            counts.running += 1;
            if let Some(launch) = self.describe_launch(&attempt, &this) {
                actions.push(Action::Launch(launch));
            }
            self.state.running.insert(attempt, this);
        }
    }

    /// How to start a running attempt: for a takeover that finds it was never started,
    /// or must close it and name its parents.
    pub fn relaunch(&self, attempt: &AttemptKey) -> Option<Launch> {
        self.describe_launch(attempt, self.state.running.get(attempt)?)
    }

    fn next_ready(&mut self) -> Option<(AttemptKey, Try)> {
        let split = match self.state.ready.pop()? {
            Ready::Task { attempt, this } => return Some((attempt, this)),
            Ready::Items { split } => split,
        };
        let step = self.graph.step(&split.step)?.next.targets().first()?.clone();
        let expansion = self.state.expansions.get_mut(&split)?;
        let mut path = split.path.to_vec();
        path.push(expansion.launched);
        expansion.launched += 1;
        let parent = AttemptKey { task: split.clone(), attempt: expansion.attempt };
        if expansion.launched < expansion.count {
            self.state.ready.push(Ready::Items { split });
        }
        let attempt = AttemptKey { task: TaskKey { step, path: path.into() }, attempt: 0 };
        Some((attempt, Try { parent: Some(parent), ..Try::default() }))
    }

    fn describe_launch(&self, attempt: &AttemptKey, this: &Try) -> Option<Launch> {
        let step = self.graph.step(&attempt.task.step)?;
        let last = step.policy.catch && this.failures >= step.policy.retries;
        Some(Launch {
            attempt: attempt.clone(),
            parents: self.parents(step, &attempt.task, this),
            mode: match (this.fallback, last) {
                (true, _) => LaunchMode::Fallback,
                (false, true) => LaunchMode::Last,
                (false, false) => LaunchMode::Normal,
            },
            foreach: self.frames(step, &attempt.task),
            timeout_ms: step.policy.timeout_ms,
        })
    }

    fn parents(&self, step: &Step, task: &TaskKey, this: &Try) -> Arc<[AttemptKey]> {
        let Some(split) = &step.joins else { return this.parent.iter().cloned().collect() };
        let split = TaskKey { step: split.clone(), path: task.path.clone() };
        if let Some(expansion) = self.state.expansions.get(&split) {
            let Some(last) = step.parents.first() else { return Arc::default() };
            let mut path = task.path.to_vec();
            path.push(0);
            return (0..expansion.count)
                .map(|index| {
                    path[task.path.len()] = index;
                    let attempt = expansion.winners.get(&index).copied().unwrap_or(0);
                    AttemptKey { task: TaskKey::new(last.clone(), &path), attempt }
                })
                .collect();
        }
        let arrived = self.state.gathers.get(task).map(Vec::as_slice).unwrap_or_default();
        let branches = step.parents.iter().zip(arrived);
        branches
            .map(|(parent, attempt)| AttemptKey {
                task: TaskKey { step: parent.clone(), path: task.path.clone() },
                attempt: attempt.unwrap_or(0),
            })
            .collect()
    }

    fn frames(&self, step: &Step, task: &TaskKey) -> Vec<ForeachFrame> {
        let levels = step.foreach.iter().zip(task.path.iter()).enumerate();
        levels
            .filter_map(|(level, (split, index))| {
                let split = TaskKey::new(split.clone(), &task.path[..level]);
                let expansion = self.state.expansions.get(&split)?;
                let (attempt, count) = (expansion.attempt, expansion.count);
                Some(ForeachFrame {
                    split: AttemptKey { task: split, attempt },
                    index: *index,
                    count,
                })
            })
            .collect()
    }
}
