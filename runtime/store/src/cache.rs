//! The cache of results (engine rule 20): `cache/<base>/reads/<hash>` says what results of
//! one base read, `cache/<full>` is a result. Nothing is copied: a result names blobs.

use flownote_flow::cache::CacheRecord;
use flownote_flow::provenance::{Key, ReadSet};
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::object::Created;
use crate::run::{decode, encode};
use crate::store::Store;

/// The folder of the cache.
pub(crate) const CACHE: &str = "cache";
/// How many read sets of one base a look-up tries, the newest first.
const TRIED: usize = 8;

/// What became of a result that was offered to the cache.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// It is the first under its key.
    First,
    /// The key had one already.
    Known(Box<CacheRecord>),
}

impl Store {
    /// Finds what results of a base have read: of many read sets the newest.
    pub async fn read_sets(&self, base: &Key) -> Result<Vec<ReadSet>> {
        let folder = format!("{CACHE}/{base}/reads");
        let mut sets = Vec::new();
        for name in self.newest(&folder).await? {
            if let Some(known) = self.known_sets().get(&name).cloned() {
                sets.push(known);
                continue;
            }
            let found: Option<ReadSet> = self.remembered(&format!("{folder}/{name}")).await?;
            if let Some(set) = found {
                self.known_sets().insert(name, set.clone());
                sets.push(set);
            }
        }
        Ok(sets)
    }

    /// The names of the newest objects of a folder. Few are all among the newest: then no
    /// times are asked for.
    async fn newest(&self, folder: &str) -> Result<Vec<String>> {
        let names = self.list(folder).await?;
        if names.len() <= TRIED {
            return Ok(names);
        }
        let mut found = self.list_deep(folder).await?;
        found.sort_by_key(|meta| std::cmp::Reverse(meta.last_modified));
        let names = found.iter().take(TRIED).filter_map(|meta| meta.location.filename());
        Ok(names.map(str::to_owned).collect())
    }

    /// Finds a result.
    pub async fn cached(&self, full: &Key) -> Result<Option<CacheRecord>> {
        self.remembered(&format!("{CACHE}/{full}")).await
    }

    /// Reads an object of the cache. A damaged one is as good as none: it is taken away, so
    /// that the next result can stand in its place.
    async fn remembered<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let Some(body) = self.get(key).await? else { return Ok(None) };
        match decode(key, &body) {
            Err(Error::Undecodable { .. }) => self.delete(key).await.map(|()| None),
            decoded => decoded.map(Some),
        }
    }

    /// Keeps a result under its keys, unless there is one.
    pub async fn keep_result(
        &self,
        base: &Key,
        full: &Key,
        reads: &ReadSet,
        record: &CacheRecord,
    ) -> Result<Kept> {
        // The result before its read set: who finds the set finds the result.
        let key = format!("{CACHE}/{full}");
        let created = self.create(&key, encode(record)).await?;
        let set = format!("{CACHE}/{base}/reads/{}", reads.key());
        // Equal sets have equal bytes, so writing one again makes it the newest and nothing
        // else: a look-up tries the newest first, and not all.
        self.put(&set, encode(reads)).await?;
        Ok(match created {
            Created::Won => Kept::First,
            Created::Lost(body) => Kept::Known(Box::new(decode(&key, &body)?)),
        })
    }

    /// Takes a result away whose blobs are gone; it is computed again.
    pub async fn forget_result(&self, full: &Key) -> Result<()> {
        self.delete(&format!("{CACHE}/{full}")).await
    }
}
