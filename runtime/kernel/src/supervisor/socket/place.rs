//! Where a supervisor's socket stands, and who holds it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use flownote_flow::help::Help;
use flownote_store::Alive;
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};

/// Why a socket can't be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another supervisor has it.
    #[error("the notebook is open already: process {} on {} runs it", holder.alive.pid, holder.alive.host)]
    Held {
        /// Which.
        holder: Box<Holder>,
    },
    /// The system refuses.
    #[error("the kernel's socket {} can't be used: {why}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Its word.
        why: io::Error,
    },
    /// The other side refuses.
    #[error("the kernel refuses: {message}")]
    Refused {
        /// Why.
        message: String,
    },
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Held { .. } => "go on there, or end that kernel first".into(),
            Self::Io { .. } => {
                "check the folder, and that its path is shorter than 100 bytes".into()
            }
            Self::Refused { .. } => "open the notebook again".into(),
        })
    }
}

/// Who serves a socket: the content of the file beside it, which only its user can read.
///
/// ```json
/// {"alive":{"epoch":0,"counter":0,"host":"box","pid":4711,"process_start":"…"},
///  "session":"20261122T101512345-8f2c9a","secret":"5f0c…"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process.
    pub alive: Alive,
    /// Its session.
    pub session: String,
    /// What who attaches must say.
    pub secret: String,
}

impl Holder {
    /// Who serves the socket at a path.
    ///
    /// # Errors
    /// When nobody does.
    pub fn of(socket: &Path) -> Result<Self, Error> {
        let path = beside(socket, "json");
        let read = || Ok(serde_json::from_slice(&fs::read(&path)?)?);
        read().map_err(|why| Error::Io { path: path.clone(), why })
    }
}

/// The right to serve a socket, held until it is dropped or the process ends, however.
#[derive(Debug)]
pub struct Claim {
    /// The socket.
    pub path: PathBuf,
    /// What is told to those who look.
    pub holder: Holder,
    /// The system lets go of it with the process.
    _lock: Flock<File>,
}

impl Claim {
    /// Takes the socket at a path for a session.
    ///
    /// # Errors
    /// When another supervisor has it.
    pub fn take(path: &Path, session: &str) -> Result<Self, Error> {
        let failed = |why: io::Error| Error::Io { path: path.to_owned(), why };
        let lock = private().truncate(false).open(beside(path, "lock")).map_err(failed)?;
        let lock = match Flock::lock(lock, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => lock,
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => {
                return Err(Error::Held { holder: Box::new(Holder::of(path)?) });
            }
            Err((_, why)) => return Err(failed(why.into())),
        };
        let holder = Holder {
            alive: Alive::of_this_process(0, 0),
            session: session.to_owned(),
            secret: format!("{:032x}", rand::random::<u128>()),
        };
        let body = serde_json::to_vec(&holder).map_err(|why| failed(why.into()))?;
        let mut file = private().truncate(true).open(beside(path, "json")).map_err(failed)?;
        file.write_all(&body).map_err(failed)?;
        Ok(Self { path: path.to_owned(), holder, _lock: lock })
    }

    /// Listens. The socket appears under its name only when nobody else can open it.
    pub(super) fn listen(&self) -> Result<tokio::net::UnixListener, Error> {
        let failed = |why: io::Error| Error::Io { path: self.path.clone(), why };
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let closed = tempfile::Builder::new()
            .prefix(".")
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(folder)
            .map_err(failed)?;
        let first = closed.path().join("s");
        let listener = tokio::net::UnixListener::bind(&first).map_err(failed)?;
        fs::set_permissions(&first, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        fs::rename(&first, &self.path).map_err(failed)?;
        Ok(listener)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // The lock stays as a file: who removed it could remove another's.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(beside(&self.path, "json"));
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}

fn beside(socket: &Path, extension: &str) -> PathBuf {
    socket.with_extension(extension)
}
