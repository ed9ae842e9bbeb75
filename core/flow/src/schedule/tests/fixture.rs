//! A run whose events and actions are short texts: `train/3.0` launches an attempt,
//! `train/3.0 ok` finishes it as the graph says.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use crate::event::{
    Action, AttemptResult, Launch, LaunchMode, OnFailure, Policy, RunEvent, RunStatus, Timer,
};
use crate::fixture::flow;
use crate::graph::{FlowGraph, Transition};
use crate::id::AttemptKey;
use crate::manifest::{FailureKind, Next};
use crate::schedule::{Error, Schedule};

/// A run under test, with its log.
pub struct Run {
    pub schedule: Schedule,
    pub log: Vec<RunEvent>,
    pub widths: HashMap<String, u32>,
}

impl Run {
    pub fn new(source: &str, policy: Policy) -> Self {
        let graph = FlowGraph::new(&flow(source)).expect("a flow without problems");
        let schedule = Schedule::new(Arc::new(graph), policy);
        Self { schedule, log: Vec::new(), widths: HashMap::new() }
    }

    /// Ten workers, and no grace.
    pub fn of(source: &str) -> Self {
        let on_failure = OnFailure::FailFast { grace_ms: 0 };
        Self::new(source, Policy { max_workers: 10, on_failure, ..Policy::default() })
    }

    /// The foreach of `step` has `width` items.
    pub fn width(mut self, step: &str, width: u32) -> Self {
        self.widths.insert(step.into(), width);
        self
    }

    /// Applies an event and expects these actions, in words, in any number of lines.
    pub fn check(&mut self, event: &str, expect: &[&str]) -> &mut Self {
        let actions = self.apply(event).unwrap_or_else(|error| panic!("{event}: {error}"));
        assert_eq!(actions.iter().map(in_words).collect::<Vec<_>>(), expect, "after `{event}`");
        self
    }

    pub fn launches(&mut self, event: &str) -> Vec<Launch> {
        let actions = self.apply(event).expect(event);
        let launches = actions.into_iter().filter_map(|action| match action {
            Action::Launch(launch) => Some(launch),
            _ => None,
        });
        launches.collect()
    }

    pub fn apply(&mut self, event: &str) -> Result<Vec<Action>, Error> {
        let event = self.event(event);
        let actions = self.schedule.apply(&event)?;
        self.log.push(event);
        Ok(actions)
    }

    fn event(&self, text: &str) -> RunEvent {
        let words: Vec<_> = text.split_whitespace().collect();
        let status = |word| serde_json::from_value(json!(word)).expect("a status");
        match words.as_slice() {
            ["epoch", epoch] => {
                RunEvent::Epoch { epoch: epoch.parse().expect("a number"), owner: "test".into() }
            }
            ["cancel"] => RunEvent::CancelRequested,
            ["grace"] => RunEvent::TimerFired { timer: Timer::Grace },
            ["finished", word] => RunEvent::RunFinished { status: status(word) },
            ["timer", attempt] => {
                RunEvent::TimerFired { timer: Timer::Retry { attempt: self.attempt(attempt) } }
            }
            ["started", attempt] => RunEvent::AttemptStarted { attempt: self.attempt(attempt) },
            [attempt, how @ ..] => {
                let attempt = self.attempt(attempt);
                RunEvent::AttemptFinished { result: self.result(&attempt, how), attempt }
            }
            [] => unreachable!("an event has words"),
        }
    }

    pub fn attempt(&self, name: &str) -> AttemptKey {
        self.schedule.graph().attempt_key(name).unwrap_or_else(|error| panic!("{error}"))
    }

    fn result(&self, attempt: &AttemptKey, how: &[&str]) -> AttemptResult {
        let failed = |kind, retryable| AttemptResult::Failed { kind, retryable };
        match how {
            ["ok"] => AttemptResult::Ok { next: self.next(attempt) },
            ["lost"] => AttemptResult::Lost,
            ["cancelled"] => AttemptResult::Cancelled,
            ["raises"] => failed(FailureKind::Exception, true),
            ["dies"] => failed(FailureKind::Signal, true),
            ["unstorable"] => failed(FailureKind::Unstorable, false),
            other => panic!("unknown result {other:?}"),
        }
    }

    fn next(&self, attempt: &AttemptKey) -> Next {
        let step = &attempt.task.step;
        match &self.schedule.graph().step(step).expect("a step").next {
            Transition::End => Next::End,
            Transition::Steps(steps) => Next::Steps { steps: steps.clone() },
            Transition::Foreach { step: target, .. } => Next::Foreach {
                step: target.clone(),
                count: self.widths.get(step.as_str()).copied().unwrap_or(2),
            },
        }
    }
}

fn in_words(action: &Action) -> String {
    match action {
        Action::Launch(launch) => {
            let mode = match launch.mode {
                LaunchMode::Normal => "",
                LaunchMode::Last => " last",
                LaunchMode::Fallback => " fallback",
            };
            format!("{}{mode}", launch.attempt)
        }
        Action::StartTimer { timer: Timer::Retry { attempt }, after_ms } => {
            format!("timer {attempt} {after_ms}")
        }
        Action::StartTimer { timer: Timer::Grace, after_ms } => format!("grace {after_ms}"),
        Action::CancelAttempt { attempt } => format!("cancel {attempt}"),
        Action::FinishRun { status: RunStatus::Succeeded } => "succeeded".into(),
        Action::FinishRun { status: RunStatus::Failed } => "failed".into(),
        Action::FinishRun { status: RunStatus::Cancelled } => "cancelled".into(),
    }
}

/// The names of attempts, in order.
pub fn names(attempts: &[AttemptKey]) -> Vec<String> {
    attempts.iter().map(AttemptKey::to_string).collect()
}
