//! The served folder as a tree of notebooks.

use std::collections::BTreeMap;

use cap_std::fs::Dir;

use super::entry::{NotebookEntry, NotebookTree};
use super::folder::{Folder, Relative};

/// So many notebooks are told.
const MOST: usize = 5_000;
/// So many names are looked at.
const LOOKED_AT: usize = 100_000;
/// Folders of other programs, with nobody's notebooks.
const SKIPPED: [&str; 6] =
    ["node_modules", "__pycache__", "site-packages", "target", "venv", "dist-packages"];
/// A percent file says so within its first bytes.
const HEAD: usize = 16 << 10;

struct Walk<'a> {
    is_running: &'a dyn Fn(&Relative) -> bool,
    found: usize,
    looked_at: usize,
}

/// Lists the notebooks of a folder: `.ipynb` files, and `.py` files with cells.
pub fn list(folder: &Folder, is_running: impl Fn(&Relative) -> bool) -> NotebookTree {
    let mut walk = Walk { is_running: &is_running, found: 0, looked_at: 0 };
    let entries = walk.entries(folder.dir(), "", 0);
    let cut = walk.is_full();
    NotebookTree { root: folder.root().display().to_string(), entries, cut }
}

impl Walk<'_> {
    fn is_full(&self) -> bool {
        self.found >= MOST || self.looked_at >= LOOKED_AT
    }

    fn entries(&mut self, dir: &Dir, above: &str, depth: usize) -> Vec<NotebookEntry> {
        let mut folders: BTreeMap<String, String> = BTreeMap::new();
        let mut notebooks: BTreeMap<String, NotebookEntry> = BTreeMap::new();
        // What can't be read isn't listed.
        for entry in dir.entries().into_iter().flatten().flatten() {
            self.looked_at += 1;
            if self.is_full() {
                break;
            }
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if above.is_empty() { name.clone() } else { format!("{above}/{name}") };
            let Ok(relative) = Relative::new(&path) else { continue };
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                // A link to a folder isn't followed: it may lead in a circle.
                if depth < 20 && !SKIPPED.contains(&name.as_str()) {
                    folders.insert(name, path);
                }
            } else if let Some(ending) = relative.ending()
                && (ending == "ipynb" || has_cells(dir, &name))
                && let Ok(about) = dir.metadata(&name)
                && about.is_file()
            {
                self.found += 1;
                let modified = about.modified().ok().map(cap_std::time::SystemTime::into_std);
                let modified = modified.and_then(|at| jiff::Timestamp::try_from(at).ok());
                let notebook = NotebookEntry::Notebook {
                    running: (self.is_running)(&relative),
                    name: name.clone(),
                    path,
                    modified: modified.unwrap_or_default().to_string(),
                    size: about.len(),
                };
                notebooks.insert(name, notebook);
            }
        }
        let mut entries = Vec::new();
        for (name, path) in folders {
            // A folder in which this program can't look has nothing for it.
            let Ok(inner) = dir.open_dir(&name) else { continue };
            // An environment has programs' notebooks.
            if inner.exists("pyvenv.cfg") {
                continue;
            }
            let inside = self.entries(&inner, &path, depth + 1);
            if !inside.is_empty() {
                entries.push(NotebookEntry::Folder { name, path, entries: inside });
            }
        }
        entries.extend(notebooks.into_values());
        entries
    }
}

/// Whether a Python file is a percent file.
fn has_cells(dir: &Dir, name: &str) -> bool {
    use std::io::Read;
    let Ok(file) = dir.open(name) else { return false };
    let mut head = Vec::new();
    if file.take(HEAD as u64).read_to_end(&mut head).is_err() {
        return false;
    }
    head.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"# %%"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn notebooks_are_listed_with_their_folders_and_nothing_else_is() {
        let place = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = place.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        };
        for path in [
            "b.ipynb",
            "a/c.ipynb",
            "a/empty/notes.txt",
            ".trash/gone.ipynb",
            "node_modules/x.ipynb",
            "env/lib/y.ipynb",
        ] {
            write(path, "{}");
        }
        write("env/pyvenv.cfg", "");
        write("script.py", "print(1)\n");
        write("cells.py", "import x\n# %%\nprint(1)\n");
        fs::write(outside.path().join("secret.ipynb"), "{}").expect("written");
        symlink(outside.path(), place.path().join("out")).expect("linked");
        symlink(outside.path().join("secret.ipynb"), place.path().join("s.ipynb")).expect("linked");
        symlink(".", place.path().join("circle")).expect("linked");

        let folder = Folder::open(place.path()).expect("open");
        let tree = list(&folder, |path| path.as_str() == "a/c.ipynb");
        let [NotebookEntry::Folder { path: a, entries: inside, .. }, rest @ ..] = &tree.entries[..]
        else {
            panic!("{tree:?}")
        };
        let name = |entry: &NotebookEntry| match entry {
            NotebookEntry::Notebook { path, running, .. } => (path.clone(), *running),
            NotebookEntry::Folder { path, .. } => panic!("{path} is a folder"),
        };
        assert_eq!(a, "a");
        assert_eq!(inside.iter().map(name).collect::<Vec<_>>(), [("a/c.ipynb".to_owned(), true)]);
        let rest: Vec<_> = rest.iter().map(|entry| name(entry).0).collect();
        assert_eq!(rest, ["b.ipynb", "cells.py"]);
        assert!(!tree.cut);
    }
}
