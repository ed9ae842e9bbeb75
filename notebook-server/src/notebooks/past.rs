//! What a notebook was: its saves seen, compared and restored.

use axum::Json;
use axum::extract::State;
use flownote_notebook::{Document, diff};

use super::entry::{
    NotebookHistory, NotebookRestore, NotebookRestored, NotebookSave, NotebookSaved,
};
use super::folder::Relative;
use super::history;
use super::room::Ground;
use super::rooms::NotAnswered;
use super::serve::{blocking, document};
use crate::answer::{Answer, Failure};
use crate::query::{Asked, Body};
use crate::state::App;

/// `GET api/notebooks/history?path=`.
pub async fn saves(State(app): State<App>, asked: Asked) -> Answer<NotebookHistory> {
    let ground = super::rooms(&app)?.ground.clone();
    let path = Relative::of_notebook(asked.one("path").unwrap_or_default())?;
    blocking(move || {
        let path = ground.folder.canonical(&path)?;
        Ok(Json(NotebookHistory { saves: history::list(&ground.folder, &path) }))
    })
    .await
}

/// `GET api/notebooks/history/save?path=&save=`: the notebook as it was then.
pub async fn save(State(app): State<App>, asked: Asked) -> Answer<NotebookSaved> {
    let ground = super::rooms(&app)?.ground.clone();
    let path = Relative::of_notebook(asked.one("path").unwrap_or_default())?;
    let save = asked.one("save").unwrap_or_default().to_owned();
    blocking(move || {
        let path = ground.folder.canonical(&path)?;
        let document = read(&ground, &path, &save)?;
        let all = history::list(&ground.folder, &path);
        let Some(NotebookSave { save, at, why, .. }) = all.into_iter().find(|it| it.save == save)
        else {
            return Err(missing(&save));
        };
        Ok(Json(NotebookSaved { save, at, why, document }))
    })
    .await
}

/// `GET api/notebooks/history/diff?path=&save=&with=`: what differs between a save and the one
/// that `with` names, or the notebook as it is now.
pub async fn difference(State(app): State<App>, asked: Asked) -> Answer<diff::Difference> {
    let rooms = super::rooms(&app)?;
    let ground = rooms.ground.clone();
    let path = Relative::of_notebook(asked.one("path").unwrap_or_default())?;
    let save = asked.one("save").unwrap_or_default().to_owned();
    let with = asked.one("with").map(str::to_owned);
    let (path, older, newer) = blocking(move || {
        let path = ground.folder.canonical(&path)?;
        let older = read(&ground, &path, &save)?;
        let newer = with.map(|with| read(&ground, &path, &with)).transpose()?;
        Ok((path, older, newer))
    })
    .await?;
    let mut newer = match newer {
        Some(newer) => newer,
        None => document(rooms, &path).await?,
    };
    // Saves have no outputs.
    newer.strip();
    Ok(Json(diff::diff(&older, &newer)))
}

/// `POST api/notebooks/history/restore`: the notebook gets the cells of a save, as if somebody
/// had edited it.
pub async fn restore(
    State(app): State<App>,
    Body(asked): Body<NotebookRestore>,
) -> Answer<NotebookRestored> {
    let rooms = super::rooms(&app)?;
    let ground = rooms.ground.clone();
    let path = Relative::of_notebook(&asked.path)?;
    let (path, saved) = blocking(move || {
        let path = ground.folder.canonical(&path)?;
        let saved = read(&ground, &path, &asked.save)?;
        Ok((path, saved))
    })
    .await?;
    match rooms.restore(&path, saved).await {
        Ok(changed) => Ok(Json(NotebookRestored { changed })),
        Err(NotAnswered::Refused(refusal)) => Err(refusal.into()),
        Err(NotAnswered::Problem(problem)) => {
            let hint = problem.hint.unwrap_or_else(|| "look at the save first".to_owned());
            Err(Failure::refused(problem.message, hint))
        }
        Err(NotAnswered::Closed) => {
            Err(Failure::refused("the notebook is being closed", "try again"))
        }
    }
}

fn read(ground: &Ground, path: &Relative, save: &str) -> Result<Document, Failure> {
    history::read(&ground.folder, path, save).ok_or_else(|| missing(save))
}

fn missing(save: &str) -> Failure {
    Failure::missing(format!("there is no save `{save}`"), "look at the list again")
}
