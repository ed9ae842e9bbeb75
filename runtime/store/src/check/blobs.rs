//! The blobs: each is there and has the bytes of its digest, read in full whatever was
//! verified before.

use std::collections::HashMap;

use flownote_flow::manifest::Digest;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectMeta, ObjectStoreExt};

use super::{CheckReport, Damage, Finding};
use crate::error::{Error, Result};
use crate::keys::{self, BLOBS, RunKey, TRASH};
use crate::object::{blocking, retrying};
use crate::store::Store;
use crate::verify;

/// Blobs that are hashed at once.
const HASHED_AT_ONCE: usize = 4;

/// Who wrote an artifact.
pub(super) struct Maker {
    pub(super) run: RunKey,
    pub(super) producer: String,
    pub(super) artifact: String,
}

impl Maker {
    pub(super) fn new(run: &RunKey, producer: &str, artifact: &str) -> Self {
        Self { run: run.clone(), producer: producer.to_owned(), artifact: artifact.to_owned() }
    }

    fn finding(&self, damage: Damage, digest: &str, what: &str) -> Finding {
        let (artifact, producer) = (&self.artifact, &self.producer);
        Finding {
            damage,
            key: keys::blob(digest).unwrap_or_else(|_| digest.to_owned()),
            flow: Some(self.run.flow.clone()),
            run: Some(self.run.run.clone()),
            producer: Some(producer.clone()),
            artifact: Some(artifact.clone()),
            message: format!("artifact `{artifact}` of `{}/{producer}` {what}", self.run),
            repaired: false,
        }
    }
}

/// Who made each blob; the first one met speaks for all.
#[derive(Default)]
pub(super) struct References(HashMap<Digest, Maker>);

impl References {
    pub(super) fn add(&mut self, digest: &Digest, maker: Maker) {
        self.0.entry(digest.clone()).or_insert(maker);
    }
}

impl Store {
    pub(super) async fn check_blobs(
        &self,
        references: &mut References,
        report: &mut CheckReport,
        tell: impl Fn(u64, u64),
    ) -> Result<()> {
        let blobs = self.list_deep(BLOBS).await?;
        let in_all = blobs.len() as u64;
        let listed = stream::iter(blobs).map(|meta| async move {
            let Some(digest) = meta.location.filename().filter(|name| keys::is_digest(name)) else {
                return Ok(None);
            };
            let whole = self.hash_object(&meta).await? == digest;
            Ok::<_, Error>(Some((digest.to_owned(), meta.size, whole)))
        });
        let mut hashed = std::pin::pin!(listed.buffered(HASHED_AT_ONCE));
        while let Some(found) = hashed.try_next().await? {
            let Some((digest, size, whole)) = found else { continue };
            report.blobs.add(size);
            tell(report.blobs.count, in_all);
            let maker = references.0.remove(digest.as_str());
            if maker.is_none() {
                report.unreferenced.add(size);
            }
            if !whole {
                report.findings.push(wrong_bytes(&digest, maker.as_ref()));
            }
        }
        let mut gone: Vec<(Digest, Maker)> = references.0.drain().collect();
        gone.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let trash = self.list(TRASH).await?;
        for (digest, maker) in gone {
            // What gc has moved comes back by itself when it is read.
            if trash.binary_search_by(|name| (**name).cmp(&digest)).is_err() {
                let what = format!("is missing: there is no blob {digest}");
                report.findings.push(maker.finding(Damage::MissingBlob, &digest, &what));
            }
        }
        Ok(())
    }

    async fn hash_object(&self, meta: &ObjectMeta) -> Result<String> {
        if let Some(root) = self.local_root() {
            let path = root.join(meta.location.as_ref());
            return blocking(move || verify::hash_file(&path)).await;
        }
        let Some(objects) = self.readable().await? else { return Ok(String::new()) };
        retrying(
            || format!("reading `{}`", meta.location),
            || async {
                let mut hasher = blake3::Hasher::new();
                let mut pieces = objects.get(&meta.location).await?.into_stream();
                while let Some(piece) = pieces.try_next().await? {
                    hasher.update(&piece);
                }
                Ok(hasher.finalize().to_hex().to_string())
            },
        )
        .await
    }
}

fn wrong_bytes(digest: &str, maker: Option<&Maker>) -> Finding {
    let what = format!("is damaged: its bytes don't match digest {digest}");
    match maker {
        Some(maker) => maker.finding(Damage::WrongBytes, digest, &what),
        None => Finding {
            damage: Damage::WrongBytes,
            key: keys::blob(digest).unwrap_or_else(|_| digest.to_owned()),
            flow: None,
            run: None,
            producer: None,
            artifact: None,
            message: format!("a blob that nothing refers to {what}"),
            repaired: false,
        },
    }
}
