//! `POST api/runs/{flow}/{run}/tags`.

use axum::Json;
use axum::extract::{Path, State};
use flownote_store::client::TagChange;

use crate::answer::Answer;
use crate::api::{RunRow, TagsChange};
use crate::query::Body;
use crate::runs::ask::run_key;
use crate::state::App;

/// Adds and removes tags.
pub async fn change(
    State(app): State<App>,
    Path((flow, run)): Path<(String, String)>,
    Body(TagsChange { add, remove }): Body<TagsChange>,
) -> Answer<RunRow> {
    let key = run_key(&flow, &run)?;
    let runs = &app.runs;
    runs.store().change_tags(&key, &TagChange { add, remove }).await?;
    Ok(Json(runs.row(runs.catalogue.one(runs.store(), &key).await?).await?))
}
