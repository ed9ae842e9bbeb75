//! Every file is part of a crate, crates state their invariant, no file names a machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{members, root};

/// Longer files are listed, not refused: a second noun may have moved in.
const COMFORTABLE_LINES: usize = 400;

#[test]
fn every_crate_states_its_invariant() {
    for member in members() {
        let page = read(&root().join(&member.folder).join("src/lib.rs"));
        assert!(
            page.lines().any(|line| line.starts_with("//! **Invariant:**")),
            "{}/src/lib.rs says no `**Invariant:**`",
            member.folder
        );
    }
}

#[test]
fn every_rust_file_is_a_module() {
    for member in members() {
        let folder = root().join(&member.folder);
        let files = rust_files(&folder.join("src"));
        let mut reached = BTreeSet::new();
        for start in ["lib.rs", "main.rs"] {
            reach(&folder.join("src").join(start), &mut reached);
        }
        let forgotten: Vec<_> = files.difference(&reached).collect();
        assert!(forgotten.is_empty(), "no `mod` names these files: {forgotten:?}");
    }
}

#[test]
fn no_file_names_a_machine() {
    let homes = [
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
        concat!("/wo", "rk/"),
    ];
    let mut found = Vec::new();
    for path in tracked() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            if homes.iter().any(|home| names_path(line, home)) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "a machine's paths are named:\n{}", found.join("\n"));
}

#[test]
fn long_files_are_listed() {
    for path in tracked().into_iter().filter(|path| is_source(path)) {
        let lines = read(&path).lines().count();
        if lines > COMFORTABLE_LINES {
            println!("warning: {} has {lines} lines", path.display());
        }
    }
}

/// Whether a line holds a path that begins with `home`, rather than one that has it
/// within. Ana, the user of our examples, may have a home.
fn names_path(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let within = before.is_some_and(|c| c.is_alphanumeric() || "_-.}/>".contains(c));
        !within && !line[at + home.len()..].starts_with("ana")
    })
}

/// Follows `mod name;` from a file to the files below it.
fn reach(file: &Path, reached: &mut BTreeSet<PathBuf>) {
    if !file.is_file() || !reached.insert(file.to_owned()) {
        return;
    }
    let stem = file.file_stem().expect("a file name");
    let beside = file.parent().expect("a folder");
    let folder = match stem.to_str() {
        Some("lib" | "main" | "mod") => beside.to_owned(),
        _ => beside.join(stem),
    };
    for name in read(file).lines().filter_map(declared) {
        reach(&folder.join(format!("{name}.rs")), reached);
        reach(&folder.join(name).join("mod.rs"), reached);
    }
}

/// The name in a line `mod name;`, with or without `pub`.
fn declared(line: &str) -> Option<&str> {
    let line = line.trim();
    let line = match line.strip_prefix("pub(") {
        Some(rest) => rest.split_once(") ")?.1,
        None => line.strip_prefix("pub ").unwrap_or(line),
    };
    line.strip_prefix("mod ")?.split_once(';').map(|(name, _)| name)
}

fn rust_files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
    {
        if entry.is_dir() {
            found.extend(rust_files(&entry));
        } else if entry.extension().is_some_and(|end| end == "rs") {
            found.insert(entry);
        }
    }
    found
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "rs" || end == "py")
}

/// The files that git keeps or would keep.
fn tracked() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git runs");
    let names = String::from_utf8(output.stdout).expect("names are text");
    let paths = names.split('\0').filter(|name| !name.is_empty()).map(|name| root().join(name));
    paths.filter(|path| path.is_file()).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
