//! What cells read of the world, as records of provenance have it.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use flownote_flow::provenance::External;
use flownote_kernel::protocol::ValueRef;

/// Made by running, not by users: as `flownote.provenance.world` has it.
const NOT_DATA: [&str; 3] = ["__pycache__", ".flownote", ".ipynb_checkpoints"];

/// Files that were read are hashed once while they stay the same.
#[derive(Default)]
pub struct Versions(Mutex<HashMap<PathBuf, (State, String)>>);

/// Device, inode, size and time of change: what tells a file that changed.
type State = (u64, u64, u64, i64, i64);

impl Versions {
    /// The record of files and folders that were read. What can't be read any more has no
    /// version.
    pub fn externals(&self, paths: &[PathBuf]) -> (Vec<External>, Option<String>) {
        let mut externals = Vec::new();
        let mut unverified = None;
        for path in paths {
            let is_folder = path.is_dir();
            let version = if is_folder { folder_version(path) } else { self.file_version(path) };
            match version {
                Ok(version) => {
                    let kind = if is_folder { "folder" } else { "file" };
                    let mut name = path.display().to_string();
                    if is_folder && !name.ends_with('/') {
                        name.push('/');
                    }
                    externals.push(External { kind: kind.into(), name, version, declared: false });
                }
                Err(error) => {
                    unverified = Some(format!(
                        "reads {}, which can't be digested ({error})",
                        path.display()
                    ));
                }
            }
        }
        (externals, unverified)
    }

    fn file_version(&self, path: &Path) -> io::Result<Option<String>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let found = file.metadata()?;
        let state = (found.dev(), found.ino(), found.size(), found.mtime(), found.mtime_nsec());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, version)) = known.get(path)
            && *known == state
        {
            return Ok(Some(version.clone()));
        }
        let version = format!("b3:{}", digest(file)?);
        known.insert(path.to_owned(), (state, version.clone()));
        Ok(Some(version))
    }
}

fn folder_version(path: &Path) -> io::Result<Option<String>> {
    let mut names: Vec<String> = fs::read_dir(path)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<_>>()?;
    names.retain(|name| !NOT_DATA.contains(&name.as_str()));
    names.sort_unstable();
    Ok(Some(format!("b3:{}", blake3::hash(names.join("\0").as_bytes()).to_hex())))
}

/// The BLAKE3 digest of everything that can be read.
pub fn digest(mut from: impl Read) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(hasher.finalize()),
            length => hasher.update(&piece[..length]),
        };
    }
}

/// The bytes of a value.
pub fn bytes_of(value: &ValueRef) -> io::Result<Vec<u8>> {
    if let Some(text) = &value.record.inline {
        return Ok(text.clone().into_bytes());
    }
    if let Some(text) = &value.record.inline_base64 {
        let decoded = base64::engine::general_purpose::STANDARD.decode(text);
        return decoded.map_err(io::Error::other);
    }
    match &value.path {
        Some(path) => fs::read(path),
        None => Err(io::Error::other("the value has no bytes")),
    }
}
