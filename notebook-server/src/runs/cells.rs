//! What the cells of a notebook's run are called and what their code was: people know
//! "cell 3 · sql", records know ids.

use std::collections::BTreeMap;

use flownote_flow::id::{AttemptKey, StepName, TaskKey};
use flownote_flow::run::RunRecord;
use flownote_store::notebooks::EXECUTED;
use flownote_store::{Error, RunKey, Store};
use serde::Deserialize;

use super::Tasks;

/// The cells of a notebook as its run began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    /// By id: the place among the cells of code, from 1, and the language where it is known.
    known: BTreeMap<StepName, (usize, Option<String>)>,
}

impl Cells {
    /// The cells of a run; none of a flow's run, whose steps are methods.
    pub fn of(record: &RunRecord) -> Option<Self> {
        let steps = &record.description.steps;
        if steps.is_empty() || steps.iter().any(|step| !step.arguments.is_empty()) {
            return None;
        }
        let language = |step: &StepName| Some(record.sources.get(step.as_str())?.type_name.clone());
        let cells = steps.iter().zip(1..);
        let known = cells.map(|(step, at)| (step.name.clone(), (at, language(&step.name))));
        Some(Self { known: known.collect() })
    }

    /// What a cell is called.
    pub fn name(&self, step: &StepName) -> String {
        match self.known.get(step) {
            Some((at, Some(language))) => format!("cell {at} · {language}"),
            Some((at, None)) => format!("cell {at}"),
            None if step.as_str() == EXECUTED => "the executed notebook".to_owned(),
            None => format!("new cell {step}"),
        }
    }

    /// What an execution of a cell is called, by the number that people saw beside it.
    pub fn label(&self, task: &TaskKey) -> String {
        let name = self.name(&task.step);
        match &task.path[..] {
            [] | [0] => name,
            [number, ..] => format!("{name} [{number}]"),
        }
    }

    /// The language of a cell, where it is known.
    pub fn language(&self, step: &StepName) -> Option<&str> {
        self.known.get(step)?.1.as_deref()
    }

    /// The place of a cell; those that came later are behind all others.
    pub fn place(&self, step: &StepName) -> usize {
        self.known.get(step).map_or(usize::MAX, |(at, _)| *at)
    }
}

/// What the recorder of notebooks keeps of a cell.
#[derive(Deserialize)]
struct OfCell {
    source: String,
    #[serde(default)]
    language: Option<String>,
}

/// The code of the cells that ran, as each ran last: by id, with the language where it was
/// recorded.
pub async fn code(
    store: &Store,
    run: &RunKey,
    tasks: &Tasks,
) -> Result<BTreeMap<StepName, (String, Option<String>)>, Error> {
    let mut attempts = Vec::new();
    for step in tasks.steps() {
        let over = |row: &&crate::api::TaskRow| row.finished_at.is_some();
        let Some(last) = step.rows.iter().rev().find(over) else { continue };
        let Some(task) = tasks.key_of(&last.step, &last.task) else { continue };
        attempts.push(AttemptKey { task, attempt: 0 });
    }
    let dones = store.dones_of(run, &attempts).await?;
    let read = attempts.into_iter().zip(dones).filter_map(|(attempt, done)| {
        let cell = OfCell::deserialize(done?.manifest.provenance.get("cell")?).ok()?;
        Some((attempt.task.step, (cell.source, cell.language)))
    });
    Ok(read.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_numbers_and_languages() {
        let known = [("a1", 1, Some("python")), ("b2", 2, None)];
        let cell = |(id, at, language): (&str, usize, Option<&str>)| {
            (StepName::new(id), (at, language.map(str::to_owned)))
        };
        let cells = Cells { known: known.into_iter().map(cell).collect() };
        let check = |step: &str, path: &[u32], expect: &str| {
            assert_eq!(cells.label(&TaskKey::new(step, path)), expect);
        };
        check("a1", &[7], "cell 1 · python [7]");
        check("b2", &[2], "cell 2 [2]");
        check("c3", &[9], "new cell c3 [9]");
        check("notebook_file", &[0], "the executed notebook");
    }
}
