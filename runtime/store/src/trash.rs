//! The trash: where gc puts what nothing refers to, and where readers and writers take it
//! back from (engine rule 8).

use std::fs;
use std::io;
use std::path::Path;

use object_store::ObjectStoreExt;

use crate::error::{Error, Result};
use crate::files;
use crate::keys;
use crate::store::Store;

/// Takes a blob of a local store out of the trash, given its own path
/// (`<root>/blobs/<d[0..2]>/<d>`). Returns whether the blob is there now.
pub(crate) fn restore_beside(path: &Path, digest: &str) -> Result<bool> {
    let Some(root) = path.ancestors().nth(3) else { return Ok(false) };
    let trashed = root.join(keys::TRASH).join(digest);
    match fs::metadata(&trashed) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path.exists()),
        Err(error) => return Err(Error::io(format!("reading {}", trashed.display()), error)),
    }
    match files::rename(&trashed, path) {
        Ok(()) => Ok(true),
        // Somebody else took it out, or gc has just deleted it.
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Ok(path.exists())
        }
        Err(error) => Err(error),
    }
}

impl Store {
    /// Takes a blob of a remote store out of the trash. Returns whether it was there.
    pub(crate) async fn restore_remote(&self, digest: &str) -> Result<bool> {
        let objects = self.writable().await?;
        let (from, to) = (keys::path(&keys::trash(digest)?)?, keys::path(&keys::blob(digest)?)?);
        match objects.copy(&from, &to).await {
            Ok(()) => {
                self.delete(&keys::trash(digest)?).await?;
                Ok(true)
            }
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(Error::backend(format!("restoring blob {digest}"), error)),
        }
    }
}
