//! Blobs: immutable bytes under their digest. Workers stage files, the engine publishes
//! them (engine rule 3), readers get verified files (rule 4).

mod upload;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use flownote_flow::manifest::{ArtifactRecord, Digest};
use futures::StreamExt;
use object_store::ObjectStoreExt;

use crate::error::{Error, Result};
use crate::files;
use crate::keys;
use crate::object::{blocking, retrying};
use crate::store::Store;
use crate::verify;

/// A remote blob older than this is uploaded again rather than taken as it is, so that gc,
/// whose grace is longer, doesn't take it from under a writer that deduplicates.
const RENEW_AFTER: Duration = Duration::from_secs(6 * 3600);

impl Store {
    /// Moves a staged file into the store under the digest that its writer computed. A
    /// blob that is there already stays and becomes young again; one in the trash is
    /// replaced. Afterwards the staged file is gone and the blob is trusted.
    pub async fn publish_blob(&self, staged: &Path, digest: &str) -> Result<()> {
        let key = keys::blob(digest)?;
        self.writable().await?;
        let target = self.files_root().join(&key);
        let (staged, digest) = (staged.to_owned(), digest.to_owned());
        if !self.is_remote() {
            let durable = self.options().durable;
            return blocking(move || publish_file(&staged, &target, &digest, durable)).await;
        }
        self.upload(&staged, &digest).await?;
        blocking(move || publish_file(&staged, &target, &digest, false)).await
    }

    /// Stores bytes as a blob.
    pub async fn put_blob(&self, bytes: Bytes) -> Result<Digest> {
        let digest = verify::hash_bytes(&bytes);
        self.writable().await?;
        let folder = self.files_root().join("staging");
        let staged = blocking(move || {
            files::make_folder(&folder)?;
            let failed = |error| Error::io(format!("staging in {}", folder.display()), error);
            let mut file =
                tempfile::Builder::new().prefix("tmp-").tempfile_in(&folder).map_err(failed)?;
            file.write_all(&bytes).map_err(failed)?;
            Ok(file.into_temp_path())
        })
        .await?;
        self.publish_blob(&staged, &digest).await?;
        Ok(Digest::from(digest))
    }

    /// Returns a verified local file with a blob's bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`] and [`Error::MissingBlob`] name the producer
    /// (`step/task.attempt`) and the artifact.
    pub async fn fetch_blob(
        &self,
        digest: &str,
        producer: &str,
        artifact: &str,
    ) -> Result<PathBuf> {
        let path = self.files_root().join(keys::blob(digest)?);
        let fetched = async {
            if self.is_remote() && !path.exists() {
                self.download(digest, &path).await?;
            }
            let (file, digest) = (path.clone(), digest.to_owned());
            blocking(move || verify::verify_file(&file, &digest)).await
        };
        match fetched.await {
            Ok(()) => Ok(path),
            // A cached copy that went bad is fetched again.
            Err(Error::Damaged { .. }) if self.is_remote() => {
                let _ = fs::remove_file(&path);
                let again = self.download(digest, &path).await;
                again.map_err(|error| error.for_artifact(producer, artifact))?;
                Ok(path)
            }
            Err(error) => Err(error.for_artifact(producer, artifact)),
        }
    }

    /// Returns an artifact's encoding, from its record or its blob.
    pub async fn read_record(&self, record: &ArtifactRecord) -> Result<Bytes> {
        self.read_record_of(record, "?", "?").await
    }

    /// Returns an artifact's encoding; errors name its producer and its name.
    pub async fn read_record_of(
        &self,
        record: &ArtifactRecord,
        producer: &str,
        artifact: &str,
    ) -> Result<Bytes> {
        if let Some(inline) = inline_bytes(record, artifact)? {
            return Ok(inline);
        }
        let path = self.fetch_blob(&record.digest, producer, artifact).await?;
        let digest = record.digest.clone();
        blocking(move || verify::read_file(&path, &digest).map(Bytes::from))
            .await
            .map_err(|error| error.for_artifact(producer, artifact))
    }

    /// Tells whether a blob is stored; its bytes aren't read.
    pub async fn has_blob(&self, digest: &str) -> Result<bool> {
        Ok(self.blob_age(digest).await?.is_some())
    }

