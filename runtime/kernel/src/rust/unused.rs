//! What was built and isn't used any more: preludes of other compilers and versions, crates
//! that cells asked for once.
//!
//! Whoever runs cells holds `<home>/in-use` with a shared lock; what is removed is locked by
//! its remover alone.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use super::built::{Built, READY, folders};
use super::setup::{Setup, unwritten};
use super::setup_error::SetupError;

/// A prelude that wasn't used for so long goes, unless it is the last but one.
const OLD: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// Crates that cells asked for, which take longer to build and less room.
const OLD_CRATES: Duration = Duration::from_secs(60 * 24 * 60 * 60);
/// How many preludes are kept, however old: this one and the one before.
const KEPT: usize = 2;

const IN_USE: &str = "in-use";
/// What is being removed has a name that nobody looks for.
const REMOVED: &str = "removed-";

/// Says for as long as it lives that a prelude is in use.
#[derive(Debug)]
pub struct InUse(#[expect(dead_code, reason = "the lock is held, not looked at")] Flock<File>);

impl Setup {
    /// Says that the prelude of this setup is in use. Waits while another process removes it:
    /// then it isn't there any more.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn hold(&self) -> Result<InUse, SetupError> {
        let home = self.home();
        loop {
            fs::create_dir_all(&home).map_err(unwritten(&home))?;
            let path = home.join(IN_USE);
            let open = || File::options().create(true).append(true).open(&path);
            let file = match open() {
                Ok(file) => file,
                // It was removed meanwhile.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(unwritten(&path)(error)),
            };
            let lock = match Flock::lock(file, FlockArg::LockShared) {
                Ok(lock) => lock,
                Err((_, Errno::EINTR)) => continue,
                Err((_, error)) => return Err(unwritten(&path)(error.into())),
            };
            let same = fs::metadata(&path).ok().zip(lock.metadata().ok());
            if same.is_some_and(|(now, held)| now.ino() == held.ino()) {
                // When it can't be, it is taken to be as old as it is.
                let _ = lock.set_modified(SystemTime::now());
                return Ok(InUse(lock));
            }
        }
    }

    /// Removes what nobody uses; gives what it removed. To be called by who doesn't hold this
    /// setup's prelude yet.
    pub fn sweep(&self) -> Vec<PathBuf> {
        let own = self.home();
        let mut removed = self.sweep_crates(&own);
        let Some(cache) = own.parent() else { return removed };
        let all = folders(cache).into_iter();
        let (left, homes): (Vec<_>, Vec<_>) =
            all.filter(|it| *it != own).partition(|it| name_of(it).starts_with(REMOVED));
        let mut homes: Vec<_> = homes.into_iter().filter(|it| is_home(it)).collect();
        homes.sort_by_key(|home| std::cmp::Reverse(used(home)));
        for home in homes.into_iter().skip(KEPT - 1).filter(|home| age(used(home)) > Some(OLD)) {
            if let Some(_lock) = lock(&home)
                && let Some(gone) = rename(&home, cache)
            {
                remove(&gone);
                removed.push(home);
            }
        }
        // Of a process that died in the middle of it.
        left.iter().for_each(|folder| remove(folder));
        removed
    }

    /// Removes what was built for other compilers and versions, however young, unless somebody
    /// uses it; gives what it removed.
    pub fn clean(&self) -> Vec<Built> {
        let own = self.home();
        let Some(cache) = own.parent() else { return Vec::new() };
        let mut left: Vec<Built> = self.built().into_iter().filter(|one| !one.current).collect();
        for home in folders(cache).into_iter().filter(|it| *it != own && is_home(it)) {
            let gone = lock(&home).and_then(|_lock| rename(&home, cache));
            match gone {
                Some(gone) => remove(&gone),
                None => left.retain(|one| !one.folder.starts_with(&home)),
            }
        }
        left
    }

    fn sweep_crates(&self, home: &Path) -> Vec<PathBuf> {
        let old = |folder: &PathBuf| age(modified(&folder.join(READY))) > Some(OLD_CRATES);
        let old: Vec<PathBuf> = folders(&home.join("deps")).into_iter().filter(old).collect();
        // Whoever runs cells may have loaded them.
        let Some(_lock) = (!old.is_empty()).then(|| lock(home)).flatten() else {
            return Vec::new();
        };
        old.into_iter().filter(|folder| fs::remove_dir_all(folder).is_ok()).collect()
    }
}

/// Says that crates are in use.
pub(super) fn note_use(folder: &Path) {
    super::sweep::touch(&folder.join(READY));
}

