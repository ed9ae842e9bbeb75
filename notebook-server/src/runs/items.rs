//! The items of a foreach as short texts: what `train[11]` stands for.

use flownote_flow::manifest::{ArtifactRecord, ForeachItems};
use flownote_store::client::scalar;
use flownote_store::{Error, Store};
use serde_json::Value;

/// Larger arrays of items aren't read: their tasks are shown by number alone.
const LARGEST: u64 = 32 << 20;
/// Longer texts are cut.
const LONGEST: usize = 120;

/// Reads a text for each item, in their order; fewer when they aren't there any more.
pub async fn texts(store: &Store, items: &ForeachItems) -> Result<Vec<Option<String>>, Error> {
    if items.items.size > LARGEST {
        return Ok(Vec::new());
    }
    let bytes = match store.read_record_of(&items.items, "?", &items.over).await {
        Ok(bytes) => bytes,
        // They are only to be shown.
        Err(Error::MissingBlob { .. } | Error::Damaged { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let records: Vec<ArtifactRecord> = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(records.iter().map(text).collect())
}

fn text(record: &ArtifactRecord) -> Option<String> {
    let text = match scalar(record) {
        Some(Value::String(text)) => text,
        Some(value) => value.to_string(),
        None => record.preview.clone().or_else(|| record.inline.clone())?,
    };
    let short: String = text.chars().take(LONGEST).collect();
    Some(if short.len() < text.len() { format!("{short}…") } else { short })
}
