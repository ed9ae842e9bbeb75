//! What differs for runs of notebooks: their flow has one name for all of them, their steps
//! are cells, and the studio runs them.

use std::collections::BTreeMap;

use flownote_flow::id::{FlowName, StepName};
use flownote_flow::run::RunRecord;
use flownote_store::client::RunSummary;
use flownote_store::{RunKey, Store};

/// The flow of all notebooks.
pub const FLOW: &str = "Notebook";
/// The step beside the cells whose artifact of the same name is the executed notebook.
pub const EXECUTED: &str = "notebook_file";

/// The artifact of a cell that holds what it showed.
pub const OUTPUTS: &str = "__outputs__";

/// Whether a flow's runs are notebooks'.
pub fn is(flow: &FlowName) -> bool {
    flow.as_str() == FLOW
}

/// The notebook's file, as whoever ran it named it.
pub fn file(run: &RunSummary) -> Option<&str> {
    run.system_tags.iter().find_map(|tag| tag.strip_prefix("file:"))
}

/// Whether the notebook was run from the shell, which can do so again: not by a front end.
pub fn is_of_the_shell(record: &RunRecord) -> bool {
    !record.command.is_empty()
}

/// How people know the cells of a notebook's run: by number and language. Nothing is known
/// of the steps of other flows, nor of cells that are younger than the run's record.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    known: BTreeMap<StepName, Cell>,
}

/// A cell as the record of its run describes it.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its place among the cells that run; nothing for the values that the run was given.
    pub number: Option<u32>,
    /// `SQL`; empty in records of earlier versions.
    pub language: String,
    /// The line by which people know it.
    pub headline: String,
}

impl Cells {
    /// The cells of a run.
    pub fn of(record: &RunRecord) -> Self {
        if !is(&record.flow) {
            return Self::default();
        }
        let described = record.description.steps.iter();
        let known = described.map(|step| {
            let cell = Cell {
                number: Some(step.line).filter(|line| *line > 0),
                language: step.language.clone().unwrap_or_default(),
                headline: step.doc.clone().unwrap_or_default(),
            };
            (step.name.clone(), cell)
        });
        Self { known: known.collect() }
    }

    /// The cells of a run of which the record isn't at hand.
    pub async fn read(store: &Store, run: &RunKey) -> Result<Self, flownote_store::Error> {
        if !is(&run.flow) {
            return Ok(Self::default());
        }
        Ok(Self::of(&store.run_record(run).await?))
    }

    /// A cell.
    pub fn get(&self, step: &StepName) -> Option<&Cell> {
        self.known.get(step)
    }

    /// `cell 3 (SQL)`.
    pub fn name(&self, step: &StepName) -> Option<String> {
        self.get(step).map(Cell::name)
    }

    /// The step of the cell with that number.
    pub fn numbered(&self, number: u32) -> Option<&StepName> {
        self.known.iter().find(|(_, cell)| cell.number == Some(number)).map(|(step, _)| step)
    }

    /// How many of the steps are cells that are called so by number.
    pub fn count(&self) -> usize {
        self.known.values().filter(|cell| cell.number.is_some()).count()
    }
}

impl Cell {
    /// `cell 3 (SQL)`.
    pub fn name(&self) -> String {
        let number = self.short();
        if self.language.is_empty() { number } else { format!("{number} ({})", self.language) }
    }

    /// `cell 3`.
    pub fn short(&self) -> String {
        self.number.map_or_else(|| "parameters".to_owned(), |number| format!("cell {number}"))
    }
}
