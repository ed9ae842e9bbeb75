//! Whether what goes to standard error is coloured: on a terminal, unless the user wants it
//! otherwise (`NO_COLOR`, `CLICOLOR_FORCE`), as the other verbs have it.

use std::ffi::OsStr;
use std::io::IsTerminal;

/// Whether standard error takes colours.
pub fn on_stderr() -> bool {
    let variable = |name: &str| std::env::var_os(name);
    wanted(
        variable("NO_COLOR").as_deref(),
        variable("CLICOLOR_FORCE").as_deref(),
        std::io::stderr().is_terminal(),
    )
}

/// `error:` or `hint:`, coloured where that is wanted.
pub fn label(word: &str) -> String {
    if !on_stderr() {
        return word.to_owned();
    }
    let code = if word == "error:" { "1;31" } else { "36" };
    format!("\u{1b}[{code}m{word}\u{1b}[0m")
}

fn wanted(no: Option<&OsStr>, force: Option<&OsStr>, terminal: bool) -> bool {
    if no.is_some_and(|value| !value.is_empty()) {
        return false;
    }
    force.is_some_and(|value| !value.is_empty() && value != "0") || terminal
}
