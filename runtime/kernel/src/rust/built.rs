//! What was built, of this compiler and of others, as its folders say it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::setup::{Setup, file_name};

/// Written last, into each folder of libraries.
pub(super) const READY: &str = "ready.json";

/// What was built, as a file says it.
#[derive(Serialize, Deserialize)]
pub(super) struct Ready {
    pub dylib: String,
    pub externs: BTreeMap<String, String>,
    pub digest: String,
    /// The compiler.
    pub rustc: String,
}

impl Setup {
    /// Everything that is in the cache, of this compiler and of others.
    pub fn built(&self) -> Vec<Built> {
        let (own, mut all) = (self.home(), Vec::new());
        for home in folders(&self.cache) {
            let deps = folders(&home.join("deps"));
            for folder in [home.join("base"), home.join("full")].into_iter().chain(deps) {
                let Some(ready) = read_ready(&folder) else { continue };
                let known =
                    ["flownote", "serde", "serde_json", "arrow", "rayon", "flownote_models"];
                let crates = ready.externs.into_keys().filter(|it| {
                    !known.contains(&it.as_str()) && !it.starts_with("flownote_deps_")
                });
                all.push(Built {
                    name: match folder.parent().map(file_name).as_deref() {
                        Some("deps") => crates.collect::<Vec<_>>().join(", "),
                        _ => file_name(&folder),
                    },
                    rustc: ready.rustc,
                    current: home == own,
                    size: size_of(&folder),
                    when: fs::metadata(folder.join(READY)).and_then(|it| it.modified()).ok(),
                    folder,
                });
            }
        }
        all
    }
}

/// Something that was built.
#[derive(Clone, Debug)]
pub struct Built {
    /// `base`, `full`, or names of crates.
    pub name: String,
    /// The compiler that built it.
    pub rustc: String,
    /// Whether cells use it now.
    pub current: bool,
    /// Bytes on disk.
    pub size: u64,
    /// When it was built.
    pub when: Option<SystemTime>,
    /// Where it is.
    pub folder: PathBuf,
}

/// Bytes of all files below a folder.
pub fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.fold(0, |size, entry| match entry.metadata() {
        Ok(found) if found.is_dir() => size + size_of(&entry.path()),
        Ok(found) => size + found.len(),
        Err(_) => size,
    })
}

pub(super) fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

pub(super) fn read_ready(folder: &Path) -> Option<Ready> {
    let text = fs::read_to_string(folder.join(READY)).ok()?;
    let ready: Ready = serde_json::from_str(&text).ok()?;
    folder.join(&ready.dylib).is_file().then_some(ready)
}
