//! The live display of a terminal: one line a step below what scrolls by.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use console::style;
use flownote_engine::Progress;
use flownote_flow::id::StepName;
use flownote_flow::schedule::StepCounts;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::text;

/// Draws a run on a terminal.
pub struct Live {
    lines: MultiProgress,
    steps: RefCell<HashMap<String, ProgressBar>>,
    run: RefCell<String>,
}

impl Live {
    /// A display with nothing on it.
    pub fn new() -> Self {
        Self { lines: MultiProgress::new(), steps: RefCell::default(), run: RefCell::default() }
    }

    /// Shows one event.
    pub fn report(&self, progress: Progress) {
        match &progress {
            Progress::Log { step, task, attempt, text, .. } => {
                let name = style(format!("[{}]", text::task(step, task, *attempt))).dim();
                self.say(&format!("{name} {}", text.strip_suffix('\n').unwrap_or(text)));
            }
            Progress::Counts { steps } => {
                steps.iter().for_each(|(step, counts)| self.draw(step, *counts))
            }
            Progress::RunStarted { run, .. } => {
                run.clone_into(&mut self.run.borrow_mut());
                self.talk(&progress);
            }
            Progress::AttemptFinished { failure: None, caught: None, .. } => {}
            Progress::RunFinished { status, elapsed_ms, done, failed } => {
                self.steps.borrow().values().for_each(|line| line.abandon());
                let run = self.run.borrow();
                self.say(&text::run_finished(&run, *status, *elapsed_ms, *done, *failed));
            }
            _ => self.talk(&progress),
        }
    }

    fn talk(&self, progress: &Progress) {
        text::talk(progress).into_iter().flatten().for_each(|line| self.say(&line));
    }

    fn say(&self, line: &str) {
        let _ = self.lines.println(line);
    }

    fn draw(&self, step: &StepName, counts: StepCounts) {
        let touched =
            counts.queued + counts.running + counts.retrying + counts.done + counts.failed;
        if touched == 0 {
            return;
        }
        let mut steps = self.steps.borrow_mut();
        let line = steps.entry(step.to_string()).or_insert_with(|| {
            let line = self.lines.add(ProgressBar::new_spinner());
            let template = "{spinner:.cyan} {prefix:<16} {msg} {elapsed:.dim}";
            line.set_style(ProgressStyle::with_template(template).expect("a template"));
            line.set_prefix(step.to_string());
            line.enable_steady_tick(Duration::from_millis(120));
            line
        });
        let words = [
            (counts.done, "done"),
            (counts.running, "running"),
            (counts.queued, "queued"),
            (counts.retrying, "retrying"),
            (counts.failed, "failed"),
        ];
        let said = words.iter().filter(|(count, _)| *count > 0);
        let said: Vec<_> = said.map(|(count, word)| format!("{count} {word}")).collect();
        line.set_message(said.join(" · "));
        if counts.queued + counts.running + counts.retrying == 0 && !line.is_finished() {
            let mark = if counts.failed > 0 { "✕" } else { "✓" };
            let template = format!("{mark} {{prefix:<16}} {{msg}} {{elapsed:.dim}}");
            line.set_style(ProgressStyle::with_template(&template).expect("a template"));
            line.finish();
        }
    }
}
