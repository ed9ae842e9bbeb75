//! What a run's record says, cut down to what lists show and search: it never changes.

use flownote_flow::id::{RunId, TaskKey};
use flownote_flow::run::RunRecord;
use flownote_store::client::{Status, scalar};
use flownote_store::notebooks;
use serde_json::{Map, Value};

use super::cells::Cells;
use super::find::time_of;
use crate::api::{RunState, Tally};

/// What never changes of a run.
#[derive(Clone, Debug)]
pub struct Facts {
    /// When it began.
    pub created_at: String,
    /// Who started it.
    pub user: String,
    /// Where.
    pub host: String,
    /// The tags that it was started with.
    pub tags: Vec<String>,
    /// Tags that the system gave.
    pub system_tags: Vec<String>,
    /// The file that it was started from.
    pub file: Option<String>,
    /// The run that it takes results from.
    pub origin: Option<String>,
    /// Its parameters: scalars as they are, others as their previews.
    pub parameters: Map<String, Value>,
    /// What its steps are called, when they are the cells of a notebook.
    pub cells: Option<Cells>,
    /// Whether it is what somebody does in an open notebook: no command line began it.
    pub is_session: bool,
    /// Why its record can't be read; the rest is then unknown.
    pub damage: Option<String>,
}

impl Facts {
    /// Whether another notebook's run is of the same notebook: by its id, else by its file.
    pub fn is_of_same_notebook(&self, other: &Self) -> bool {
        let id = |facts: &Self| {
            facts.system_tags.iter().find(|tag| tag.starts_with("notebook:")).cloned()
        };
        match (id(self), id(other)) {
            (Some(one), Some(other)) => one == other,
            _ => self.file == other.file,
        }
    }

    /// How a run stands whose tasks are these: a notebook that is open runs while a cell does.
    pub fn state(&self, status: Status, tasks: &Tally) -> RunState {
        match status {
            Status::Running if self.is_session && tasks.running + tasks.queued == 0 => {
                RunState::Open
            }
            other => other.into(),
        }
    }

    /// What people call a task of the run.
    pub fn label(&self, task: &TaskKey) -> String {
        match &self.cells {
            Some(cells) => cells.label(task),
            None => super::ended::label(task),
        }
    }

    /// Reads them out of a record.
    pub fn of(record: &RunRecord) -> Self {
        let file = &record.description.file;
        Self {
            created_at: record.created_at.clone(),
            user: record.user.clone(),
            host: record.host.clone(),
            tags: record.tags.clone(),
            system_tags: record.system_tags.clone(),
            file: (!file.is_empty()).then(|| file.clone()),
            origin: record.origin.as_ref().map(ToString::to_string),
            parameters: parameters(record),
            cells: Cells::of(record),
            is_session: notebooks::is(&record.flow) && record.command.is_empty(),
            damage: None,
        }
    }

    /// What is known of a run whose record can't be read: when it began, by its id.
    pub fn unreadable(run: &RunId, damage: String) -> Self {
        Self {
            created_at: time_of(run.as_str()).map(|at| at.to_string()).unwrap_or_default(),
            user: String::new(),
            host: String::new(),
            tags: Vec::new(),
            system_tags: Vec::new(),
            file: None,
            origin: None,
            parameters: Map::new(),
            cells: None,
            is_session: false,
            damage: Some(damage),
        }
    }
}

/// The parameters of a run, by attribute name.
pub fn parameters(record: &RunRecord) -> Map<String, Value> {
    let shown = record.parameters.iter().map(|(name, record)| {
        let preview = || record.preview.clone().unwrap_or_else(|| record.type_name.clone());
        (name.clone(), scalar(record).unwrap_or_else(|| Value::String(preview())))
    });
    shown.collect()
}
