//! What cells are compiled with: the compiler, what every cell links with, and the crates that
//! single cells ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::compile::OPTIONS;
use super::deps::Dependencies;
use super::setup::Prelude;
use super::toolchain::Toolchain;

/// What cells are compiled with.
#[derive(Clone, Debug, Default)]
pub struct Kit {
    /// The compiler itself.
    pub rustc: PathBuf,
    /// What every cell links with, and the crates that it may name.
    pub externs: BTreeMap<String, PathBuf>,
    /// Where what those need is found.
    pub search: Vec<PathBuf>,
    /// Folders in which libraries are found when a cell is loaded.
    pub libraries: Vec<PathBuf>,
    /// Stands for all of it, and for how cells are compiled.
    pub digest: String,
}

impl Kit {
    /// What belongs to a compiler and the library that all cells share.
    pub fn of(toolchain: &Toolchain, prelude: &Prelude) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in [&toolchain.version, &toolchain.host, &prelude.digest, &options_digest()] {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        // A cached cell finds its libraries where they were.
        hasher.update(prelude.dylib.as_os_str().as_encoded_bytes());
        let folder = |file: &Path| file.parent().map(PathBuf::from).unwrap_or_default();
        Self {
            rustc: toolchain.rustc.clone(),
            externs: prelude.externs.clone(),
            search: vec![prelude.dependencies.clone()],
            libraries: vec![folder(&prelude.dylib), toolchain.libdir.clone()],
            digest: hasher.finalize().to_hex().to_string(),
        }
    }
}

/// What single cells are compiled with besides: the crates that they ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// The crates that may be named.
    pub externs: BTreeMap<String, PathBuf>,
    /// Where what those need is found.
    pub search: BTreeSet<PathBuf>,
    /// Folders in which libraries are found when a cell is loaded.
    pub libraries: BTreeSet<PathBuf>,
    /// The crates that hold them: they must be linked.
    pub linked: BTreeSet<String>,
    /// Stands for all of it.
    pub digest: String,
}

impl From<Dependencies> for Extras {
    fn from(found: Dependencies) -> Self {
        Self {
            externs: found.externs,
            search: [found.dependencies].into(),
            libraries: found.dylib.parent().map(PathBuf::from).into_iter().collect(),
            linked: [found.name].into(),
            digest: found.digest,
        }
    }
}

impl Extras {
    /// Adds what another has, as far as it isn't there.
    pub fn join(&mut self, other: &Self) {
        for (name, file) in &other.externs {
            self.externs.entry(name.clone()).or_insert_with(|| file.clone());
        }
        self.search.extend(other.search.iter().cloned());
        self.libraries.extend(other.libraries.iter().cloned());
        self.linked.extend(other.linked.iter().cloned());
        // Each once, in order: it would grow with every cell, and crates with it be others.
        let digests = self.digest.split(' ').chain(other.digest.split(' '));
        let digests: BTreeSet<&str> = digests.filter(|digest| !digest.is_empty()).collect();
        let joined = digests.into_iter().collect::<Vec<_>>().join(" ");
        self.digest = joined;
    }
}

/// Stands for how cells are made and kept: what was made otherwise is not taken.
fn options_digest() -> String {
    format!("3 {}", OPTIONS.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_that_are_joined_again_and_again_are_the_same() {
        let of = |digest: &str| Extras { digest: digest.to_owned(), ..Extras::default() };
        let mut joined = of("b");
        for digest in ["a", "", "b", "a b", "a"] {
            joined.join(&of(digest));
        }
        assert_eq!(joined.digest, "a b");
        let mut other = Extras::default();
        other.join(&of("a"));
        other.join(&joined);
        assert_eq!(other, joined, "in whatever order");
    }
}
