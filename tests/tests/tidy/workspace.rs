//! The workspace as cargo sees it: its crates, where they stand, what they depend on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A crate of the workspace.
pub struct Member {
    pub name: String,
    /// Its folder, relative to the root: `core/flow`.
    pub folder: String,
    /// Names of the packages that it names itself, tests' dependencies left out.
    pub direct: BTreeSet<String>,
    /// Names of all packages that it is built from, tests' dependencies left out.
    pub closure: BTreeSet<String>,
}

/// The root folder of the workspace.
pub fn root() -> PathBuf {
    // Asked while running: checkouts that share a target folder share this binary too.
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
    Path::new(&here).parent().expect("tests/ is in the root").to_owned()
}

/// Asks cargo for the members of the workspace and their resolved dependencies.
pub fn members() -> Vec<Member> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--filter-platform"])
        .arg(host())
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");

    let packages = list(&metadata["packages"]);
    let names: BTreeMap<&str, &str> =
        packages.iter().map(|package| (text(&package["id"]), text(&package["name"]))).collect();
    let edges: BTreeMap<&str, Vec<&str>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| (text(&node["id"]), list(&node["deps"]).iter().filter_map(shipped).collect()))
        .collect();

    list(&metadata["workspace_members"])
        .iter()
        .map(|id| {
            let id = text(id);
            let package = packages.iter().find(|package| package["id"] == id).expect("listed");
            let manifest = Path::new(text(&package["manifest_path"]));
            let folder = manifest.parent().and_then(|folder| folder.strip_prefix(root()).ok());
            Member {
                name: names[id].to_owned(),
                folder: folder.expect("in the workspace").display().to_string(),
                direct: edges[id].iter().map(|id| names[id].to_owned()).collect(),
                closure: closure(id, &edges).iter().map(|id| names[id].to_owned()).collect(),
            }
        })
        .collect()
}

/// The package at the other end of a dependency, unless only tests need it.
fn shipped(dependency: &Value) -> Option<&str> {
    let kinds = list(&dependency["dep_kinds"]);
    kinds.iter().any(|kind| kind["kind"] != "dev").then(|| text(&dependency["pkg"]))
}

fn closure<'a>(of: &'a str, edges: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut waiting = edges[of].clone();
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            waiting.extend(&edges[id]);
        }
    }
    seen
}

/// The target triple of this machine: only its dependencies are sure to be downloaded.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("rustc prints text");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host line").to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}
