//! Further links to a server that runs: `flownote ui --url` asks it over a socket that its
//! user alone can reach, `<state>/<port>.socket`. Whoever connects is told the store that it
//! shows, and on the next line an address.

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
    pub async fn serve(self, store: &str, link: impl Fn() -> String) {
        loop {
            match self.listener.accept().await {
                Ok((mut connection, _)) => {
                    let said = format!("{store}\n{}", link());
                    // Whoever asked may be gone.
                    let _ = connection.write_all(said.as_bytes()).await;
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

/// Which server is asked.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// The one on this port.
    Port(u16),
    /// Of those that show this store, the one that was started last.
    Store(&'a str),
}

/// Asks a server for a link.
pub fn ask(folder: &Path, asked: Asked<'_>) -> Result<String, Error> {
    let store = match asked {
        Asked::Port(port) => {
            let told = hear(&place(folder, port));
            return told.map(|(_, link)| link).ok_or(Error::NotRunning { port: Some(port) });
        }
        Asked::Store(store) => store,
    };
    let mut other = None;
    for place in newest_first(folder) {
        let Some((shown, link)) = hear(&place) else { continue };
        if shown == store {
            return Ok(link);
        }
        let port = place.file_stem().map(|it| it.to_string_lossy().into_owned());
        other = other.or(port.map(|port| (port, shown)));
    }
    Err(match other {
        Some((port, shown)) => Error::OtherStore { store: store.to_owned(), port, shown },
        None => Error::NotRunning { port: None },
    })
}

/// The store that a server shows, and a link to it.
fn hear(place: &Path) -> Option<(String, String)> {
    let mut connection = Connection::connect(place).ok()?;
    connection.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut said = String::new();
    connection.read_to_string(&mut said).ok()?;
    let (store, link) = said.split_once('\n')?;
    Some((store.to_owned(), link.to_owned()))
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
