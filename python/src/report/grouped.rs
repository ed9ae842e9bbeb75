//! Many tasks of one step that say the same: a foreach of ten thousand items isn't ten
//! thousand lines. The first of each kind is shown at once; the others are summed up when
//! the step is over.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use flownote_engine::Progress;
use flownote_flow::schedule::StepCounts;

use super::text;

/// A step with more tasks is summed up.
const FEW: u64 = 5;

/// Sums up what the tasks of a step say.
#[derive(Default)]
pub struct Grouped(RefCell<HashMap<String, Step>>);

#[derive(Default)]
struct Step {
    tasks: u64,
    reused: u64,
    /// Reason → how many.
    run: BTreeMap<String, u64>,
}

impl Grouped {
    /// Whether to show this event, and the lines that it completes.
    pub fn hear(&self, progress: &Progress) -> (bool, Vec<String>) {
        let mut steps = self.0.borrow_mut();
        match progress {
            Progress::AttemptFinished { step, reused: Some(_), .. } => {
                let known = steps.entry(step.clone()).or_default();
                known.reused += 1;
                (known.tasks <= FEW || known.reused == 1, vec![])
            }
            Progress::NotReused { step, why, .. } => {
                let known = steps.entry(step.clone()).or_default();
                let count = known.run.entry(why.clone()).or_default();
                *count += 1;
                (known.tasks <= FEW || *count == 1, vec![])
            }
            Progress::Counts { steps: counts } => {
                let mut lines = Vec::new();
                for (name, counts) in counts {
                    let known = steps.entry(name.to_string()).or_default();
                    known.tasks = total(*counts);
                    if known.tasks > FEW && counts.queued + counts.running + counts.retrying == 0 {
                        lines.extend(known.sum_up(name.as_str()));
                    }
                }
                (true, lines)
            }
            _ => (true, vec![]),
        }
    }
}

impl Step {
    /// The lines for what wasn't shown; they are told once.
    fn sum_up(&mut self, name: &str) -> Vec<String> {
        let (run, reused) = (std::mem::take(&mut self.run), std::mem::take(&mut self.reused));
        let mut lines = Vec::new();
        if reused > 1 {
            let mark = text::reused_mark();
            lines.push(format!("{mark} {name}: {reused} of {} reused", self.tasks));
        }
        for (why, count) in run.iter().filter(|(_, count)| **count > 1) {
            lines.push(format!("▸ {name}: {count} of {} run: {why}", self.tasks));
        }
        lines
    }
}

fn total(counts: StepCounts) -> u64 {
    counts.queued
        + counts.running
        + counts.retrying
        + counts.done
        + counts.failed
        + counts.cancelled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(task: u32, why: &str) -> Progress {
        Progress::NotReused { step: "fit".into(), task: task.to_string(), why: why.into() }
    }

    fn counts(queued: u64, done: u64) -> Progress {
        let counts = StepCounts { queued, done, ..StepCounts::default() };
        Progress::Counts { steps: vec![("fit".into(), counts)] }
    }

    #[test]
    fn a_step_of_few_tasks_says_everything() {
        let grouped = Grouped::default();
        grouped.hear(&counts(3, 0));
        let shown: Vec<_> = (0..3).map(|task| grouped.hear(&why(task, "x changed")).0).collect();
        assert_eq!(shown, [true; 3]);
        assert_eq!(grouped.hear(&counts(0, 3)).1, [""; 0]);
    }

    #[test]
    fn a_step_of_many_says_each_reason_once_and_sums_up_at_its_end() {
        let grouped = Grouped::default();
        grouped.hear(&counts(9, 0));
        let shown: Vec<_> = (0..3).map(|task| grouped.hear(&why(task, "x changed")).0).collect();
        assert_eq!(shown, [true, false, false]);
        assert!(grouped.hear(&why(3, "the item is new")).0);
        assert_eq!(grouped.hear(&counts(1, 8)).1, [""; 0]);
        assert_eq!(grouped.hear(&counts(0, 9)).1, ["▸ fit: 3 of 9 run: x changed"]);
        assert_eq!(grouped.hear(&counts(0, 9)).1, [""; 0]);
    }
}
