//! Crates that cells ask for (`//! dep: rand = "0.9"`): one more dynamic library, so that a
//! cell is compiled against them without building them.
//!
//! They are a world of their own beside the prelude's: what both stand on, such as serde, is
//! there twice, and a type of theirs that implements *their* serde doesn't implement the
//! prelude's.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value as Json;

use super::built::read_ready;
use super::cargo::{Artifact, Cargo};
use super::setup::{Progress, Setup, find_library, in_folder, remove, write_changed};
use super::setup_error::SetupError;
use super::unused::note_use;

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
    /// Of the compiler, what was asked for, and which versions that came to.
    pub digest: String,
}

impl Setup {
    /// Builds the crates that are asked for, by what stands to the right of `=` in
    /// `Cargo.toml`, unless that is done. Which versions they are is decided once, and kept.
    ///
    /// # Errors
    /// When cargo fails: there may be no such crate; and when what is asked for may change
    /// unseen.
    pub fn dependencies(
        &self,
        wanted: &BTreeMap<String, String>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Dependencies, SetupError> {
        check(wanted)?;
        let asked = self.digest_of(wanted);
        let name = format!("flownote_deps_{}", &asked[..12]);
        if let Some(found) = self.ready_dependencies(&name, &asked) {
            return Ok(found);
        }
        let home = self.home();
        let _lock = self.lock(&name, progress)?;
        if let Some(found) = self.ready_dependencies(&name, &asked) {
            return Ok(found);
        }
        let build = home.join(format!("build-{name}"));
        let (source, deps) = (build.join("source"), home.join("deps"));
        write_changed(&source.join("Cargo.toml"), &manifest(&name, wanted))?;
        write_changed(&source.join("lib.rs"), "")?;
        let cargo = Cargo {
            toolchain: self.toolchain(),
            folder: &source,
            target: &build.join("target"),
            features: "",
            metadata: None,
            stopped: self.stopped(),
        };
        // Beside the libraries: when those are built again, then of the same versions.
        let (kept, locked) = (deps.join(format!("{name}.lock")), source.join("Cargo.lock"));
        if let Ok(versions) = fs::read_to_string(&kept) {
            write_changed(&locked, &versions)?;
        }
        let crates = direct(&cargo.metadata()?, &name);
        let versions = fs::read_to_string(&locked).map_err(|source| SetupError::Io {
            what: "can't be read",
            path: locked.clone(),
            source,
        })?;
        write_changed(&kept, &versions)?;
        let digest = digest_with(&asked, &versions);
        let cargo = Cargo { metadata: Some(&digest), ..cargo };
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
        self.publish(&deps.join(&name), &artifacts, &name, externs, digest)?;
        remove(&build);
        self.ready_dependencies(&name, &asked).ok_or(SetupError::Absent { name })
    }

    /// The crates that are asked for, if they were built.
    pub fn built_dependencies(&self, wanted: &BTreeMap<String, String>) -> Option<Dependencies> {
        let asked = self.digest_of(wanted);
        self.ready_dependencies(&format!("flownote_deps_{}", &asked[..12]), &asked)
    }

    fn ready_dependencies(&self, name: &str, asked: &str) -> Option<Dependencies> {
        let folder = self.home().join("deps").join(name);
        let ready = read_ready(&folder).filter(|ready| ready.digest.starts_with(&asked[..HALF]))?;
        note_use(&folder);
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

/// How much of a digest says what was asked for; the rest says which versions that came to.
const HALF: usize = 32;

fn digest_with(asked: &str, versions: &str) -> String {
    format!("{}{}", &asked[..HALF], &blake3::hash(versions.as_bytes()).to_hex()[..HALF])
}

/// A line of a cell's becomes a line of a manifest, and nothing else.
fn check(wanted: &BTreeMap<String, String>) -> Result<(), SetupError> {
    for (name, wanted) in wanted {
        let is_name = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !is_name || wanted.contains(['\n', '\r']) || wanted.trim().is_empty() {
            return Err(SetupError::Wanted { name: name.clone(), wanted: wanted.clone() });
        }
        let keys = keys(wanted);
        let says = |key: &str| keys.iter().any(|it| it == key);
        if says("path") {
            return Err(SetupError::Moves {
                name: name.clone(),
                why: "is a folder: what is in it may change without anyone seeing it",
                instead: "name a version that was published, or paste the code into a cell",
            });
        }
        if says("git") && !says("rev") {
            return Err(SetupError::Moves {
                name: name.clone(),
                why: "names no commit: what `git` gives may change without anyone seeing it",
                instead: "say which commit: `{ git = \"…\", rev = \"…\" }`",
            });
        }
    }
    Ok(())
}

/// The keys of an inline table, as `{ git = "…", rev = "…" }`; none of anything else.
fn keys(wanted: &str) -> Vec<String> {
    let Some(inner) = wanted.trim().strip_prefix('{') else { return Vec::new() };
    let (mut found, mut key, mut depth, mut quote) = (Vec::new(), String::new(), 0_u32, None);
    let mut escaped = false;
    for letter in inner.chars() {
        match (quote, letter) {
            (Some(_), _) if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => key.push(letter),
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, '=') if depth == 0 => found.push(std::mem::take(&mut key).trim().to_owned()),
            (None, ',') if depth == 0 => key.clear(),
            (None, _) => key.push(letter),
        }
    }
    found
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

#[cfg(test)]
mod tests {
    use flownote_flow::help::Help;

    use super::*;

    #[track_caller]
    fn refused(wanted: &str) -> Option<String> {
        let wanted = BTreeMap::from([("other".to_owned(), wanted.to_owned())]);
        let error = check(&wanted).err()?;
        assert!(error.to_string().contains("`other`"), "{error}");
        error.hint()
    }

    #[test]
    fn code_that_may_change_unseen_is_refused() {
        let hint = refused(r#"{ path = "../other" }"#).expect("refused");
        assert!(hint.contains("paste the code"), "{hint}");
        assert!(refused(r#"{ version = "1", features = ["a", "b"], "path" = '.' }"#).is_some());
        let hint = refused(r#"{ git = "https://x/y", branch = "main" }"#).expect("refused");
        assert!(hint.contains("rev"), "{hint}");
        assert_eq!(refused(r#"{ git = "https://x/y?path=1", rev = "1f2e" }"#), None);
        assert_eq!(refused(r#"{ version = "1", features = ["path", "git"] }"#), None);
        assert_eq!(refused(r#""1, path = 2""#), None);
    }

    #[test]
    fn other_versions_are_other_crates() {
        let (asked, other) = ("a".repeat(64), "b".repeat(64));
        let first = digest_with(&asked, "rand 0.9.1");
        assert_eq!(first, digest_with(&asked, "rand 0.9.1"));
        assert_ne!(first, digest_with(&asked, "rand 0.9.2"));
        assert_ne!(first, digest_with(&other, "rand 0.9.1"));
        assert!(first.starts_with(&asked[..HALF]));
    }
}
