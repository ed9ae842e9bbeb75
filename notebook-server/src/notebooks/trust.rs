//! Whose outputs a notebook shows. A file that this user's own runs made is known by a
//! signature, as in Jupyter: HTML of any other isn't scripted.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::security::key::{Key, make_private};

/// So many signatures are kept; the oldest go.
const KEPT: usize = 10_000;

/// The signatures of files that this user's runs made. Clones share them.
#[derive(Clone, Debug)]
pub struct Trust {
    key: Key,
    folder: Option<PathBuf>,
    /// Those of this server; written and read by rooms, for as long as an insertion takes.
    own: Arc<Mutex<HashSet<blake3::Hash>>>,
}

impl Trust {
    /// Keeps signatures in a folder; without one, as long as the server lives.
    pub fn new(key: Key, folder: Option<PathBuf>) -> Self {
        Self { key, folder, own: Arc::default() }
    }

    /// Trusts a file from now on.
    pub fn remember(&self, bytes: &[u8]) {
        let signature = self.key.sign(bytes);
        if !self.own.lock().unwrap_or_else(PoisonError::into_inner).insert(signature) {
            return;
        }
        let Some(folder) = &self.folder else { return };
        // A signature that isn't kept makes a notebook untrusted, which is safe.
        let _ = make_private(folder).and_then(|()| fs::write(folder.join(name(&signature)), []));
        self.prune(folder);
    }

    /// Whether a file is trusted.
    pub fn knows(&self, bytes: &[u8]) -> bool {
        let signature = self.key.sign(bytes);
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner).contains(&signature);
        own || self.folder.as_ref().is_some_and(|folder| folder.join(name(&signature)).exists())
    }

    fn prune(&self, folder: &std::path::Path) {
        // Looking is not worth it each time.
        if rand::random::<u8>() != 0 {
            return;
        }
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut all: Vec<_> = entries
            .filter_map(|it| Some((it.metadata().ok()?.modified().ok()?, it.path())))
            .collect();
        all.sort();
        let surplus = all.len().saturating_sub(KEPT);
        all.into_iter().take(surplus).for_each(|(_, path)| drop(fs::remove_file(path)));
    }
}

fn name(signature: &blake3::Hash) -> String {
    signature.to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_trusted_by_its_signature_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = Key::random();
        let place = Some(folder.path().join("trust"));
        let trust = Trust::new(key.clone(), place.clone());
        assert!(!trust.knows(b"mine"));
        trust.remember(b"mine");
        assert!(trust.knows(b"mine") && !trust.knows(b"another's"));
        // The next server knows it, and one with another key doesn't.
        assert!(Trust::new(key, place.clone()).knows(b"mine"));
        assert!(!Trust::new(Key::random(), place).knows(b"mine"));
    }
}
