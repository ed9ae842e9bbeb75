//! What a cached step's random generators begin with (engine rule 23): equal work draws
//! equal numbers, so that its result can be computed again.

use flownote_flow::id::StepName;
use flownote_flow::manifest::{ArtifactRecord, Digest};
use flownote_flow::provenance::base_key;

use super::cache::before_it_runs;
use super::{Reuse, identity};
use crate::wire::TaskSpec;

impl Reuse {
    /// The seed of an attempt, 128 bits in hex: of the base key, and of which attempt it is,
    /// for whoever tries again doesn't want the same bad luck. Nothing for a step that isn't
    /// cached: its random numbers are as random as ever.
    pub fn seed(&self, step: &StepName, spec: &TaskSpec) -> Option<String> {
        let step = self.options.steps.get(step).filter(|step| step.cache.reads())?;
        let base = base_key(&before_it_runs(step, item(spec)));
        let mut hasher = blake3::Hasher::new_derive_key("flownote seed");
        hasher.update(base.as_str().as_bytes()).update(&spec.attempt.to_le_bytes());
        Some(hasher.finalize().to_hex()[..32].to_owned())
    }
}

/// The foreach item of a task.
pub(super) fn item(spec: &TaskSpec) -> Option<Digest> {
    let frame = spec.foreach.last()?;
    serde_json::from_str::<ArtifactRecord>(frame.item.get()).ok().map(|record| identity(&record))
}
