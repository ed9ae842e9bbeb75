//! `cache verify`: some results that could be taken are computed again, and compared.

use std::cell::RefCell;
use std::collections::HashMap;

use flownote_flow::event::Launch;
use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::{ArtifactRecord, Outcome, TaskDone, TaskManifest};

use super::{Found, Reuse};
use crate::context::Context;
use crate::progress::Progress;

/// What the tasks that are computed again should make.
#[derive(Default)]
pub(super) struct Expected(RefCell<HashMap<(StepName, TaskId), TaskManifest>>);

impl Reuse {
    /// Doubts a result that was found, if it is in the sample: then the task runs.
    pub(super) fn doubt(&self, context: &Context, launch: &Launch, found: Found) -> Found {
        let Some(share) = self.options.verify else { return found };
        let task = &launch.attempt.task;
        match found {
            Found::Result(done) if draw(&format!("{}/{task}", context.run)) < share => {
                let key = (task.step.clone(), task.id());
                self.expected.0.borrow_mut().insert(key, done.manifest);
                Found::Nothing(None)
            }
            found => found,
        }
    }

    /// Compares what a doubted task made with its kept result, and says so.
    pub(super) fn compare(&self, context: &Context, done: &TaskDone) {
        if done.outcome != Outcome::Ok {
            return;
        }
        let key = (done.step.clone(), done.task.clone());
        let Some(kept) = self.expected.0.borrow_mut().remove(&key) else { return };
        let (pickles, differs) = differences(&kept, &done.manifest);
        (context.reporter)(Progress::Verified {
            step: done.step.to_string(),
            task: done.task.to_string(),
            differs,
            pickles,
        });
    }
}

/// A number from 0 to 1 that depends on the text alone.
fn draw(text: &str) -> f64 {
    let digest = blake3::hash(text.as_bytes());
    let bytes: [u8; 4] = digest.as_bytes()[..4].try_into().expect("a digest is longer");
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

/// The artifacts that differ: pickles, and others.
fn differences(kept: &TaskManifest, now: &TaskManifest) -> (Vec<String>, Vec<String>) {
    let names = kept
        .artifacts
        .keys()
        .chain(now.artifacts.keys().filter(|name| !kept.artifacts.contains_key(*name)));
    let differ = names.filter(|name| {
        let digest = |of: &TaskManifest| of.artifacts.get(*name).map(|it| it.digest.clone());
        digest(kept) != digest(now)
    });
    let pickled = |name: &&String| {
        let pickle = |it: &ArtifactRecord| it.codec == "pickle";
        [kept, now].iter().all(|of| of.artifacts.get(*name).is_some_and(pickle))
    };
    let (pickles, mut others): (Vec<&String>, Vec<&String>) = differ.partition(pickled);
    others.sort();
    (pickles.into_iter().cloned().collect(), others.into_iter().cloned().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn manifest(artifacts: &[(&str, &str, &str)]) -> TaskManifest {
        let records = artifacts.iter().map(|(name, codec, digest)| {
            let record = json!({"codec": codec, "digest": digest, "size": 1, "type": "x"});
            ((*name).to_owned(), record)
        });
        let records: serde_json::Map<String, Value> = records.collect();
        serde_json::from_value(json!({"artifacts": records})).expect("a manifest")
    }

    #[test]
    fn pickles_are_told_apart() {
        let kept = manifest(&[("a", "json", "1"), ("b", "pickle", "2"), ("c", "npy", "3")]);
        assert_eq!(differences(&kept, &kept), (vec![], vec![]));
        let now = manifest(&[("a", "json", "9"), ("b", "pickle", "8"), ("d", "json", "7")]);
        let (pickles, others) = differences(&kept, &now);
        assert_eq!((pickles, others), (vec!["b".into()], vec!["a".into(), "c".into(), "d".into()]));
    }

    #[test]
    fn a_share_is_about_that_share() {
        let drawn = (0..1000).filter(|task| draw(&format!("run/fit/{task}")) < 0.2).count();
        assert!((150..250).contains(&drawn), "{drawn}");
    }
}
