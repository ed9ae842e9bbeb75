//! `flownote notebook status|diff|convert|strip`: notebooks as files.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use flownote_notebook::{diff, ipynb};

use super::output::{self, say};
use super::{Error, Outcome, Shell, exit, status, tree};
use crate::files;

/// `notebook`.
pub fn command() -> Command {
    let notebook = || tree::path("notebook", "The notebook").required(true);
    Command::new("notebook")
        .about("Look at notebooks: what is fresh, what changed; convert and strip them")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("status")
                .about("Say of each cell: fresh, stale (and why), unverified, failed, never run; and what a run with --cache would do")
                .arg(notebook())
                .arg(tree::store())
                .arg(tree::switch("json", "As JSON")),
        )
        .subcommand(
            Command::new("diff")
                .about("Show what differs, cell by cell; exit code 1 when something does")
                .arg(tree::path("older", "The notebook before").required(true))
                .arg(tree::path("newer", "The notebook now").required(true))
                .arg(tree::switch("json", "As JSON"))
                .arg(tree::switch("source", "Leave outputs out")),
        )
        .subcommand(
            Command::new("convert")
                .about("Write a notebook in another format, told by the file's ending")
                .arg(tree::path("from", "An .ipynb or .py file").required(true))
                .arg(tree::path("to", "An .ipynb or .py file").required(true))
                .arg(tree::switch("force", "Overwrite a file that is there")),
        )
        .subcommand(
            Command::new("strip")
                .about("Take outputs and execution counts off, in place")
                .arg(notebook().num_args(1..))
                .arg(tree::switch("stdout", "Write to standard output instead (for Git filters)")),
        )
}

/// Does it.
pub fn act(_shell: &Shell, matches: &ArgMatches) -> Outcome {
    match matches.subcommand() {
        Some(("status", matches)) => status::act(&file(matches, "notebook"), matches),
        Some(("diff", matches)) => difference(matches),
        Some(("convert", matches)) => convert(matches),
        Some(("strip", matches)) => strip(matches),
        _ => Ok(exit::USAGE),
    }
}

fn file(matches: &ArgMatches, name: &str) -> PathBuf {
    matches.get_one::<PathBuf>(name).cloned().unwrap_or_default()
}

fn difference(matches: &ArgMatches) -> Outcome {
    let (older, newer) = (file(matches, "older"), file(matches, "newer"));
    let (mut before, mut now) = (files::read(&older)?, files::read(&newer)?);
    if matches.get_flag("source") {
        before.strip();
        now.strip();
    }
    let found = diff::diff(&before, &now);
    if matches.get_flag("json") {
        output::json(&found)?;
    } else {
        let names = (older.display().to_string(), newer.display().to_string());
        output::write(diff::render(&found, &names.0, &names.1))?;
    }
    Ok(if found.is_empty() { exit::OK } else { exit::FAILED })
}

fn convert(matches: &ArgMatches) -> Outcome {
    let (from, to) = (file(matches, "from"), file(matches, "to"));
    if to.exists() && !matches.get_flag("force") {
        return Err(Error::asked(
            format!("`{}` is there already", to.display()),
            "name another file, or overwrite it with --force",
        ));
    }
    let mut document = files::read(&from)?;
    document.name_kernel();
    files::write(&to, &document)?;
    say!("{}", to.display());
    Ok(exit::OK)
}

fn strip(matches: &ArgMatches) -> Outcome {
    for path in matches.get_many::<PathBuf>("notebook").into_iter().flatten() {
        let mut document = files::read(path)?;
        document.strip();
        if matches.get_flag("stdout") {
            output::write(text_of(path, &document))?;
        } else {
            files::write(path, &document)?;
        }
    }
    Ok(exit::OK)
}

fn text_of(path: &Path, document: &flownote_notebook::Document) -> String {
    files::text(path, document).unwrap_or_else(|_| ipynb::write(document))
}
