//! The handlers of `api/flows`, `api/runs…`, `api/compare` and `api/events`: they read what
//! is asked and hand it on.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::Outcome;
use flownote_flow::pathspec::Pathspec;
use flownote_store::RunKey;
use futures::{StreamExt, TryStreamExt, stream};

use super::damage::is_damage;
use super::logs::Wanted;
use super::{Question, Shelf, events, heat as heats, task_row};
use crate::answer::{Answer, Failure};
use crate::api::{
    ArtifactDetail, CodeDetail, Comparison, FlowRow, Heat, LogPage, RunDetail, RunList, TaskDetail,
    TaskList, TaskRow, TaskState, WhyRow,
};
use crate::query::Asked;
use crate::state::App;

/// Rows that are made at once.
const AT_ONCE: usize = 16;
/// So many tasks are given when nobody says how many, and at most.
const TASKS: u64 = 200;
const MOST_TASKS: u64 = 2_000;
/// So many runs are compared at most.
const COMPARED: usize = 50;

/// Where a request points: each part is checked before anything is read.
pub fn run_key(flow: &str, run: &str) -> Result<RunKey, Failure> {
    let spec: Pathspec = format!("{flow}/{run}").parse()?;
    match (spec.flow, spec.run) {
        (Some(flow), Some(run)) => Ok(RunKey { flow, run }),
        _ => Err(Failure::wrong(format!("`{flow}/{run}` names no run"), "write Flow/run")),
    }
}

/// A task, its parts checked.
pub fn task_key(
    parts: &(String, String, String, String),
) -> Result<(RunKey, StepName, TaskId), Failure> {
    let (flow, run, step, task) = parts;
    let spec: Pathspec = format!("{flow}/{run}/{step}/{task}").parse()?;
    match (spec.flow, spec.run, spec.step, spec.task) {
        (Some(flow), Some(run), Some(step), Some(task)) => Ok((RunKey { flow, run }, step, task)),
        _ => Err(Failure::wrong(
            format!("`{flow}/{run}/{step}/{task}` names no task"),
            "write Flow/run/step/task",
        )),
    }
}

type RunPath = Path<(String, String)>;
type TaskPath = Path<(String, String, String, String)>;

/// `GET api/flows`.
pub async fn flows(State(app): State<App>) -> Answer<Vec<FlowRow>> {
    let runs = &app.runs;
    let mut rows = Vec::new();
    for flow in runs.store().flows().await? {
        let newest = Question { flows: vec![flow.clone()], limit: 1, ..Question::default() };
        let found = runs.find(&newest).await?;
        let latest = match found.into_iter().next() {
            Some(found) => Some(runs.row(found).await?),
            None => None,
        };
        rows.push(FlowRow { flow: flow.to_string(), latest });
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.latest.as_ref().map(|it| it.run.clone())));
    Ok(Json(rows))
}

/// `GET api/runs`.
pub async fn list(State(app): State<App>, asked: Asked) -> Answer<RunList> {
    let question = Question::of(&asked)?;
    let runs = &app.runs;
    let (mut found, total) = runs.find_and_count(&question).await?;
    let goes_on = found.len() > question.limit;
    found.truncate(question.limit);
    let rows = stream::iter(found).map(|found| runs.row(found)).buffered(AT_ONCE);
    let rows: Vec<_> = rows.try_collect().await?;
    let more = rows.last().filter(|_| goes_on).map(|row| row.run.clone());
    Ok(Json(RunList { runs: rows, more, total }))
}

/// `GET api/events`.
pub async fn all_events(State(app): State<App>) -> Response {
    events::of_all(app).into_response()
}

/// `GET api/compare?runs=Flow/run,Flow/run`.
pub async fn compare(State(app): State<App>, asked: Asked) -> Answer<Comparison> {
    let names = asked.all("runs").flat_map(|text| text.split(','));
    let mut runs = Vec::new();
    for name in names.map(str::trim).filter(|name| !name.is_empty()) {
        let (flow, run) = name.split_once('/').ok_or_else(|| {
            Failure::wrong(format!("`{name}` names no run"), "write runs=Flow/run,Flow/run")
        })?;
        let key = run_key(flow, run)?;
        if !runs.contains(&key) {
            runs.push(key);
        }
    }
    if runs.is_empty() || runs.len() > COMPARED {
        let what = format!("{} runs can't be compared", runs.len());
        return Err(Failure::wrong(what, format!("name up to {COMPARED}: runs=Flow/run,Flow/run")));
    }
    Ok(Json(app.runs.compare(&runs).await?))
}

/// `GET api/runs/{flow}/{run}`.
pub async fn detail(State(app): State<App>, Path((flow, run)): RunPath) -> Answer<RunDetail> {
    Ok(Json(app.runs.detail(&run_key(&flow, &run)?).await?))
}

/// `GET api/runs/{flow}/{run}/tasks?step&status&from&limit`.
pub async fn tasks(
    State(app): State<App>,
    Path((flow, run)): RunPath,
    asked: Asked,
) -> Answer<TaskList> {
    let key = run_key(&flow, &run)?;
    let states: Vec<TaskState> = asked.all("status").map(state).collect::<Result<_, _>>()?;
    let from = asked.number("from")?.unwrap_or(0);
    let limit = asked.number("limit")?.unwrap_or(TASKS).min(MOST_TASKS);
    let store = app.runs.store();
    let shelf = app.runs.shelf.current(store, &key).await?;
    let (from, limit) = (usize_of(from), usize_of(limit));
    let wanted = |row: &&TaskRow| states.is_empty() || states.contains(&row.status);
    let unread = {
        let tasks = shelf.read().await;
        let rows = tasks.rows(asked.one("step")).filter(wanted);
        tasks.unread_of(rows.skip(from).take(limit))
    };
    Shelf::read_now(store, &key, &shelf, &unread).await?;
    let tasks = shelf.read().await;
    let total = tasks.rows(asked.one("step")).filter(wanted).count() as u64;
    let rows = tasks.rows(asked.one("step")).filter(wanted);
    let mut rows: Vec<TaskRow> = rows.skip(from).take(limit).cloned().collect();
    for row in &mut rows {
        let (begun, ended) = (row.started_at.as_deref(), row.finished_at.as_deref());
        row.elapsed_ms = task_row::elapsed(row.status, begun, ended);
    }
    Ok(Json(TaskList { tasks: rows, total }))
}

