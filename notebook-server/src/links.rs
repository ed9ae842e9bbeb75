//! Further links to a server that runs: `flownote ui --url` asks it over a socket that its
//! user alone can reach, `<state>/<port>.socket`. Whoever connects is told an address.

use std::fs;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as Connection;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::UnixListener;

use crate::Error;
use crate::security::key::make_private;

/// How long a server may think about an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The socket of a server. It goes when this does.
pub struct Links {
    listener: UnixListener,
    path: PathBuf,
}

impl Links {
    /// Opens the socket of the server on a port.
    pub fn open(folder: &Path, port: u16) -> Result<Self, Error> {
        let path = place(folder, port);
        let failed = |source| Error::State { path: path.clone(), source };
        make_private(folder).map_err(failed)?;
        // The port is ours, so whoever left this is gone.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(failed)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        Ok(Self { listener, path })
    }

    /// Answers whoever asks, for ever.
    pub async fn serve(self, link: impl Fn() -> String) {
        loop {
            match self.listener.accept().await {
                Ok((mut connection, _)) => {
                    // Whoever asked may be gone.
                    let _ = connection.write_all(link().as_bytes()).await;
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Asks the server on a port, or the one that was started last, for a link.
pub fn ask(folder: &Path, port: Option<u16>) -> Result<String, Error> {
    let places = match port {
        Some(port) => vec![place(folder, port)],
        None => newest_first(folder),
    };
    let found = places.iter().find_map(|place| {
        let mut connection = Connection::connect(place).ok()?;
        connection.set_read_timeout(Some(PATIENCE)).ok()?;
        let mut link = String::new();
        connection.read_to_string(&mut link).ok()?;
        (!link.is_empty()).then_some(link)
    });
    found.ok_or(Error::NotRunning { port })
}

fn place(folder: &Path, port: u16) -> PathBuf {
    folder.join(format!("{port}.socket"))
}

fn newest_first(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "socket"))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}