    /// Tells whether a blob exists, and since when, its bytes unread.
    pub(crate) async fn blob_age(&self, digest: &str) -> Result<Option<Duration>> {
        let Some(objects) = self.readable().await? else { return Ok(None) };
        let path = keys::path(&keys::blob(digest)?)?;
        retrying(
            || format!("looking for blob {digest}"),
            || async {
                match objects.head(&path).await {
                    Ok(meta) => {
                        let made = SystemTime::from(meta.last_modified);
                        Ok(Some(SystemTime::now().duration_since(made).unwrap_or_default()))
                    }
                    Err(object_store::Error::NotFound { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            },
        )
        .await
    }

    /// Downloads a blob into the cache and verifies it on the way.
    async fn download(&self, digest: &str, to: &Path) -> Result<()> {
        let Some(objects) = self.readable().await? else { return Err(self.absent(digest)) };
        let path = keys::path(&keys::blob(digest)?)?;
        let what = || format!("downloading blob {digest}");
        let ask = || async {
            match objects.get(&path).await {
                Ok(found) => Ok(Some(found)),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        };
        let found = match retrying(what, ask).await? {
            Some(found) => found,
            None if self.restore_remote(digest).await? => {
                retrying(what, ask).await?.ok_or_else(|| self.absent(digest))?
            }
            None => return Err(self.absent(digest)),
        };
        let folder = to.parent().unwrap_or(Path::new(".")).to_owned();
        let failed = |error| Error::io(format!("caching blob {digest}"), error);
        let mut file = blocking(move || {
            files::make_folder(&folder)?;
            let file = tempfile::Builder::new().prefix(".get-").tempfile_in(&folder);
            file.map_err(|error| Error::io(format!("caching in {}", folder.display()), error))
        })
        .await?;
        let mut hasher = blake3::Hasher::new();
        let mut pieces = found.into_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| Error::backend(what(), error))?;
            hasher.update(&piece);
            file.write_all(&piece).map_err(failed)?;
        }
        if hasher.finalize().to_hex().as_str() != digest {
            return Err(Error::Damaged {
                digest: digest.into(),
                producer: "?".into(),
                artifact: "?".into(),
                place: path.to_string(),
            });
        }
        let to = to.to_owned();
        blocking(move || {
            file.persist(&to)
                .map_err(|error| Error::io(format!("caching {}", to.display()), error.error))?;
            verify::seal(&to)
        })
        .await
    }

    fn absent(&self, digest: &str) -> Error {
        Error::MissingBlob { digest: digest.into(), producer: "?".into(), artifact: "?".into() }
    }
}

/// Publishes one file on one disk. What happens when gc moves the blob to the trash at
/// the same moment: readers restore it, and gc's second pass finds it referenced.
fn publish_file(staged: &Path, target: &Path, digest: &str, durable: bool) -> Result<()> {
    let there = match verify::touch(target) {
        // Another user's blob can't be touched; then it is replaced.
        Err(Error::Denied { .. }) => false,
        // A blob that isn't whole, or was damaged since, is replaced too.
        other => other? && same_size(staged, target) && verify::verify_file(target, digest).is_ok(),
    };
    if there {
        return fs::remove_file(staged)
            .map_err(|error| Error::io(format!("removing {}", staged.display()), error));
    }
    verify::touch(staged)?;
    verify::seal(staged)?;
    if durable {
        files::sync(staged)?;
    }
    files::rename(staged, target)?;
    if durable { files::sync(target) } else { Ok(()) }
}

fn same_size(one: &Path, other: &Path) -> bool {
    let size = |path| fs::metadata(path).map(|found| found.len()).ok();
    size(one).is_some() && size(one) == size(other)
}

/// The bytes of an inline record, checked against the digest.
pub(crate) fn inline_bytes(record: &ArtifactRecord, artifact: &str) -> Result<Option<Bytes>> {
    let bytes = match (&record.inline, &record.inline_base64) {
        (Some(text), _) => Bytes::copy_from_slice(text.as_bytes()),
        (None, Some(text)) => {
            let decoded = BASE64_STANDARD.decode(text).map_err(|error| Error::Undecodable {
                key: format!("artifact `{artifact}`"),
                reason: error.to_string(),
            })?;
            Bytes::from(decoded)
        }
        (None, None) => return Ok(None),
    };
    verify::check_bytes(&bytes, &record.digest).map_err(|e| e.for_artifact("?", artifact))?;
    Ok(Some(bytes))
}
