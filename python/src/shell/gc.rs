//! `gc`: takes away old runs and what nothing refers to any more.

use std::time::Duration;

use clap::{Arg, Command};
use flownote_store::gc::{GcOptions, GcReport};

use super::number::number;
use super::session::with_store;
use super::store::amount;
use super::target_option::{flag, json};
use super::{Exit, Outcome, Shell, flow_option, output, words};

const AFTER_HELP: &str = "\
Without --keep-runs and --older-than no run is deleted, only blobs that nothing refers to:
they go to the trash, and a later gc, a grace on, deletes them. Nothing goes from under a
run that is still running, and tagged runs stay without --tagged. Cached results keep their blobs while they are young.

Examples:
  flownote gc --dry-run --keep-runs 20
  flownote gc --keep-runs 20 --older-than 30d     # both must hold
  flownote gc";

/// `flownote gc`.
pub fn command() -> Command {
    Command::new("gc")
        .about("Delete old runs, and values that nothing refers to")
        .arg(flag("dry-run", "Only say what would go"))
        .arg(
            Arg::new("keep-runs")
                .long("keep-runs")
                .value_name("N")
                .value_parser(number)
                .help("Delete each flow's runs but the newest N and those that are tagged"),
        )
        .arg(period("older-than").help("Delete runs that began longer ago: 30d, 12h, 2w"))
        .arg(flag("tagged", "Delete tagged runs too: by default whoever tagged one wants it"))
        .arg(period("grace").help("How long an unreferenced blob stays [default: 24h]"))
        .arg(
            period("cache-older-than").help("Forget cached results kept longer ago [default: 30d]"),
        )
        .arg(json())
        .arg(flow_option::store())
        .after_help(AFTER_HELP)
}

/// An option with a length of time.
pub(super) fn period(name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("TIME").value_parser(parse_period)
}

/// `30d`, `12h`, `2w`, `90m`, `45s`.
fn parse_period(text: &str) -> Result<Duration, String> {
    let refuse = || format!("`{text}` is no time: write 45s, 90m, 12h, 30d or 2w");
    let unit = text.chars().next_back().ok_or_else(refuse)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 24 * 3600,
        'w' => 7 * 24 * 3600,
        _ => return Err(refuse()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| refuse())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(refuse)
}

/// Does it, and tells what went and how much.
pub fn act(shell: &Shell<'_>) -> Outcome {
    let matches = shell.matches;
    let mut options = GcOptions {
        dry_run: matches.get_flag("dry-run"),
        keep_runs: matches.get_one::<u32>("keep-runs").map(|runs| *runs as usize),
        older_than: matches.get_one::<Duration>("older-than").copied(),
        tagged: matches.get_flag("tagged"),
        ..GcOptions::default()
    };
    if let Some(grace) = matches.get_one::<Duration>("grace") {
        options.grace = *grace;
    }
    if let Some(age) = matches.get_one::<Duration>("cache-older-than") {
        options.cache_older_than = *age;
    }
    with_store(matches, async |store| {
        let report = store.gc(&options).await?;
        if matches.get_flag("json") {
            output::json(&report)?;
        } else {
            output::write(told(&report))?;
        }
        Ok(Exit::Success.into())
    })
}

fn told(report: &GcReport) -> String {
    let (delete, trash) =
        if report.dry_run { ("would delete", "would move") } else { ("deleted", "moved") };
    let mut lines: Vec<String> = Vec::new();
    lines.extend(report.runs.iter().map(|run| format!("{delete} run {run}")));
    lines.extend(report.spared.iter().map(|run| format!("kept run {run}: it is in use")));
    lines.extend(
        report
            .tagged
            .iter()
            .map(|run| format!("kept run {run}: it is tagged; `--tagged` deletes it too")),
    );
    if report.deleted.count > 0 {
        lines.push(format!("{delete} from the trash: {}", amount(report.deleted)));
    }
    if report.trashed.count > 0 {
        lines.push(format!("{trash} to the trash: {}", amount(report.trashed)));
    }
    if report.restored.count > 0 {
        let restored = if report.dry_run { "would restore" } else { "restored" };
        lines.push(format!("{restored} from the trash: {}", amount(report.restored)));
    }
    if report.results > 0 {
        let forgot = if report.dry_run { "would forget" } else { "forgot" };
        lines.push(format!("{forgot} {}", words::count(report.results, "cached result")));
    }
    if report.leases > 0 {
        lines.push(format!("{delete} {}", words::count(report.leases, "old lease")));
    }
    if report.leftovers > 0 {
        lines.push(format!("{delete} {}", words::count(report.leftovers, "leftover")));
    }
    if lines.is_empty() {
        lines.push("nothing to take away".into());
    }
    lines.push(format!("in use: {}", amount(report.kept)));
    if report.young.count > 0 {
        lines.push(format!("unreferenced but too young to go: {}", amount(report.young)));
    }
    lines.join("\n") + "\n"
}
