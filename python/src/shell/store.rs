//! `store`: is the datastore sound, what does it hold, can it be used?

use clap::{ArgMatches, Command};
use console::style;
use flownote_store::check::CheckReport;
use flownote_store::doctor::{DoctorReport, Verdict};
use flownote_store::gc::Amount;
use flownote_store::info::StoreInfo;

use super::error::Error;
use super::session::with_store;
use super::table::{Table, flexible, number, text};
use super::target_option::{flag, json};
use super::{Exit, Outcome, Shell, flow_option, output, words};

const AFTER_HELP: &str = "\
Examples:
  flownote store info
  flownote store check                        # digests and references; names what is damaged
  flownote store check --repair               # moves damaged objects aside
  flownote store doctor --store s3://bucket/prefix";

/// `flownote store`.
pub fn command() -> Command {
    let verb = |name: &'static str, about: &'static str| {
        Command::new(name).about(about).arg(json()).arg(flow_option::store())
    };
    Command::new("store")
        .about("Check the datastore, measure it, find out why it can't be used")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            verb("check", "Verify every digest and reference")
                .arg(flag("repair", "Move what is damaged aside, so that it can be made again")),
        )
        .subcommand(verb("info", "Say what it holds and how large it is"))
        .subcommand(verb("doctor", "Test whether it can be used, and with which credentials"))
        .after_help(AFTER_HELP)
}

/// Does it.
pub fn act(shell: &Shell<'_>) -> Outcome {
    let Some((verb, matches)) = shell.matches.subcommand() else { return Exit::Usage.into() };
    with_store(matches, async |store| {
        let well = match verb {
            "check" => {
                let report = store.check(matches.get_flag("repair")).await?;
                tell(matches, &report, check)?;
                report.is_clean()
            }
            "info" => {
                tell(matches, &store.info().await?, info)?;
                true
            }
            _ => {
                let report = store.doctor().await?;
                tell(matches, &report, doctor)?;
                report.is_healthy()
            }
        };
        Ok(if well { Exit::Success } else { Exit::Failure }.into())
    })
}

fn tell<T: serde::Serialize>(
    matches: &ArgMatches,
    report: &T,
    text: impl Fn(&T) -> String,
) -> Result<(), Error> {
    if matches.get_flag("json") { output::json(report) } else { output::write(text(report)) }
}

fn check(report: &CheckReport) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let (mark, after) = if finding.repaired {
            (style("✓").yellow(), " (moved aside)")
        } else {
            (style("✕").red(), "")
        };
        text.push_str(&format!("{mark} {}{after}\n    {}\n", finding.message, finding.key));
    }
    let seen = format!(
        "{}, {}, {}",
        words::count(report.runs, "run"),
        words::count(report.attempts, "attempt"),
        amount(report.blobs),
    );
    if report.is_clean() {
        text.push_str(&format!("{} no damage: {seen}\n", style("✓").green()));
    } else {
        let problems = words::count(report.findings.len() as u64, "problem");
        text.push_str(&format!("{problems} in {seen}\n"));
        let hint = if report.findings.iter().any(|finding| finding.repaired) {
            "what was moved aside is in `damaged/`; run the steps again that made it"
        } else {
            "`flownote store check --repair` moves damaged objects aside; run again what made them"
        };
        text.push_str(&format!("{} {hint}\n", style("hint:").cyan()));
    }
    if report.unreferenced.count > 0 {
        let free = amount(report.unreferenced);
        text.push_str(&format!("{free} that nothing refers to: `flownote gc` takes them away\n"));
    }
    text
}

fn info(info: &StoreInfo) -> String {
    let format = info.format.map_or("not written yet".into(), |format| format.to_string());
    let mut text = format!("{}\n", style(&info.store).bold());
    for (what, value) in [
        ("format", format),
        ("in all", size_and_count(info.total, "object")),
        ("blobs", size_and_count(info.blobs, "blob")),
        ("unreferenced", size_and_count(info.unreferenced, "blob")),
        ("trash", size_and_count(info.trash, "blob")),
        ("records", size_and_count(info.objects, "object")),
    ] {
        text.push_str(&format!("  {what:<12}  {value}\n"));
    }
    if info.flows.is_empty() {
        return text + "\nNo runs yet.\n";
    }
    let columns =
        [flexible_flow(), number("RUNS"), number("BLOBS"), number("SIZE"), number("RECORDS")];
    let mut table = Table::new(&columns);
    for flow in &info.flows {
        table.row([
            flow.flow.to_string(),
            flow.runs.to_string(),
            flow.blobs.count.to_string(),
            words::size(flow.blobs.bytes),
            words::size(flow.objects.bytes),
        ]);
    }
    format!("{text}\n{}", table.render(output::width()))
}

const fn flexible_flow() -> super::table::Column {
    flexible("FLOW")
}

fn doctor(report: &DoctorReport) -> String {
    let mut table = Table::new(&[text(""), text("TEST"), flexible("RESULT")]);
    let mut hints = String::new();
    for test in &report.tests {
        let mark = match test.verdict {
            Verdict::Good => style("✓").green(),
            Verdict::Warning => style("!").yellow(),
            Verdict::Bad => style("✕").red(),
        };
        table.row([mark.to_string(), test.name.clone(), test.detail.clone()]);
        if let Some(hint) = &test.hint {
            hints.push_str(&format!("{} {}: {hint}\n", style("hint:").cyan(), test.name));
        }
    }
    let head = format!("{}\nfiles in {}\n\n", style(&report.store).bold(), report.files);
    head + &table.render(None) + &hints
}

/// `3 blobs, 12 MB`.
pub fn amount(amount: Amount) -> String {
    size_and_count(amount, "blob")
}

fn size_and_count(amount: Amount, thing: &str) -> String {
    format!("{}, {}", words::count(amount.count, thing), words::size(amount.bytes))
}
