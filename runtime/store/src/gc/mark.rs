//! Marking: which blobs something refers to.
//!
//! Whatever looks like a digest in an object that isn't itself a blob counts as a
//! reference: 64 lower-case hex digits in a row. So a record that a later version adds
//! keeps its blobs from a gc that doesn't know it, and a `done` needn't be decoded.

use std::collections::HashSet;

use bytes::Bytes;
use flownote_flow::manifest::{ArtifactRecord, TaskManifest};
use futures::TryStreamExt;
use serde::Deserialize;

use crate::cache::Slot;
use crate::error::{Error, Result};
use crate::index::INDEX;
use crate::keys::{self, RUNS, RunKey};
use crate::store::Store;

/// A digest as its 32 bytes: half the memory of its text.
type Key = [u8; 32];

/// The blobs that something refers to.
#[derive(Default)]
pub(crate) struct Marks(HashSet<Key>);

impl Marks {
    pub(crate) fn contains(&self, digest: &str) -> bool {
        parse(digest.as_bytes()).is_some_and(|key| self.0.contains(&key))
    }

    pub(crate) fn scan(&mut self, body: &[u8]) {
        self.0.extend(digests_in(body));
    }
}

/// What looks like a digest.
fn digests_in(body: &[u8]) -> impl Iterator<Item = Key> {
    let digits = |byte: &u8| !byte.is_ascii_hexdigit() || byte.is_ascii_uppercase();
    body.split(digits).filter(|run| run.len() == 64).filter_map(parse)
}

/// What one object refers to.
struct Referred {
    digests: Vec<Key>,
    /// The items of a foreach, which refer to more.
    items: Option<ArtifactRecord>,
}

impl Referred {
    fn by(body: &[u8]) -> Self {
        Self { digests: digests_in(body).collect(), items: items_in(body) }
    }
}

fn items_in(body: &[u8]) -> Option<ArtifactRecord> {
    const MARK: &[u8] = b"\"items\"";
    if !body.windows(MARK.len()).any(|part| part == MARK) {
        return None;
    }
    let result: Committed = serde_json::from_slice(body).ok()?;
    result.manifest.items.map(|items| items.items)
}

fn parse(hex: &[u8]) -> Option<Key> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut key = [0; 32];
    for (place, pair) in hex.chunks(2).enumerate() {
        *key.get_mut(place)? = digit(pair[0])? << 4 | digit(*pair.get(1)?)?;
    }
    (hex.len() == 64).then_some(key)
}

impl Store {
    /// Marks everything that is referred to, except by the runs and the cached results that
    /// are to go.
    pub(crate) async fn mark(&self, without: &[RunKey], results: &[Slot]) -> Result<Marks> {
        let without: HashSet<&RunKey> = without.iter().collect();
        let mut marks = Marks::default();
        for run in self.all_runs().await? {
            if !without.contains(&run) {
                self.mark_run(&run, &mut marks).await?;
            }
        }
        self.mark_others(results, &mut marks).await?;
        Ok(marks)
    }

    /// Every run that has a folder, whether its record is whole or not.
    pub(crate) async fn all_runs(&self) -> Result<Vec<RunKey>> {
        let mut runs = Vec::new();
        for flow in self.flows().await? {
            let names = self.list(&format!("{RUNS}/{flow}")).await?;
            let names = names.iter().filter_map(|name| name.strip_suffix('/'));
            runs.extend(names.map(|run| RunKey::new(flow.clone(), run)));
        }
        Ok(runs)
    }

    /// Marks what one run refers to.
    pub(crate) async fn mark_run(&self, run: &RunKey, marks: &mut Marks) -> Result<()> {
        if let Some(body) = self.get(&run.record()).await? {
            marks.scan(&body);
        }
        for step in self.list(&run.key("tasks")).await? {
            let folder = run.key(&format!("tasks/{}", step.trim_end_matches('/')));
            let names = self.list(&folder).await?;
            let dones = names.iter().filter(|name| keys::parse_done_name(name).is_some());
            let dones = dones.map(|name| format!("{folder}/{name}")).collect();
            self.mark_all(dones, marks).await?;
        }
        Ok(())
    }

    /// The items of a foreach when they are a blob: a list of records, each of which may
    /// refer to a blob of its own.
    async fn items_of(&self, items: &ArtifactRecord) -> Result<Option<Bytes>> {
        match self.read_record(items).await {
            Ok(bytes) => Ok(Some(bytes)),
            // Damage is for `check` to tell; here it must not cost anybody else's blobs.
            Err(Error::MissingBlob { .. } | Error::Damaged { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Marks what anything else at the top refers to: pins, notebooks, cache records.
    async fn mark_others(&self, without: &[Slot], marks: &mut Marks) -> Result<()> {
        const KNOWN: [&str; 8] =
            [keys::BLOBS, keys::TRASH, RUNS, INDEX, "staging", "probe", "leases", "damaged"];
        let without: HashSet<String> = without.iter().map(Slot::place).collect();
        for name in self.list_top().await? {
            let Some(folder) = name.strip_suffix('/') else { continue };
            if KNOWN.contains(&folder) {
                continue;
            }
            let objects = self.list_deep(folder).await?.into_iter();
            let objects = objects.map(|meta| meta.location.to_string());
            self.mark_all(objects.filter(|key| !without.contains(key)).collect(), marks).await?;
        }
        Ok(())
    }

    /// Marks what objects refer to.
    async fn mark_all(&self, keys: Vec<String>, marks: &mut Marks) -> Result<()> {
        let pieces = self.read_all(keys, |_, body| Ok(Referred::by(body)));
        let mut pieces = std::pin::pin!(pieces);
        while let Some(piece) = pieces.try_next().await? {
            for referred in piece.into_iter().flatten() {
                marks.0.extend(referred.digests);
                if let Some(items) = referred.items
                    && let Some(items) = self.items_of(&items).await?
                {
                    marks.scan(&items);
                }
            }
        }
        Ok(())
    }
}

/// A `done` object or a cache record, as far as gc looks into it.
#[derive(Deserialize)]
struct Committed {
    manifest: TaskManifest,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_digest_is_one() {
        let (one, two) = ("ab".repeat(32), "0f".repeat(32));
        let mut marks = Marks::default();
        marks.scan(format!("{{\"digest\":\"{one}\",\"x\":[\"{two}\"]}}").as_bytes());
        assert!(marks.contains(&one) && marks.contains(&two));
        assert!(!marks.contains(&"cd".repeat(32)));

        let mut none = Marks::default();
        none.scan(format!("{one}a {} {}", "A".repeat(64), &one[1..]).as_bytes());
        assert!(none.0.is_empty());
    }
}
