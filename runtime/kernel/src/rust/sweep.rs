//! Keeps the folder of compiled cells small: what nobody has used for long goes.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// What wasn't used for so long is removed.
const OLD: Duration = Duration::from_secs(60 * 24 * 60 * 60);
/// A folder of a compilation that takes longer than this belongs to a process that died.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// Says that a compiled cell is in use.
pub(super) fn touch(file: &Path) {
    // A day's use is told once. Where it can't be, the file is compiled again some day.
    if age(file).is_some_and(|age| age > ABANDONED)
        && let Ok(opened) = fs::File::options().append(true).open(file)
    {
        let _ = opened.set_modified(SystemTime::now());
    }
}

/// Removes what is old from the folder of one kit.
pub(super) fn sweep(folder: &Path) {
    for kind in ["items", "bodies"] {
        remove_older(&folder.join(kind), OLD, |_| true);
    }
    remove_older(folder, ABANDONED, |name| name.starts_with("work-"));
}

fn remove_older(folder: &Path, than: Duration, of: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let named = entry.file_name().to_str().is_some_and(&of);
        if named && age(&path).is_some_and(|age| age > than) {
            // What another process removes at the same time is gone as well.
            let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
    }
}

fn age(path: &Path) -> Option<Duration> {
    SystemTime::now().duration_since(fs::metadata(path).ok()?.modified().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_old_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let (items, old) = (folder.path().join("items"), folder.path().join("items/old.rlib"));
        fs::create_dir_all(&items).expect("made");
        fs::write(&old, "x").expect("written");
        fs::write(items.join("new.rlib"), "x").expect("written");
        let long_ago = SystemTime::now() - OLD - ABANDONED;
        let file = fs::File::options().append(true).open(&old).expect("there");
        file.set_modified(long_ago).expect("aged");
        touch(&items.join("new.rlib"));
        sweep(folder.path());
        assert!(!old.exists() && items.join("new.rlib").exists());
        fs::write(&old, "x").expect("written");
        fs::File::options()
            .append(true)
            .open(&old)
            .and_then(|it| it.set_modified(long_ago))
            .expect("aged");
        touch(&old);
        sweep(folder.path());
        assert!(old.exists(), "it was used");
    }
}
