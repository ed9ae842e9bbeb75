//! Keeping a result.

use flownote_flow::cache::CacheRecord;
use flownote_flow::manifest::TaskDone;
use flownote_flow::provenance::{
    Code, Environment, External, Provenance, Reads, SCHEMA, base_key, full_key,
};
use flownote_notebook::session::Question;
use flownote_store::Store;

use crate::protocol::Runtime;
use crate::record::Executed;
use crate::values::is_exact;

/// The name under which a recipe stands among the reads. No variable is called so.
pub(super) const RECIPE: &str = "=recipe";

/// Stands for what a result read of the world, if it read anything.
pub fn world_of(externals: &[External]) -> Option<String> {
    let text = serde_json::to_vec(externals).ok().filter(|_| !externals.is_empty())?;
    Some(blake3::hash(&text).to_hex().to_string())
}

/// What stands for the inputs of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        let (base, full) = (base_key(&provenance), full_key(&provenance));
        store.keep_result(&base, &full, &provenance.read_set(), &record).await?;
    }
    Ok(())
}
