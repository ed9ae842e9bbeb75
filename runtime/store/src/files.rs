//! File operations that leave nothing half-visible.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    let folder = format!("the folder `{}`", path.display());
    fs::create_dir_all(path).map_err(|error| match Error::io(folder, error) {
        Error::Io { what, source } => Error::Io { what: format!("making {what}"), source },
        sorted => sorted,
    })
}

/// Renames a file into place, and makes the folder above it when it is missing. Across
/// disks the bytes are copied beside the target first, so the target appears whole.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && from.exists() => {
            if let Some(parent) = to.parent() {
                make_folder(parent)?;
            }
            rename_once(from, to)
        }
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => copy_then_rename(from, to),
        Err(error) => Err(failed(from, to, error)),
        Ok(()) => Ok(()),
    }
}

fn rename_once(from: &Path, to: &Path) -> Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => copy_then_rename(from, to),
        other => other.map_err(|error| failed(from, to, error)),
    }
}

/// Copies a file beside its target, renames the copy there and removes the original.
pub(crate) fn copy_then_rename(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let copied = tempfile::Builder::new()
        .prefix(".copy-")
        .tempfile_in(folder)
        .and_then(|mut copy| {
            io::copy(&mut File::open(from)?, &mut copy)?;
            Ok(copy)
        })
        .map_err(|error| failed(from, to, error))?;
    copied.persist(to).map_err(|error| failed(from, to, error.error))?;
    fs::remove_file(from).map_err(|error| failed(from, to, error))
}

fn failed(from: &Path, to: &Path, error: io::Error) -> Error {
    Error::io(format!("moving {} to {}", from.display(), to.display()), error)
}

/// Writes a file beside its place, then renames it there.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let write = || {
        let mut file = tempfile::Builder::new().prefix(".write-").tempfile_in(folder)?;
        io::Write::write_all(&mut file, bytes)?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map(drop).map_err(|error| Error::io(format!("writing {}", path.display()), error))
}

/// Waits until a file and its name are on the disk.
pub(crate) fn sync(path: &Path) -> Result<()> {
    let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
    let folder = path.parent().unwrap_or(Path::new("."));
    sync(path)
        .and_then(|()| sync(folder))
        .map_err(|error| Error::io(format!("syncing {}", path.display()), error))
}
