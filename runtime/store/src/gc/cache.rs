//! What the cache keeps and how long: results are roots while they are young (engine rule
//! 8). An old result goes, then the read sets that no result has, then the leases that
//! nobody has held for long; the blobs go with the next sweep.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use flownote_flow::cache::CacheRecord;
use flownote_flow::provenance::Provenance;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::ObjectMeta;
use serde::Deserialize;

use crate::cache::{CACHE, Slot};
use crate::client::AT_ONCE;
use crate::error::Result;
use crate::lease::LEASES;
use crate::store::Store;

/// A result of the cache, its record unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheEntry {
    /// Where it is kept.
    pub slot: Slot,
    /// When it was kept, by the store's clock.
    pub kept: SystemTime,
}

impl Store {
    /// Lists what the cache keeps, newest first.
    pub async fn cache_entries(&self) -> Result<Vec<CacheEntry>> {
        Ok(self.cache_objects().await?.0)
    }

    /// Results, newest first, and read sets.
    async fn cache_objects(&self) -> Result<(Vec<CacheEntry>, Vec<ObjectMeta>)> {
        let (mut results, mut sets) = (Vec::new(), Vec::new());
        for meta in self.list_deep(CACHE).await? {
            let parts = meta.location.parts().count();
            match meta.location.filename().and_then(Slot::parse) {
                Some(slot) if parts == 2 => {
                    results.push(CacheEntry { slot, kept: meta.last_modified.into() });
                }
                Some(_) => sets.push(meta),
                None => {}
            }
        }
        results.sort_by(|one, other| (other.kept, &other.slot).cmp(&(one.kept, &one.slot)));
        Ok((results, sets))
    }

    /// The results that were kept before `now` by at least `age`.
    pub(super) async fn old_results(&self, now: SystemTime, age: Duration) -> Result<Vec<Slot>> {
        let old = |entry: &CacheEntry| entry.kept + age <= now;
        Ok(self.cache_entries().await?.into_iter().filter(old).map(|entry| entry.slot).collect())
    }

    /// Takes results away, and the read sets that only they had.
    pub async fn forget_results(&self, doomed: &[Slot]) -> Result<()> {
        if doomed.is_empty() {
            return Ok(());
        }
        let gone: HashSet<&Slot> = doomed.iter().collect();
        let deletions = stream::iter(doomed).map(|slot| self.forget_result(slot));
        deletions.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        let (results, sets) = self.cache_objects().await?;
        let needed = self.sets_of(results.iter().filter(|it| !gone.contains(&it.slot))).await?;
        for set in sets {
            // A result that is kept meanwhile may lose its set, and is computed once more.
            if set.location.filename().is_some_and(|name| !needed.contains(name)) {
                self.delete(set.location.as_ref()).await?;
                let parts: Vec<_> = set.location.parts().take(3).collect();
                if let [cache, base, reads] = parts.as_slice() {
                    let (cache, base, reads) = (cache.as_ref(), base.as_ref(), reads.as_ref());
                    self.remove_empty(&format!("{cache}/{base}/{reads}")).await?;
                    self.remove_empty(&format!("{cache}/{base}")).await?;
                }
            }
        }
        Ok(())
    }

    /// The names of the read sets that results have.
    async fn sets_of(&self, results: impl Iterator<Item = &CacheEntry>) -> Result<HashSet<String>> {
        let records =
            stream::iter(results).map(|entry| async move { self.kept(&entry.slot).await });
        let mut records = std::pin::pin!(records.buffer_unordered(AT_ONCE));
        let mut names = HashSet::new();
        while let Some(record) = records.try_next().await? {
            names.extend(record.and_then(|it| read_set_of(&it)));
        }
        Ok(names)
    }

    /// Deletes the leases of keys that nobody has touched since `cutoff`, and says how many.
    /// Whoever claims such a key just now begins with the first epoch: at worst work is
    /// done twice.
    pub(super) async fn sweep_leases(&self, cutoff: SystemTime, dry_run: bool) -> Result<u64> {
        let leases = self.list_deep(LEASES).await?;
        let old = |meta: &ObjectMeta| SystemTime::from(meta.last_modified) <= cutoff;
        let used: HashSet<_> = leases.iter().filter(|it| !old(it)).filter_map(folder).collect();
        let mut keys = HashSet::new();
        for meta in leases.iter().filter(|it| folder(it).is_some_and(|it| !used.contains(&it))) {
            keys.extend(folder(meta));
            if !dry_run {
                self.delete(meta.location.as_ref()).await?;
            }
        }
        for key in &keys {
            if !dry_run {
                self.remove_empty(&format!("{LEASES}/{key}")).await?;
            }
        }
        Ok(keys.len() as u64)
    }
}

/// The name of a result's read set. Those that were declared aren't in it, so the record
/// alone tells.
fn read_set_of(record: &CacheRecord) -> Option<String> {
    let provenance = Provenance::deserialize(&record.manifest.provenance).ok()?;
    Some(provenance.read_set().key().to_string())
}

/// The folder of a lease's epochs: its key.
fn folder(lease: &ObjectMeta) -> Option<String> {
    lease.location.parts().nth(1).map(|part| part.as_ref().to_owned())
}
