//! What follows when an attempt has finished: the next steps, a join that is complete,
//! another attempt.

use super::state::{Expansion, Ready, Try};
use super::{Error, Schedule};
use crate::event::{Action, AttemptResult, Timer};
use crate::id::{AttemptKey, StepName, TaskKey};
use crate::manifest::{FailureKind, Next};

impl Schedule {
    /// Settles a running attempt; one that isn't running was settled before.
    pub(super) fn settle(
        &mut self,
        attempt: &AttemptKey,
        result: &AttemptResult,
        actions: &mut Vec<Action>,
    ) -> Result<(), Error> {
        if !self.state.running.contains_key(attempt) {
            return Ok(());
        }
        if let AttemptResult::Ok { next } = result {
            self.graph.check_next(&attempt.task.step, next)?;
        }
        let Some(this) = self.state.running.remove(attempt) else { return Ok(()) };
        self.count(&attempt.task.step).running -= 1;
        match result {
            AttemptResult::Ok { next } => self.succeed(attempt, next),
            AttemptResult::Failed { kind, retryable } => {
                self.fail(attempt, this, *kind, *retryable, actions);
            }
            AttemptResult::Cancelled | AttemptResult::Lost => self.replace(attempt, this),
        }
        Ok(())
    }

    fn succeed(&mut self, attempt: &AttemptKey, next: &Next) {
        self.count(&attempt.task.step).done += 1;
        self.forget_inputs(&attempt.task);
        let wanted = |step: &StepName| self.leads_on(&attempt.task.step, step);
        match next {
            Next::End => self.state.ended = true,
            Next::Steps { steps } => {
                // The first branch goes on top of the stack.
                let steps: Vec<_> = steps.iter().rev().filter(|step| wanted(step)).collect();
                steps.into_iter().for_each(|step| self.arrive(step, attempt));
            }
            Next::Foreach { step, .. } if !wanted(step) => {}
            Next::Foreach { step, count } => self.expand(attempt, step, *count),
        }
    }

    /// Whether the run goes on from a step to the next: unless it is to end before.
    fn leads_on(&self, from: &StepName, step: &StepName) -> bool {
        let until = self.policy.until.as_ref();
        until.is_none_or(|until| from != until && self.graph.leads_to(step, until))
    }

    /// Opens a foreach. Without items its join is next.
    fn expand(&mut self, attempt: &AttemptKey, step: &StepName, count: u32) {
        let split = attempt.task.clone();
        let winners = std::collections::BTreeMap::new();
        let expansion =
            Expansion { attempt: attempt.attempt, count, launched: 0, arrived: 0, winners };
        self.state.expansions.insert(split.clone(), expansion);
        if count > 0 {
            self.count(step).queued += u64::from(count);
            self.state.ready.push(Ready::Items { split });
        } else if let Some(join) =
            self.graph.step(&split.step).and_then(|step| step.joined_by.clone())
        {
            self.enqueue_first(TaskKey { step: join, path: split.path }, None);
        }
    }

    /// Brings the result of `from` to `step`, which starts unless it joins and others are
    /// still to arrive.
    fn arrive(&mut self, step: &StepName, from: &AttemptKey) {
        let graph = self.graph.clone();
        let Some(target) = graph.step(step) else { return };
        let path = from.task.path.clone();
        let Some(split) = target.joins.as_ref().and_then(|split| graph.step(split)) else {
            return self.enqueue_first(TaskKey { step: step.clone(), path }, Some(from.clone()));
        };
        let (join, complete) = if split.is_foreach() {
            let Some((index, outer)) = path.split_last() else { return };
            let join = TaskKey::new(step.clone(), outer);
            (join, self.arrive_item(TaskKey::new(split.name.clone(), outer), *index, from.attempt))
        } else {
            let join = TaskKey { step: step.clone(), path };
            let branch = target.parents.iter().position(|parent| *parent == from.task.step);
            let branches = (branch.unwrap_or(0), target.parents.len());
            (join.clone(), self.arrive_branch(join, branches, from.attempt))
        };
        if complete {
            self.enqueue_first(join, None);
        }
    }

