//! The prelude on this machine: built once for each compiler, kept in a cache folder.
//!
//! ```text
//! <cache>/1.95.0-2f7c9a1b3d5e/       this compiler and this version of the prelude
//!   lock-base, lock-full             whoever builds holds it
//!   in-use                           whoever runs cells holds it
//!   source/                          what is built
//!   base/, full/                     libraries, and `ready.json`, which is written last
//!   deps/<digest>/                   the same for crates that cells ask for
//!   cells/                           compiled cells
//! ```

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use super::built::{READY, Ready, read_ready};
use super::cargo::{Artifact, Cargo, LOOK};
use super::setup_error::SetupError;
use super::sources::{PACKAGE, files};
use super::toolchain::Toolchain;

/// Changes whenever libraries that were built before mustn't be used any more.
const FORMAT: &str = "1";

/// How much of the prelude there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Tables, arrays, displays, serde: built in seconds.
    Base,
    /// The crates `arrow`, `rayon` and `flownote_models` as well.
    Full,
}

impl Level {
    /// Its name: `base` or `full`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Full => "full",
        }
    }

    fn features(self) -> &'static str {
        match self {
            Self::Base => "",
            Self::Full => "full",
        }
    }

    /// Crates that cells may name.
    fn externs(self) -> &'static [&'static str] {
        match self {
            Self::Base => &["serde", "serde_json"],
            Self::Full => &["serde", "serde_json", "arrow", "rayon", "flownote_models"],
        }
    }
}

/// The prelude, built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prelude {
    /// How much of it.
    pub level: Level,
    /// The library that all cells share.
    pub dylib: PathBuf,
    /// The folder of everything that it is made of, for `-L dependency=`.
    pub dependencies: PathBuf,
    /// Crates that cells may name, and their libraries.
    pub externs: BTreeMap<String, PathBuf>,
    /// Of the compiler and the sources.
    pub digest: String,
}

/// How far a build is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Steps that are done.
    pub done: usize,
    /// All steps; 0 while that isn't known.
    pub total: usize,
    /// What is being built.
    pub name: String,
}

/// Where the prelude is kept, and for which compiler.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(super) cache: PathBuf,
    toolchain: Toolchain,
    stopped: Arc<AtomicBool>,
}

impl Setup {
    /// The setup in a cache folder for a compiler.
    pub fn new(cache: PathBuf, toolchain: Toolchain) -> Self {
        Self { cache, toolchain, stopped: Arc::default() }
    }

    /// The same, whose builds end as soon as `stopped` says so.
    pub fn stopped_by(&self, stopped: &Arc<AtomicBool>) -> Self {
        Self { stopped: Arc::clone(stopped), ..self.clone() }
    }

    /// What says that the user wants to stop.
    pub(super) fn stopped(&self) -> &AtomicBool {
        &self.stopped
    }

    /// The cache folder: `$FLOWNOTE_RUST_CACHE`, else `flownote/rust` in the user's caches.
    pub fn folder() -> PathBuf {
        let folder = |name: &str| env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
        folder("FLOWNOTE_RUST_CACHE").unwrap_or_else(|| {
            let home = || folder("HOME").unwrap_or_else(env::temp_dir).join(".cache");
            folder("XDG_CACHE_HOME").unwrap_or_else(home).join("flownote/rust")
        })
    }

    /// The compiler.
    pub fn toolchain(&self) -> &Toolchain {
        &self.toolchain
    }

    /// The folder for compiled cells.
    pub fn cells(&self) -> PathBuf {
        self.home().join("cells")
    }

    /// The folder of this compiler and this version of the prelude.
    pub fn home(&self) -> PathBuf {
        self.cache.join(format!("{}-{}", self.toolchain.release(), &self.digest()[..12]))
    }

    /// The prelude, if it was built.
    pub fn ready(&self, level: Level) -> Option<Prelude> {
        let folder = self.home().join(level.name());
        let ready = read_ready(&folder)?;
        Some(Prelude {
            level,
            dylib: folder.join(&ready.dylib),
            externs: in_folder(&folder, ready.externs),
            digest: ready.digest,
            dependencies: folder,
        })
    }

