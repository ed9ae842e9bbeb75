//! What a name can fail to mean.

use crate::RunKey;
use flownote_flow::help::{Help, list_in_words, resembling};
use flownote_flow::id::FlowName;
use flownote_flow::pathspec;

/// Candidates that a hint lists.
const SHOWN: usize = 5;

/// Why a name means nothing, or too much.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The datastore failed.
    #[error(transparent)]
    Store(#[from] crate::Error),
    /// It can't be a name.
    #[error(transparent)]
    Form(#[from] pathspec::Error),
    /// Nothing has run yet.
    #[error("there are no runs in the store {store} yet")]
    Empty {
        /// The store.
        store: String,
    },
    /// No run is of that notebook.
    #[error("no run in the store {store} is of a notebook `{file}`")]
    NoNotebook {
        /// What was given.
        file: String,
        /// The store.
        store: String,
        /// The notebooks that there are runs of.
        files: Vec<String>,
        /// Where notebooks of that name were that were run, when the file is there.
        others: Vec<String>,
    },
    /// Several notebooks are called so.
    #[error("{} notebooks are called `{file}`", notebooks.len())]
    WhichNotebook {
        /// What was given.
        file: String,
        /// Where each was, and its newest run; that which ran last first.
        notebooks: Vec<(String, String)>,
    },
    /// The run that asks is the only one.
    #[error("{what} has no run but this one")]
    NoOther {
        /// The flow or the notebook.
        what: String,
    },
    /// Which cell of a notebook's run is not said.
    #[error("`{run}` is a whole notebook, not a cell or a value")]
    WhichCell {
        /// The run.
        run: RunKey,
        /// How many cells it has.
        cells: usize,
        /// The values that it ended with, `cell/name`.
        values: Vec<String>,
    },
    /// Neither a flow nor a run is called so.
    #[error("there is no flow or run `{text}` in the store {store}")]
    NoFlow {
        /// What was given.
        text: String,
        /// The store.
        store: String,
        /// The flows that there are.
        flows: Vec<String>,
    },
    /// The flow has no such run.
    #[error("flow `{flow}` has no run `{text}`")]
    NoRun {
        /// The flow.
        flow: String,
        /// What was given.
        text: String,
        /// Its newest run.
        newest: Option<String>,
    },
    /// There is no run to resume from.
    #[error("there is no earlier run of `{flow}` in the store {store} to resume from")]
    NoOrigin {
        /// The flow.
        flow: FlowName,
        /// The store.
        store: String,
        /// The flow's file.
        file: String,
    },
    /// No run is over that could be resumed from.
    #[error("every run of `{flow}` is still running")]
    StillRunning {
        /// The flow.
        flow: FlowName,
    },
    /// Several runs are meant.
    #[error("`{text}` fits {} runs", candidates.len())]
    Ambiguous {
        /// What was given.
        text: String,
        /// The runs, newest first.
        candidates: Vec<RunKey>,
    },
    /// The run's flow has no such step.
    #[error("run `{run}` has no step `{step}`")]
    NoStep {
        /// The run.
        run: RunKey,
        /// What was given.
        step: String,
        /// The steps that there are.
        steps: Vec<String>,
    },
    /// The notebook has no such cell.
    #[error("there is no cell `{text}` in the notebook of run `{run}`")]
    NoCell {
        /// The run.
        run: RunKey,
        /// What was given.
        text: String,
        /// How many cells it has that run.
        cells: usize,
        /// Their ids.
        ids: Vec<String>,
    },
    /// The step has no such task.
    #[error("step `{step}` of run `{run}` has no task `{task}`")]
    NoTask {
        /// The run.
        run: RunKey,
        /// The step.
        step: String,
        /// What was given.
        task: String,
        /// The tasks that there are.
        tasks: Vec<String>,
    },
    /// The run hasn't come to its end.
    #[error("run `{run}` has no result of its `end` step")]
    NoEnd {
        /// The run.
        run: RunKey,
    },
    /// A task must be named.
    #[error("step `{step}` of run `{run}` has {} tasks", tasks.len())]
    WhichTask {
        /// The run.
        run: RunKey,
        /// The step.
        step: String,
        /// The tasks that there are.
        tasks: Vec<String>,
    },
    /// The task sees no such artifact.
    #[error("task `{task}` has no artifact `{artifact}`")]
    NoArtifact {
        /// `Flow/run/step/task`.
        task: String,
        /// What was given.
        artifact: String,
        /// The artifacts that there are.
        artifacts: Vec<String>,
    },
    /// A part is missing.
    #[error("`{text}` names no {what}")]
    TooShort {
        /// What was given.
        text: String,
        /// `task`, `step`.
        what: &'static str,
    },
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Store(error) => return error.hint(),
            Self::Form(error) => return error.hint(),
            Self::Empty { .. } => "start one: `flownote demo`, or `flownote run flow.py`".into(),
            Self::NoNotebook { file, others, .. } if !others.is_empty() => format!(
                "run it first: `flownote run {file}`; of that name is what ran as {}",
                shown(others)
            ),
            Self::WhichNotebook { notebooks, .. } => format!(
                "say where it is, or name the run: {}",
                listed(notebooks.iter().map(|(place, run)| format!("`{place}` (latest `{run}`)")))
            ),
            Self::NoOther { .. } => {
                "`latest` in a cell is the latest other run: run the notebook once more".into()
            }
            Self::WhichCell { run, cells, values } => {
                let paths: Vec<String> = values.iter().map(|it| format!("{run}/{it}")).collect();
                let values = match paths.is_empty() {
                    true => String::new(),
                    false => format!("name a value: {}; ", shown(&paths)),
                };
                let cells = match cells {
                    1 => format!("{run}/1"),
                    cells => format!("{run}/1` to `{cells}"),
                };
                format!(
                    "{values}all values of a cell: `{cells}`; `flownote artifacts {run}` lists them"
                )
            }
            Self::NoNotebook { file, files, .. } => match near_name(file, files) {
                Some(near) => format!("did you mean `{near}`?"),
                None if files.is_empty() => format!("run it first: `flownote run {file}`"),
                None => format!("notebooks here: {}; `flownote run {file}` adds it", shown(files)),
            },
            Self::NoFlow { text, flows, .. } => {
                let known = flows.iter().map(String::as_str).chain(["latest"]);
                match resembling(text, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("flows here: {}; `flownote runs` lists the runs", shown(flows)),
                }
            }
            Self::NoRun { flow, newest, .. } => match newest {
                Some(newest) => {
                    format!("its newest is `{newest}`; `flownote runs {flow}` lists all")
                }
                None => "it has no runs any more".into(),
            },
            Self::NoOrigin { file, .. } => format!("run it first: `flownote run {file}`"),
            Self::StillRunning { flow } => format!(
                "wait for one, or take what is done so far: `--origin-run-id RUN`; \
                 `flownote runs {flow}` lists them"
            ),
            Self::Ambiguous { candidates, .. } => {
                let names: Vec<String> = candidates.iter().map(ToString::to_string).collect();
                format!("give more of the id: {}", shown(&names))
            }
            Self::NoCell { run, cells: 1, .. } => {
                format!("name its only cell: `flownote show {run}/1`")
            }
            Self::NoCell { run, cells, text, ids } => {
                let ids = match resembling(text, ids.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => shown(ids),
                };
                format!(
                    "cells are named by number, 1 to {cells}, or by id: {ids}; \
                     `flownote show {run}` lists them"
                )
            }
            Self::NoStep { step, steps, .. } => near_or_all(step, steps, "its steps are"),
            Self::NoTask { tasks, .. } if tasks.is_empty() => "it has no tasks yet".into(),
            Self::NoTask { tasks, .. } => format!("its tasks are {}", shown(tasks)),
            Self::NoEnd { run } => {
                format!("name a task, as {run}/start/0; `flownote show {run}` lists the steps")
            }
            Self::WhichTask { run, step, tasks } => format!(
                "name one: {}",
                shown(&tasks.iter().map(|task| format!("{run}/{step}/{task}")).collect::<Vec<_>>())
            ),
            Self::NoArtifact { artifact, artifacts, .. } => {
                near_or_all(artifact, artifacts, "its artifacts are")
            }
            Self::TooShort { text, .. } if text.ends_with(".ipynb") || text.ends_with(".py") => {
                format!(
                    "name one of its cells, as `{text}/3`; `flownote show {text}` lists them, and \
                     `flownote ui {text}` opens the notebook itself"
                )
            }
            Self::TooShort { .. } => {
                "write RUN/STEP/TASK, as `latest/train/3`; `flownote show latest` lists the steps"
                    .into()
            }
        })
    }
}

/// The one whose name was meant.
fn near_name<'a>(file: &str, files: &'a [String]) -> Option<&'a str> {
    let near = resembling(stem(file), files.iter().map(|it| stem(it)))?;
    files.iter().map(String::as_str).find(|it| stem(it) == near)
}

/// `tour` of `notes/tour.ipynb`: endings would make all names alike.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn near_or_all(word: &str, names: &[String], all: &str) -> String {
    match resembling(word, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "there are none".to_owned(),
        None => format!("{all} {}", shown(names)),
    }
}

fn shown(names: &[String]) -> String {
    listed(names.iter().map(|name| format!("`{name}`")))
}

/// The first of some words, and how many more there are.
fn listed(words: impl ExactSizeIterator<Item = String>) -> String {
    let more = words.len().saturating_sub(SHOWN);
    let mut words: Vec<String> = words.take(SHOWN).collect();
    if more > 0 {
        words.push(format!("{more} more"));
    }
    list_in_words(&words)
}
