//! The cache of results (engine rule 20): `cache/<base>/reads/<hash>` says what results of
//! one base read, `cache/<full>` is a result. Nothing is copied: a result names blobs.
//!
//! A result of somebody else that holds pickles isn't loaded unless that is allowed, so it
//! may not take the place of one's own: that is kept beside it, as
//! `cache/<full>.<digest of the user's name>`.

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

/// Where a result is kept: under its key, or beside another user's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    key: Key,
    /// Whose, as a digest of the name; nothing for whoever came first.
    owner: Option<String>,
}

impl Slot {
    /// The slot of a user beside another's.
    pub fn beside(key: Key, user: &str) -> Self {
        let digest = blake3::hash(user.as_bytes()).to_hex();
        Self { key, owner: Some(digest[..16].to_owned()) }
    }

    /// The slot that a name in `cache/` means, if it does.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (key, owner) = match name.split_once('.') {
            Some((key, owner)) => (key, Some(owner.to_owned())),
            None => (name, None),
        };
        Some(Self { key: Key::parse(key)?, owner })
    }

    /// The key of the result.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Where it is in the store.
    pub(crate) fn place(&self) -> String {
        match &self.owner {
            Some(owner) => format!("{CACHE}/{}.{owner}", self.key),
            None => format!("{CACHE}/{}", self.key),
        }
    }
}

impl From<Key> for Slot {
    fn from(key: Key) -> Self {
        Self { key, owner: None }
    }
}

/// What became of a result that was offered to the cache.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// It is the first under its key.
    First,
    /// Another user's, with pickles, is under the key; this one is kept beside it.
    Beside(Box<CacheRecord>),
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

    /// Finds the first result of a key.
    pub async fn cached(&self, full: &Key) -> Result<Option<CacheRecord>> {
        self.kept(&full.clone().into()).await
    }

    /// Finds the result of a slot.
    pub async fn kept(&self, slot: &Slot) -> Result<Option<CacheRecord>> {
        self.remembered(&slot.place()).await
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

    /// Keeps a result under its keys, unless there is one that its user may take.
    pub async fn keep_result(
        &self,
        base: &Key,
        full: &Key,
        reads: &ReadSet,
        record: &CacheRecord,
    ) -> Result<Kept> {
        // The result before its read set: who finds the set finds the result.
        let kept = self.keep_in(full.clone().into(), record).await?;
        let set = format!("{CACHE}/{base}/reads/{}", reads.key());
        // Equal sets have equal bytes, so writing one again makes it the newest and nothing
        // else: a look-up tries the newest first, and not all.
        self.put(&set, encode(reads)).await?;
        let Kept::Known(theirs) = kept else { return Ok(kept) };
        if theirs.user == record.user || !theirs.may_hold_pickles() {
            return Ok(Kept::Known(theirs));
        }
        let beside = Slot::beside(full.clone(), &record.user);
        Ok(match self.keep_in(beside, record).await? {
            Kept::Known(own) => Kept::Known(own),
            _ => Kept::Beside(theirs),
        })
    }

    async fn keep_in(&self, slot: Slot, record: &CacheRecord) -> Result<Kept> {
        let place = slot.place();
        Ok(match self.create(&place, encode(record)).await? {
            Created::Won => Kept::First,
            Created::Lost(body) => Kept::Known(Box::new(decode(&place, &body)?)),
        })
    }

    /// Takes a result away whose blobs are gone; it is computed again.
    pub async fn forget_result(&self, slot: &Slot) -> Result<()> {
        self.delete(&slot.place()).await
    }
}
