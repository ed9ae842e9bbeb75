//! `notebook`, `kernel`, `rust`, `serve` and `ui`: verbs that another package brings. Where it is
//! installed, the line goes there before it comes here (`flownote/shell.py`).

use clap::{Arg, Command};

use super::error::{Error, report};
use super::{Outcome, Shell};

/// `flownote notebook`.
pub fn notebook() -> Command {
    passed_on(
        Command::new("notebook")
            .about("Look at notebooks: what is fresh, what changed; convert and strip them"),
    )
}

/// `flownote kernel`.
pub fn kernel() -> Command {
    passed_on(Command::new("kernel").about("Flownote as a kernel of Jupyter: kernel install"))
}

/// `flownote rust`.
pub fn rust() -> Command {
    passed_on(
        Command::new("rust")
            .about("What Rust cells need and have: rust setup, status, clean, docs"),
    )
}

/// `flownote ui`.
pub fn ui() -> Command {
    passed_on(Command::new("ui").about("Open notebooks and runs in the browser"))
}

/// `flownote serve`.
pub fn serve() -> Command {
    passed_on(
        Command::new("serve").about("Answer programs from models of the store: recommend, artwork"),
    )
}

fn passed_on(command: Command) -> Command {
    let words = Arg::new("words").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true);
    command.disable_help_flag(true).arg(words.hide(true))
}

/// Says what is missing.
pub fn act(_shell: &Shell<'_>) -> Outcome {
    let error = missing();
    report(&error);
    error.exit().into()
}

/// The studio is needed and isn't there.
fn missing() -> Error {
    Error::usage(
        "notebooks and their page are part of the package `flownote-studio`, which is not installed",
        "install it beside flownote: pip install flownote-studio",
    )
}
