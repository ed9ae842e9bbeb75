//! `POST api/tasks/open`: a task as a notebook, as `flownote open` writes it.

use axum::Json;
use axum::extract::State;
use flownote_flow::pathspec::Pathspec;

use super::shell;
use crate::answer::{Answer, Failure};
use crate::api::{OpenTask, OpenedTask};
use crate::query::Body;
use crate::state::App;

/// Names are tried so often.
const TRIES: u32 = 1_000;

/// Writes the notebook into the folder that the server was started in.
pub async fn open(
    State(app): State<App>,
    Body(OpenTask { pathspec }): Body<OpenTask>,
) -> Answer<OpenedTask> {
    let spec: Pathspec = pathspec.parse()?;
    let (Some(_), Some(run), Some(step), Some(task), None) =
        (&spec.flow, &spec.run, &spec.step, &spec.task, &spec.artifact)
    else {
        return Err(Failure::wrong(
            format!("`{pathspec}` names no task"),
            "write Flow/run/step/task",
        ));
    };
    let folder = std::env::current_dir().map_err(|error| {
        Failure::refused(format!("the server's folder is gone: {error}"), "start it in another")
    })?;
    let short = run.as_str().rsplit('-').next().unwrap_or_default();
    let name = |number: u32| match number {
        1 => format!("{step}_{task}_{short}.ipynb"),
        more => format!("{step}_{task}_{short}-{more}.ipynb"),
    };
    let name = (1..TRIES).map(name).find(|name| !folder.join(name).exists()).ok_or_else(|| {
        Failure::refused("this task was opened a thousand times", "delete some of its notebooks")
    })?;
    let words = ["open", &pathspec, "--output", &name].map(str::to_owned);
    shell::run(shell::verb(&app, &folder, &words), "opening the task").await?;
    Ok(Json(OpenedTask { path: name }))
}
