//! The key that signs cookies: 32 random bytes, in a file that its owner alone can read, so
//! that a server that was started again knows those who were logged in.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use crate::Error;

/// A key.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Key(…)")
    }
}

impl Key {
    /// Makes a key that lives as long as the server.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// Reads the key of a folder, or makes it.
    pub fn of(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("key");
        let failed = |source| Error::State { path: path.clone(), source };
        make_private(folder).map_err(failed)?;
        match Self::read(&path) {
            Ok(key) => return Ok(key),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // Cut short, or others could have read or written it: it is worth nothing.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                fs::remove_file(&path).map_err(failed)?;
            }
            Err(error) => return Err(failed(error)),
        }
        let key = Self::random();
        let temporary = folder.join(format!("key.{}", std::process::id()));
        let written = (|| {
            let mut options = OpenOptions::new();
            let mut file =
                options.write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
            file.write_all(&key.0)?;
            file.sync_all()?;
            // Whoever is first is right: another server may do the same just now.
            match fs::hard_link(&temporary, &path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                other => other,
            }
        })();
        let _ = fs::remove_file(&temporary);
        written.map_err(failed)?;
        Self::read(&path).map_err(failed)
    }

    fn read(path: &Path) -> io::Result<Self> {
        let mut file =
            OpenOptions::new().read(true).custom_flags(nix::libc::O_NOFOLLOW).open(path)?;
        let about = file.metadata()?;
        let mut bytes = Vec::new();
        Read::take(&mut file, 64).read_to_end(&mut bytes)?;
        let is_private = about.mode() & 0o077 == 0 && about.uid() == nix::unistd::getuid().as_raw();
        match <[u8; 32]>::try_from(bytes) {
            Ok(bytes) if is_private => Ok(Self(bytes)),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Signs bytes.
    pub fn sign(&self, bytes: &[u8]) -> blake3::Hash {
        blake3::keyed_hash(&self.0, bytes)
    }
}

/// Makes a folder that its owner alone can look into.
pub fn make_private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let about = fs::metadata(folder)?;
    if about.uid() != nix::unistd::getuid().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to somebody else"));
    }
    if about.mode() & 0o077 != 0 {
        fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_kept_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("ui");
        let (one, again) = (Key::of(&state).unwrap(), Key::of(&state).unwrap());
        assert_eq!(one.sign(b"x"), again.sign(b"x"));
        let path = state.join("key");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&state).unwrap().mode() & 0o777, 0o700);
        // What others may have read signs nothing any more.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_ne!(Key::of(&state).unwrap().sign(b"x"), one.sign(b"x"));
        fs::write(&path, b"short").unwrap();
        Key::of(&state).unwrap();
    }
}
