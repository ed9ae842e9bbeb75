//! The [`Store`] itself: opening, the first write, and where its files stand.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flownote_flow::id::RunId;
use flownote_flow::provenance::ReadSet;
use tokio::sync::OnceCell;

use crate::backend::{Backend, Wrap};
use crate::client::Seen;
use crate::error::{Error, Result};
use crate::first_use;
use crate::keys::RunKey;
use crate::location::StoreUrl;
use crate::object::{Objects, blocking};
use crate::options::StoreOptions;

/// A datastore. Clones are cheap and share one connection.
///
/// Opening writes nothing. A folder is made by the first write; until then every read
/// finds an empty store.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    url: StoreUrl,
    options: StoreOptions,
    backend: Backend,
    /// The objects, once they exist and their format is known.
    known: OnceCell<Objects>,
    /// Filled when this process may write: the root excludes two writers.
    tested: OnceCell<()>,
    /// What readers saw last of owners on other hosts. Short sections.
    watched: Mutex<HashMap<RunKey, Seen>>,
    /// Read sets of the cache by their names, which are their digests: thousands of bases
    /// share a few. Short sections.
    read_sets: Mutex<HashMap<String, ReadSet>>,
}

impl Store {
    /// Opens a store. Nothing is sent or written yet, so a wrong bucket or a full disk
    /// shows on first use.
    pub async fn open(url: &StoreUrl, options: StoreOptions) -> Result<Self> {
        Self::open_with(url, options, None).await
    }

    /// Opens a store with something around its objects, for tests.
    #[cfg(any(test, feature = "testing"))]
    pub async fn open_wrapped(
        url: &StoreUrl,
        options: StoreOptions,
        wrap: impl Fn(Objects) -> Objects + Send + Sync + 'static,
    ) -> Result<Self> {
        Self::open_with(url, options, Some(Arc::new(wrap))).await
    }

    async fn open_with(url: &StoreUrl, options: StoreOptions, wrap: Option<Wrap>) -> Result<Self> {
        let backend = Backend::connect(url, &options, wrap).await?;
        let shared = Shared {
            url: url.clone(),
            options,
            backend,
            known: OnceCell::new(),
            tested: OnceCell::new(),
            watched: Mutex::default(),
            read_sets: Mutex::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The store's address.
    pub fn url(&self) -> &StoreUrl {
        &self.shared.url
    }

    /// What it was opened with.
    pub fn options(&self) -> &StoreOptions {
        &self.shared.options
    }

    /// The folder of a local store.
    pub fn local_root(&self) -> Option<&Path> {
        self.shared.backend.local_root()
    }

    /// Where `blobs/` and `runs/` stand as files: the store's own folder, or the local
    /// cache of a remote store.
    pub fn files_root(&self) -> &Path {
        &self.shared.backend.files_root
    }

    /// The folder in which a run's workers leave files for publishing, on the same disk
    /// as [`Store::files_root`]. It isn't made here.
    pub fn staging(&self, run: &RunId) -> PathBuf {
        self.files_root().join("staging").join(run.as_str())
    }

    /// Tells whether files are copies of objects that stand elsewhere.
    pub fn is_remote(&self) -> bool {
        self.local_root().is_none()
    }

    pub(crate) fn names_root(&self) -> Option<&Path> {
        self.local_root().filter(|_| self.shared.backend.names_on_disk)
    }

    /// The objects for reading, or none while the store doesn't exist.
    pub(crate) async fn readable(&self) -> Result<Option<Objects>> {
        if let Some(objects) = self.shared.known.get() {
            return Ok(Some(objects.clone()));
        }
        let Some(objects) = self.shared.backend.objects()? else { return Ok(None) };
        first_use::check_format(self, &*objects).await?;
        Ok(Some(self.shared.known.get_or_init(|| async { objects }).await.clone()))
    }

    /// The objects for writing. The first call makes the folder, tests that the root
    /// excludes two writers and writes `format.json`.
    pub(crate) async fn writable(&self) -> Result<Objects> {
        self.shared.tested.get_or_try_init(|| first_use::prepare(self)).await?;
        match self.readable().await? {
            Some(objects) => Ok(objects),
            None => {
                Err(Error::Missing { what: "the folder".into(), store: self.url().to_string() })
            }
        }
    }

    pub(crate) fn watched(&self) -> MutexGuard<'_, HashMap<RunKey, Seen>> {
        self.shared.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn known_sets(&self) -> MutexGuard<'_, HashMap<String, ReadSet>> {
        self.shared.read_sets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The objects without any test, for the tests themselves.
    pub(crate) fn untested(&self) -> Result<Option<Objects>> {
        self.shared.backend.objects()
    }

    /// Waits until a local object is on the disk, when the store is to be durable.
    pub(crate) async fn make_durable(&self, key: &str) -> Result<()> {
        let Some(root) = self.local_root().filter(|_| self.options().durable) else {
            return Ok(());
        };
        let path = root.join(key);
        blocking(move || crate::files::sync(&path)).await
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Store({})", self.url())
    }
}
