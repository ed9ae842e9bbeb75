//! `version`.

use clap::Command;

use super::{Outcome, Shell, output};

/// `flownote version`.
pub fn command() -> Command {
    Command::new("version").about("Print the version")
}

/// Prints it.
pub fn act(_shell: &Shell<'_>) -> Outcome {
    output::finish(output::write(concat!("flownote ", env!("CARGO_PKG_VERSION"), "\n")))
}
