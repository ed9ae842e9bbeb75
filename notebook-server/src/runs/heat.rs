//! All tasks of a run, or of a step, in ten bytes each.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;

use super::Tasks;
use crate::api::{Heat, TaskState};

/// A number that isn't known.
const NONE: u32 = u32::MAX;

/// Paints it.
pub fn heat(tasks: &Tasks, step: Option<&str>) -> Heat {
    let begun: Option<Timestamp> = tasks.record().created_at.parse().ok();
    let mut heat = Bytes::default();
    for row in tasks.rows(step) {
        let state = TaskState::ALL.iter().position(|state| *state == row.status);
        heat.states.push(state.and_then(|at| u8::try_from(at).ok()).unwrap_or(0));
        let since = |at: &String| {
            let at: Timestamp = at.parse().ok()?;
            u32::try_from(at.duration_since(begun?).as_millis().max(0)).ok()
        };
        let started = row.started_at.as_ref().and_then(since).unwrap_or(NONE);
        let took = row.finished_at.as_ref().and(row.elapsed_ms);
        let took = took.and_then(|ms| u32::try_from(ms).ok()).unwrap_or(NONE);
        heat.started.extend(started.to_le_bytes());
        heat.elapsed.extend(took.to_le_bytes());
        heat.attempts.push(u8::try_from(row.attempts.len()).unwrap_or(u8::MAX));
    }
    Heat {
        total: heat.states.len() as u64,
        legend: TaskState::ALL.to_vec(),
        states: BASE64_STANDARD.encode(heat.states),
        started_ms: BASE64_STANDARD.encode(heat.started),
        elapsed_ms: BASE64_STANDARD.encode(heat.elapsed),
        attempts: BASE64_STANDARD.encode(heat.attempts),
    }
}

#[derive(Default)]
struct Bytes {
    states: Vec<u8>,
    started: Vec<u8>,
    elapsed: Vec<u8>,
    attempts: Vec<u8>,
}
