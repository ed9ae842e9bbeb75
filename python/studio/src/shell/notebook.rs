//! `flownote notebook status|diff|convert|strip`: notebooks as files.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use flownote_flow::id::FlowName;
use flownote_kernel::record::remembered;
use flownote_kernel::supervisor::FLOW;
use flownote_notebook::session::{CellStatus, Order, Session};
use flownote_notebook::{diff, ipynb};

use super::{Error, Outcome, Shell, exit, tree};
use crate::files;
use crate::headless::{open_store, runtime};

/// `notebook`.
pub fn command() -> Command {
    let notebook = || tree::path("notebook", "The notebook").required(true);
    Command::new("notebook")
        .about("Look at notebooks: what is fresh, what changed; convert and strip them")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("status")
                .about("Say of each cell: fresh, stale (and why), unverified, failed, never run")
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
        Some(("status", matches)) => status(matches),
        Some(("diff", matches)) => difference(matches),
        Some(("convert", matches)) => convert(matches),
        Some(("strip", matches)) => strip(matches),
        _ => Ok(exit::USAGE),
    }
}

fn file(matches: &ArgMatches, name: &str) -> PathBuf {
    matches.get_one::<PathBuf>(name).cloned().unwrap_or_default()
}

fn status(matches: &ArgMatches) -> Outcome {
    let path = file(matches, "notebook");
    let document = files::read(&path)?;
    let store = matches.get_one::<String>("store").cloned();
    let past = runtime()?.block_on(async {
        let store = open_store(store.as_deref()).await?;
        let flow = FlowName::new(FLOW);
        remembered(&store, &flow, &document).await.map_err(Error::from)
    })?;
    let past = past.into_iter().map(|it| it.past).collect();
    let mut session = Session::new(document, Order::Document, "status");
    session.remember(past);
    let statuses = session.statuses();
    if matches.get_flag("json") {
        let all: Vec<_> = (statuses.iter())
            .map(|(cell, status)| serde_json::json!({"cell": cell, "status": status}))
            .collect();
        println!("{}", serde_json::to_string_pretty(&all).unwrap_or_default());
        return Ok(exit::OK);
    }
    if statuses.is_empty() {
        println!("{} has no cells that run", path.display());
    }
    for (number, (cell, status)) in statuses.iter().enumerate() {
        let source = session.document().cell(cell).map(|cell| cell.source.as_str());
        let first = source.and_then(|it| it.lines().find(|line| !line.trim().is_empty()));
        let first: String = first.unwrap_or("(empty)").chars().take(40).collect();
        println!("{:>3}  {:<40}  {}", number + 1, first, in_words(status));
    }
    Ok(exit::OK)
}

/// A status, for people.
fn in_words(status: &CellStatus) -> String {
    match status {
        CellStatus::NeverRun => "never run".to_owned(),
        CellStatus::Queued => "queued".to_owned(),
        CellStatus::Running => "running".to_owned(),
        CellStatus::Fresh { reused: Some(origin) } => {
            format!("fresh (computed by {} at {})", origin.user, origin.finished_at)
        }
        CellStatus::Fresh { reused: None } => "fresh".to_owned(),
        CellStatus::Stale { why } => format!("stale: {why}"),
        CellStatus::Unverified { why } => format!("unverified: {why}"),
        CellStatus::Failed => "failed".to_owned(),
        CellStatus::Interrupted => "interrupted".to_owned(),
    }
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
        println!("{}", serde_json::to_string_pretty(&found).unwrap_or_default());
    } else {
        let names = (older.display().to_string(), newer.display().to_string());
        print!("{}", diff::render(&found, &names.0, &names.1));
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
    let document = files::read(&from)?;
    files::write(&to, &document)?;
    println!("{}", to.display());
    Ok(exit::OK)
}

fn strip(matches: &ArgMatches) -> Outcome {
    for path in matches.get_many::<PathBuf>("notebook").into_iter().flatten() {
        let mut document = files::read(path)?;
        document.strip();
        if matches.get_flag("stdout") {
            print!("{}", text_of(path, &document));
        } else {
            files::write(path, &document)?;
        }
    }
    Ok(exit::OK)
}

fn text_of(path: &Path, document: &flownote_notebook::Document) -> String {
    files::text(path, document).unwrap_or_else(|_| ipynb::write(document))
}
