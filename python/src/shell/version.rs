//! `version`.

use clap::Command;

use super::{Exit, Outcome, Shell};

/// `flownote version`.
pub fn command() -> Command {
    Command::new("version").about("Print the version")
}

/// Prints it.
pub fn act(_shell: &Shell<'_>) -> Outcome {
    println!("flownote {}", env!("CARGO_PKG_VERSION"));
    Exit::Success.into()
}
