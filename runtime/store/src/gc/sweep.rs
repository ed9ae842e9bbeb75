//! Sweeping: blobs to the trash, the trash away, and what broken processes left.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flownote_flow::id::RunId;
use object_store::{ObjectMeta, ObjectStoreExt};

use super::{GcReport, Marks};
use crate::error::{Error, Result};
use crate::keys::{self, BLOBS, TRASH};
use crate::object::blocking;
use crate::store::Store;
use crate::{files, names, trash, verify};

impl Store {
    /// The second pass: restores from the trash what is referred to, deletes what has
    /// been there since before `cutoff`.
    pub(super) async fn empty_trash(
        &self,
        marks: &Marks,
        cutoff: SystemTime,
        report: &mut GcReport,
    ) -> Result<()> {
        for meta in self.list_deep(TRASH).await? {
            let Some(digest) = meta.location.filename().filter(|name| keys::is_digest(name)) else {
                continue;
            };
            if marks.contains(digest) {
                report.restored.add(meta.size);
                if !report.dry_run {
                    self.restore(digest).await?;
                }
            } else if SystemTime::from(meta.last_modified) <= cutoff {
                report.deleted.add(meta.size);
                if !report.dry_run {
                    self.delete(meta.location.as_ref()).await?;
                }
            }
        }
        Ok(())
    }

    /// The first pass: moves what isn't referred to and is older than `cutoff` to the
    /// trash.
    pub(super) async fn sweep(
        &self,
        marks: &Marks,
        cutoff: SystemTime,
        report: &mut GcReport,
    ) -> Result<()> {
        for meta in self.list_deep(BLOBS).await? {
            let Some(digest) = meta.location.filename().filter(|name| keys::is_digest(name)) else {
                continue;
            };
            if marks.contains(digest) {
                report.kept.add(meta.size);
            } else if SystemTime::from(meta.last_modified) > cutoff {
                report.young.add(meta.size);
            } else {
                report.trashed.add(meta.size);
                if !report.dry_run {
                    self.discard(digest, &meta, cutoff).await?;
                }
            }
        }
        Ok(())
    }

    async fn restore(&self, digest: &str) -> Result<()> {
        let Some(root) = self.local_root() else {
            return self.restore_remote(digest).await.map(drop);
        };
        let path = root.join(keys::blob(digest)?);
        let trashed = root.join(keys::trash(digest)?);
        let digest = digest.to_owned();
        blocking(move || {
            if path.exists() {
                // A writer has published it anew.
                return remove(&trashed);
            }
            trash::restore_beside(&path, &digest).map(drop)
        })
        .await
    }

    async fn discard(&self, digest: &str, meta: &ObjectMeta, cutoff: SystemTime) -> Result<()> {
        let (key, trashed) = (keys::blob(digest)?, keys::trash(digest)?);
        let file = self.files_root().join(&key);
        if let Some(root) = self.local_root() {
            let trashed = root.join(trashed);
            // Its time in the trash counts from now.
            return blocking(move || match verify::touch_if_older(&file, cutoff) {
                Ok(true) => files::rename(&file, &trashed),
                Ok(false) => Ok(()),
                // Another user's file can't be touched, but a copy is ours and young.
                Err(Error::Denied { .. }) => files::copy_then_rename(&file, &trashed),
                Err(error) => Err(error),
            })
            .await;
        }
        let objects = self.writable().await?;
        let copied = objects.copy(&meta.location, &keys::path(&trashed)?).await;
        copied.map_err(|error| Error::backend(format!("moving `{key}` to the trash"), error))?;
        self.delete(&key).await?;
        blocking(move || remove(&file)).await
    }

    /// Removes the staging folders of runs that aren't live, and unfinished writes, when
    /// they are older than `cutoff`.
    pub(super) async fn sweep_leftovers(
        &self,
        live: &HashSet<RunId>,
        cutoff: SystemTime,
        report: &mut GcReport,
    ) -> Result<()> {
        let (root, dry_run) = (self.files_root().to_owned(), report.dry_run);
        let live = live.clone();
        report.leftovers += blocking(move || {
            let mut count = 0;
            for path in stale_staging(&root, &live, cutoff)? {
                count += 1;
                if !dry_run {
                    let removed = fs::remove_dir_all(&path);
                    removed.map_err(|e| Error::io(format!("removing {}", path.display()), e))?;
                }
            }
            let half_made = unfinished(&root.join(keys::RUNS), cutoff)
                .into_iter()
                .chain(files_in(&root.join("staging"), cutoff));
            for path in half_made {
                count += 1;
                if !dry_run {
                    remove(&path)?;
                }
            }
            Ok(count)
        })
        .await?;
        Ok(())
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if !names::is_absent(&error) => {
            Err(Error::io(format!("removing {}", path.display()), error))
        }
        _ => Ok(()),
    }
}

/// The staging folders of runs that aren't live, last used before `cutoff`.
pub(crate) fn stale_staging(
    root: &Path,
    live: &HashSet<RunId>,
    cutoff: SystemTime,
) -> Result<Vec<PathBuf>> {
    let staging = root.join("staging");
    let folders = names::read(&staging)?;
    let runs = folders.iter().filter_map(|name| name.strip_suffix('/'));
    Ok(runs
        .filter(|run| !live.contains(&RunId::new(run)))
        .map(|run| staging.join(run))
        .filter(|path| is_older(path, cutoff))
        .collect())
}

/// Files that a writer of bytes began and never published.
fn files_in(folder: &Path, cutoff: SystemTime) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    files.map(|entry| entry.path()).filter(|path| is_older(path, cutoff)).collect()
}

/// Files that a writer began and never renamed into place.
fn unfinished(folder: &Path, cutoff: SystemTime) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if entry.file_name().to_str().is_some_and(names::is_temporary)
                && is_older(&path, cutoff)
            {
                found.push(path);
            }
        }
    }
    found
}

fn is_older(path: &Path, cutoff: SystemTime) -> bool {
    fs::metadata(path).and_then(|found| found.modified()).is_ok_and(|time| time <= cutoff)
}
