//! Looking a result up.

use std::collections::{BTreeMap, BTreeSet};

use flownote_flow::cache::CacheRecord;
use flownote_flow::exact;
use flownote_flow::manifest::{ArtifactRecord, Digest, Reused};
use flownote_flow::provenance::{External, Present, Provenance, ReadSet, base_key, full_key};
use flownote_notebook::Output;
use flownote_notebook::session::{Defined, Hit, Origin, Question};
use flownote_store::Store;
use flownote_store::cache::Slot;
use serde::Deserialize;

use super::keep::{RECIPE, before, world_of};
use super::world::World;
use crate::protocol::Runtime;
use crate::record::OUTPUTS;
use crate::values::is_common;

/// A result that was found.
#[derive(Debug)]
pub struct Found {
    /// What the session is told.
    pub hit: Hit,
    /// The stored values, by name.
    pub artifacts: BTreeMap<String, ArtifactRecord>,
    /// What it defined and nothing could keep: imports, functions. For the record.
    pub unkept: BTreeMap<String, Defined>,
    /// What it read of the world.
    pub externals: Vec<External>,
    /// The task that computed it.
    pub reused: Reused,
}

/// Looks for a result: of the same code on the same runtime, that read what there is now.
/// What can't be read or isn't whole counts as nothing.
///
/// # Errors
/// When the datastore can't be reached.
pub async fn look_up(
    store: &Store,
    question: &Question,
    runtime: &Runtime,
    world: &World,
    user: &str,
) -> Result<Option<Found>, flownote_store::Error> {
    let known = before(question, runtime);
    for set in store.read_sets(&base_key(&known)).await? {
        let now = Now { question, versions: world.versions(&set.externals).await };
        let Some(asked) = observed(&known, &set, &now) else { continue };
        let key = full_key(&asked);
        for slot in [Slot::from(key.clone()), Slot::beside(key.clone(), user)] {
            let Some(record) = store.kept(&slot).await? else { continue };
            if record.user != user && record.may_hold_pickles() {
                // Loading another's pickle runs another's code.
                continue;
            }
            match take(store, record).await? {
                Some(found) => return Ok(Some(found)),
                None => store.forget_result(&slot).await?,
            }
        }
    }
    Ok(None)
}

/// The whole record, if the cell read what `set` says.
fn observed(known: &Provenance, set: &ReadSet, now: &Now<'_>) -> Option<Provenance> {
    let (reads, externals) = set.observe(now)?;
    Some(Provenance { reads, externals, ..known.clone() })
}

/// Makes a hit of a record whose values are all there.
async fn take(store: &Store, record: CacheRecord) -> Result<Option<Found>, flownote_store::Error> {
    let reused = record.reused();
    let mut artifacts = record.manifest.artifacts;
    for (name, artifact) in artifacts.iter().filter(|(_, artifact)| artifact.is_blob()) {
        match store.fetch_blob(&artifact.digest, &reused.pathspec, name).await {
            Ok(_) => {}
            Err(
                flownote_store::Error::Damaged { .. } | flownote_store::Error::MissingBlob { .. },
            ) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let outputs = match artifacts.remove(OUTPUTS) {
        Some(outputs) => store.read_record(&outputs).await?,
        None => return Ok(None),
    };
    let Ok(outputs) = exact::from_slice::<Vec<Output>>(&outputs) else { return Ok(None) };
    let Ok(provenance) = Provenance::deserialize(&record.manifest.provenance) else {
        return Ok(None);
    };
    let told = &record.manifest.provenance["cell"]["defined"];
    let defined = artifacts.iter().map(|(name, artifact)| {
        let told = Defined::deserialize(&told[name]).unwrap_or_default();
        let defined = Defined {
            type_name: artifact.type_name.clone(),
            digest: Some(artifact.digest.to_string()),
            common: is_common(artifact),
            live: false,
            ..told
        };
        (name.clone(), defined)
    });
    let defined: BTreeMap<String, Defined> = defined.collect();
    let mut unkept = BTreeMap::<String, Defined>::deserialize(told).unwrap_or_default();
    unkept.retain(|name, it| it.live && !defined.contains_key(name));
    let hit = Hit {
        defined,
        deleted: provenance.deleted.into_iter().collect(),
        outputs,
        world: world_of(&provenance.externals),
        origin: Origin {
            pathspec: reused.pathspec.clone(),
            user: reused.user.clone(),
            finished_at: reused.finished_at.clone(),
        },
    };
    Ok(Some(Found { hit, artifacts, unkept, externals: provenance.externals, reused }))
}

/// What a cell would read now.
struct Now<'a> {
    question: &'a Question,
    versions: BTreeMap<(String, String), Option<Option<String>>>,
}

impl Present for Now<'_> {
    fn artifact(&self, name: &str) -> Option<Digest> {
        if name == RECIPE {
            return Some(self.question.recipe.as_str().into());
        }
        self.question.reads.get(name).map(|identity| identity.as_str().into())
    }

    fn names(&self) -> BTreeSet<String> {
        self.question.reads.keys().cloned().collect()
    }

    fn input(&self, _position: u32, _name: &str) -> Option<Digest> {
        None
    }

    fn input_names(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }

    fn inputs_len(&self) -> u32 {
        0
    }

    fn parameter(&self, _name: &str) -> Option<Digest> {
        None
    }

    fn current(&self, _name: &str) -> Option<Digest> {
        None
    }

    fn item(&self) -> Option<Digest> {
        None
    }

    fn index(&self) -> Option<u32> {
        None
    }

    fn foreach_stack(&self) -> Option<Digest> {
        None
    }

    fn external(&self, kind: &str, name: &str) -> Option<Option<String>> {
        self.versions.get(&(kind.to_owned(), name.to_owned())).cloned().flatten()
    }
}
