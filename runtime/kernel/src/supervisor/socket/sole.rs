//! One supervisor for one notebook, wherever its socket stands: servers with other folders for
//! sockets find a lock beside the notebook, and in it who holds it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use flownote_store::Alive;
use nix::fcntl::{Flock, FlockArg};

use super::place::{Error, Holder};

/// The right to run a notebook, held until it is dropped or the process ends, however.
#[derive(Debug)]
pub struct Sole {
    /// None where nothing can be written beside the notebook: then the socket alone decides.
    _lock: Option<Flock<File>>,
}

impl Sole {
    /// Takes a notebook for a session.
    ///
    /// # Errors
    /// When another supervisor has it: which.
    pub fn take(notebook: &Path, session: &str) -> Result<Self, Error> {
        let path = place(notebook);
        let failed = |why: io::Error| Error::Io { path: path.clone(), why };
        let file = match open(&path) {
            Ok(file) => file,
            Err(error) if is_unwritable(&error) => return Ok(Self { _lock: None }),
            Err(error) => return Err(failed(error)),
        };
        let mut lock = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => lock,
            Err((mut file, nix::errno::Errno::EWOULDBLOCK)) => {
                let mut text = Vec::new();
                file.read_to_end(&mut text).map_err(failed)?;
                // Who holds it writes this at once.
                let holder = serde_json::from_slice(&text).map_err(|error| failed(error.into()))?;
                return Err(Error::Held { holder: Box::new(holder) });
            }
            Err((_, why)) => return Err(failed(why.into())),
        };
        let holder = Holder {
            alive: Alive::of_this_process(0, 0),
            session: session.to_owned(),
            // The secret stands beside the socket alone.
            secret: String::new(),
        };
        let body = serde_json::to_vec(&holder).map_err(|error| failed(error.into()))?;
        lock.set_len(0).and_then(|()| lock.write_all(&body)).map_err(failed)?;
        Ok(Self { _lock: Some(lock) })
    }
}

/// The lock's file. It stays: who removed it could remove another's.
fn place(notebook: &Path) -> PathBuf {
    let name = notebook.file_name().unwrap_or_default();
    let digest = blake3::hash(name.as_encoded_bytes()).to_hex();
    let folder = notebook.parent().unwrap_or(Path::new("."));
    folder.join(".flownote/kernels").join(format!("{}.lock", &digest[..24]))
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path)
}

fn is_unwritable(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

#[cfg(test)]
mod tests {
    use flownote_flow::help::Help;

    use super::*;

    #[test]
    fn the_second_is_told_who_has_the_notebook() {
        let folder = tempfile::tempdir().expect("a folder");
        let notebook = folder.path().join("a.ipynb");
        let first = Sole::take(&notebook, "first").expect("free");
        let other = Sole::take(&folder.path().join("b.ipynb"), "other");
        assert!(other.is_ok(), "another notebook is free");
        let refused = Sole::take(&notebook, "second").expect_err("held");
        let Error::Held { holder } = &refused else { panic!("{refused}") };
        assert_eq!((holder.session.as_str(), holder.alive.pid), ("first", std::process::id()));
        assert!(refused.to_string().contains(&format!("process {}", std::process::id())));
        assert!(refused.hint().is_some());
        drop(first);
        assert!(Sole::take(&notebook, "second").is_ok());
    }
}
