//! Plain lines, for pipes, files and CI.

use std::cell::RefCell;
use std::io::Write;

use flownote_engine::Progress;
use flownote_flow::manifest::Outcome;
use flownote_store::Stream;

use super::grouped::Grouped;
use super::text;

/// Writes plain lines.
pub struct Plain {
    quiet: bool,
    run: RefCell<String>,
    grouped: Grouped,
}

impl Plain {
    /// A display; a quiet one tells only what the steps print and what failed.
    pub fn new(quiet: bool) -> Self {
        Self { quiet, run: RefCell::default(), grouped: Grouped::default() }
    }

    /// Shows one event.
    pub fn report(&self, progress: Progress) {
        match &progress {
            Progress::Log { step, task, attempt, stream, text } => {
                print_log(&text::task(step, task, *attempt), *stream, text);
                return;
            }
            Progress::RunStarted { run, .. } => run.clone_into(&mut self.run.borrow_mut()),
            Progress::RunFinished { .. } if !self.quiet => {
                let ended = text::run_finished(&self.run.borrow(), &progress);
                ended.iter().for_each(|text| say(text));
                return;
            }
            _ => {}
        }
        let failed = matches!(
            &progress,
            Progress::AttemptFinished { outcome, .. } if *outcome != Outcome::Ok
        );
        let (shown, lines) = self.grouped.hear(&progress);
        if !self.quiet {
            lines.iter().for_each(|line| say(line));
        }
        if shown && (!self.quiet || failed) {
            text::talk(&progress).into_iter().flatten().for_each(|line| say(&line));
        }
    }
}

fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// A line of a step's output, with whose it is before it.
pub fn print_log(task: &str, stream: Stream, text: &str) {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let _ = if stream == Stream::Stderr {
        writeln!(std::io::stderr().lock(), "[{task}] {text}")
    } else {
        writeln!(std::io::stdout().lock(), "[{task}] {text}")
    };
}
