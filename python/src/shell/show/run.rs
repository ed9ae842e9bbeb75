//! A run: how it stands, its parameters, its steps, what failed, what to type next.

use console::style;
use flownote_flow::graph::FlowGraph;
use flownote_flow::id::StepName;
use flownote_flow::run::RunRecord;
use flownote_store::client::{RunSummary, Status, Task, TaskStatus};
use flownote_store::{RunKey, Store, notebooks, serve_log};
use serde::Serialize;

use super::super::error::Error;
use super::super::table::{Table, flexible, number, text};
use super::super::{output, words};
use super::{fields, indented, inner_width};
use crate::report::text::duration;
use flownote_store::notebooks::Cells;

/// Characters of a cell's first line that are shown.
const HEADLINE: usize = 32;
/// Failed tasks that are shown with their message.
const SHOWN: usize = 5;

/// A step of a run, summed up.
#[derive(Serialize)]
struct StepRow {
    step: String,
    /// Of a notebook: `cell 3`, its language and its first line.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    cell: Option<CellOfRow>,
    done: u64,
    /// Of those done, the ones whose result is another task's.
    reused: u64,
    running: u64,
    failed: u64,
    cancelled: u64,
    interrupted: u64,
    retries: u64,
    elapsed_ms: Option<u64>,
    cpu_ms: u64,
    max_rss_kb: u64,
}

#[derive(Serialize)]
struct CellOfRow {
    cell: Option<u32>,
    language: String,
    headline: String,
}

impl StepRow {
    /// Whether any of its tasks began.
    fn has_begun(&self) -> bool {
        self.done + self.running + self.bad() > 0
    }

