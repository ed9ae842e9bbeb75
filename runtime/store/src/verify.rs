//! Whether a blob's file is what its digest says, and how that is remembered (engine
//! rule 4).
//!
//! A verified file carries the extended attribute `user.flownote.verified` =
//! `<inode>:<size>:<mtime in ns>`; while these hold it isn't hashed again. Where there are
//! no extended attributes, the process remembers. Nothing here needs a runtime: worker
//! children call [`verify_file`] before they map a blob.

use std::collections::HashMap;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use crate::error::{Error, Result};
use crate::keys;

const ATTRIBUTE: &str = "user.flownote.verified";
/// Blobs are immutable, and their mode says so.
pub(crate) const BLOB_MODE: u32 = 0o444;
/// Large enough for the hash to run at full speed, small beside any worker's memory.
const PIECE: usize = 1 << 20;

/// What this process has verified where the disk can't say so: (device, inode) → stamp.
/// Written after a file was hashed, read before; a short section each.
static REMEMBERED: LazyLock<Mutex<HashMap<(u64, u64), String>>> = LazyLock::new(Mutex::default);

/// Verifies that a blob's file has the bytes of its digest. A file that was verified
/// before and hasn't changed since is trusted. A blob that gc has put into the trash is
/// taken out of it first. gc may run beside the caller: who then finds no file calls again.
///
/// # Errors
/// [`Error::Damaged`] or [`Error::MissingBlob`], with the producer and the artifact left
/// open (`?`): the caller knows them.
pub fn verify_file(path: &Path, digest: &str) -> Result<()> {
    match fs::metadata(path) {
        Ok(found) if is_trusted(path, &found) => return Ok(()),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if !crate::trash::restore_beside(path, digest)? {
                return Err(missing(digest));
            }
        }
        Err(error) => return Err(Error::io(format!("reading {}", path.display()), error)),
    }
    if hash_file(path)? != digest {
        return Err(damaged(digest, &path.display().to_string()));
    }
    trust(path);
    Ok(())
}

/// Reads a blob's file after verifying it, also when gc moves it in between.
pub fn read_file(path: &Path, digest: &str) -> Result<Vec<u8>> {
    const TRIES: u32 = 8;
    let mut tries = 0;
    loop {
        verify_file(path, digest)?;
        tries += 1;
        match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && tries < TRIES => {}
            other => return other.map_err(|e| Error::io(format!("reading {}", path.display()), e)),
        }
    }
}

/// Hashes a file piece by piece.
pub fn hash_file(path: &Path) -> Result<String> {
    let hash = || {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut piece = vec![0; PIECE.min(usize::try_from(size).unwrap_or(PIECE).max(1))];
        let mut hasher = blake3::Hasher::new();
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(hasher.finalize().to_hex().to_string()),
                count => {
                    hasher.update(&piece[..count]);
                }
            }
        }
    };
    hash().map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => {
            missing(path.file_name().and_then(|n| n.to_str()).unwrap_or("?"))
        }
        _ => Error::io(format!("reading {}", path.display()), error),
    })
}

/// Marks a file whose bytes the caller has hashed. Failing to is no error: the file is
/// then hashed again by whoever reads it.
pub(crate) fn trust(path: &Path) {
    let Ok(found) = fs::metadata(path) else { return };
    let stamp = stamp(&found);
    if set_attribute(path, &found, &stamp).is_err() {
        let mut remembered = REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.insert((found.dev(), found.ino()), stamp);
    }
}

/// Sets a blob's mode and marks it verified: what publishing does to a staged file.
pub(crate) fn seal(path: &Path) -> Result<()> {
    trust(path);
    fs::set_permissions(path, Permissions::from_mode(BLOB_MODE))
        .map_err(|error| Error::io(format!("sealing {}", path.display()), error))
}

/// Makes a blob young again, so that gc's grace starts anew, and keeps the trust it had.
/// Returns false when the blob is absent.
pub(crate) fn touch(path: &Path) -> Result<bool> {
    let failed = |error| Error::io(format!("touching {}", path.display()), error);
    let before = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(error)),
    };
    let was_trusted = is_trusted(path, &before);
    let now = nix::sys::time::TimeSpec::UTIME_NOW;
    let touched = nix::sys::stat::utimensat(
        nix::fcntl::AT_FDCWD,
        path,
        &now,
        &now,
        nix::sys::stat::UtimensatFlags::FollowSymlink,
    );
    match touched {
        Ok(()) => {
            if was_trusted {
                trust(path);
            }
            Ok(true)
        }
        Err(nix::errno::Errno::ENOENT) => Ok(false),
        Err(error) => Err(failed(error.into())),
    }
}

