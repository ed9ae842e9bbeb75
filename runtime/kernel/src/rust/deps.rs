//! Crates that cells ask for (`//! dep: rand = "0.9"`): one more dynamic library, so that a
//! cell is compiled against them without building them.
//!
//! They are a world of their own beside the prelude's: what both stand on, such as serde, is
//! there twice, and a type of theirs that implements *their* serde doesn't implement the
//! prelude's.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value as Json;

use super::cargo::{Artifact, Cargo};
use super::setup::{
    Progress, Setup, SetupError, find_library, in_folder, lock, read_ready, remove, write_changed,
};

/// Crates that cells ask for, built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependencies {
    /// The name of the crate that holds them all. A cell's crates say `extern crate … as _`,
    /// so that they are linked with it and hold no copies of their own.
    pub name: String,
    /// Its library.
    pub dylib: PathBuf,
    /// The folder of everything that it is made of, for `-L dependency=`.
    pub dependencies: PathBuf,
    /// The crates by name, that of [`Self::name`] among them.
    pub externs: BTreeMap<String, PathBuf>,
    /// Of the compiler and what was asked for.
    pub digest: String,
}

impl Setup {
    /// Builds the crates that are asked for, by what stands to the right of `=` in
    /// `Cargo.toml`, unless that is done.
    ///
    /// # Errors
    /// When cargo fails: there may be no such crate.
    pub fn dependencies(
        &self,
        wanted: &BTreeMap<String, String>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Dependencies, SetupError> {
        check(wanted)?;
        let digest = self.digest_of(wanted);
        let name = format!("flownote_deps_{}", &digest[..12]);
        if let Some(found) = self.ready_dependencies(&name, &digest) {
            return Ok(found);
        }
        let home = self.home();
        let _lock = lock(&home, &name, progress)?;
        if let Some(found) = self.ready_dependencies(&name, &digest) {
            return Ok(found);
        }
        let build = home.join(format!("build-{name}"));
        let source = build.join("source");
        write_changed(&source.join("Cargo.toml"), &manifest(&name, wanted))?;
        write_changed(&source.join("lib.rs"), "")?;
        let cargo = Cargo {
            toolchain: self.toolchain(),
            folder: &source,
            target: &build.join("target"),
            features: "",
            metadata: Some(&digest),
        };
        let crates = direct(&cargo.metadata()?, &name);
        // A crate that isn't named isn't linked.
        let lines = crates
            .iter()
            .filter(|it| !it.is_macro)
            .map(|it| format!("extern crate {};\n", it.name));
        write_changed(&source.join("lib.rs"), &lines.collect::<String>())?;
        let artifacts = cargo.build(progress)?;
        let mut externs = BTreeMap::from([(name.clone(), find_library(&artifacts, &name)?)]);
        for one in crates {
            let is_it = |it: &&Artifact| {
                it.package == one.package && !it.is("custom-build") && !it.is("bin")
            };
            let library = artifacts.iter().find(is_it).and_then(Artifact::library);
            let library = library.ok_or_else(|| SetupError::Absent { name: one.name.clone() })?;
            externs.insert(one.name, library.clone());
        }
        let folder = home.join("deps").join(&name);
        self.publish(&folder, &artifacts, &name, externs, digest.clone())?;
        remove(&build);
        self.ready_dependencies(&name, &digest).ok_or(SetupError::Absent { name })
    }

    fn ready_dependencies(&self, name: &str, digest: &str) -> Option<Dependencies> {
        let folder = self.home().join("deps").join(name);
        let ready = read_ready(&folder).filter(|ready| ready.digest == digest)?;
        Some(Dependencies {
            name: name.to_owned(),
            dylib: folder.join(&ready.dylib),
            externs: in_folder(&folder, ready.externs),
            digest: ready.digest,
            dependencies: folder,
        })
    }

    fn digest_of(&self, wanted: &BTreeMap<String, String>) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.digest().as_bytes());
        for (name, wanted) in wanted {
            hasher
                .update(name.as_bytes())
                .update(&[0])
                .update(wanted.trim().as_bytes())
                .update(&[0]);
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// A line of a cell's becomes a line of a manifest, and nothing else.
fn check(wanted: &BTreeMap<String, String>) -> Result<(), SetupError> {
    for (name, wanted) in wanted {
        let is_name = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !is_name || wanted.contains(['\n', '\r']) || wanted.trim().is_empty() {
            return Err(SetupError::Wanted { name: name.clone(), wanted: wanted.clone() });
        }
    }
    Ok(())
}

fn manifest(name: &str, wanted: &BTreeMap<String, String>) -> String {
    let mut text = format!(
        "[workspace]\n\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [lib]\npath = \"lib.rs\"\ncrate-type = [\"dylib\"]\n\n\
         [profile.release]\nopt-level = 3\ncodegen-units = 16\ndebug = false\n\n[dependencies]\n"
    );
    for (name, wanted) in wanted {
        text.push_str(&format!("{name} = {}\n", wanted.trim()));
    }
    text
}

/// A crate that was asked for, by the name that code calls it.
struct Direct {
    name: String,
    package: String,
    is_macro: bool,
}

fn direct(metadata: &Json, root: &str) -> Vec<Direct> {
    let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let packages = list(&metadata["packages"]);
    let kinds = |id: &str| {
        let package = packages.iter().find(|package| package["id"] == id);
        let targets = package.map(|package| list(&package["targets"])).unwrap_or_default();
        targets.iter().any(|target| list(&target["kind"]).iter().any(|kind| kind == "proc-macro"))
    };
    let root = packages.iter().find(|package| package["name"] == root).map(|it| text(&it["id"]));
    let nodes = list(&metadata["resolve"]["nodes"]);
    let node = nodes.iter().find(|node| root.as_deref() == node["id"].as_str());
    let direct = node.map(|node| list(&node["deps"])).unwrap_or_default();
    let direct = direct.iter().map(|it| (text(&it["name"]), text(&it["pkg"])));
    direct.map(|(name, package)| Direct { name, is_macro: kinds(&package), package }).collect()
}
