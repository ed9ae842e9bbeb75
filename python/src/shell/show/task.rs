//! A task: its attempts, why it failed, where it comes from, its artifacts.

use console::style;
use flownote_flow::manifest::{Failure, Outcome};
use flownote_store::client::{Artifact, Task, TaskStatus};
use flownote_store::{RunKey, Store};
use serde::Serialize;

use super::super::error::Error;
use super::super::table::{Table, flexible, number, text};
use super::super::{artifacts, output, words};
use super::{fields, indented, inner_width};
use crate::report::text::duration;
use flownote_store::notebooks::{Cell, Cells, OUTPUTS};
use flownote_store::reference::Target;

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    task: &'a Task,
    /// Why it ran although a result was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    artifacts: &'a [Artifact],
}

/// Shows it.
pub async fn show(store: &Store, run: &RunKey, task: &Task, json: bool) -> Result<(), Error> {
    let found = Target::artifacts(store, run, task).await?;
    let dones = store.attempts(run, &task.step, &task.task).await?;
    let why = match dones.iter().find(|done| done.outcome == Outcome::Ok) {
        Some(done) => store.why_briefly(run, done).await?.map(|said| said.why),
        None => None,
    };
    if json {
        return output::json(&Shown { task, why, artifacts: &found });
    }
    let took = words::elapsed(task.created_at.as_deref(), task.finished_at.as_deref());
    let took = if task.finished_at.is_some() { format!(" in {took}") } else { String::new() };
    let title = style(&task.pathspec).bold();
    let mut text = format!("{title}  {}{took}\n", words::task_status(task.status));
    let cells = Cells::read(store, run).await?;
    text.push_str(&about(task, cells.get(&task.step), why.unwrap_or_default()));
    text.push_str(&attempts(task));
    if let Some(exception) = &task.exception {
        text.push_str(&failure(exception, task.status == TaskStatus::Succeeded));
    }
    if !found.is_empty() {
        text.push_str(&format!("\n{}\n", style("artifacts").dim()));
        text.push_str(&indented(&artifacts::table(&found).render(inner_width())));
    }
    text.push_str(&words::next(&commands(task, &found)));
    output::write(text)
}

fn about(task: &Task, cell: Option<&Cell>, why: String) -> String {
    let level =
        |(split, index, count): &(_, u32, u32)| format!("item {index} of {count} of `{split}`");
    let last = task.attempts.last();
    let printed = last.map(|last| (last.stdout_bytes, last.stderr_bytes)).unwrap_or_default();
    let printed = match printed {
        (0, 0) => String::new(),
        (out, err) => format!("{} to stdout, {} to stderr", words::size(out), words::size(err)),
    };
    let notices = last.map(|last| last.notices.join("; ")).unwrap_or_default();
    let reused = task.reused.as_ref().map(|reused| {
        let (user, at) = (&reused.user, words::time(&reused.finished_at));
        format!("{} by {user}, {at}", reused.pathspec)
    });
    let reused = reused.unwrap_or_default();
    let cell = cell.map(|cell| format!("{}  {}", cell.name(), cell.headline));
    fields([
        ("cell", cell.unwrap_or_default()),
        ("reused from", reused),
        ("not reused", why),
        ("after", task.parents.join(", ")),
        ("foreach", task.foreach.iter().map(level).collect::<Vec<_>>().join(", ")),
        ("printed", printed),
        ("notes", notices),
    ])
}

fn attempts(task: &Task) -> String {
    let columns = [
        number("ATTEMPT"),
        text("STATUS"),
        text("STARTED").droppable(),
        number("TOOK"),
        number("CPU").droppable(),
        number("MEMORY").droppable(),
        flexible("HOST").droppable(),
    ];
    let mut table = Table::new(&columns);
    for attempt in &task.attempts {
        let begun = attempt.started_at.as_deref();
        table.row([
            attempt.attempt.to_string(),
            words::task_status(attempt.status),
            begun.map(words::time).unwrap_or_default(),
            words::elapsed(begun, attempt.finished_at.as_deref()),
            duration(attempt.usage.user_ms + attempt.usage.system_ms),
            words::memory(attempt.usage.max_rss_kb),
            attempt.host.clone(),
        ]);
    }
    let mut text = format!("\n{}", indented(&table.render(inner_width())));
    // Of a task that a later attempt healed, nobody else says what went wrong.
    let healed = task.attempts.iter().filter(|_| task.status == TaskStatus::Succeeded);
    for (attempt, failure) in healed.filter_map(|it| Some((it.attempt, it.failure.as_ref()?))) {
        text.push_str(&format!("    attempt {attempt} failed: {}\n", failure.message));
    }
    text
}

fn failure(failure: &Failure, caught: bool) -> String {
    let what = if caught { "caught" } else { "failed" };
    let mut text = format!("\n{}\n", style(what).red());
    let told = failure.traceback.as_deref().unwrap_or(&failure.message);
    text.push_str(&indented(told.trim_end()));
    if let Some(hint) = &failure.hint {
        text.push_str(&format!("  {} {hint}\n", style("hint:").cyan()));
    }
    text
}

fn commands(task: &Task, artifacts: &[Artifact]) -> Vec<(String, &'static str)> {
    // What was reused printed nothing anew.
    let ran = task.reused.as_ref().map_or(&task.pathspec, |reused| &reused.pathspec);
    let mut commands = vec![(format!("flownote logs {ran}"), "what it printed")];
    if let Some(artifact) = artifacts.iter().find(|it| it.producer.is_some() && it.name != OUTPUTS)
    {
        commands.push((format!("flownote dump {}", artifact.pathspec), "a value"));
    }
    commands
}
