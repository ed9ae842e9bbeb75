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
const COMMON: [&str; 8] = ["arrow", "npy", "csr", "json", "utf8", "bytes", "wasm", "model"];

/// Codecs of tables; JSON may be a list of records.
const TABLES: [&str; 5] = ["arrow", "pandas", "npy", "csr", "json"];

/// Smaller values aren't worth reading twice.
const LARGE: u64 = 1 << 20;

/// Which form of a value is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The one that gives its own language the same value again.
    Exact,
    /// One that every language reads.
    Common,
}

/// The forms in which one version is kept.
#[derive(Clone, Debug, Default)]
struct Kept {
    exact: Option<ArtifactRecord>,
    common: Option<ArtifactRecord>,
}

impl Kept {
    fn get(&self, form: Form) -> Option<&ArtifactRecord> {
        match form {
            Form::Exact => self.exact.as_ref().or(self.common.as_ref()),
            Form::Common => {
                self.common.as_ref().or(self.exact.as_ref().filter(|record| is_common(record)))
            }
        }
    }
}

/// The values of a session that are outside of their interpreters.
#[derive(Debug)]
pub struct Values {
    store: Store,
    folder: Folder,
    /// The largest value that is taken.
    limit: u64,
    records: HashMap<VersionedName, Kept>,
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
        form: Form,
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
        self.enter(name, version, record.clone(), form);
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
        self.enter(name, version, record, Form::Exact);
    }

    fn enter(&mut self, name: &str, version: Execution, record: ArtifactRecord, form: Form) {
        let kept = self.records.entry(VersionedName { name: name.to_owned(), version });
        let kept = kept.or_default();
        match form {
            Form::Exact => kept.exact = Some(record),
            Form::Common => kept.common = Some(record),
        }
    }

    /// The record of a version in a form, if it is outside of its interpreter.
    pub fn record(&self, name: &str, version: Execution, form: Form) -> Option<&ArtifactRecord> {
        self.records.get(&VersionedName { name: name.to_owned(), version })?.get(form)
    }

    /// Whether the exact form of a version is kept.
    pub fn has_exact(&self, name: &str, version: Execution) -> bool {
        let kept = self.records.get(&VersionedName { name: name.to_owned(), version });
        kept.is_some_and(|kept| kept.exact.is_some() || kept.common.as_ref().is_some_and(is_exact))
    }

    /// What to give to an interpreter that needs a version; nothing when it isn't kept.
    ///
    /// # Errors
    /// When its blob is gone or damaged.
    pub async fn give(
        &mut self,
        name: &str,
        version: Execution,
        form: Form,
    ) -> Result<Option<ValueRef>, Error> {
        let Some(record) = self.record(name, version, form).cloned() else { return Ok(None) };
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

    /// The versions that are kept in a form that only their own language reads.
    pub fn only_exact(&self) -> impl Iterator<Item = (&VersionedName, &ArtifactRecord)> {
        let only = self.records.iter().filter(|(_, kept)| kept.get(Form::Common).is_none());
        only.filter_map(|(name, kept)| Some((name, kept.exact.as_ref()?)))
    }

    /// The versions that are large files from which their own language reads an array or a
    /// table, the oldest first.
    pub fn large(&self) -> Vec<(VersionedName, u64)> {
        let records = self.records.iter().filter_map(|(name, kept)| {
            let record = kept.get(Form::Exact).filter(|it| is_exact(it) && is_table(it))?;
            (record.is_blob() && record.size >= LARGE).then(|| (name.clone(), record.size))
        });
        let mut found: Vec<_> = records.collect();
        found.sort_by(|(one, _), (other, _)| {
            (one.version, &one.name).cmp(&(other.version, &other.name))
        });
        found
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

/// Whether interpreters of other languages can read a record: its codec is theirs, and its
/// writer, who knows, doesn't say that it is for its own language.
pub fn is_common(record: &ArtifactRecord) -> bool {
    COMMON.contains(&record.codec.as_str()) && readers(record).is_none_or(|it| it == OTHERS)
}

/// Whether a record can be read as a table.
pub fn is_table(record: &ArtifactRecord) -> bool {
    TABLES.contains(&record.codec.as_str())
}

/// Whether its own language gets the same value again from a record.
pub fn is_exact(record: &ArtifactRecord) -> bool {
    readers(record) != Some(OTHERS)
}

/// What `meta.readers` says of a record that isn't for everybody: the language whose own it
/// is, or [`OTHERS`].
fn readers(record: &ArtifactRecord) -> Option<&str> {
    record.meta.get("readers")?.as_str()
}

/// Who reads a record that doesn't give its own language the same value again.
const OTHERS: &str = "others";

#[cfg(test)]
mod tests {
    use flownote_flow::id::RunId;
    use flownote_store::{StoreOptions, StoreUrl};

    use super::*;

    const TEXT: &str = "some text that stands in a file";

    async fn values(root: &Path, limit: u64) -> Values {
        let url = StoreUrl::Folder(root.to_owned());
        let store = Store::open(&url, StoreOptions::default()).await.expect("a store");
        let folder = Folder::create(&store, &RunId::new("session")).expect("a folder");
        Values::new(store, folder, limit)
    }

    fn value(file: Option<&str>, size: usize) -> Value {
        let record = ArtifactRecord {
            codec: "utf8".into(),
            digest: blake3::hash(TEXT.as_bytes()).to_hex().as_str().into(),
            size: size as u64,
            type_name: "str".into(),
            inline: None,
            inline_base64: None,
            meta: Default::default(),
            preview: None,
        };
        Value { record, file: file.map(str::to_owned) }
    }

    #[tokio::test]
    async fn a_file_becomes_a_blob_and_stays_readable_whoever_names_it_again() {
        let root = tempfile::tempdir().expect("a folder");
        let mut values = values(root.path(), 1000).await;
        std::fs::write(values.folder().join("f"), TEXT).expect("written");
        for version in [1, 2] {
            // The second time the file has gone to its place already.
            let taken = values.take("x", version, value(Some("f"), TEXT.len()), Form::Common).await;
            taken.expect("taken");
            let given = values.give("x", version, Form::Exact).await.expect("given");
            let path = given.expect("kept").path.expect("a file");
            assert_eq!(std::fs::read_to_string(path).expect("read"), TEXT);
        }
        assert!(!values.folder().join("f").exists());
        values.forget(&[VersionedName { name: "x".into(), version: 1 }]);
        assert!(values.give("x", 1, Form::Exact).await.expect("asked").is_none());
        assert!(values.give("x", 2, Form::Exact).await.expect("asked").is_some());
    }

    #[tokio::test]
    async fn what_is_not_as_its_writer_said_is_refused() {
        let root = tempfile::tempdir().expect("a folder");
        let mut values = values(root.path(), 100).await;
        std::fs::write(values.folder().join("f"), TEXT).expect("written");
        for (value, words) in [
            (value(Some("f"), TEXT.len() + 1), "instead of"),
            (value(Some("../f"), TEXT.len()), "can't be the name"),
            (value(Some("g"), TEXT.len()), "is not what its writer said"),
            (value(None, TEXT.len()), "without its bytes"),
            (value(Some("f"), 101), "may have 100"),
        ] {
            let error = values.take("x", 1, value, Form::Exact).await.expect_err(words);
            assert!(error.to_string().contains(words), "{error}");
        }
        assert!(values.record("x", 1, Form::Exact).is_none());
    }

    #[tokio::test]
    async fn who_reads_a_form_is_what_its_writer_says() {
        let root = tempfile::tempdir().expect("a folder");
        let mut values = values(root.path(), 100).await;
        let of = |readers: &str| {
            let mut record = value(None, 1).record;
            record.codec = "json".into();
            record.inline = Some("1".into());
            record.meta.insert("readers".into(), readers.into());
            record
        };
        values.know("x", 1, of("python"));
        assert!(values.record("x", 1, Form::Common).is_none() && values.has_exact("x", 1));
        let common = Value { record: of("others"), file: None };
        values.take("x", 2, common, Form::Common).await.expect("taken");
        assert!(values.record("x", 2, Form::Common).is_some() && !values.has_exact("x", 2));
    }

    #[tokio::test]
    async fn a_form_that_only_its_own_language_reads_is_given_to_it_alone() {
        let root = tempfile::tempdir().expect("a folder");
        let mut values = values(root.path(), 100).await;
        let mut pickle = value(None, 1).record;
        pickle.codec = "pickle".into();
        pickle.inline = Some("x".into());
        values.know("x", 1, pickle);
        assert!(values.give("x", 1, Form::Exact).await.expect("asked").is_some());
        assert!(values.give("x", 1, Form::Common).await.expect("asked").is_none());
    }
}
