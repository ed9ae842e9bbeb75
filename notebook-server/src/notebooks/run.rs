//! A notebook as a flow: its parameters for a form, and a run of it without anybody looking.

use std::path::PathBuf;

use axum::Json;
use axum::extract::State;
use flownote_flow::id::FlowName;

use super::folder::Relative;
use crate::act::form;
use crate::act::launch::Launch;
use crate::answer::{Answer, Failure};
use crate::api::{ParameterForm, Resumed, RunNotebook};
use crate::query::{Asked, Body};
use crate::state::App;
use flownote_store::notebooks::FLOW;

/// `GET api/notebooks/parameters?path`.
pub async fn parameters(State(app): State<App>, asked: Asked) -> Answer<ParameterForm> {
    let (_, file) = place(&app, asked.one("path").unwrap_or_default())?;
    Ok(Json(ParameterForm { fields: form::of_notebook(&super::document_at(&file)?) }))
}

/// `POST api/notebooks/run`: what is saved is run, from top to bottom.
pub async fn start(State(app): State<App>, Body(asked): Body<RunNotebook>) -> Answer<Resumed> {
    let (path, file) = place(&app, &asked.path)?;
    let fields = form::of_notebook(&super::document_at(&file)?);
    let mut words = vec!["run".to_owned(), path.as_str().to_owned()];
    for (name, value) in &asked.parameters {
        let Some(field) = fields.iter().find(|field| field.name == *name) else {
            return Err(Failure::wrong(
                format!("the notebook has no parameter `{name}`"),
                "tag the cell that sets the defaults with `parameters`",
            ));
        };
        words.extend(["--param".to_owned(), format!("{name}={}", form::typed(field, value))]);
    }
    for tag in &asked.tags {
        words.push(format!("--tag={tag}"));
    }
    if asked.reuse {
        words.push("--cache".to_owned());
    }
    let ground = &super::rooms(&app)?.ground;
    if let Some(python) = ground.kernels.choices.get(&file) {
        words.push(format!("--python={python}"));
    }
    let folder = ground.folder.root().to_owned();
    let asked = Launch { folder, words, flow: FlowName::new(FLOW), run: None };
    Ok(Json(asked.start(&app).await?))
}

/// A notebook of the served folder, and its file.
fn place(app: &App, path: &str) -> Result<(Relative, PathBuf), Failure> {
    let folder = &super::rooms(app)?.ground.folder;
    let path = folder.canonical(&Relative::of_notebook(path)?)?;
    let file = folder.whole(&path);
    Ok((path, file))
}
