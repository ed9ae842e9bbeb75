//! `ui`: the browser's page, which another package brings.

use clap::Command;

use super::error::{Error, report};
use super::{Outcome, Shell};

/// `flownote ui`.
pub fn command() -> Command {
    Command::new("ui")
        .about("Open notebooks and runs in the browser (needs the package flownote-studio)")
        .after_help("Example:\n  flownote ui")
}

/// Says what is missing.
pub fn act(_shell: &Shell<'_>) -> Outcome {
    let error = Error::usage(
        "the browser is part of the package `flownote-studio`, which is not installed",
        "it is not published yet; until then `flownote show` and `flownote runs` tell the same",
    );
    report(&error);
    error.exit().into()
}
