//! `cache why`: why a task ran although something like it was kept.

use clap::Command;
use console::style;
use flownote_flow::manifest::Outcome as Ended;
use flownote_store::client::Why;
use serde::Serialize;

use super::super::error::Error;
use super::super::session::with_store;
use super::super::target_option::{given, json, target};
use super::super::{Exit, Outcome, Shell, flow_option, output, words};
use flownote_store::notebooks::Cells;
use flownote_store::reference::resolve;

const NO_RESULT: &str = "never kept: it has no result";

/// `flownote cache why`.
pub fn command() -> Command {
    Command::new("why")
        .about("Say why a task ran: the first thing that differs from the nearest kept result")
        .arg(
            target().required(true).help("RUN/STEP/TASK; the task may be left out if there is one"),
        )
        .arg(json())
        .arg(flow_option::store())
}

/// What is said of a task.
#[derive(Serialize)]
struct Answer {
    pathspec: String,
    /// `cell 3 (SQL)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<String>,
    #[serde(flatten)]
    said: Why,
}

/// Says it.
pub fn act(shell: &Shell<'_>) -> Outcome {
    with_store(shell.matches, async |store| {
        let name = given(shell.matches, "target").unwrap_or_default();
        let target = resolve(store, name, shell.within()).await?;
        let task = target.one_task(store, name).await?;
        let dones = store.attempts(&target.run, &task.step, &task.task).await?;
        let committed = dones.into_iter().find(|done| done.outcome == Ended::Ok);
        let mut said = match &committed {
            Some(done) => store.why(&target.run, done, usize::MAX).await?,
            None => Why { why: NO_RESULT.into(), nearest: None, also: Vec::new() },
        };
        if let Some(reused) = committed.and_then(|done| done.reused) {
            let (from, user, at) =
                (&reused.pathspec, &reused.user, words::time(&reused.finished_at));
            said.why = format!("it didn't run: reused from {from} by {user}, {at}");
        }
        let cell = Cells::read(store, &target.run).await?.name(&task.step);
        let answer = Answer { pathspec: task.pathspec, cell, said };
        if shell.matches.get_flag("json") {
            output::json(&answer)?;
        } else {
            output::write(render(&answer))?;
        }
        Ok::<_, Error>(Exit::Success.into())
    })
}

fn render(answer: &Answer) -> String {
    let Answer { pathspec, cell, said } = answer;
    let cell = cell.as_ref().map(|cell| format!("{cell}: ")).unwrap_or_default();
    let mut text = format!("{}  {cell}{}\n", style(pathspec).bold(), said.why);
    if let Some(near) = &said.nearest {
        let at = words::time(&near.finished_at);
        text.push_str(&format!("  nearest  {} by {}, {at}\n", near.pathspec, near.user));
    }
    for also in &said.also {
        text.push_str(&format!("  also     {also}\n"));
    }
    text
}
