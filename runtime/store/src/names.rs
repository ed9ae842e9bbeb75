//! Names in a local folder, read without a `stat` of each: a day of index entries is one
//! `readdir`.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

/// Lists a folder as [`crate::Store::list`] does.
pub(crate) fn read(folder: &Path) -> Result<Vec<String>> {
    let failed = |error| Error::io(format!("listing {}", folder.display()), error);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let Ok(mut name) = entry.file_name().into_string() else { continue };
        if is_temporary(&name) {
            continue;
        }
        // The directory itself knows the type; only odd file systems must be asked.
        if entry.file_type().map_err(failed)?.is_dir() {
            name.push('/');
        }
        names.push(name);
    }
    names.sort_unstable();
    Ok(names)
}

pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whether a file is an unfinished write: object_store stages `name` as `name#1`.
pub(crate) fn is_temporary(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_writes_are_not_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b", "a", "a#1", "c#x"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("d")).unwrap();
        assert_eq!(read(folder.path()).unwrap(), ["a", "b", "c#x", "d/"]);
        assert!(read(&folder.path().join("none")).unwrap().is_empty());
    }
}
