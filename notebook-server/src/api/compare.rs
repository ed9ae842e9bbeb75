//! Runs beside one another.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{FileDiff, RunRow};

/// `GET api/compare?runs=a,b,c`, where a run is `Flow/run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Comparison {
    /// The names of all parameters, those that differ first.
    pub parameters: Vec<String>,
    /// The names of all metrics, those that differ first.
    pub metrics: Vec<String>,
    /// The runs, in the order in which they were asked for.
    pub rows: Vec<ComparedRun>,
    /// How the code of the last run differs from that of the first.
    pub code_diff: Vec<FileDiff>,
    /// What the runs ended with.
    pub artifacts: Vec<ComparedArtifact>,
}

/// One of the runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ComparedRun {
    /// The run; its parameters are in it.
    pub row: RunRow,
    /// Its metrics.
    pub metrics: Map<String, Value>,
}

/// An artifact of the runs' last tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ComparedArtifact {
    /// Its name.
    pub name: String,
    /// Its type, of the first run that has it.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its preview in each run; null where there is none.
    pub previews: Vec<Option<String>>,
    /// Its pathspec in each run; null where it has none of that name.
    pub pathspecs: Vec<Option<String>>,
    /// Whether all have it, with the same digest.
    pub is_same: bool,
}
