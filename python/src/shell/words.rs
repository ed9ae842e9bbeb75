//! How verbs word what they show: state by shape, word and colour; times; sizes; counts.

use console::{Style, style};
use flownote_store::client::{RunSummary, Status, TaskStatus};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::report::text::duration;

/// Of many names so many are told.
const NAMED: usize = 12;

/// A run's state.
pub fn run_status(status: Status) -> String {
    match status {
        Status::Succeeded => told("✓", "succeeded", Style::new().green()),
        Status::Failed => told("✕", "failed", Style::new().red()),
        Status::Cancelled => told("■", "cancelled", Style::new().yellow()),
        Status::Running => told("●", "running", Style::new().cyan()),
        Status::Interrupted => told("◌", "interrupted", Style::new().yellow()),
    }
}

/// A task's state.
pub fn task_status(status: TaskStatus) -> String {
    match status {
        TaskStatus::Succeeded => run_status(Status::Succeeded),
        TaskStatus::Failed => run_status(Status::Failed),
        TaskStatus::Cancelled => run_status(Status::Cancelled),
        TaskStatus::Running => run_status(Status::Running),
        TaskStatus::Interrupted => run_status(Status::Interrupted),
        TaskStatus::Lost => told("?", "lost", Style::new().yellow()),
    }
}

fn told(mark: &str, word: &str, style: Style) -> String {
    style.apply_to(format!("{mark} {word}")).to_string()
}

/// A time of RFC 3339 as the clock on the wall shows it.
pub fn time(rfc3339: &str) -> String {
    match rfc3339.parse::<Timestamp>() {
        Ok(at) => at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => rfc3339.to_owned(),
    }
}

/// The milliseconds between two times; up to now when the second is missing.
pub fn elapsed_ms(from: Option<&str>, to: Option<&str>) -> Option<u64> {
    let from: Timestamp = from?.parse().ok()?;
    let to = match to {
        Some(to) => to.parse().ok()?,
        None => Timestamp::now(),
    };
    u64::try_from(to.duration_since(from).as_millis()).ok()
}

/// How long it took; up to now when the end is missing.
pub fn elapsed(from: Option<&str>, to: Option<&str>) -> String {
    elapsed_ms(from, to).map(duration).unwrap_or_default()
}

/// A size as people read it.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut unit = 0;
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut amount = bytes as f64;
    while amount >= 999.5 && unit + 1 < UNITS.len() {
        amount /= 1000.0;
        unit += 1;
    }
    match (unit, amount) {
        (0, _) => format!("{bytes} B"),
        (_, ..9.95) => format!("{amount:.1} {}", UNITS[unit]),
        _ => format!("{amount:.0} {}", UNITS[unit]),
    }
}

/// The most memory that something had, from KiB; nothing where nothing ran.
pub fn memory(max_rss_kb: u64) -> String {
    if max_rss_kb == 0 { String::new() } else { size(max_rss_kb * 1024) }
}

/// How long a run took; nothing where its scheduler vanished, since nobody knows.
pub fn run_elapsed(run: &RunSummary) -> Option<u64> {
    let is_known = run.status != Status::Interrupted;
    is_known.then(|| elapsed_ms(Some(&run.created_at), run.finished_at.as_deref())).flatten()
}

/// Names in alphabetical order: of many the first few, and how many more.
pub fn some_names(mut names: Vec<&str>) -> String {
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let named = names.join(", ");
    if more > 0 { format!("{named} and {more} more") } else { named }
}

/// `1 task`, `3 tasks`.
pub fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// What may be typed next: a heading, then one command a line.
pub fn next(commands: &[(String, &str)]) -> String {
    if commands.is_empty() {
        return String::new();
    }
    let widest = commands.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
    let lines = commands.iter().map(|(command, why)| {
        format!("  {command:widest$}  {}\n", style(format!("# {why}")).dim())
    });
    format!("\n{}\n{}", style("next:").dim(), lines.collect::<String>())
}
