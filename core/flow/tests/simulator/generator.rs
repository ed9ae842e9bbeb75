//! Random flows, policies and misfortunes, all from one seed.

use flownote_flow::description::FlowDescription;
use flownote_flow::event::{AttemptResult, LaunchMode, OnFailure, Policy};
use flownote_flow::id::{AttemptKey, TaskKey};
use flownote_flow::manifest::{FailureKind, Next};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

/// A part of a flow. Steps are positions in [`Plan::steps`].
#[derive(Debug)]
pub enum Part {
    Step(usize),
    Split { split: usize, branches: Vec<Vec<Part>>, join: usize },
    Foreach { split: usize, body: Vec<Part>, join: usize },
}

impl Part {
    pub fn first(&self) -> usize {
        match self {
            Self::Step(step) => *step,
            Self::Split { split, .. } | Self::Foreach { split, .. } => *split,
        }
    }

    fn last(&self) -> usize {
        match self {
            Self::Step(step) => *step,
            Self::Split { join, .. } | Self::Foreach { join, .. } => *join,
        }
    }
}

#[derive(Debug, Default)]
pub struct PlannedStep {
    pub name: String,
    pub targets: Vec<usize>,
    pub foreach: bool,
    pub joins: bool,
    pub retries: u32,
    pub wait_minutes: u32,
    pub catch: bool,
}

/// All that is decided before a run begins. What an attempt will do is a function of the
/// plan and its name, as user code is.
#[derive(Debug)]
pub struct Plan {
    pub seed: u64,
    pub steps: Vec<PlannedStep>,
    pub flow: Vec<Part>,
    pub policy: Policy,
    pub widest: u32,
    /// In a hundred attempts.
    pub failing: u64,
    pub crashes: u32,
    pub cancel_at: Option<u64>,
}