/// Locks a prelude alone; nothing when somebody uses it or builds there.
fn lock(home: &Path) -> Option<Vec<Flock<File>>> {
    let names = [IN_USE, "lock-base", "lock-full"];
    let lock = |name: &&str| {
        let file = File::options().create(true).append(true).open(home.join(name)).ok()?;
        Flock::lock(file, FlockArg::LockExclusiveNonblock).ok()
    };
    names.iter().map(lock).collect()
}

/// Takes a folder out of the way at once: removing it takes time.
fn rename(home: &Path, cache: &Path) -> Option<PathBuf> {
    let to = cache.join(format!("{REMOVED}{}-{}", std::process::id(), name_of(home)));
    fs::rename(home, &to).ok().map(|()| to)
}

/// When it fails, it is only room that is lost.
fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
}

/// Whether a folder is named as `Setup::home` names them: nobody else's is removed.
fn is_home(folder: &Path) -> bool {
    let name = name_of(folder);
    let Some((release, digest)) = name.rsplit_once('-') else { return false };
    let is_digest = digest.len() == 12 && digest.bytes().all(|it| it.is_ascii_hexdigit());
    is_digest && release.starts_with(|it: char| it.is_ascii_digit())
}

fn used(home: &Path) -> Option<SystemTime> {
    let files = [home.join(IN_USE), home.join("base").join(READY), home.join("full").join(READY)];
    let times = files.iter().filter_map(|file| modified(file));
    times.max().or_else(|| modified(home))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

fn age(time: Option<SystemTime>) -> Option<Duration> {
    SystemTime::now().duration_since(time?).ok()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Toolchain;
    use super::*;

    fn setup(cache: &Path, version: &str) -> Setup {
        let toolchain = Toolchain {
            rustc: "rustc".into(),
            cargo: "cargo".into(),
            version: format!("{version} (of a test)"),
            host: "here".into(),
            libdir: "/lib".into(),
        };
        Setup::new(cache.to_owned(), toolchain)
    }

    fn made(setup: &Setup, days: u64) -> PathBuf {
        let ready = setup.home().join("base").join(READY);
        fs::create_dir_all(ready.parent().expect("a folder")).expect("made");
        fs::write(&ready, "{}").expect("written");
        let then = SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
        let file = File::options().append(true).open(&ready).expect("there");
        file.set_modified(then).expect("aged");
        setup.home()
    }

    #[test]
    fn preludes_that_nobody_used_for_long_go_but_the_last() {
        let cache = tempfile::tempdir().expect("a folder");
        let of = |version: &str| setup(cache.path(), version);
        let (own, young, before) = (of("1.99.0"), of("1.98.0"), of("1.97.0"));
        let kept = [made(&own, 90), made(&young, 3), made(&before, 13)];
        let (old, older) = (made(&of("1.96.0"), 15), made(&of("1.95.0"), 80));
        let foreign = cache.path().join("somebody-elses");
        fs::create_dir(&foreign).expect("made");
        let held = of("1.94.0");
        let used = made(&held, 80);
        let hold = held.hold().expect("held");
        let file = File::options().append(true).open(used.join(IN_USE)).expect("there");
        file.set_modified(SystemTime::UNIX_EPOCH).expect("aged");

        let mut removed = own.sweep();
        removed.sort();
        let mut gone = vec![old.clone(), older.clone()];
        gone.sort();
        assert_eq!(removed, gone);
        assert!(!old.exists() && !older.exists() && foreign.exists() && used.exists());
        assert!(kept.iter().all(|home| home.exists()));
        drop(hold);
        assert_eq!(own.sweep(), [used]);
        assert!(own.sweep().is_empty());
    }

    #[test]
    fn the_last_one_but_this_stays_however_old_it_is() {
        let cache = tempfile::tempdir().expect("a folder");
        let (own, before) = (setup(cache.path(), "1.99.0"), setup(cache.path(), "1.98.0"));
        made(&own, 0);
        made(&before, 400);
        assert!(own.sweep().is_empty());
    }

    #[test]
    fn crates_that_cells_asked_for_go_when_nobody_runs_cells() {
        let cache = tempfile::tempdir().expect("a folder");
        let own = setup(cache.path(), "1.99.0");
        let ready = own.home().join("deps/flownote_deps_1").join(READY);
        fs::create_dir_all(ready.parent().expect("a folder")).expect("made");
        fs::write(&ready, "{}").expect("written");
        let hold = own.hold().expect("held");
        let age = || {
            let file = File::options().append(true).open(&ready).expect("there");
            file.set_modified(SystemTime::UNIX_EPOCH).expect("aged");
        };
        age();
        assert!(own.sweep().is_empty(), "somebody runs cells");
        drop(hold);
        note_use(ready.parent().expect("a folder"));
        assert!(own.sweep().is_empty(), "it was used");
        age();
        assert_eq!(own.sweep(), [ready.parent().expect("a folder")]);
    }
}
