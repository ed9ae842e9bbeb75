//! What a program finds in the cells of a notebook, when somebody asks:
//! `GET api/notebooks/check?path=&with=ruff|rustc`.

mod ruff;
mod rustc;

use std::time::Duration;

use axum::Json;
use axum::extract::State;

use super::entry::NotebookChecked;
use super::folder::Relative;
use super::serve::document;
use crate::answer::{Answer, Failure};
use crate::query::Asked;
use crate::state::App;

/// A program that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// `GET api/notebooks/check`.
pub async fn check(State(app): State<App>, asked: Asked) -> Answer<NotebookChecked> {
    let rooms = super::rooms(&app)?;
    let path = Relative::of_notebook(asked.one("path").unwrap_or_default())?;
    let program = asked.one("with").unwrap_or_default();
    if !["ruff", "rustc"].contains(&program) {
        return Err(Failure::wrong(
            "no such program checks notebooks",
            "ask with=ruff or with=rustc",
        ));
    }
    let document = document(rooms, &path).await?;
    let cells = match program {
        "ruff" => ruff::look(rooms, &path, document).await?,
        _ => rustc::look(rooms, &path, document).await?,
    };
    Ok(Json(NotebookChecked { program: program.to_owned(), cells }))
}