    fn arrive_item(&mut self, split: TaskKey, index: u32, attempt: u32) -> bool {
        let Some(expansion) = self.state.expansions.get_mut(&split) else { return false };
        expansion.arrived += 1;
        if attempt != 0 {
            expansion.winners.insert(index, attempt);
        }
        expansion.arrived == expansion.count
    }

    fn arrive_branch(
        &mut self,
        join: TaskKey,
        (branch, branches): (usize, usize),
        attempt: u32,
    ) -> bool {
        let arrived = self.state.gathers.entry(join).or_insert_with(|| vec![None; branches]);
        arrived[branch] = Some(attempt);
        arrived.iter().all(Option::is_some)
    }

    fn enqueue_first(&mut self, task: TaskKey, parent: Option<AttemptKey>) {
        self.enqueue(AttemptKey { task, attempt: 0 }, Try { parent, ..Try::default() });
    }

    /// A join that committed is the last to need what it gathered.
    fn forget_inputs(&mut self, task: &TaskKey) {
        if let Some(split) = self.graph.step(&task.step).and_then(|step| step.joins.clone()) {
            self.state.gathers.remove(task);
            self.state.expansions.remove(&TaskKey { step: split, path: task.path.clone() });
        }
    }

    fn fail(
        &mut self,
        attempt: &AttemptKey,
        mut this: Try,
        kind: FailureKind,
        retryable: bool,
        actions: &mut Vec<Action>,
    ) {
        this.failures += 1;
        let step = &attempt.task.step;
        let policy = self.graph.step(step).map(|step| step.policy.clone()).unwrap_or_default();
        let next = AttemptKey { task: attempt.task.clone(), attempt: attempt.attempt + 1 };
        let retry = retryable && !this.fallback && this.failures <= policy.retries;
        let fallback = policy.catch && !this.fallback && process_died(kind);
        if self.state.stop.is_some() || !(retry || fallback) {
            self.count(step).failed += 1;
            self.fail_for_good(actions);
        } else if retry {
            self.retry(next, this, actions);
        } else {
            self.enqueue(next, Try { fallback: true, ..this });
        }
    }

    fn retry(&mut self, attempt: AttemptKey, this: Try, actions: &mut Vec<Action>) {
        let after_ms = self.wait_ms(&attempt.task.step, this.failures);
        if after_ms == 0 {
            return self.enqueue(attempt, this);
        }
        self.count(&attempt.task.step).retrying += 1;
        let timer = Timer::Retry { attempt: attempt.clone() };
        actions.push(Action::StartTimer { timer, after_ms });
        self.state.waiting.insert(attempt, this);
    }

    /// Starts anew what was lost, unless the run is stopping. An attempt that says it was
    /// cancelled while nothing is being stopped belongs to a scheduler whose last words
    /// were lost; going on is what its successor was started for.
    fn replace(&mut self, attempt: &AttemptKey, this: Try) {
        if self.state.stop.is_some() {
            self.count(&attempt.task.step).cancelled += 1;
        } else {
            let attempt = AttemptKey { task: attempt.task.clone(), attempt: attempt.attempt + 1 };
            self.enqueue(attempt, this);
        }
    }

    /// The wait after the given number of failures.
    pub(super) fn wait_ms(&self, step: &StepName, failures: u32) -> u64 {
        let Some(step) = self.graph.step(step) else { return 0 };
        let exponent = i32::try_from(failures.saturating_sub(1)).unwrap_or(i32::MAX);
        scale(step.policy.retry_after_ms, step.policy.backoff.powi(exponent))
    }
}

/// Whether the process ended before `@catch` could see an exception.
fn process_died(kind: FailureKind) -> bool {
    use FailureKind::{Exit, OutOfMemory, Signal, Timeout};
    matches!(kind, Exit | Signal | OutOfMemory | Timeout)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and no time is negative"
)]
fn scale(milliseconds: u64, factor: f64) -> u64 {
    (milliseconds as f64 * factor).round() as u64
}
