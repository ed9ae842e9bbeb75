//! C, compiled by Zig's compiler, which `pip install ziglang` puts beside the notebook's
//! Python.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::command;
use crate::wasm::error::{Error, Result};
use crate::wasm::module::Options;

/// Headers that belong to the compiler. Others belong to a C library.
const FREESTANDING: [&str; 10] = [
    "float.h",
    "iso646.h",
    "limits.h",
    "stdalign.h",
    "stdarg.h",
    "stdbool.h",
    "stddef.h",
    "stdint.h",
    "stdnoreturn.h",
    "wasm_simd128.h",
];

/// Compiles C into a module that exports `names`.
pub(super) fn compile(text: &str, names: &[&str], options: &Options<'_>) -> Result<Arc<[u8]>> {
    let folder =
        tempfile::tempdir().map_err(|source| Error::File { path: std::env::temp_dir(), source })?;
    // Diagnostics, and the lines of traps, name the cell.
    let label = options.label.replace(['"', '\\', '\n'], "'");
    let path = folder.path().join("cell.c");
    fs::write(&path, format!("#line 1 \"{label}\"\n{text}\n"))
        .map_err(|source| Error::File { path, source })?;

    let mut zig = Command::new(options.python);
    zig.args(["-m", "ziglang", "cc", "-O2", "-g", "-msimd128"]);
    // The same cell gives the same bytes, wherever it was compiled.
    zig.arg(format!("-ffile-prefix-map={}=.", folder.path().display()));
    if needs_library(text) {
        zig.args(["-target", "wasm32-wasi", "-mexec-model=reactor"]);
    } else {
        zig.args(["-target", "wasm32-freestanding", "-Wl,--no-entry"]);
    }
    zig.arg("-iquote").arg(options.folder);
    zig.args(names.iter().map(|name| format!("-Wl,--export={name}")));
    zig.arg("-Wl,--export=__heap_base");
    if text.contains("flownote_alloc") {
        zig.arg("-Wl,--export=flownote_alloc");
    }
    zig.args(["-o", "cell.wasm", "cell.c"]);
    command::make("C", &mut zig, folder.path(), "cell.wasm")
        .map_err(|error| missing(error, options))
}

/// Whether the cell includes files of the user's, which may change without it.
pub(super) fn includes_own_files(text: &str) -> bool {
    includes(text).any(|name| name.starts_with('"'))
}

/// Whether the cell includes a C library's headers: then WASI's library is linked. What
/// of it asks for the system is refused later, by name, as an import.
fn needs_library(text: &str) -> bool {
    includes(text).any(|name| {
        let name = name.strip_prefix('<').and_then(|name| name.split('>').next());
        name.is_some_and(|name| !FREESTANDING.contains(&name))
    })
}

fn includes(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let directive = line.trim_start().strip_prefix('#')?.trim_start();
        directive.strip_prefix("include").map(str::trim_start)
    })
}

/// The compiler's failure, or that there is no compiler.
fn missing(error: Error, options: &Options<'_>) -> Error {
    let python = options.python.display();
    let missing = match &error {
        Error::Compile { .. } if !has_zig(options) => {
            format!("`{python}` has no package `ziglang`, which compiles it")
        }
        Error::File { source, .. } => format!("the Python `{python}` can't be started: {source}"),
        _ => return error,
    };
    let hint = format!("`{python} -m pip install ziglang` installs it");
    Error::NoCompiler { language: "C", missing, hint }
}

fn has_zig(options: &Options<'_>) -> bool {
    let look = "import importlib.util, sys; sys.exit(importlib.util.find_spec('ziglang') is None)";
    let mut python = Command::new(options.python);
    python.args(["-c", look]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    python.status().is_ok_and(|status| status.success())
}
