//! [`Schedule`]: events in, actions out.

use std::sync::Arc;

use super::state::{Ready, Try};
use super::{Error, State};
use crate::event::{Action, Policy, RunEvent, RunStatus, Timer};
use crate::graph::FlowGraph;
use crate::id::{AttemptKey, TaskKey};

/// The decisions of one run.
///
/// Nothing but the graph, the policy and the events decides what it does: applying a
/// run's log again, actions dropped, leads to the same state. After a takeover the
/// engine settles each of [`Schedule::running`] (its `done`, or a tombstone), starts
/// [`Schedule::pending_timers`] again, and goes on.
///
/// Two schedules are equal when their runs are in the same state under the same policy.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub(super) graph: Arc<FlowGraph>,
    pub(super) policy: Policy,
    pub(super) state: State,
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.policy == other.policy && self.state == other.state
    }
}

impl Schedule {
    /// The schedule of a run that hasn't begun. The first [`RunEvent::Epoch`] begins it.
    pub fn new(graph: Arc<FlowGraph>, policy: Policy) -> Self {
        Self::restore(graph, policy, State::default())
    }

    /// The schedule of a run whose state was stored. Graph and policy must be those that
    /// the run was started with.
    pub fn restore(graph: Arc<FlowGraph>, policy: Policy, state: State) -> Self {
        Self { graph, policy, state }
    }

    /// What is to be stored to [`Schedule::restore`] it.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The flow.
    pub fn graph(&self) -> &Arc<FlowGraph> {
        &self.graph
    }

    /// The rules that it follows.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Takes note of what happened and says what to do next.
    ///
    /// What was heard before (an attempt that finished already, a timer that nobody waits
    /// for) changes nothing and isn't an error.
    ///
    /// # Errors
    /// When the event can't be true. The schedule is then as before.
    pub fn apply(&mut self, event: &RunEvent) -> Result<Vec<Action>, Error> {
        let mut actions = Vec::new();
        if let RunEvent::Epoch { epoch, .. } = event {
            self.take(*epoch, &mut actions)?;
        } else if self.state.epoch == 0 {
            return Err(Error::NotBegun);
        } else if self.state.finished.is_some() {
            return Ok(actions);
        }
        match event {
            RunEvent::Epoch { .. } => {}
            RunEvent::AttemptStarted { attempt } => self.check_attempt(attempt)?,
            RunEvent::AttemptFinished { attempt, result } => {
                self.check_attempt(attempt)?;
                self.settle(attempt, result, &mut actions)?;
            }
            RunEvent::TimerFired { timer: Timer::Retry { attempt } } => self.wake(attempt),
            RunEvent::TimerFired { timer: Timer::Grace } => self.end_grace(&mut actions),
            RunEvent::CancelRequested => self.cancel(&mut actions),
            RunEvent::RunFinished { status } => return self.finish(*status),
        }
        self.launch(&mut actions);
        self.decide(&mut actions);
        Ok(actions)
    }

    /// The attempts that were launched and haven't finished: what a takeover must settle.
    pub fn running(&self) -> impl Iterator<Item = &AttemptKey> {
        self.state.running.keys()
    }

    /// The timers that haven't fired, with the whole of their milliseconds: what a
    /// takeover must start again.
    pub fn pending_timers(&self) -> Vec<(Timer, u64)> {
        if let Some(stop) = self.state.stop {
            let pending = stop.grace && !self.state.running.is_empty();
            return pending.then(|| (Timer::Grace, self.grace_ms())).into_iter().collect();
        }
        let waiting = self.state.waiting.iter();
        waiting
            .map(|(attempt, this)| {
                let wait = self.wait_ms(&attempt.task.step, this.failures);
                (Timer::Retry { attempt: attempt.clone() }, wait)
            })
            .collect()
    }

    /// Who owns the run; 0 before it begins.
    pub fn epoch(&self) -> u64 {
        self.state.epoch
    }

    /// How the run ended, once that is in its log.
    pub fn finished(&self) -> Option<RunStatus> {
        self.state.finished
    }

    /// Whether nothing more starts: the run failed or was cancelled.
    pub fn stopping(&self) -> bool {
        self.state.stop.is_some()
    }

    fn take(&mut self, epoch: u64, actions: &mut Vec<Action>) -> Result<(), Error> {
        let state = &mut self.state;
        if let Some(status) = state.finished {
            return Err(Error::Over { status });
        }
        if epoch <= state.epoch {
            return Err(Error::StaleEpoch { epoch, current: state.epoch });
        }
        let begins = state.epoch == 0;
        state.epoch = epoch;
        if begins {
            self.enqueue(
                AttemptKey { task: TaskKey::new("start", &[]), attempt: 0 },
                Try::default(),
            );
        } else if let Some(status) = state.decided {
            actions.push(Action::FinishRun { status });
        }
        Ok(())
    }

    /// Puts an attempt on top of what can start.
    pub(super) fn enqueue(&mut self, attempt: AttemptKey, this: Try) {
        self.count(&attempt.task.step).queued += 1;
        self.state.ready.push(Ready::Task { attempt, this });
    }

    fn wake(&mut self, attempt: &AttemptKey) {
        if self.state.stop.is_none()
            && let Some(this) = self.state.waiting.remove(attempt)
        {
            self.count(&attempt.task.step).retrying -= 1;
            self.enqueue(attempt.clone(), this);
        }
    }

    fn finish(&mut self, status: RunStatus) -> Result<Vec<Action>, Error> {
        if self.state.decided.is_none() {
            return Err(Error::Unfinished { running: self.state.running.len() });
        }
        self.state.finished = Some(status);
        Ok(Vec::new())
    }

    /// Refuses names that no attempt of this run can have had so far.
    fn check_attempt(&self, attempt: &AttemptKey) -> Result<(), Error> {
        let task = &attempt.task;
        let step = self.graph.step(&task.step);
        if step.is_none_or(|step| step.depth() != task.path.len()) {
            return Err(Error::UnknownTask { attempt: attempt.clone() });
        }
        let first = AttemptKey { task: task.clone(), attempt: 0 };
        let live = [&self.state.running, &self.state.waiting]
            .into_iter()
            .filter_map(|attempts| attempts.range(&first..).next())
            .find(|(live, _)| live.task == *task);
        let waits = self.state.waiting.contains_key(attempt);
        let too_early = live.is_some_and(|(live, _)| live.attempt < attempt.attempt);
        let reached = self.state.counts.contains_key(&task.step);
        if waits || too_early || !reached {
            return Err(Error::NeverLaunched { attempt: attempt.clone() });
        }
        Ok(())
    }
}
