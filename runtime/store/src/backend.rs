//! From an address to an [`ObjectStore`], and what differs between the kinds of store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;

use crate::error::{Error, Result};
use crate::location::StoreUrl;
use crate::options::StoreOptions;
use crate::s3;

/// A store's objects and the folder where they stand, or are cached, as files.
pub(crate) struct Backend {
    pub(crate) kind: Kind,
    /// Where `blobs/`, `runs/` and `staging/` stand as files.
    pub(crate) files_root: PathBuf,
    /// Whether names may be read from the disk rather than asked of `kind`.
    pub(crate) names_on_disk: bool,
    /// Keeps the folder of a memory store until the store is dropped.
    _folder: Option<tempfile::TempDir>,
}

pub(crate) enum Kind {
    /// A folder, which need not exist yet.
    Folder { root: PathBuf, wrap: Option<Wrap> },
    /// Anything else; files are copies.
    Remote(Arc<dyn ObjectStore>),
}

/// What a test puts around the real objects.
pub(crate) type Wrap = Arc<dyn Fn(Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore> + Send + Sync>;

impl Backend {
    pub(crate) async fn connect(
        url: &StoreUrl,
        options: &StoreOptions,
        wrap: Option<Wrap>,
    ) -> Result<Self> {
        let around = |objects: Arc<dyn ObjectStore>| match &wrap {
            Some(wrap) => wrap(objects),
            None => objects,
        };
        match url {
            StoreUrl::Folder(path) => {
                let root = std::path::absolute(path)
                    .map_err(|error| Error::io(format!("finding {}", path.display()), error))?;
                let names_on_disk = wrap.is_none();
                let kind = Kind::Folder { root: root.clone(), wrap };
                Ok(Self { kind, files_root: root, names_on_disk, _folder: None })
            }
            StoreUrl::Memory => {
                let folder = tempfile::Builder::new()
                    .prefix("flownote-memory-")
                    .tempdir()
                    .map_err(|error| Error::io("making a folder for the memory store", error))?;
                let kind = Kind::Remote(around(Arc::new(InMemory::new())));
                let files_root = folder.path().to_owned();
                Ok(Self { kind, files_root, names_on_disk: false, _folder: Some(folder) })
            }
            StoreUrl::S3(s3) => {
                let kind = Kind::Remote(around(s3::connect(s3, options).await?));
                let name = blake3::hash(url.to_string().as_bytes()).to_hex();
                let files_root = options.caches().join(&name[..16]);
                Ok(Self { kind, files_root, names_on_disk: false, _folder: None })
            }
        }
    }

    /// The objects, or none while the folder doesn't exist.
    pub(crate) fn objects(&self) -> Result<Option<Arc<dyn ObjectStore>>> {
        match &self.kind {
            Kind::Remote(objects) => Ok(Some(objects.clone())),
            Kind::Folder { root, wrap } => {
                if !root.is_dir() {
                    return Ok(None);
                }
                let local = LocalFileSystem::new_with_prefix(root).map_err(|error| {
                    Error::backend(format!("opening {}", root.display()), error)
                })?;
                let objects: Arc<dyn ObjectStore> = Arc::new(local);
                Ok(Some(match wrap {
                    Some(wrap) => wrap(objects),
                    None => objects,
                }))
            }
        }
    }

    pub(crate) fn local_root(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Folder { root, .. } => Some(root),
            Kind::Remote(_) => None,
        }
    }
}