/// Makes a blob young again unless it has become so since it was listed. Returns whether
/// it was old.
pub(crate) fn touch_if_older(path: &Path, cutoff: SystemTime) -> Result<bool> {
    match fs::metadata(path).and_then(|found| found.modified()) {
        Ok(time) if time <= cutoff => touch(path),
        _ => Ok(false),
    }
}

pub(crate) fn is_trusted(path: &Path, found: &Metadata) -> bool {
    let stamp = stamp(found);
    if let Ok(Some(value)) = xattr::get(path, ATTRIBUTE) {
        return value == stamp.as_bytes();
    }
    let remembered = REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
    remembered.get(&(found.dev(), found.ino())).is_some_and(|kept| *kept == stamp)
}

fn stamp(found: &Metadata) -> String {
    let nanoseconds = i128::from(found.mtime()) * 1_000_000_000 + i128::from(found.mtime_nsec());
    format!("{}:{}:{nanoseconds}", found.ino(), found.size())
}

/// The owner of a read-only file may set its attributes only while it is writable.
fn set_attribute(path: &Path, found: &Metadata, stamp: &str) -> io::Result<()> {
    let set = || xattr::set(path, ATTRIBUTE, stamp.as_bytes());
    match set() {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            fs::set_permissions(path, Permissions::from_mode(found.mode() | 0o200))?;
            let result = set();
            fs::set_permissions(path, found.permissions())?;
            result
        }
        other => other,
    }
}

fn missing(digest: &str) -> Error {
    Error::MissingBlob { digest: digest.into(), producer: "?".into(), artifact: "?".into() }
}

fn damaged(digest: &str, place: &str) -> Error {
    Error::Damaged {
        digest: digest.into(),
        producer: "?".into(),
        artifact: "?".into(),
        place: place.into(),
    }
}

impl Error {
    /// Names the artifact whose blob is damaged or missing.
    #[must_use]
    pub fn for_artifact(mut self, by: &str, name: &str) -> Self {
        if let Self::Damaged { producer, artifact, .. }
        | Self::MissingBlob { producer, artifact, .. } = &mut self
        {
            by.clone_into(producer);
            name.clone_into(artifact);
        }
        self
    }
}

/// Hashes bytes as blobs are named.
pub(crate) fn hash_bytes(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

pub(crate) fn check_bytes(bytes: &[u8], digest: &str) -> Result<()> {
    if hash_bytes(bytes) == digest {
        return Ok(());
    }
    Err(damaged(digest, &keys::blob(digest)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blob");
        fs::write(&path, bytes).unwrap();
        let digest = hash_bytes(bytes);
        (folder, path, digest)
    }

    fn trusted(path: &Path) -> bool {
        is_trusted(path, &fs::metadata(path).unwrap())
    }

    #[test]
    fn trust_lasts_until_the_file_changes() {
        let (_folder, path, digest) = blob(b"abc");
        assert!(!trusted(&path));
        verify_file(&path, &digest).unwrap();
        assert!(trusted(&path));
        fs::write(&path, b"abd").unwrap();
        assert!(!trusted(&path));
        let error = verify_file(&path, &digest).unwrap_err().for_artifact("start/0.0", "x");
        assert_eq!(
            error.to_string(),
            format!(
                "artifact `x` of `start/0.0` is damaged: its bytes don't match digest {digest}"
            )
        );
    }

    #[test]
    fn touching_keeps_trust_and_makes_young() {
        let (_folder, path, digest) = blob(b"abc");
        let old = File::options().append(true).open(&path).unwrap();
        old.set_modified(std::time::UNIX_EPOCH).unwrap();
        verify_file(&path, &digest).unwrap();
        seal(&path).unwrap();
        assert!(touch(&path).unwrap());
        let found = fs::metadata(&path).unwrap();
        assert!(found.modified().unwrap().elapsed().unwrap().as_secs() < 60);
        assert!(is_trusted(&path, &found));
        assert_eq!(found.mode() & 0o777, BLOB_MODE);
    }

    #[test]
    fn touching_gives_no_trust_to_what_had_none() {
        let (_folder, path, _) = blob(b"abc");
        assert!(touch(&path).unwrap());
        assert!(!trusted(&path));
        assert!(!touch(&path.with_file_name("none")).unwrap());
    }
}
