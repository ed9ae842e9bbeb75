//! The prelude's source, which the program carries along: it is built on the user's machine,
//! by the user's compiler, whose ABI no other one has.
//!
//! The crates of models that it stands on come along. Everything is laid out as in the repository,
//! so that one path leads from one to the other in both places.

macro_rules! files {
    ($($path:literal)*) => {
        /// Path and text of each file of the prelude's package.
        const FILES: &[(&str, &str)] = &[
            $((concat!("runtime/kernel/prelude/", $path),
               include_str!(concat!("../../prelude/", $path)))),*
        ];
    };
}

files! {
    "Cargo.toml" "Cargo.lock" "src/abi.rs" "src/array.rs" "src/bytes.rs" "src/cell.rs"
    "src/codec/csr.rs" "src/codec/json.rs" "src/codec/mod.rs" "src/codec/npy.rs" "src/csr.rs"
    "src/error.rs" "src/export.rs" "src/ffi.rs" "src/frame/build.rs" "src/frame/column.rs"
    "src/frame/data.rs" "src/frame/display.rs" "src/frame/export.rs" "src/frame/import.rs"
    "src/frame/mod.rs" "src/frame/numbers.rs" "src/frame/record_batch.rs"
    "src/frame/records.rs" "src/frame/rows.rs" "src/frame/text.rs" "src/frame/times.rs"
    "src/frame/values.rs" "src/given.rs" "src/host.rs" "src/input.rs" "src/lib.rs"
    "src/media.rs" "src/models.rs" "src/names.rs" "src/panics.rs" "src/show.rs" "src/value.rs"
}

/// The same of the crates that it stands on, gathered by the build script.
const MODELS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/models.rs"));

/// The prelude's package, below the folder that all files are in.
pub(super) const PACKAGE: &str = "runtime/kernel/prelude";

/// Path and text of everything that is built.
pub(super) fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().chain(MODELS).copied()
}

/// The page that says what cells have at hand, for `flownote rust docs`.
pub const GUIDE: &str = include_str!("../../prelude/README.md");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{PACKAGE, files};

    fn walk(folder: &Path, found: &mut BTreeSet<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.insert(path);
            }
        }
    }

    #[test]
    fn no_file_of_the_prelude_is_left_behind() {
        let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
        let root = Path::new(&here).join("../..");
        let mut there = BTreeSet::new();
        walk(&root.join(PACKAGE).join("src"), &mut there);
        let carried: BTreeSet<PathBuf> = files().map(|(path, _)| root.join(path)).collect();
        let left: Vec<_> = there.difference(&carried).collect();
        assert!(left.is_empty(), "sources.rs doesn't name {left:?}");
    }
}
