//! Memoised functions (`flownote.memo`): what a function returns is kept in the cache of
//! results, under its code, its environment and its arguments (engine rules 20 and 24).
//!
//! [`Caller`] asks and keeps, for whoever computes: a program by itself, or the engine on
//! behalf of a worker, which may open no datastore ([`attempt`]). A call is a record of
//! provenance whose item is the digest of its arguments; the files that the function reads
//! are its reads.

pub(crate) mod attempt;

use std::path::Path;

use flownote_flow::cache::CacheRecord;
use flownote_flow::manifest::{ArtifactRecord, TaskManifest};
use flownote_flow::provenance::{External, Key, Provenance, ReadSet, base_key, full_key};
use flownote_store::cache::{Kept, Slot};
use flownote_store::lease::{Claim, Lease, Watch};
use flownote_store::{Alive, Store};
use serde::Deserialize;

use crate::{Error, World};

/// Who asks for the results of memoised functions.
pub struct Caller<'a> {
    /// The datastore.
    pub store: &'a Store,
    /// The user.
    pub user: &'a str,
    /// The process that computes, and whose end frees what it holds.
    pub owner: Alive,
    /// Whether pickles that another user wrote may be taken.
    pub trust_pickles: bool,
    /// Tells the versions of what was read.
    pub world: Option<&'a World>,
}

/// What came of asking.
pub enum Asked {
    /// There is a result.
    Known(Box<CacheRecord>),
    /// There is none, and it is the caller's to compute; others wait for whoever has a
    /// lease, and for nobody when the result won't be kept.
    Ours(Option<Lease>),
    /// Somebody computes it now. Ask again in a little while.
    Held(Alive),
}

/// A value that was computed.
#[derive(Debug, Deserialize)]
pub struct Computed {
    /// The function's name.
    pub name: String,
    /// The value; its bytes are staged when they aren't inline.
    pub record: ArtifactRecord,
    /// What it depends on, as observed.
    pub provenance: Provenance,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
}

impl Computed {
    /// What is kept of it.
    pub fn manifest(&self) -> Result<TaskManifest, Error> {
        let provenance = serde_json::to_value(&self.provenance).map_err(|error| {
            Error::Damaged { what: "a memoised value".into(), why: error.to_string() }
        })?;
        let artifacts = [(self.name.clone(), self.record.clone())].into();
        Ok(TaskManifest { artifacts, provenance, ..TaskManifest::default() })
    }
}

impl Caller<'_> {
    /// Asks once for the value of a call. Whoever is told [`Asked::Held`] waits a little
    /// and asks again with the same `watch`.
    pub async fn ask(&self, call: &Provenance, watch: &mut Watch) -> Result<Asked, Error> {
        if let Some(record) = self.look_up(call).await? {
            return Ok(Asked::Known(record));
        }
        let base = base_key(call);
        match self.store.claim_lease(base.as_str(), &self.owner, watch).await? {
            Claim::Held(holder) => Ok(Asked::Held(holder)),
            Claim::InVain => Ok(Asked::Ours(None)),
            Claim::Ours(lease) => match self.look_up(call).await? {
                // Somebody finished between the look and the lease.
                Some(record) => {
                    self.store.release_lease(lease, Some(true)).await?;
                    Ok(Asked::Known(record))
                }
                None => Ok(Asked::Ours(Some(lease))),
            },
        }
    }

    /// Keeps a value whose bytes are staged in a folder. Answers whether another was kept
    /// before that differs.
    pub async fn keep(
        &self,
        computed: &Computed,
        record: &CacheRecord,
        staged: &Path,
    ) -> Result<bool, Error> {
        let digest = &computed.record.digest;
        if computed.record.is_blob() {
            self.store.publish_blob(&staged.join(&**digest), digest).await?;
        }
        let call = &computed.provenance;
        let (base, full, reads) = (base_key(call), full_key(call), call.read_set());
        match self.store.keep_result(&base, &full, &reads, record).await? {
            Kept::First => Ok(false),
            Kept::Beside(known) | Kept::Known(known) => {
                Ok(!known.disagreements(&record.manifest).is_empty())
            }
        }
    }

    /// Forgets the values of a call; answers how many there were.
    pub async fn forget(&self, call: &Provenance) -> Result<usize, Error> {
        let mut forgotten = 0;
        for set in self.store.read_sets(&base_key(call)).await? {
            let Some(asked) = self.observed(call, &set).await else { continue };
            let key = full_key(&asked);
            for slot in self.slots(key) {
                if self.store.kept(&slot).await?.is_some() {
                    self.store.forget_result(&slot).await?;
                    forgotten += 1;
                }
            }
        }
        Ok(forgotten)
    }

    /// Where a result may be that this user can take, in the order of a look-up.
    fn slots(&self, key: Key) -> [Slot; 2] {
        [key.clone().into(), Slot::beside(key, self.user)]
    }

    /// The value of a call that this user may take.
    pub async fn look_up(&self, call: &Provenance) -> Result<Option<Box<CacheRecord>>, Error> {
        for set in self.store.read_sets(&base_key(call)).await? {
            let Some(asked) = self.observed(call, &set).await else { continue };
            let key = full_key(&asked);
            for slot in self.slots(key) {
                // Nothing is beside a place that is free.
                let Some(record) = self.store.kept(&slot).await? else { break };
                if !self.is_whole(&record).await? {
                    self.store.forget_result(&slot).await?;
                } else if self.trusts(&record) {
                    return Ok(Some(Box::new(record)));
                }
            }
        }
        Ok(None)
    }

    async fn is_whole(&self, record: &CacheRecord) -> Result<bool, Error> {
        for artifact in record.manifest.artifacts.values().filter(|artifact| artifact.is_blob()) {
            if !self.store.has_blob(&artifact.digest).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn trusts(&self, record: &CacheRecord) -> bool {
        let mut records = record.manifest.artifacts.values();
        self.trust_pickles
            || record.user == self.user
            || records.all(|artifact| artifact.codec != "pickle")
    }

    /// The whole record, if the function read what `set` says.
    async fn observed(&self, call: &Provenance, set: &ReadSet) -> Option<Provenance> {
        let mut externals = call.externals.clone();
        for (kind, name) in &set.externals {
            let version = self.world?.version(kind, name).await?;
            let (kind, name) = (kind.clone(), name.clone());
            externals.push(External { kind, name, version, declared: false });
        }
        Some(Provenance { externals, ..call.clone() })
    }
}
