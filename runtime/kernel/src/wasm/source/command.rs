//! Running a compiler.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::wasm::error::{Error, Result};

/// How much of a compiler's talk is shown.
const SHOWN: usize = 16 << 10;

/// Runs `command` in `folder`, where it makes `product`, and gives the product.
pub(super) fn make(
    language: &'static str,
    command: &mut Command,
    folder: &Path,
    product: &str,
) -> Result<Arc<[u8]>> {
    let unreadable = |source| Error::File { path: command_path(language), source };
    let output = command.current_dir(folder).stdin(Stdio::null()).output().map_err(unreadable)?;
    if !output.status.success() {
        let mut diagnostics = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
        if diagnostics.len() > SHOWN {
            diagnostics.truncate(diagnostics.floor_char_boundary(SHOWN));
            diagnostics.push_str("\n…");
        }
        return Err(Error::Compile { language, diagnostics });
    }
    let product = folder.join(product);
    let binary = fs::read(&product).map_err(|source| Error::File { path: product, source })?;
    Ok(binary.into())
}

fn command_path(language: &str) -> std::path::PathBuf {
    format!("the {language} compiler").into()
}
