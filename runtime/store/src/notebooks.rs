//! What differs for runs of notebooks: their flow has one name for all of them, their steps
//! are cells, and the studio runs them. What tells notebooks apart is a tag of their runs.

mod identity;
mod named;

use std::collections::BTreeMap;

use crate::client::RunSummary;
use crate::{RunKey, Store};
use flownote_flow::id::{FlowName, StepName};
use flownote_flow::run::RunRecord;

pub use identity::{id_at, id_of};
pub use named::newest;

/// The flow of all notebooks.
pub const FLOW: &str = "Notebook";
/// The step beside the cells whose artifact of the same name is the executed notebook: text, an
/// `.ipynb` file. Cells have no such ids unless their user insists.
pub const EXECUTED: &str = "notebook_file";

/// The artifact of a cell that holds what it showed: JSON, a list of outputs.
pub const OUTPUTS: &str = "__outputs__";

/// Whether a flow's runs are notebooks'.
pub fn is(flow: &FlowName) -> bool {
    flow.as_str() == FLOW
}

/// The notebook's file, as whoever ran it named it.
pub fn file(run: &RunSummary) -> Option<&str> {
    run.system_tags.iter().find_map(|tag| tag.strip_prefix("file:"))
}

/// The tag by which all runs of a run's notebook are found.
pub fn tag_of(run: &RunSummary) -> &str {
    let tag = |kind: &str| run.system_tags.iter().find(|tag| tag.starts_with(kind));
    tag("notebook:").or_else(|| tag("file:")).map_or("", String::as_str)
}

/// The file of a notebook at the beginning of a reference, and what follows it.
///
/// ```
/// use flownote_store::notebooks::file_in;
///
/// assert_eq!(file_in("notes/tour.ipynb/3/best"), Some(("notes/tour.ipynb", "3/best")));
/// assert_eq!(file_in("hand.py"), Some(("hand.py", "")));
/// assert_eq!(file_in("Recommend/latest"), None);
/// ```
pub fn file_in(text: &str) -> Option<(&str, &str)> {
    let ends = text.match_indices('/').map(|(at, _)| at).chain([text.len()]);
    let is_file = |end: &usize| {
        let name = text[..*end].rsplit('/').next().unwrap_or_default();
        [".ipynb", ".py"].iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
    };
    let end = ends.into_iter().find(is_file)?;
    Some((&text[..end], text[end..].strip_prefix('/').unwrap_or_default()))
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
    pub async fn read(store: &Store, run: &RunKey) -> Result<Self, crate::Error> {
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

    /// The ids of the cells that are called by number, in their order.
    pub fn ids(&self) -> Vec<String> {
        let mut known: Vec<_> =
            self.known.iter().filter_map(|(step, cell)| Some((cell.number?, step))).collect();
        known.sort();
        known.into_iter().map(|(_, step)| step.to_string()).collect()
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
