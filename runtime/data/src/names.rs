//! [`Names`]: what a name in FROM means.
//!
//! The nearest first: a name that is bound; the same in other case, if it is the only one;
//! a file; an artifact.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use async_trait::async_trait;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::TableType;
use datafusion::prelude::SessionContext;

use crate::artifacts::Artifacts;
use crate::contained;
use crate::error::Error;
use crate::file;
use crate::frame::Frame;
use crate::read::{Bytes, read};

/// The tables of a session, as DataFusion asks for them.
pub(crate) struct Names {
    folder: PathBuf,
    /// Whether only files below the folder may be named.
    contained: bool,
    /// Where files are opened: it knows no tables of ours.
    files: SessionContext,
    /// Written between queries by whoever binds, read while one is planned.
    tables: RwLock<BTreeMap<String, Entry>>,
    artifacts: RwLock<Option<Arc<dyn Artifacts>>>,
    /// The files and artifacts that were opened since somebody took the list.
    opened: Mutex<Opened>,
}

/// How a table is had that is opened when a query first names it.
pub type Opener = Arc<dyn Fn() -> Result<Frame, Error> + Send + Sync>;

/// A table under a name.
#[derive(Clone)]
enum Entry {
    Open(Arc<dyn TableProvider>),
    Late { opener: Opener, opened: Arc<OnceLock<Arc<dyn TableProvider>>> },
}

impl Entry {
    fn table(&self) -> Result<Arc<dyn TableProvider>, Error> {
        match self {
            Self::Open(table) => Ok(Arc::clone(table)),
            Self::Late { opener, opened } => {
                if let Some(table) = opened.get() {
                    return Ok(Arc::clone(table));
                }
                let table: Arc<dyn TableProvider> = Arc::new(opener()?);
                Ok(Arc::clone(opened.get_or_init(|| table)))
            }
        }
    }
}

/// What of the world a cell read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) files: BTreeSet<PathBuf>,
    pub(crate) artifacts: BTreeSet<String>,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Names").field("tables", &self.table_names()).finish_non_exhaustive()
    }
}

impl Names {
    pub(crate) fn new(folder: PathBuf, contained: bool, files: SessionContext) -> Self {
        Self {
            folder,
            contained,
            files,
            tables: RwLock::default(),
            artifacts: RwLock::default(),
            opened: Mutex::default(),
        }
    }

    pub(crate) fn bind(&self, name: &str, table: Arc<dyn TableProvider>) {
        self.write().insert(name.to_owned(), Entry::Open(table));
    }

    pub(crate) fn bind_late(&self, name: &str, opener: Opener) {
        self.write().insert(name.to_owned(), Entry::Late { opener, opened: Arc::default() });
    }

    pub(crate) fn unbind(&self, name: &str) -> bool {
        self.write().remove(name).is_some()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.read().contains_key(name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<dyn TableProvider>> {
        let entry = self.read().get(name).cloned();
        entry?.table().ok()
    }

    pub(crate) fn find_artifacts_with(&self, artifacts: Arc<dyn Artifacts>) {
        *self.artifacts.write().unwrap_or_else(PoisonError::into_inner) = Some(artifacts);
    }

    /// Finds artifacts as other names do.
    pub(crate) fn find_artifacts_as(&self, other: &Self) {
        let finder = other.artifacts.read().unwrap_or_else(PoisonError::into_inner).clone();
        *self.artifacts.write().unwrap_or_else(PoisonError::into_inner) = finder;
    }

    /// A path that a statement writes to, from the folder on.
    pub(crate) fn path(&self, target: &str) -> String {
        if target.contains("://") {
            return target.to_owned();
        }
        let path = std::path::absolute(self.folder.join(target));
        let ends = if target.ends_with('/') { "/" } else { "" };
        path.map_or_else(|_| target.to_owned(), |path| format!("{}{ends}", path.display()))
    }

    /// What was opened since the last call.
    pub(crate) fn take_opened(&self) -> Opened {
        std::mem::take(&mut *self.opened.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<String, Entry>> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<String, Entry>> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn bound(&self, name: &str) -> Option<Entry> {
        let tables = self.read();
        if let Some(entry) = tables.get(name) {
            return Some(entry.clone());
        }
        let lower = name.to_lowercase();
        let mut same = tables.iter().filter(|(other, _)| other.to_lowercase() == lower);
        match (same.next(), same.next()) {
            (Some((_, entry)), None) => Some(entry.clone()),
            _ => None,
        }
    }

    async fn file(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, Error> {
        let Some(found) = file::find(&self.folder, name)? else { return Ok(None) };
        if self.contained {
            found.check_below(&self.folder, name)?;
        }
        let table = file::open(&self.files.state(), name, &found, self.contained).await?;
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.files.extend(found.read());
        Ok(Some(table))
    }

    async fn artifact(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, Error> {
        let finder = self.artifacts.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(finder) = finder else { return Ok(None) };
        let found = finder
            .find(name)
            .await
            .map_err(|error| Error::Value { message: error.to_string(), hint: error.hint() })?;
        let Some(found) = found else { return Ok(None) };
        let frame = read(Bytes::of(&found.record, found.path.as_deref())?, &found.record)?;
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.artifacts.insert(name.to_owned());
        Ok(Some(Arc::new(frame)))
    }
}

#[async_trait]
impl SchemaProvider for Names {
    fn table_names(&self) -> Vec<String> {
        self.read().keys().cloned().collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let ours = |error: Error| DataFusionError::External(Box::new(error));
        if let Some(entry) = self.bound(name) {
            return entry.table().map(Some).map_err(ours);
        }
        if self.contained {
            contained::check_name(&self.folder, name).map_err(ours)?;
        }
        if file::is_path(&self.folder, name)
            && let Some(table) = self.file(name).await.map_err(ours)?
        {
            return Ok(Some(table));
        }
        if name.contains('/') {
            if let Some(table) = self.artifact(name).await.map_err(ours)? {
                return Ok(Some(table));
            }
            return Err(ours(file::missing(&self.folder, name)));
        }
        Ok(None)
    }

    fn register_table(
        &self,
        name: String,
        table: Arc<dyn TableProvider>,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        self.bind(&name, table);
        Ok(None)
    }

    fn deregister_table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let table = self.get(name);
        self.unbind(name);
        Ok(table)
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        // A list of tables doesn't open them.
        Ok(self.bound(name).map(|entry| match entry {
            Entry::Open(table) => table.table_type(),
            Entry::Late { .. } => TableType::Base,
        }))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.read().contains_key(name)
    }
}
