//! A task as a row.

use flownote_flow::id::{StepName, TaskId, TaskKey};
use flownote_flow::manifest::Reused;
use flownote_store::client::{Attempt, Task, TaskStatus};

use super::ended;
use super::failure::error_of;
use super::row::elapsed_ms;
use crate::api::{AttemptRow, ReusedFrom, TaskRow, TaskState};

/// The row of a task that waits to be started.
pub fn queued(key: &TaskKey) -> TaskRow {
    TaskRow {
        step: key.step.to_string(),
        task: key.id().to_string(),
        label: ended::label(key),
        foreach_index: key.path.last().copied(),
        foreach_value: None,
        status: TaskState::Queued,
        attempts: Vec::new(),
        started_at: None,
        finished_at: None,
        elapsed_ms: None,
        reused: None,
        error: None,
        caught: false,
        cut_off: false,
    }
}

/// The key of a task, whose step is in so many foreach levels; not every step is known, and
/// then its id tells.
pub fn key_of(step: &StepName, task: &TaskId, depth: Option<usize>) -> TaskKey {
    let path = match depth {
        Some(depth) => task.path(depth),
        None if task.as_str() == "0" => None,
        None => task.as_str().split('-').map(|part| part.parse().ok()).collect(),
    };
    TaskKey::new(step.clone(), &path.unwrap_or_default())
}

/// The row of a task.
pub fn row_of(task: &Task, key: &TaskKey) -> TaskRow {
    let failure = task.exception.as_ref();
    let status = match task.status {
        TaskStatus::Succeeded if task.reused.is_some() => TaskState::Reused,
        other => other.into(),
    };
    TaskRow {
        status,
        attempts: task.attempts.iter().map(|attempt| attempt_row(attempt, status)).collect(),
        started_at: task.created_at.clone(),
        finished_at: task.finished_at.clone(),
        elapsed_ms: elapsed(status, task.created_at.as_deref(), task.finished_at.as_deref()),
        reused: task.reused.as_ref().map(reused_from),
        error: failure.map(error_of),
        caught: failure.is_some() && task.status == TaskStatus::Succeeded,
        ..queued(key)
    }
}

/// How long a task took. Nobody knows it of those whose owner went.
pub fn elapsed(status: TaskState, from: Option<&str>, to: Option<&str>) -> Option<u64> {
    match (status, to) {
        (TaskState::Running, _) | (_, Some(_)) => elapsed_ms(from, to),
        _ => None,
    }
}

fn attempt_row(attempt: &Attempt, task: TaskState) -> AttemptRow {
    let outcome = match TaskState::from(attempt.status) {
        TaskState::Succeeded if task == TaskState::Reused => TaskState::Reused,
        other => other,
    };
    AttemptRow {
        attempt: attempt.attempt,
        started_at: attempt.started_at.clone(),
        finished_at: attempt.finished_at.clone(),
        outcome,
        message: attempt.failure.as_ref().map(|failure| failure.message.clone()),
        host: attempt.host.clone(),
        cpu_ms: attempt.usage.user_ms + attempt.usage.system_ms,
        max_rss_bytes: attempt.usage.max_rss_kb * 1024,
        printed_bytes: attempt.stdout_bytes + attempt.stderr_bytes,
        notices: attempt.notices.clone(),
    }
}

/// Where a result was taken from.
pub fn reused_from(reused: &Reused) -> ReusedFrom {
    ReusedFrom {
        pathspec: reused.pathspec.clone(),
        user: reused.user.clone(),
        finished_at: reused.finished_at.clone(),
    }
}
