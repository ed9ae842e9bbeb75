//! How a run ends: when nothing is left, after a failure, or because somebody asked.

use super::Schedule;
use super::state::Stop;
use crate::event::{Action, OnFailure, RunStatus, Timer};

impl Schedule {
    /// A task failed for good: stops the run, unless it is to keep going.
    pub(super) fn fail_for_good(&mut self, actions: &mut Vec<Action>) {
        let OnFailure::FailFast { grace_ms } = self.policy.on_failure else { return };
        if self.state.stop.is_some() {
            return;
        }
        let grace = grace_ms > 0 && !self.state.running.is_empty();
        self.state.stop = Some(Stop { status: RunStatus::Failed, grace });
        if grace {
            actions.push(Action::StartTimer { timer: Timer::Grace, after_ms: grace_ms });
        } else {
            self.cancel_running(actions);
        }
    }

    /// The siblings of a failed task had their time.
    pub(super) fn end_grace(&mut self, actions: &mut Vec<Action>) {
        if let Some(stop) = &mut self.state.stop
            && stop.grace
        {
            stop.grace = false;
            self.cancel_running(actions);
        }
    }

    /// Somebody asked the run to stop. One that already failed remains a failed one, but
    /// its grace is over.
    pub(super) fn cancel(&mut self, actions: &mut Vec<Action>) {
        if self.state.decided.is_some() {
            return;
        }
        if self.state.stop.is_some() {
            return self.end_grace(actions);
        }
        self.state.stop = Some(Stop { status: RunStatus::Cancelled, grace: false });
        self.cancel_running(actions);
    }

    /// Ends the run when nothing is under way and nothing can start.
    pub(super) fn decide(&mut self, actions: &mut Vec<Action>) {
        let reached = self.has_reached();
        let state = &mut self.state;
        let idle = state.ready.is_empty() && state.waiting.is_empty();
        let over = state.running.is_empty() && (idle || state.stop.is_some());
        if !over || state.decided.is_some() {
            return;
        }
        let status = match state.stop {
            _ if state.ended => RunStatus::Succeeded,
            Some(stop) => stop.status,
            None if reached => RunStatus::Succeeded,
            None => RunStatus::Failed,
        };
        state.decided = Some(status);
        actions.push(Action::FinishRun { status });
    }

    /// Whether all that leads to the step after which the run ends has gone well.
    fn has_reached(&self) -> bool {
        let done = |step| self.state.counts.get(step).is_some_and(|counts| counts.done > 0);
        let failed = self.state.counts.values().any(|counts| counts.failed > 0);
        self.policy.until.as_ref().is_some_and(done) && !failed
    }

    pub(super) fn grace_ms(&self) -> u64 {
        match self.policy.on_failure {
            OnFailure::FailFast { grace_ms } => grace_ms,
            OnFailure::KeepGoing => 0,
        }
    }

    fn cancel_running(&self, actions: &mut Vec<Action>) {
        let running = self.state.running.keys().cloned();
        actions.extend(running.map(|attempt| Action::CancelAttempt { attempt }));
    }
}
