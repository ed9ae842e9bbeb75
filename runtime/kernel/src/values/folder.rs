//! The folder into which a session's interpreters write values.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flownote_flow::id::RunId;
use flownote_store::{Alive, Presence, Store};

use super::Error;

/// The file that says whose folder it is: the session's process, as an [`Alive`].
const OWNER: &str = "owner.json";
/// A folder of another host or of before a reboot goes when it was not used for so long.
const FOREIGN: Duration = Duration::from_secs(24 * 3600);

/// The folder into which a session's interpreters write values. It is removed when dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the folder of a session, `staging/<run>` on the datastore's disk, after taking
    /// away those of sessions that died.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(store: &Store, run: &RunId) -> Result<Self, Error> {
        let path = store.staging(run);
        let failed = |why| Error::Folder { folder: path.display().to_string(), why };
        if let Some(staging) = path.parent() {
            sweep(staging);
        }
        fs::create_dir_all(&path).map_err(failed)?;
        let owner = serde_json::to_vec(&Alive::of_this_process(0, 0))
            .map_err(|error| failed(error.into()))?;
        fs::write(path.join(OWNER), owner).map_err(failed)?;
        Ok(Self { path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file that an interpreter names: a bare name, nothing else.
    ///
    /// # Errors
    /// When the name leads elsewhere.
    pub fn file(&self, name: &str) -> Result<PathBuf, Error> {
        let bare = Path::new(name).file_name().is_some_and(|last| last == name);
        if bare && name != OWNER {
            Ok(self.path.join(name))
        } else {
            Err(Error::FileName { file: name.to_owned() })
        }
    }

    /// Says that the folder is in use.
    pub fn touch(&self) {
        if let Ok(file) = fs::File::options().append(true).open(self.path.join(OWNER)) {
            // Only other hosts' sweeps look at it, and only at its day.
            let _ = file.set_modified(SystemTime::now());
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed now, the next session's sweep removes.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes the folders of sessions that ended without doing so.
fn sweep(staging: &Path) {
    let Ok(entries) = fs::read_dir(staging) else { return };
    for folder in entries.flatten().map(|entry| entry.path()) {
        if is_abandoned(&folder.join(OWNER)).unwrap_or(false) {
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

fn is_abandoned(owner: &Path) -> io::Result<bool> {
    let alive: Alive = serde_json::from_slice(&fs::read(owner)?)?;
    Ok(match alive.presence() {
        Presence::Running => false,
        Presence::Gone => true,
        Presence::Elsewhere => {
            let used = fs::metadata(owner)?.modified()?;
            used.elapsed().is_ok_and(|age| age > FOREIGN)
        }
    })
}

#[cfg(test)]
mod tests {
    use flownote_store::{StoreOptions, StoreUrl};

    use super::*;

    #[tokio::test]
    async fn folders_of_the_dead_go_and_those_of_the_living_stay() {
        let root = tempfile::tempdir().expect("a folder");
        let url = StoreUrl::Folder(root.path().to_owned());
        let store = Store::open(&url, StoreOptions::default()).await.expect("a store");
        let living = Folder::create(&store, &RunId::new("living")).expect("a folder");
        let dead = store.staging(&RunId::new("dead"));
        fs::create_dir_all(&dead).expect("a folder");
        let mut owner = Alive::of_this_process(0, 0);
        let (before, _) = owner.process_start.rsplit_once('/').expect("parts");
        owner.process_start = format!("{before}/1");
        fs::write(dead.join(OWNER), serde_json::to_vec(&owner).expect("json")).expect("written");
        let of_a_run = store.staging(&RunId::new("of-a-run"));
        fs::create_dir_all(&of_a_run).expect("a folder");

        let own = Folder::create(&store, &RunId::new("own")).expect("a folder");
        assert!(living.path().exists() && of_a_run.exists() && !dead.exists());
        let path = own.path().to_owned();
        drop(own);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_file_is_in_the_folder_or_refused() {
        let root = tempfile::tempdir().expect("a folder");
        let url = StoreUrl::Folder(root.path().to_owned());
        let store = Store::open(&url, StoreOptions::default()).await.expect("a store");
        let folder = Folder::create(&store, &RunId::new("one")).expect("a folder");
        assert!(folder.file("7-frame.arrow").is_ok());
        for name in ["", ".", "..", "../x", "/etc/passwd", "a/b", OWNER] {
            assert!(folder.file(name).is_err(), "{name:?}");
        }
    }
}
