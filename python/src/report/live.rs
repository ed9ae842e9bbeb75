//! The live display of a terminal: one line a step below what scrolls by.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use console::style;
use flownote_engine::Progress;
use flownote_flow::id::StepName;
use flownote_flow::manifest::Outcome;
use flownote_flow::schedule::StepCounts;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::grouped::Grouped;
use super::text;

/// Draws a run on a terminal.
pub struct Live {
    lines: MultiProgress,
    steps: RefCell<HashMap<String, Shown>>,
    run: RefCell<String>,
    /// How many tasks of each step were reused.
    reused: RefCell<HashMap<String, u64>>,
    grouped: Grouped,
}

impl Live {
    /// A display with nothing on it.
    pub fn new() -> Self {
        Self {
            lines: MultiProgress::new(),
            steps: RefCell::default(),
            run: RefCell::default(),
            reused: RefCell::default(),
            grouped: Grouped::default(),
        }
    }

    /// Shows one event.
    pub fn report(&self, progress: Progress) {
        let (shown, lines) = self.grouped.hear(&progress);
        lines.iter().for_each(|line| self.say(line));
        if let Progress::AttemptFinished { step, reused: Some(_), .. } = &progress {
            *self.reused.borrow_mut().entry(step.clone()).or_default() += 1;
        }
        match &progress {
            _ if !shown => {}
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
            Progress::AttemptFinished { failure: None, caught: None, reused: None, .. } => {}
            Progress::RunFinished { .. } => {
                for shown in self.steps.borrow().values().filter(|it| !it.line.is_finished()) {
                    shown.line.abandon();
                }
                let ended = text::run_finished(&self.run.borrow(), &progress);
                ended.iter().for_each(|text| eprintln!("{text}"));
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
        if counts == StepCounts::default() {
            return;
        }
        let mut steps = self.steps.borrow_mut();
        let shown = steps.entry(step.to_string()).or_insert_with(|| {
            let line = self.lines.add(ProgressBar::new_spinner());
            line.set_prefix(step.to_string());
            line.enable_steady_tick(Duration::from_millis(120));
            Shown { line, counts: StepCounts::default(), reused: 0 }
        });
        if shown.counts == counts {
            return;
        }
        shown.counts = counts;
        shown.reused = self.reused.borrow().get(step.as_str()).copied().unwrap_or_default();
        shown.draw();
    }
}

/// A step's line and what it says.
struct Shown {
    line: ProgressBar,
    counts: StepCounts,
    reused: u64,
}

impl Shown {
    fn draw(&self) {
        let Self { line, counts, reused } = self;
        let active = counts.queued + counts.running + counts.retrying > 0;
        let template = if active {
            "{spinner:.cyan} {prefix:<16} {msg} {elapsed:.dim}".to_owned()
        } else {
            let mark = if *reused > 0 && counts.done == *reused && counts.failed == 0 {
                text::reused_mark()
            } else {
                text::mark(if counts.failed > 0 { Outcome::Failed } else { Outcome::Ok })
            };
            format!("{mark} {{prefix:<16}} {{msg}}")
        };
        line.set_style(ProgressStyle::with_template(&template).expect("a template"));
        let words = [
            (counts.done.saturating_sub(*reused), "done"),
            (*reused, "◆ reused"),
            (counts.running, "running"),
            (counts.queued, "queued"),
            (counts.retrying, "retrying"),
            (counts.failed, "failed"),
            (counts.cancelled, "cancelled"),
        ];
        let said = words.iter().filter(|(count, _)| *count > 0);
        let said: Vec<_> = said.map(|(count, word)| format!("{count} {word}")).collect();
        let said = said.join(" · ");
        if active {
            // A step inside two foreach levels may have ended and begin again.
            if line.is_finished() {
                line.reset();
            }
            line.set_message(said);
        } else {
            let took = text::duration(u64::try_from(line.elapsed().as_millis()).unwrap_or(0));
            line.finish_with_message(format!("{said} · {}", style(took).dim()));
        }
    }
}
