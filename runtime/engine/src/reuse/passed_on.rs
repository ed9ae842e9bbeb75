//! What the tasks of this run pass on, read once and shared by those after them. It is
//! forgotten when nobody is left who could ask, so that a wide foreach leaves nothing.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use flownote_flow::graph::{FlowGraph, Transition};
use flownote_flow::id::{AttemptKey, TaskKey};
use flownote_flow::manifest::{ArtifactRecord, Outcome, TaskDone};
use flownote_store::client::{Artifact, Origin};

use crate::Error;
use crate::context::Context;

/// Who wrote an artifact, and its record. Ten thousand children pass on the same ones.
pub(super) type Given = Rc<(String, ArtifactRecord)>;

/// What a task passes on, by name.
pub(super) type Visible = BTreeMap<Rc<str>, Given>;

/// What the tasks of a run pass on, by attempt. Never borrowed across an `await`.
#[derive(Default)]
pub(super) struct PassedOn(RefCell<HashMap<AttemptKey, Rc<Visible>>>);

impl PassedOn {
    /// What an attempt passes on.
    pub(super) async fn by(
        &self,
        context: &Context,
        attempt: &AttemptKey,
    ) -> Result<Rc<Visible>, Error> {
        if let Some(known) = self.0.borrow().get(attempt) {
            return Ok(Rc::clone(known));
        }
        let task = &attempt.task;
        let artifacts = context.store.artifacts(&context.run, &task.step, &task.id()).await?;
        let passed_on = |it: &Artifact| matches!(it.origin, Origin::Own | Origin::Inherited);
        let visible: Visible = artifacts
            .into_iter()
            .filter(passed_on)
            .filter_map(|it| Some((it.name.into(), Rc::new((it.producer?, it.record)))))
            .collect();
        let visible = Rc::new(visible);
        self.0.borrow_mut().insert(attempt.clone(), Rc::clone(&visible));
        Ok(visible)
    }

    /// Learns from a committed result, as far as it can be told from what is known. What
    /// can't is read when it is needed.
    pub(super) fn learn(&self, parents: &[AttemptKey], attempt: &AttemptKey, done: &TaskDone) {
        if done.outcome != Outcome::Ok {
            return;
        }
        if let Some(visible) = self.told_by(parents, attempt, done) {
            self.0.borrow_mut().insert(attempt.clone(), Rc::new(visible));
        }
    }

    fn told_by(
        &self,
        parents: &[AttemptKey],
        attempt: &AttemptKey,
        done: &TaskDone,
    ) -> Option<Visible> {
        let known = self.0.borrow();
        let mut visible = Visible::new();
        for (producer, names) in &done.manifest.inherited {
            for (name, digest) in names {
                let mut theirs = parents.iter().filter_map(|parent| known.get(parent));
                let (name, given) = theirs.find_map(|theirs| {
                    let found = theirs.get_key_value(name.as_str())?;
                    let same = found.1.0 == *producer && found.1.1.digest == *digest;
                    same.then_some(found)
                })?;
                visible.insert(Rc::clone(name), Rc::clone(given));
            }
        }
        for (name, record) in &done.manifest.artifacts {
            let given = Rc::new((attempt.to_string(), record.clone()));
            visible.insert(name.as_str().into(), given);
        }
        Some(visible)
    }

    /// Forgets what a committed task was given, if it was the last to be given it.
    pub(super) fn forget(&self, graph: &FlowGraph, parents: &[AttemptKey], task: &TaskKey) {
        let mut known = self.0.borrow_mut();
        for parent in parents {
            let next = graph.step(&parent.task.step).map(|step| &step.next);
            if matches!(next, Some(Transition::Steps(steps)) if steps.len() == 1) {
                known.remove(parent);
            }
        }
        for split in closed_by(graph, task) {
            known.remove(&split);
        }
    }
}

/// The attempts that may have split what a join joins.
pub(crate) fn closed_by(graph: &FlowGraph, join: &TaskKey) -> Vec<AttemptKey> {
    let split = graph.step(&join.step).and_then(|step| step.joins.as_ref());
    let Some(split) = split.and_then(|name| graph.step(name)) else { return Vec::new() };
    // One more than its retries: `@catch` may have had the last word.
    let attempts = 0..=split.policy.retries + 1;
    let task = TaskKey::new(split.name.clone(), &join.path);
    attempts.map(|attempt| AttemptKey { task: task.clone(), attempt }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// `start` splits into `fit`s, which `polish` follows and `choose` joins.
    fn graph() -> FlowGraph {
        let step = |name: &str, target: &str, foreach: bool, joins: bool| {
            let next = json!({"line": 2, "targets": [target], "literal": true, "last": true,
                "has_foreach": foreach, "foreach": foreach.then_some("items")});
            json!({"name": name, "file": "flow.py", "line": 1,
                "arguments": if joins { json!(["self", "inputs"]) } else { json!(["self"]) },
                "transitions": if target.is_empty() { json!([]) } else { json!([next]) }})
        };
        let flow = json!({"name": "Wide", "file": "flow.py", "line": 1, "steps": [
            step("start", "fit", true, false),
            step("fit", "polish", false, false),
            step("polish", "choose", false, false),
            step("choose", "end", false, true),
            step("end", "", false, false),
        ]});
        let description = serde_json::from_value(flow).expect("a description");
        FlowGraph::new(&description).expect("a graph")
    }

    fn attempt(step: &str, path: &[u32]) -> AttemptKey {
        AttemptKey { task: TaskKey::new(step, path), attempt: 0 }
    }

    #[test]
    fn a_join_leaves_nothing_of_its_foreach() {
        let (graph, known) = (graph(), PassedOn::default());
        let remembered = || {
            let mut names: Vec<_> = known.0.borrow().keys().map(ToString::to_string).collect();
            names.sort();
            names
        };
        let finish = |parents: &[AttemptKey], attempt: &AttemptKey| {
            let done: TaskDone = serde_json::from_value(json!({
                "schema": 1, "flow": "Wide", "run": "r", "step": attempt.task.step,
                "task": attempt.task.id(), "attempt": 0, "nonce": "n", "outcome": "ok",
                "started_at": null, "finished_at": "", "user": "ana", "host": "box", "pid": 1,
            }))
            .expect("a result");
            known.learn(parents, attempt, &done);
            known.forget(&graph, parents, &attempt.task);
        };
        let start = attempt("start", &[]);
        finish(&[], &start);
        for index in 0..3 {
            let (fit, polish) = (attempt("fit", &[index]), attempt("polish", &[index]));
            finish(std::slice::from_ref(&start), &fit);
            finish(&[fit], &polish);
        }
        assert_eq!(remembered(), ["polish/0.0", "polish/1.0", "polish/2.0", "start/0.0"]);
        let polished: Vec<_> = (0..3).map(|index| attempt("polish", &[index])).collect();
        let choose = attempt("choose", &[]);
        finish(&polished, &choose);
        assert_eq!(remembered(), ["choose/0.0"]);
        finish(&[choose], &attempt("end", &[]));
        assert_eq!(remembered(), ["end/0.0"]);
    }
}