    /// Builds the prelude unless that is done. Of several processes one builds, the others
    /// wait.
    ///
    /// # Errors
    /// When cargo fails, or files can't be written.
    pub fn build(
        &self,
        level: Level,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Prelude, SetupError> {
        if let Some(prelude) = self.ready(level) {
            return Ok(prelude);
        }
        let home = self.home();
        let _lock = self.lock(level.name(), progress)?;
        if let Some(prelude) = self.ready(level) {
            return Ok(prelude);
        }
        let source = home.join("source");
        for (path, text) in files() {
            write_changed(&source.join(path), text)?;
        }
        let target = home.join(format!("build-{}", level.name()));
        let cargo = Cargo {
            toolchain: &self.toolchain,
            folder: &source.join(PACKAGE),
            target: &target,
            features: level.features(),
            metadata: None,
            stopped: self.stopped(),
        };
        let artifacts = cargo.build(progress)?;
        let find = |name: &str| find_library(&artifacts, name);
        let mut externs = BTreeMap::from([("flownote".to_owned(), find("flownote")?)]);
        for name in level.externs() {
            externs.insert((*name).to_owned(), find(name)?);
        }
        self.publish(&home.join(level.name()), &artifacts, "flownote", externs, self.digest())?;
        remove(&target);
        self.ready(level).ok_or_else(|| SetupError::Absent { name: "flownote".to_owned() })
    }

    /// Gathers libraries in a folder, and says at last that they are ready.
    pub(super) fn publish(
        &self,
        folder: &Path,
        artifacts: &[Artifact],
        dylib: &str,
        externs: BTreeMap<String, PathBuf>,
        digest: String,
    ) -> Result<(), SetupError> {
        let staged = folder.with_extension("new");
        remove(&staged);
        fs::create_dir_all(&staged).map_err(unwritten(&staged))?;
        for file in artifacts.iter().filter_map(Artifact::library) {
            let to = staged.join(file_name(file));
            // Afterwards only this name is left of it.
            if fs::hard_link(file, &to).is_err() {
                fs::copy(file, &to).map_err(unwritten(&to))?;
            }
        }
        let names = externs.into_iter().map(|(name, file)| (name, file_name(&file)));
        let ready = Ready {
            dylib: file_name(&find_library(artifacts, dylib)?),
            externs: names.collect(),
            digest,
            rustc: self.toolchain.version.clone(),
        };
        let text = serde_json::to_string_pretty(&ready).unwrap_or_default();
        let file = staged.join(READY);
        fs::write(&file, text).map_err(unwritten(&file))?;
        remove(folder);
        fs::rename(&staged, folder).map_err(unwritten(folder))
    }

    /// Waits until nobody else builds there.
    pub(super) fn lock(
        &self,
        what: &str,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Flock<File>, SetupError> {
        let home = self.home();
        fs::create_dir_all(&home).map_err(unwritten(&home))?;
        let path = home.join(format!("lock-{what}"));
        let mut file = File::create(&path).map_err(unwritten(&path))?;
        let mut told = false;
        loop {
            file = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Ok(lock) => return Ok(lock),
                Err((file, Errno::EWOULDBLOCK | Errno::EINTR)) => file,
                Err((_, error)) => return Err(unwritten(&path)(error.into())),
            };
            if self.stopped.load(Ordering::Relaxed) {
                return Err(SetupError::Stopped);
            }
            if !told {
                let name = "another process builds it".to_owned();
                progress(Progress { done: 0, total: 0, name });
                told = true;
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Of the compiler, the sources and how they are built.
    pub(super) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for text in [FORMAT, &self.toolchain.version, &self.toolchain.host] {
            hasher.update(text.as_bytes()).update(&[0]);
        }
        hasher.update(self.toolchain.libdir.as_os_str().as_encoded_bytes());
        for (path, text) in files() {
            hasher.update(path.as_bytes()).update(&[0]).update(text.as_bytes()).update(&[0]);
        }
        hasher.finalize().to_hex().to_string()
    }
}

pub(super) fn in_folder(
    folder: &Path,
    names: BTreeMap<String, String>,
) -> BTreeMap<String, PathBuf> {
    names.into_iter().map(|(name, file)| (name, folder.join(file))).collect()
}

/// The library of a crate that others are linked with.
pub(super) fn find_library(artifacts: &[Artifact], name: &str) -> Result<PathBuf, SetupError> {
    let is_it = |it: &&Artifact| it.name == name && !it.is("custom-build") && !it.is("proc-macro");
    let found = artifacts.iter().find(is_it).and_then(Artifact::library).cloned();
    found.ok_or_else(|| SetupError::Absent { name: name.to_owned() })
}

pub(super) fn file_name(path: impl AsRef<Path>) -> String {
    path.as_ref().file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes a file unless that is what it holds: cargo builds anew what was written.
pub(super) fn write_changed(path: &Path, text: &str) -> Result<(), SetupError> {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(unwritten(folder))?;
    }
    // Another level may be reading it just now.
    let new = path.with_extension(format!("new-{}", std::process::id()));
    fs::write(&new, text).map_err(unwritten(&new))?;
    fs::rename(&new, path).map_err(unwritten(path))
}

pub(super) fn unwritten(path: &Path) -> impl Fn(io::Error) -> SetupError {
    let path = path.to_owned();
    move |source| SetupError::Io { what: "can't be written", path: path.clone(), source }
}

/// Removes a folder; when that fails, it is only room that is lost.
pub(super) fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
}
