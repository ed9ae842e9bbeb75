//! Keeping a result.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use flownote_flow::cache::CacheRecord;
use flownote_flow::manifest::TaskDone;
use flownote_flow::provenance::{
    Code, Environment, External, Key, Provenance, Reads, SCHEMA, base_key, full_key,
};
use flownote_notebook::session::Question;
use flownote_store::Store;

use crate::protocol::Runtime;
use crate::record::Executed;
use crate::values::is_exact;

/// The name under which a recipe stands among the reads. No variable is called so.
pub(super) const RECIPE: &str = "=recipe";

/// For how long what was kept isn't written again.
const LATELY: Duration = Duration::from_secs(60);

/// What a session kept lately: the newest result of each base, by what stands for its inputs.
/// A cell that gives the same again and again (a slider, a key held down) writes it once a
/// minute; a look-up finds it as well.
#[derive(Debug, Default)]
pub struct Lately(HashMap<(Key, By), (Key, Instant)>);

impl Lately {
    fn holds(&self, base: &(Key, By), full: &Key) -> bool {
        let held = self.0.get(base);
        held.is_some_and(|(newest, at)| newest == full && at.elapsed() < LATELY)
    }

    fn note(&mut self, base: (Key, By), full: Key) {
        self.0.retain(|_, (_, at)| at.elapsed() < LATELY);
        self.0.insert(base, (full, Instant::now()));
    }
}

/// Stands for what a result read of the world, if it read anything.
pub fn world_of(externals: &[External]) -> Option<String> {
    let text = serde_json::to_vec(externals).ok().filter(|_| !externals.is_empty())?;
    Some(blake3::hash(&text).to_hex().to_string())
}

/// What stands for the inputs of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// What it read.
    Reads,
    /// How everything was made.
    Recipe,
}

/// What a cell's result depends on, as far as it is known before it runs: what the base key
/// is made of.
pub(super) fn before(question: &Question, runtime: &Runtime) -> Provenance {
    Provenance {
        schema: SCHEMA,
        language: question.language.name().to_owned(),
        code: Code { digest: question.code.as_str().into(), ..Code::default() },
        environment: Environment {
            runtime: runtime.name.clone(),
            distributions: question.modules.clone(),
            platform: None,
        },
        ..Provenance::default()
    }
}

/// The provenance of an execution.
pub fn provenance_of(executed: &Executed, by: By) -> Provenance {
    let question = &executed.question;
    let artifacts = match by {
        By::Reads => (question.reads.iter())
            .map(|(name, identity)| (name.clone(), Some(identity.as_str().into())))
            .collect(),
        By::Recipe => [(RECIPE.to_owned(), Some(question.recipe.as_str().into()))].into(),
    };
    let writes = executed.artifacts.iter();
    Provenance {
        externals: executed.externals.clone(),
        reads: Reads { artifacts, ..Reads::default() },
        writes: writes.map(|(name, record)| (name.clone(), record.digest.clone())).collect(),
        deleted: executed.deleted.iter().cloned().collect(),
        uncacheable: executed.uncacheable.clone(),
        unverified: executed.unverified.clone(),
        ..before(question, &executed.runtime)
    }
}

/// Keeps the result of a cell that ran, if it may be reused.
///
/// # Errors
/// When the datastore refuses.
pub async fn keep(
    store: &Store,
    lately: &mut Lately,
    executed: &Executed,
    done: &TaskDone,
) -> Result<(), flownote_store::Error> {
    if !executed.artifacts.values().all(is_exact) {
        // Too large to be kept as they are: what other languages read isn't the same.
        return Ok(());
    }
    let nonce = flownote_store::time::new_nonce();
    let Some(record) = CacheRecord::of(done, nonce, executed.elapsed_ms) else { return Ok(()) };
    for by in [By::Recipe, By::Reads] {
        let provenance = provenance_of(executed, by);
        if provenance.reusable().is_err() {
            return Ok(());
        }
        let (base, full) = ((base_key(&provenance), by), full_key(&provenance));
        if !lately.holds(&base, &full) {
            store.keep_result(&base.0, &full, &provenance.read_set(), &record).await?;
            lately.note(base, full);
        }
    }
    Ok(())
}
