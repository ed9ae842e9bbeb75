//! Copies the face model that lies in `rustface`'s folder to where it can be compiled in.
//!
//! The crate holds its model as a file beside its sources and doesn't compile it in; Cargo says
//! where that folder is. Nothing is downloaded for it, and no copy is kept in the repository.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const MODEL: &str = "model/seeta_fd_frontal_v1.0.bin";

fn main() {
    let model = folder("rustface").join(MODEL);
    let copy = PathBuf::from(variable("OUT_DIR")).join("faces.bin");
    if let Err(error) = fs::copy(&model, &copy) {
        panic!("can't copy {} to {}: {error}", model.display(), copy.display());
    }
    println!("cargo::rerun-if-changed={}", model.display());
    println!("cargo::rerun-if-changed=build.rs");
}

/// The folder of a crate that this one stands on.
fn folder(name: &str) -> PathBuf {
    let output = Command::new(variable("CARGO"))
        // What isn't for this target may not have been downloaded.
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        .args(["--filter-platform", &variable("TARGET")])
        .arg("--manifest-path")
        .arg(Path::new(&variable("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata failed: {said}");
    let found: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata writes JSON");
    let package = found["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|it| it["name"] == name))
        .unwrap_or_else(|| panic!("cargo metadata names no `{name}`"));
    let manifest = package["manifest_path"].as_str().expect("a path is text");
    Path::new(manifest).parent().expect("a manifest lies in a folder").to_owned()
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}
