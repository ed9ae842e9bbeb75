//! What a run's record says, cut down to what lists show and search: it never changes.

use flownote_flow::run::RunRecord;
use flownote_store::client::scalar;
use serde_json::{Map, Value};

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
}

impl Facts {
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
