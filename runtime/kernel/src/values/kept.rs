//! Where each version of each name is.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use flownote_flow::manifest::{ArtifactRecord, Digest};
use flownote_notebook::session::{Execution, VersionedName};
use flownote_store::Store;

use super::{Error, Folder};
use crate::protocol::{Value, ValueRef};

/// Codecs that every language reads.
const COMMON: [&str; 7] = ["arrow", "npy", "csr", "json", "utf8", "bytes", "wasm"];

/// The values of a session that are outside of their interpreters.
#[derive(Debug)]
pub struct Values {
    store: Store,
    folder: Folder,
    /// The largest value that is taken.
    limit: u64,
    records: HashMap<VersionedName, ArtifactRecord>,
    /// Files by the digest of their content. An interpreter that is asked again names a
    /// file that has long gone to its place.
    files: HashMap<Digest, PathBuf>,
}

impl Values {
    /// No values yet.
    pub fn new(store: Store, folder: Folder, limit: u64) -> Self {
        Self { store, folder, limit, records: HashMap::new(), files: HashMap::new() }
    }

    /// The folder for interpreters to write into.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Says that the session lives.
    pub fn touch(&self) {
        self.folder.touch();
    }

    /// Takes a value that an interpreter exported; returns its record.
    ///
    /// # Errors
    /// When its file isn't what it should be, or there is no room.
    pub async fn take(
        &mut self,
        name: &str,
        version: Execution,
        value: Value,
    ) -> Result<ArtifactRecord, Error> {
        let record = value.record;
        if record.size > self.limit {
            let (name, size, limit) = (name.to_owned(), record.size, self.limit);
            if let Some(file) = &value.file {
                let _ = fs::remove_file(self.folder.file(file)?);
            }
            return Err(Error::TooLarge { name, size, limit });
        }
        if record.is_blob() {
            let file = value.file.ok_or_else(|| Error::Empty { name: name.to_owned() })?;
            self.take_file(name, &record, &self.folder.file(&file)?).await?;
        }
        self.records.insert(VersionedName { name: name.to_owned(), version }, record.clone());
        Ok(record)
    }

    async fn take_file(
        &mut self,
        name: &str,
        record: &ArtifactRecord,
        staged: &Path,
    ) -> Result<(), Error> {
        let length = match fs::metadata(staged) {
            Ok(found) => found.len(),
            Err(_) if self.files.contains_key(&record.digest) => return Ok(()),
            Err(error) => {
                let why = error.to_string();
                return Err(Error::File { name: name.to_owned(), why });
            }
        };
        if length != record.size {
            let why = format!("it has {length} bytes instead of {}", record.size);
            return Err(Error::File { name: name.to_owned(), why });
        }
        if self.store.is_remote() {
            // It goes up when its task is recorded; others needn't wait for that.
            self.files.insert(record.digest.clone(), staged.to_owned());
            return Ok(());
        }
        self.store.publish_blob(staged, &record.digest).await?;
        let place = self.store.fetch_blob(&record.digest, "this session", name).await?;
        self.files.insert(record.digest.clone(), place);
        Ok(())
    }

    /// Knows a stored value as a version of a name: that of a result that was reused.
    pub fn know(&mut self, name: &str, version: Execution, record: ArtifactRecord) {
        self.records.insert(VersionedName { name: name.to_owned(), version }, record);
    }

    /// The record of a version, if it is outside of its interpreter.
    pub fn record(&self, name: &str, version: Execution) -> Option<&ArtifactRecord> {
        self.records.get(&VersionedName { name: name.to_owned(), version })
    }

    /// What to give to an interpreter that needs a version; nothing when it isn't kept.
    ///
    /// # Errors
    /// When its blob is gone or damaged.
    pub async fn give(
        &mut self,
        name: &str,
        version: Execution,
    ) -> Result<Option<ValueRef>, Error> {
        let Some(record) = self.record(name, version).cloned() else { return Ok(None) };
        if !record.is_blob() {
            return Ok(Some(ValueRef { record, path: None }));
        }
        let known = self.files.get(&record.digest).filter(|path| path.exists());
        let path = match known {
            Some(path) => path.clone(),
            None => {
                let path = self.store.fetch_blob(&record.digest, "this session", name).await?;
                self.files.insert(record.digest.clone(), path.clone());
                path
            }
        };
        Ok(Some(ValueRef { record, path: Some(path) }))
    }

    /// Forgets versions that nobody will ask for.
    pub fn forget(&mut self, names: &[VersionedName]) {
        for name in names {
            self.records.remove(name);
        }
    }

    /// The staged file that must be uploaded before a task that names it is recorded.
    pub fn unpublished(&self, digest: &Digest) -> Option<&PathBuf> {
        self.files.get(digest).filter(|path| path.starts_with(self.folder.path()))
    }
}

/// Whether interpreters of other languages can read a record.
pub fn is_common(record: &ArtifactRecord) -> bool {
    COMMON.contains(&record.codec.as_str())
}
