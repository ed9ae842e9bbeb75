//! The `done` object of an execution.

use std::collections::BTreeMap;

use flownote_flow::id::{AttemptKey, StepName, TaskKey};
use flownote_flow::manifest::{
    ArtifactRecord, Failure, FailureKind, Logs, Outcome, SCHEMA, TaskDone, TaskManifest,
};
use flownote_notebook::Output;
use flownote_notebook::session::{Defined, FinishStatus, Input, recipe_of_result};
use flownote_notebook::text::without_colours;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{About, Executed, INLINE};
use crate::cache::{By, provenance_of, world_of};

/// What a later session wants to know of an execution beside its provenance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct OfCell {
    /// Stands for the whole computation.
    pub recipe: String,
    /// What it read, with how that was computed.
    pub inputs: BTreeMap<String, Input>,
    /// What it defined, stored or not.
    pub defined: BTreeMap<String, Defined>,
    /// The number that people saw.
    pub count: Option<u32>,
    /// The code as the user wrote it.
    pub source: String,
    /// Its language.
    pub language: String,
    /// Why the cache wasn't asked although earlier results were to be taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unasked: Option<String>,
    /// Why its result isn't kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unkept: Option<String>,
}

/// The attempt of an execution: its step is the cell, its task the execution's number.
pub(super) fn attempt_of(executed: &Executed) -> AttemptKey {
    attempt_at(executed.question.cell.as_str(), executed.question.execution)
}

/// The attempt of an execution by its cell and number.
pub(super) fn attempt_at(cell: &str, execution: u64) -> AttemptKey {
    let number = u32::try_from(execution).unwrap_or(u32::MAX);
    AttemptKey { task: TaskKey::new(StepName::new(cell), &[number]), attempt: 0 }
}

/// The `done` object, given the record of the outputs and the logs.
pub(super) fn done_of(
    about: &About,
    executed: &Executed,
    outputs: ArtifactRecord,
    logs: Logs,
) -> TaskDone {
    let attempt = attempt_of(executed);
    let (outcome, failure) = match executed.status {
        FinishStatus::Ok => (Outcome::Ok, None),
        FinishStatus::Error => (Outcome::Failed, Some(failure_of(&executed.outputs))),
        FinishStatus::Interrupted => (Outcome::Cancelled, Some(cancelled())),
    };
    let mut artifacts = executed.artifacts.clone();
    artifacts.insert(super::OUTPUTS.to_owned(), outputs);
    TaskDone {
        outcome,
        started_at: Some(executed.started_at.clone()),
        finished_at: executed.finished_at.clone(),
        pid: executed.pid,
        usage: executed.usage,
        manifest: TaskManifest {
            artifacts,
            provenance: provenance(about, executed),
            failure: failure.clone(),
            ..TaskManifest::default()
        },
        failure,
        logs,
        reused: executed.reused.clone(),
        ..done_now(about, &attempt)
    }
}

/// The `done` object of the executed notebook.
pub(super) fn notebook_done(about: &About, notebook: ArtifactRecord) -> TaskDone {
    let artifacts = BTreeMap::from([(super::EXECUTED.to_owned(), notebook)]);
    TaskDone {
        manifest: TaskManifest { artifacts, ..TaskManifest::default() },
        ..done_now(about, &attempt_at(super::EXECUTED, 0))
    }
}

/// The `done` object of an attempt of this process that ends well now and leaves nothing.
fn done_now(about: &About, attempt: &AttemptKey) -> TaskDone {
    let now = flownote_store::time::now();
    TaskDone {
        schema: SCHEMA,
        flow: about.flow.clone(),
        run: about.run.clone(),
        step: attempt.task.step.clone(),
        task: attempt.task.id(),
        attempt: attempt.attempt,
        nonce: flownote_store::time::new_nonce(),
        outcome: Outcome::Ok,
        started_at: Some(now.clone()),
        finished_at: now,
        user: about.user.clone(),
        host: flownote_store::process::host(),
        pid: std::process::id(),
        usage: Default::default(),
        parents: Vec::new(),
        foreach: Vec::new(),
        manifest: TaskManifest::default(),
        failure: None,
        logs: Logs::default(),
        reused: None,
    }
}

/// The provenance, with what only notebooks want to know as `cell`.
fn provenance(about: &About, executed: &Executed) -> Json {
    let record = provenance_of(executed, By::Reads);
    let of_cell = OfCell {
        recipe: recipe_of_result(
            &executed.question.recipe,
            world_of(&executed.externals).as_deref(),
            executed.unverified.is_none() && executed.uncacheable.is_none(),
            about.run.as_str(),
            executed.question.execution,
        ),
        inputs: executed.question.inputs.clone(),
        defined: executed.defined.clone(),
        count: executed.count,
        source: executed.source.clone(),
        language: executed.question.language.name().to_owned(),
        unasked: executed.question.unasked.clone(),
        unkept: executed.unkept(),
    };
    let mut record = json!(record);
    record["cell"] = json!(of_cell);
    record
}

fn failure_of(outputs: &[Output]) -> Failure {
    let error = outputs.iter().rev().find_map(|output| match output {
        Output::Error { name, message, traceback, hint, .. } => {
            Some((name, message, traceback, hint))
        }
        _ => None,
    });
    let Some((name, message, traceback, hint)) = error else {
        return Failure {
            kind: FailureKind::Exception,
            message: "the cell failed".to_owned(),
            exception: None,
            traceback: None,
            hint: None,
            retryable: true,
        };
    };
    let ended = name == "InterpreterEnded";
    Failure {
        kind: if ended { FailureKind::Signal } else { FailureKind::Exception },
        message: if ended { message.clone() } else { format!("{name}: {message}") },
        exception: (!ended).then(|| name.clone()),
        traceback: Some(without_colours(&traceback.join("\n"))),
        hint: hint.clone(),
        retryable: true,
    }
}

fn cancelled() -> Failure {
    Failure {
        kind: FailureKind::Cancelled,
        message: "the cell was interrupted".to_owned(),
        exception: None,
        traceback: None,
        hint: None,
        retryable: true,
    }
}

/// The record of JSON text that stands in the manifest; nothing when it is too long.
pub(super) fn inline(type_name: &str, digest: &str, text: &str) -> Option<ArtifactRecord> {
    (text.len() <= INLINE).then(|| ArtifactRecord {
        inline: Some(text.to_owned()),
        ..json_record(type_name, digest, text.len())
    })
}

/// The record of JSON text that is a blob.
pub(super) fn json_record(type_name: &str, digest: &str, length: usize) -> ArtifactRecord {
    ArtifactRecord {
        codec: "json".to_owned(),
        digest: digest.into(),
        size: length as u64,
        type_name: type_name.to_owned(),
        inline: None,
        inline_base64: None,
        meta: Default::default(),
        preview: None,
    }
}
