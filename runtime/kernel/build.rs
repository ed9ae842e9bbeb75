//! Gathers the sources of `flownote-models`, which the prelude of Rust cells stands on: they are
//! carried along and built on the user's machine, as the prelude is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The crates that are carried, as the repository has them.
const CRATES: [&str; 2] = ["core/flow", "core/models"];

fn main() {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let root = here.join("../..").canonicalize().expect("the repository");
    let mut text = String::from("&[\n");
    writeln!(text, "    (\"Cargo.toml\", {:?}),", workspace(&root)).expect("text grows");
    for name in CRATES {
        let mut files = vec![root.join(name).join("Cargo.toml")];
        walk(&root.join(name).join("src"), &mut files);
        files.sort();
        for file in files {
            let path = file.strip_prefix(&root).expect("it lies in the repository");
            let (path, file) = (path.to_str().expect("ASCII"), file.to_str().expect("UTF-8"));
            writeln!(text, "    ({path:?}, include_str!({file:?})),").expect("text grows");
        }
        println!("cargo::rerun-if-changed={}", root.join(name).display());
    }
    text.push(']');
    let out = PathBuf::from(variable("OUT_DIR")).join("models.rs");
    fs::write(&out, text).expect("the folder for output can be written");
    println!("cargo::rerun-if-changed={}", root.join("Cargo.toml").display());
    println!("cargo::rerun-if-changed=build.rs");
}

/// The workspace that the crates inherit from, without its other members.
fn workspace(root: &Path) -> String {
    let whole = fs::read_to_string(root.join("Cargo.toml")).expect("the workspace's manifest");
    let begin = whole.find("[workspace.package]").expect("what members inherit");
    let end = whole.find("[profile.").expect("profiles come last");
    let members: Vec<String> = CRATES.iter().map(|name| format!("{name:?}")).collect();
    let members = members.join(", ");
    format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n{}", &whole[begin..end])
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}
