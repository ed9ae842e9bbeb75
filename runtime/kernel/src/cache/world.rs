//! The versions of things of the world, as they are now.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::task::spawn_blocking;

/// A version: `None` when it can't be told, `Some(None)` when the thing doesn't exist.
pub type Version = Option<Option<String>>;

/// Tells a version by kind and name. It may take long, and is called on a thread of its own.
pub type Look = dyn Fn(&str, &str) -> Version + Send + Sync;

/// Tells versions: of files by itself, of the rest as it is told to.
#[derive(Clone)]
pub struct World {
    folder: PathBuf,
    look: Option<Arc<Look>>,
}

impl World {
    /// The world as seen from a notebook's folder. What isn't a file is asked of `look`.
    pub fn new(folder: impl Into<PathBuf>, look: Option<Arc<Look>>) -> Self {
        Self { folder: folder.into(), look }
    }

    /// The versions of some things, by kind and name.
    pub async fn versions(
        &self,
        things: &BTreeSet<(String, String)>,
    ) -> BTreeMap<(String, String), Version> {
        if things.is_empty() {
            return BTreeMap::new();
        }
        let (world, things) = (self.clone(), things.clone());
        let told = spawn_blocking(move || {
            let told = things.into_iter().map(|(kind, name)| {
                let version = world.version(&kind, &name);
                ((kind, name), version)
            });
            told.collect()
        });
        // Whoever looks may panic: then nothing can be told.
        told.await.unwrap_or_default()
    }

    fn version(&self, kind: &str, name: &str) -> Version {
        if kind == "file" {
            return file_version(&self.folder.join(name));
        }
        self.look.as_ref().and_then(|look| look(kind, name))
    }
}

impl fmt::Debug for World {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "World({})", self.folder.display())
    }
}

/// `b3:` and the digest of a file's bytes, as steps record it.
fn file_version(path: &Path) -> Version {
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Some(None),
        Err(_) => return None,
    };
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(&mut file).ok()?;
    Some(Some(format!("b3:{}", hasher.finalize().to_hex())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_known_by_its_bytes_and_the_rest_by_whoever_looks() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.csv"), "x").expect("written");
        let look = |kind: &str, _: &str| (kind == "url").then(|| Some("etag".to_owned()));
        let world = World::new(folder.path(), Some(Arc::new(look)));
        let thing = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
        let things =
            [thing("file", "a.csv"), thing("file", "b"), thing("url", "u"), thing("x", "")];
        let told = world.versions(&things.clone().into()).await;
        let digest = format!("b3:{}", blake3::hash(b"x").to_hex());
        let expected = [Some(Some(digest)), Some(None), Some(Some("etag".into())), None];
        for (thing, expected) in things.iter().zip(expected) {
            assert_eq!(told[thing], expected, "{thing:?}");
        }
    }
}