/// `GET api/runs/{flow}/{run}/heat?step`.
pub async fn heat(
    State(app): State<App>,
    Path((flow, run)): RunPath,
    asked: Asked,
) -> Answer<Heat> {
    let key = run_key(&flow, &run)?;
    let shelf = app.runs.shelf.current(app.runs.store(), &key).await?;
    Ok(Json(heats::heat(&*shelf.read().await, asked.one("step"))))
}

/// `GET api/runs/{flow}/{run}/why`: the first task of each step is asked about.
pub async fn why(State(app): State<App>, Path((flow, run)): RunPath) -> Answer<Vec<WhyRow>> {
    let key = run_key(&flow, &run)?;
    let store = app.runs.store();
    let shelf = app.runs.shelf.current(store, &key).await?;
    let asked: Vec<(StepName, TaskId)> = {
        let tasks = shelf.read().await;
        let ran = |state| state == TaskState::Succeeded;
        let firsts = tasks.steps().iter().filter_map(|step| {
            let row = step.rows.iter().find(|row| ran(row.status))?;
            Some((step.name.clone(), TaskId::new(row.task.as_str())))
        });
        firsts.collect()
    };
    let mut rows = Vec::new();
    for (step, task) in asked {
        let dones = match store.attempts(&key, &step, &task).await {
            Err(error) if is_damage(&error) => continue,
            other => other?,
        };
        let Some(done) = dones.iter().find(|done| done.outcome == Outcome::Ok) else { continue };
        let Some(said) = store.why_briefly(&key, done).await? else { continue };
        rows.push(WhyRow {
            step: step.to_string(),
            task: task.to_string(),
            why: said.why,
            nearest: said.nearest.as_ref().map(task_row::reused_from),
            also: said.also,
        });
    }
    Ok(Json(rows))
}

/// `GET api/runs/{flow}/{run}/code`.
pub async fn code(State(app): State<App>, Path((flow, run)): RunPath) -> Answer<CodeDetail> {
    Ok(Json(app.runs.code(&run_key(&flow, &run)?, None).await?))
}

/// `GET api/runs/{flow}/{run}/events?log=step/task`.
pub async fn events(
    State(app): State<App>,
    Path((flow, run)): RunPath,
    asked: Asked,
) -> Result<Response, Failure> {
    let key = run_key(&flow, &run)?;
    // What isn't there is said at once, not by a stream that ends.
    app.runs.shelf.current(app.runs.store(), &key).await?;
    let log = match asked.one("log").and_then(|name| name.split_once('/')) {
        Some((step, task)) => {
            let (_, step, task) = task_key(&(flow, run, step.to_owned(), task.to_owned()))?;
            Some((step, task))
        }
        None => None,
    };
    Ok(events::of_run(app, key, log).into_response())
}

/// `GET api/runs/{flow}/{run}/{step}/{task}`.
pub async fn task(State(app): State<App>, Path(parts): TaskPath) -> Answer<TaskDetail> {
    let (run, step, task) = task_key(&parts)?;
    Ok(Json(app.runs.task_detail(&run, &step, &task).await?))
}

/// `GET …/logs?stream&attempt&from&limit&last&text`.
pub async fn logs(State(app): State<App>, Path(parts): TaskPath, asked: Asked) -> Answer<LogPage> {
    let (run, step, task) = task_key(&parts)?;
    Ok(Json(app.runs.logs(&run, &step, &task, &Wanted::of(&asked)?).await?))
}

/// `GET …/logs/download?stream&attempt`.
pub async fn download(
    State(app): State<App>,
    Path(parts): TaskPath,
    asked: Asked,
) -> Result<Response, Failure> {
    let (run, step, task) = task_key(&parts)?;
    let text = app.runs.whole_log(&run, &step, &task, &Wanted::of(&asked)?).await?;
    let name = format!("attachment; filename=\"{}-{step}-{task}.log\"", run.run);
    let name = HeaderValue::from_str(&name);
    let name = name.unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    Ok(([(header::CONTENT_DISPOSITION, name)], text).into_response())
}

/// `GET …/{step}/{task}/code`.
pub async fn step_code(State(app): State<App>, Path(parts): TaskPath) -> Answer<CodeDetail> {
    let (run, step, _) = task_key(&parts)?;
    Ok(Json(app.runs.code(&run, Some(step.as_str())).await?))
}

/// `GET …/artifacts/{name}`.
pub async fn artifact(
    State(app): State<App>,
    Path((flow, run, step, task, name)): Path<(String, String, String, String, String)>,
) -> Answer<ArtifactDetail> {
    let (run, step, task) = task_key(&(flow, run, step, task))?;
    Ok(Json(app.runs.artifact_detail(&run, &step, &task, &name).await?))
}

fn state(word: &str) -> Result<TaskState, Failure> {
    serde_json::from_value(word.into()).map_err(|_| {
        let states = TaskState::ALL.map(|it| serde_json::to_string(&it).unwrap_or_default());
        Failure::wrong(
            format!("no task stands as `{word}`"),
            format!("there are {}", states.join(", ")),
        )
    })
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
