//! Who looks, at which store.

use axum::Json;
use axum::extract::State;

use crate::answer::Answer;
use crate::api::Me;
use crate::state::App;

/// `GET api/me`.
pub async fn me(State(app): State<App>) -> Answer<Me> {
    Ok(Json(Me {
        user: app.user.clone(),
        store: app.store.url().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        base: format!("{}/", app.base.path),
    }))
}
