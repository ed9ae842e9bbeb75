//! `show`: a run, a step, a task, an artifact, or a flow's structure; without an argument
//! the latest run.

mod artifact;
mod flow;
mod run;
mod step;
mod task;

use clap::Command;
use flownote_store::Store;

use super::error::Error;
use super::session::with_store;
use super::target_option::{given, json, target};
use super::{Exit, Outcome, Shell, flow_option, output};
use flownote_store::notebooks::Cells;
use flownote_store::reference::{self, resolve};

const AFTER_HELP: &str = "\
Examples:
  flownote show                      the latest run
  flownote show Recommend            the flow's latest run
  flownote show 8f2c9a/train/3       one task
  flownote show latest/end/0/scores  one artifact
  flownote show latest/3             cell 3 of a notebook
  flownote show tour.ipynb/3         the same of the latest run of one notebook
  flownote show flow.py              the flow's structure";

/// `flownote show`.
pub fn command() -> Command {
    Command::new("show")
        .about("Show a run, a task or a flow; without an argument the latest run")
        .arg(target().help(
            "RUN, RUN/STEP, RUN/STEP/TASK, RUN/STEP/TASK/ARTIFACT or flow.py, where RUN is \
             `latest`, an id, its beginning or end, Flow/RUN, or a notebook's file",
        ))
        .arg(json())
        .arg(flow_option::store())
        .after_help(AFTER_HELP)
}

/// Shows it.
pub fn act(shell: &Shell<'_>) -> Outcome {
    let name = given(shell.matches, "target");
    if let (Some(flow), None) = (shell.flow, name) {
        return flow::show(flow, shell.matches.get_flag("json"));
    }
    with_store(shell.matches, async |store| match name {
        Some(name) => show(shell, store, name).await,
        None => match show(shell, store, "latest").await {
            Err(Error::Reference(reference::Error::Empty { store })) => {
                output::talk(&format!(
                    "No runs in {store} yet.\nStart one: flownote demo, or flownote run flow.py"
                ));
                Ok(Exit::Success.into())
            }
            other => other,
        },
    })
}

async fn show(shell: &Shell<'_>, store: &Store, name: &str) -> Result<Outcome, Error> {
    let target = resolve(store, name, shell.within()).await?;
    let json = shell.matches.get_flag("json");
    match (&target.step, &target.task, &target.artifact) {
        (None, ..) => run::show(store, &target.run, json).await?,
        (Some(_), _, Some(artifact)) => {
            let task = target.one_task(store, name).await?;
            artifact::show(store, &target.run, &task, artifact, json).await?;
        }
        (Some(step), None, None) => {
            let tasks = target.tasks(store, name).await?;
            match tasks.as_slice() {
                [task] => task::show(store, &target.run, task, json).await?,
                _ => {
                    let cells = Cells::read(store, &target.run).await?;
                    step::show(&target.run, step, &cells, &tasks, json)?;
                }
            }
        }
        (Some(_), Some(_), None) => {
            let task = target.one_task(store, name).await?;
            task::show(store, &target.run, &task, json).await?;
        }
    }
    Ok(Exit::Success.into())
}

/// Lines of `name  value`, the names aligned.
fn fields<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let fields: Vec<(&str, String)> =
        fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let widest =
        fields.iter().map(|(name, _)| console::measure_text_width(name)).max().unwrap_or_default();
    let room = output::width().map(|width| width.saturating_sub(widest + 4).max(8));
    let line = |(name, value): (&str, String)| {
        let name = console::pad_str(name, widest, console::Alignment::Left, None);
        let value = match room {
            Some(room) => console::truncate_str(&value, room, "…").into_owned(),
            None => value,
        };
        format!("  {}  {value}\n", console::style(name).dim())
    };
    fields.into_iter().map(line).collect()
}

/// The table's lines, moved in.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

/// The width for a table that is moved in.
fn inner_width() -> Option<usize> {
    output::width().map(|width| width.saturating_sub(2))
}