impl Plan {
    pub fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let on_failure = match rng.random_range(0..3) {
            0 => OnFailure::KeepGoing,
            1 => OnFailure::FailFast { grace_ms: 0 },
            _ => OnFailure::FailFast { grace_ms: 40_000 },
        };
        let max_workers = rng.random_range(1..=6);
        let mut plan = Self {
            seed,
            steps: Vec::new(),
            flow: Vec::new(),
            policy: Policy { max_workers, on_failure, ..Policy::default() },
            widest: [1, 3, 3, 6][rng.random_range(0..4)],
            failing: [0, 0, 4, 15, 40][rng.random_range(0..5)],
            crashes: [0, 1, 2, 6][rng.random_range(0..4)],
            cancel_at: rng.random_bool(0.1).then(|| rng.random_range(0..600)),
        };
        let mut parts = plan.sequence(&mut rng, 0, None);
        plan.finish(&mut rng, &mut parts);
        plan.connect(&parts, None);
        plan.flow = parts;
        plan
    }

    /// The flow as a description, to be linted like any other.
    pub fn description(&self) -> FlowDescription {
        let steps: Vec<_> = self.steps.iter().map(|step| self.describe(step)).collect();
        let flow = json!({"name": "Random", "file": "random.py", "line": 1, "steps": steps});
        serde_json::from_value(flow).expect("a description")
    }

    pub fn step(&self, name: &str) -> &PlannedStep {
        self.steps.iter().find(|step| step.name == name).expect("a planned step")
    }

    /// How many items the foreach of a task has.
    pub fn width(&self, split: &TaskKey) -> u32 {
        let range = u64::from(self.widest) + 1;
        u32::try_from(mix(self.seed, &split.to_string()) % range).expect("a small number")
    }

    /// What an attempt will come to, if nothing happens to it.
    pub fn outcome(&self, attempt: &AttemptKey, mode: LaunchMode) -> AttemptResult {
        let chance = mix(self.seed ^ 0xa77e, &attempt.to_string());
        let failing = if mode == LaunchMode::Fallback { 3 } else { self.failing };
        if chance % 100 >= failing {
            return AttemptResult::Ok { next: self.next(&attempt.task) };
        }
        let (kind, retryable) = match (chance / 100) % 10 {
            0..=4 => (FailureKind::Exception, true),
            5 => (FailureKind::Signal, true),
            6 => (FailureKind::OutOfMemory, true),
            7 => (FailureKind::Timeout, true),
            8 => (FailureKind::Exit, true),
            _ => (FailureKind::Unstorable, false),
        };
        if kind == FailureKind::Exception && mode != LaunchMode::Normal {
            return AttemptResult::Ok { next: self.next(&attempt.task) };
        }
        AttemptResult::Failed { kind, retryable }
    }

    fn next(&self, task: &TaskKey) -> Next {
        let step = self.step(task.step.as_str());
        let name = |target: &usize| self.steps[*target].name.as_str().into();
        match step.targets.as_slice() {
            [] => Next::End,
            [target] if step.foreach => {
                Next::Foreach { step: name(target), count: self.width(task) }
            }
            targets => Next::Steps { steps: targets.iter().map(name).collect() },
        }
    }

    fn sequence(&mut self, rng: &mut StdRng, depth: usize, first: Option<usize>) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut reuse = first;
        for _ in 0..rng.random_range(1..=3) {
            // Some joins split again rather than leading to a step that does.
            let head = reuse.take();
            let deeper = depth < 3 && self.steps.len() < 18;
            let part = match rng.random_range(0..4) {
                0 if deeper => self.split(rng, depth, head),
                1 if deeper => self.foreach(rng, depth, head),
                _ if head.is_some() => continue,
                _ => Part::Step(self.add(rng)),
            };
            let joined = !matches!(part, Part::Step(_));
            reuse = (joined && rng.random_bool(0.3)).then(|| part.last());
            parts.push(part);
        }
        if parts.is_empty() {
            parts.push(Part::Step(self.add(rng)));
        }
        parts
    }

    fn split(&mut self, rng: &mut StdRng, depth: usize, head: Option<usize>) -> Part {
        let split = head.unwrap_or_else(|| self.add(rng));
        let branches = (0..rng.random_range(2..=4)).map(|_| self.sequence(rng, depth + 1, None));
        let branches = branches.collect();
        Part::Split { split, branches, join: self.add_join(rng) }
    }

    fn foreach(&mut self, rng: &mut StdRng, depth: usize, head: Option<usize>) -> Part {
        let split = head.unwrap_or_else(|| self.add(rng));
        let body = self.sequence(rng, depth + 1, None);
        Part::Foreach { split, body, join: self.add_join(rng) }
    }

    fn add(&mut self, rng: &mut StdRng) -> usize {
        let name = format!("s{}", self.steps.len());
        let retries = [0, 0, 1, 2][rng.random_range(0..4)];
        let wait_minutes = rng.random_range(0..2);
        let catch = rng.random_bool(0.2);
        self.steps.push(PlannedStep {
            name,
            retries,
            wait_minutes,
            catch,
            ..PlannedStep::default()
        });
        self.steps.len() - 1
    }

    fn add_join(&mut self, rng: &mut StdRng) -> usize {
        let join = self.add(rng);
        self.steps[join].joins = true;
        join
    }

    /// Names the first step `start` and the last `end`, which may be a join.
    fn finish(&mut self, rng: &mut StdRng, parts: &mut Vec<Part>) {
        let only = parts.len() == 1 && matches!(parts[0], Part::Step(_));
        let joins = !matches!(parts[parts.len() - 1], Part::Step(_));
        if only || !(joins && rng.random_bool(0.3)) {
            parts.push(Part::Step(self.add(rng)));
        }
        self.steps[parts[0].first()].name = "start".into();
        self.steps[parts[parts.len() - 1].last()].name = "end".into();
    }

    fn connect(&mut self, parts: &[Part], after: Option<usize>) {
        for (at, part) in parts.iter().enumerate() {
            match part {
                Part::Step(_) => {}
                Part::Split { split, branches, join } => {
                    branches.iter().for_each(|branch| self.connect(branch, Some(*join)));
                    self.steps[*split].targets = branches.iter().map(|it| it[0].first()).collect();
                }
                Part::Foreach { split, body, join } => {
                    self.connect(body, Some(*join));
                    self.steps[*split].targets = vec![body[0].first()];
                    self.steps[*split].foreach = true;
                }
            }
            let next = parts.get(at + 1).map(Part::first).or(after);
            if let Some(next) = next.filter(|next| *next != part.last()) {
                self.steps[part.last()].targets = vec![next];
            }
        }
    }

    fn describe(&self, step: &PlannedStep) -> Value {
        let targets: Vec<_> = step.targets.iter().map(|at| self.steps[*at].name.as_str()).collect();
        let mut decorators = Vec::new();
        if step.retries > 0 {
            let (times, minutes) = (step.retries, step.wait_minutes);
            let attributes =
                json!({"times": times, "minutes_between_retries": minutes, "backoff": 2});
            decorators.push(json!({"name": "retry", "attributes": attributes}));
        }
        if self.catches(step) {
            decorators.push(json!({"name": "catch"}));
        }
        let over = step.foreach.then_some("items");
        let next = json!({"line": 1, "targets": targets, "foreach": over,
                          "has_foreach": step.foreach, "literal": true, "last": true});
        json!({
            "name": step.name, "file": "random.py", "line": 1,
            "arguments": if step.joins { vec!["self", "inputs"] } else { vec!["self"] },
            "decorators": decorators,
            "transitions": if targets.is_empty() { vec![] } else { vec![next] },
        })
    }

    /// Whether a step has `@catch`, which none that splits can have.
    pub fn catches(&self, step: &PlannedStep) -> bool {
        step.catch && !step.foreach && step.targets.len() < 2
    }
}

/// A number that depends on a seed and a name and on nothing else.
fn mix(seed: u64, name: &str) -> u64 {
    let mut hash = seed ^ 0xcbf2_9ce4_8422_2325;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 31;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}
