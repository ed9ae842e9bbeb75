//! Rust, where the toolchain can compile it for WASM.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::command;
use crate::wasm::error::{Error, Result};
use crate::wasm::module::Options;

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles Rust into a module that exports its `#[unsafe(no_mangle)]` functions.
pub(super) fn compile(text: &str, options: &Options<'_>) -> Result<Arc<[u8]>> {
    find_target()?;
    let folder =
        tempfile::tempdir().map_err(|source| Error::File { path: std::env::temp_dir(), source })?;
    // Diagnostics, and the lines of traps, name the cell.
    let file = options.label.replace(['/', '\0'], "-");
    let path = folder.path().join(&file);
    fs::write(&path, text).map_err(|source| Error::File { path, source })?;

    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--crate-type=cdylib", "--crate-name=cell", "--target", TARGET]);
    rustc.args(["-Copt-level=2", "-Cdebuginfo=line-tables-only", "-Cpanic=abort"]);
    rustc.args(["-Ctarget-feature=+simd128", "-o", "cell.wasm"]);
    rustc.arg(format!("--remap-path-prefix={}=.", folder.path().display()));
    rustc.arg(format!("./{file}"));
    command::make("Rust", &mut rustc, folder.path(), "cell.wasm")
}

/// Asks the toolchain where the target's standard library would be, and looks there.
fn find_target() -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).stdin(Stdio::null());
    let missing = |missing: &str, hint: &str| Error::NoCompiler {
        language: "Rust",
        missing: missing.to_owned(),
        hint: hint.to_owned(),
    };
    let Ok(output) = rustc.output() else {
        let hint = "install Rust from https://rustup.rs, or write the cell in C";
        return Err(missing("`rustc` is not installed", hint));
    };
    let folder = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    let hint = format!("`rustup target add {TARGET}` installs it; or write the cell in C");
    Err(missing(&format!("the toolchain has no target `{TARGET}`"), &hint))
}
