//! The words and shapes that both displays use: state is told by shape, word and colour.

use console::{Style, style};
use flownote_engine::Progress;
use flownote_flow::event::RunStatus;
use flownote_flow::manifest::{Failure, Outcome};

/// A duration as people read it: `0.31 s`, `12.4 s`, `2 m 05 s`.
pub fn duration(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0..10 => format!("{}.{:02} s", seconds, ms % 1000 / 10),
        10..60 => format!("{}.{} s", seconds, ms % 1000 / 100),
        60..3600 => format!("{} m {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// `train/3`, and `train/3.1` from the second attempt on.
pub fn task(step: &str, task: &str, attempt: u32) -> String {
    if attempt == 0 { format!("{step}/{task}") } else { format!("{step}/{task}.{attempt}") }
}

/// The shape of an outcome.
pub fn mark(outcome: Outcome) -> String {
    match outcome {
        Outcome::Ok => style("✓").green().for_stderr().to_string(),
        Outcome::Failed => style("✕").red().for_stderr().to_string(),
        Outcome::Cancelled => style("■").yellow().for_stderr().to_string(),
        Outcome::Lost => style("?").yellow().for_stderr().to_string(),
    }
}

/// The shape of a result that was taken.
pub fn reused_mark() -> String {
    style("◆").magenta().for_stderr().to_string()
}

/// The lines that tell a failure: the traceback, the message, the hint.
pub fn failure(failure: &Failure) -> Vec<String> {
    let mut lines = Vec::new();
    match &failure.traceback {
        Some(traceback) => lines.extend(traceback.trim_end().lines().map(str::to_owned)),
        None => lines.push(failure.message.clone()),
    }
    if let Some(hint) = &failure.hint {
        lines.push(format!("{} {hint}", style("hint:").cyan().for_stderr()));
    }
    lines
}

/// What ends a run: a line, and for one that failed where to look.
pub fn run_finished(run: &str, progress: &Progress) -> Option<String> {
    let Progress::RunFinished { status, elapsed_ms, done, failed, reused } = progress else {
        return None;
    };
    let (mark, word, colour) = match status {
        RunStatus::Succeeded => ("✓", "succeeded", Style::new().green()),
        RunStatus::Failed => ("✕", "failed", Style::new().red()),
        RunStatus::Cancelled => ("■", "cancelled", Style::new().yellow()),
    };
    let failed = if *failed > 0 { format!(", {failed} failed") } else { String::new() };
    let reused = if *reused > 0 { format!(", {reused} of them reused") } else { String::new() };
    let tasks = if *done == 1 { "task" } else { "tasks" };
    let head = colour.for_stderr().apply_to(format!("{mark} run {run} {word}"));
    let mut text =
        format!("{head} in {}: {done} {tasks} done{reused}{failed}", duration(*elapsed_ms));
    if *status == RunStatus::Failed {
        let id = run.rsplit_once('-').map_or(run, |(_, end)| end);
        text.push_str(&format!("\n  `flownote show {id}` tells what failed, and how to go on"));
    }
    Some(text)
}

/// The talk of an event that both displays word the same way.
pub fn talk(progress: &Progress) -> Option<Vec<String>> {
    Some(match progress {
        Progress::RunStarted { flow, run, store, continued } => {
            let verb = if *continued { "continued" } else { "started" };
            vec![format!("run {flow}/{run} {verb} in {store}")]
        }
        Progress::AttemptFinished { step, task: id, attempt, reused: Some(reused), .. } => {
            let mark = reused_mark();
            vec![format!("{mark} {} reused from {}", task(step, id, *attempt), reused.pathspec)]
        }
        Progress::Waiting { step, task: id, holder } => {
            vec![format!("⧗ {} waits: {holder} computes the same", task(step, id, 0))]
        }
        Progress::CouldHaveReused { tasks, saved_ms } => {
            let had = if *tasks == 1 { "1 task had" } else { &format!("{tasks} tasks had") };
            let saved = duration(*saved_ms);
            vec![format!("note: {had} a valid earlier result; `--cache` would have saved {saved}")]
        }
        Progress::Verified { step, task: id, differs, pickles } => {
            let name = task(step, id, 0);
            let quoted = |names: &[String]| format!("`{}`", names.join("`, `"));
            let mut lines = Vec::new();
            if !differs.is_empty() {
                let mark = mark(Outcome::Failed);
                lines.push(format!(
                    "{mark} {name} isn't deterministic: {} differs",
                    quoted(differs)
                ));
            }
            if !pickles.is_empty() {
                lines.push(format!(
                    "? {name}: the pickle of {} differs, which equal values may do too",
                    quoted(pickles)
                ));
            }
            if lines.is_empty() {
                lines.push(format!("= {name} is as it was kept"));
            }
            lines
        }
        Progress::NotReused { step, task: id, why } => {
            vec![format!("▸ {} runs: {why}", task(step, id, 0))]
        }
        Progress::AttemptFinished {
            step,
            task: id,
            attempt,
            outcome,
            elapsed_ms,
            failure,
            caught,
            reused: None,
        } => {
            let name = task(step, id, *attempt);
            let mut lines = vec![format!("{} {name} {}", mark(*outcome), duration(*elapsed_ms))];
            if let Some(failure) = failure {
                lines.extend(self::failure(failure).into_iter().map(|line| format!("  {line}")));
            }
            if let Some(caught) = caught {
                lines.push(format!("  caught: {}", caught.message));
            }
            lines
        }
        Progress::Retrying { step, task: id, attempt, after_ms } => {
            let wait =
                if *after_ms == 0 { String::new() } else { format!(" in {}", duration(*after_ms)) };
            vec![format!("↻ {} again{wait}", task(step, id, *attempt))]
        }
        Progress::Notice { text } => vec![format!("note: {text}")],
        Progress::Cancelling { running } => {
            vec![format!(
                "cancelling: {running} under way get a moment to finish; Ctrl-C again kills them"
            )]
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_read_as_people_say_them() {
        let said: Vec<_> =
            [7, 9_990, 12_340, 125_000, 7_260_000].into_iter().map(duration).collect();
        assert_eq!(said, ["0.00 s", "9.99 s", "12.3 s", "2 m 05 s", "2 h 01 m"]);
    }
}