    /// Tasks that ended, but not well.
    fn bad(&self) -> u64 {
        self.failed + self.cancelled + self.interrupted
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    summary: &'a RunSummary,
    parameters: serde_json::Map<String, serde_json::Value>,
    steps: &'a [StepRow],
    failed: Vec<&'a Task>,
    command: &'a [String],
}

/// Shows it.
pub async fn show(store: &Store, run: &RunKey, json: bool) -> Result<(), Error> {
    let summary = store.run_summary(run).await?;
    let record = store.run_record(run).await?;
    let tasks = store.tasks(run, None).await?;
    let cells = Cells::of(&record);
    let steps: Vec<StepRow> =
        names(&record, &tasks).into_iter().map(|name| sum_up(name, &cells, &tasks)).collect();
    let mut failed: Vec<&Task> =
        tasks.iter().filter(|task| task.status == TaskStatus::Failed).collect();
    Task::sort_by_cause(&mut failed, FlowGraph::new(&record.description).ok().as_ref());
    if json {
        let parameters = record
            .parameters
            .iter()
            .map(|(name, record)| (name.clone(), record.preview.clone().into()));
        let parameters = parameters.collect();
        let command = &record.command;
        return output::json(&Shown {
            summary: &summary,
            parameters,
            steps: &steps,
            failed,
            command,
        });
    }
    let mut text = head(&summary, &record);
    let table = if notebooks::is(&run.flow) { cell_table(&steps) } else { step_table(&steps) };
    text.push_str(&table);
    text.push_str(&failures(&failed, &cells));
    text.push_str(&words::next(&commands(&summary, &record, &tasks, &failed)));
    output::write(text)
}

/// The steps in the order of the source; behind them cells that are younger than the run.
fn names<'a>(record: &'a RunRecord, tasks: &'a [Task]) -> Vec<&'a str> {
    let mut names: Vec<&str> =
        record.description.steps.iter().map(|step| step.name.as_str()).collect();
    let mut younger: Vec<&Task> =
        tasks.iter().filter(|task| task.step.as_str() != notebooks::EXECUTED).collect();
    younger.sort_by(|one, other| one.created_at.cmp(&other.created_at));
    for task in younger {
        if !names.contains(&task.step.as_str()) {
            names.push(task.step.as_str());
        }
    }
    names
}

fn head(summary: &RunSummary, record: &RunRecord) -> String {
    let title = style(format!("{}/{}", summary.flow, summary.run)).bold();
    let took = words::elapsed(Some(&summary.created_at), summary.finished_at.as_deref());
    let when = if summary.finished_at.is_some() { "in" } else { "for" };
    // Nobody knows how long a run went on whose scheduler vanished.
    let took = if summary.status == Status::Interrupted {
        String::new()
    } else {
        format!(" {when} {took}")
    };
    let mut text = format!("{title}  {}{took}\n", words::run_status(summary.status));
    text.push_str(&fields([
        (
            "started",
            format!("{} by {} on {}", words::time(&summary.created_at), summary.user, summary.host),
        ),
        ("file", place(record)),
        ("tags", summary.tags.join(", ")),
        ("until", record.policy.until.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("origin", summary.origin.as_ref().map(ToString::to_string).unwrap_or_default()),
    ]));
    if !record.parameters.is_empty() {
        text.push_str(&format!("\n{}\n", style("parameters").dim()));
        let shown = record.parameters.iter();
        text.push_str(&fields(shown.map(|(name, record)| {
            (name.as_str(), record.preview.clone().unwrap_or_else(|| record.type_name.clone()))
        })));
    }
    text
}

/// Where the flow is: a notebook as a whole, a class by its line.
fn place(record: &RunRecord) -> String {
    let description = &record.description;
    if notebooks::is(&record.flow) {
        return description.file.clone();
    }
    format!("{}:{}", description.file, description.line)
}

fn sum_up(name: &str, cells: &Cells, tasks: &[Task]) -> StepRow {
    let own: Vec<&Task> = tasks.iter().filter(|task| task.step.as_str() == name).collect();
    let count = |status: &[TaskStatus]| {
        own.iter().filter(|task| status.contains(&task.status)).count() as u64
    };
    let begun = own.iter().filter_map(|task| task.created_at.as_deref()).min();
    let ended = own.iter().filter_map(|task| task.finished_at.as_deref()).max();
    let over = own.iter().all(|task| task.finished_at.is_some());
    let attempts = || own.iter().flat_map(|task| &task.attempts);
    StepRow {
        step: name.to_owned(),
        cell: cells.get(&StepName::new(name)).map(|cell| CellOfRow {
            cell: cell.number,
            language: cell.language.clone(),
            headline: cell.headline.clone(),
        }),
        done: count(&[TaskStatus::Succeeded]),
        reused: own.iter().filter(|task| task.reused.is_some()).count() as u64,
        running: count(&[TaskStatus::Running]),
        failed: count(&[TaskStatus::Failed]),
        cancelled: count(&[TaskStatus::Cancelled]),
        interrupted: count(&[TaskStatus::Interrupted, TaskStatus::Lost]),
        retries: attempts().filter(|attempt| attempt.attempt > 0).count() as u64,
        elapsed_ms: words::elapsed_ms(begun, if over { ended } else { None }),
        cpu_ms: attempts().map(|attempt| attempt.usage.user_ms + attempt.usage.system_ms).sum(),
        max_rss_kb: attempts().map(|attempt| attempt.usage.max_rss_kb).max().unwrap_or_default(),
    }
}

fn step_table(steps: &[StepRow]) -> String {
    let mut table = Table::new(&[
        text(""),
        text("STEP"),
        flexible("TASKS"),
        number("TOOK"),
        number("CPU").droppable(),
        number("MEMORY").droppable(),
    ]);
    for step in steps {
        let [took, cpu, memory] = measures(step);
        table.row([mark(step), step.step.clone(), counts(step), took, cpu, memory]);
    }
    format!("\n{}", indented(&table.render(inner_width())))
}

/// The same for a notebook: its cells by number, language and first line.
fn cell_table(steps: &[StepRow]) -> String {
    let mut table = Table::new(&[
        text(""),
        number("CELL"),
        text("LANGUAGE"),
        flexible("CODE"),
        text("STEP"),
        text("TASKS"),
        number("TOOK"),
        number("CPU").droppable(),
        number("MEMORY").droppable(),
    ]);
    for step in steps {
        let cell = step.cell.as_ref();
        let number = cell.and_then(|cell| cell.cell).map(|number| number.to_string());
        let headline = cell.map(|cell| cell.headline.chars().take(HEADLINE).collect());
        let [took, cpu, memory] = measures(step);
        table.row([
            mark(step),
            // What was given has no number; of a younger cell none is known.
            number.unwrap_or_else(|| if cell.is_some() { "–" } else { "" }.to_owned()),
            cell.map(|cell| cell.language.clone()).unwrap_or_default(),
            headline.unwrap_or_default(),
            step.step.clone(),
            counts(step),
            took,
            cpu,
            memory,
        ]);
    }
    format!("\n{}", indented(&table.render(inner_width())))
}

/// How a step stands, by shape and colour.
fn mark(step: &StepRow) -> String {
    let mark = match step {
        _ if !step.has_begun() => style("·").dim(),
        StepRow { failed: 1.., .. } => style("✕").red(),
        _ if step.bad() > 0 => style("■").yellow(),
        StepRow { running: 1.., .. } => style("●").cyan(),
        _ if step.reused == step.done => style("◆").magenta(),
        _ => style("✓").green(),
    };
    mark.to_string()
}

/// What a step took: time, processor, memory; nothing before it begins.
fn measures(step: &StepRow) -> [String; 3] {
    if !step.has_begun() {
        return Default::default();
    }
    let took = step.elapsed_ms.map(duration).unwrap_or_default();
    [took, duration(step.cpu_ms), words::memory(step.max_rss_kb)]
}

fn counts(step: &StepRow) -> String {
    let words = [
        (step.done - step.reused.min(step.done), "done"),
        (step.reused, "reused"),
        (step.running, "running"),
        (step.failed, "failed"),
        (step.cancelled, "cancelled"),
        (step.interrupted, "interrupted"),
        (step.retries, if step.retries == 1 { "retry" } else { "retries" }),
    ];
    let said: Vec<String> = words
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if said.is_empty() { style("not started").dim().to_string() } else { said.join(", ") }
}

fn failures(failed: &[&Task], cells: &Cells) -> String {
    let mut text = String::new();
    for task in failed.iter().take(SHOWN) {
        let attempts = task.attempts.len();
        let cell = cells.name(&task.step).map(|name| format!("{name} · ")).unwrap_or_default();
        let tries =
            if attempts > 1 { format!(" after {attempts} attempts") } else { String::new() };
        text.push_str(&format!(
            "\n{} {cell}{}/{}{tries}\n",
            words::task_status(task.status),
            task.step,
            task.task
        ));
        if let Some(failure) = &task.exception {
            text.push_str(&format!("  {}\n", failure.message));
            if let Some(hint) = &failure.hint {
                text.push_str(&format!("  {} {hint}\n", style("hint:").cyan()));
            }
        }
    }
    if failed.len() > SHOWN {
        text.push_str(&format!("\nand {} more\n", failed.len() - SHOWN));
    }
    text
}

fn commands(
    summary: &RunSummary,
    record: &RunRecord,
    tasks: &[Task],
    failed: &[&Task],
) -> Vec<(String, &'static str)> {
    let id = summary.run.as_str().rsplit_once('-').map_or(summary.run.as_str(), |(_, end)| end);
    if notebooks::is(&record.flow) {
        return commands_of_notebook(summary, record, id, failed);
    }
    let file = &record.description.file;
    let mut commands = Vec::new();
    // The log of a server has no file, and goes on with another run.
    let is_log = serve_log::is(record.flow.as_str(), file);
    if let Some(task) = failed.first() {
        let task = format!("{id}/{}/{}", task.step, task.task);
        commands.push((format!("flownote show {task}"), "the traceback and what it saw"));
        commands.push((format!("flownote logs {task}"), "what it printed"));
        commands.push((format!("flownote open {task} --script"), "the step as a script to try"));
    }
    match summary.status {
        Status::Interrupted if is_log => {
            let serve = "flownote serve --help".to_owned();
            commands.push((serve, "start it again; what it wrote is kept"));
        }
        Status::Interrupted => {
            commands.push((format!("flownote run {file} --continue {id}"), "go on with it"));
        }
        Status::Running => {
            commands.push((format!("flownote logs {id} --follow"), "watch what it prints"));
        }
        Status::Succeeded if is_log => {
            let first = tasks.first().map(|task| format!("/{}/{}", task.step, task.task));
            let rows = format!("flownote artifacts {id}{}", first.unwrap_or_default());
            commands.push((rows, "the first rows that it logged"));
        }
        Status::Succeeded => {
            commands.push((format!("flownote artifacts {id}"), "the values it ended with"));
            commands.push((format!("flownote logs {id}"), "what its tasks printed"));
        }
        Status::Failed | Status::Cancelled => {
            let resume = format!("flownote resume {file} --origin-run-id {id}");
            commands.push((resume, "a new run that keeps what is still valid"));
        }
    }
    commands
}

fn commands_of_notebook(
    summary: &RunSummary,
    record: &RunRecord,
    id: &str,
    failed: &[&Task],
) -> Vec<(String, &'static str)> {
    let cells = Cells::of(record);
    let mut commands = Vec::new();
    if let Some(task) = failed.first() {
        let number = cells.get(&task.step).and_then(|cell| cell.number);
        let cell = number.map_or_else(|| task.step.to_string(), |number| number.to_string());
        let task = format!("{id}/{cell}/{}", task.task);
        commands.push((format!("flownote show {task}"), "the traceback"));
        commands.push((format!("flownote logs {task}"), "what it printed"));
        commands.push((format!("flownote open {task}"), "the cell with what it read, to try"));
    }
    if summary.status == Status::Running {
        commands.push((format!("flownote logs {id} --follow"), "watch what it prints"));
    } else if summary.status == Status::Succeeded {
        commands.push((format!("flownote artifacts {id}"), "the values of its cells"));
        commands.push((format!("flownote logs {id}"), "what its cells printed"));
    } else if notebooks::is_of_the_shell(record) {
        let resume = format!("flownote resume {}", record.description.file);
        commands.push((resume, "a new run that keeps what is still valid"));
    }
    if summary.finished_at.is_some() && notebooks::is_of_the_shell(record) {
        let executed = notebooks::EXECUTED;
        let dump = format!("flownote dump {id}/{executed}/0/{executed} --output done.ipynb");
        commands.push((dump, "the notebook with what it showed"));
    }
    commands
}
