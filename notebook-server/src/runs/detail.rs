//! One run: its graph, its steps, its numbers.

use flownote_flow::description::{DecoratorDescription, FlowDescription, StepDescription};
use flownote_flow::graph::{FlowGraph, Transition};
use flownote_flow::id::StepName;
use flownote_store::process::host;
use flownote_store::{Error, RunKey};
use serde_json::Map;

use super::damage::is_damage;
use super::{Runs, Shelf, Tasks, row, wires};
use crate::api::{Graph, GraphStep, RunDetail, RunRow, StepRow, TaskRow, TaskState};

/// Failed tasks that are shown at once.
const SHOWN: usize = 5;

impl Runs {
    /// Describes a run.
    pub async fn detail(&self, key: &RunKey) -> Result<RunDetail, Error> {
        let store = self.store();
        let shelf = self.shelf.current(store, key).await?;
        let unread = {
            let tasks = shelf.read().await;
            tasks.unread_of(tasks.failures().into_iter().take(SHOWN))
        };
        Shelf::read_now(store, key, &shelf, &unread).await?;
        wires::read(store, key, &shelf).await?;
        let tasks = shelf.read().await;
        let record = tasks.record();
        let (metrics, unread) = match store.metrics(key, record).await {
            Err(error) if is_damage(&error) => (Map::new(), Some(error.to_string())),
            other => (other?, None),
        };
        let said = tasks.damaged().map(|(row, why)| format!("{}: {why}", row.label));
        let mut damage: Vec<String> = said.take(SHOWN).collect();
        damage.extend(unread.filter(|why| !damage.iter().any(|said| said.ends_with(why))));
        let failures: Vec<TaskRow> = tasks.failures().into_iter().take(SHOWN).cloned().collect();
        Ok(RunDetail {
            row: self.row_with(key, &tasks).await?,
            doc: record.description.doc.clone(),
            graph: graph(&record.description, tasks.graph(), &tasks),
            steps: steps(&tasks),
            failures,
            unread: tasks.unread() as u64,
            environment: record.environment.clone(),
            metrics,
            damage,
            command: record.command.clone(),
            until: record.policy.until.as_ref().map(ToString::to_string),
            is_here: record.host == host(),
        })
    }

    /// The row of a run whose tasks are at hand.
    pub async fn row_with(&self, key: &RunKey, tasks: &Tasks) -> Result<RunRow, Error> {
        let (status, finished_at) = tasks.standing();
        let found = self.catalogue.one(self.store(), key).await?;
        let ended = super::ended::Ended { tally: tasks.tally(None), failed_at: tasks.failed_at() };
        Ok(row::row(found, status, finished_at, ended))
    }
}

/// The steps of a run, summed up.
pub fn steps(tasks: &Tasks) -> Vec<StepRow> {
    tasks.steps().iter().map(|step| sum_up(step.name.as_str(), &step.rows, tasks)).collect()
}

fn sum_up(name: &str, rows: &[TaskRow], tasks: &Tasks) -> StepRow {
    let first = rows.iter().filter_map(|row| row.started_at.as_deref()).min();
    let last = rows.iter().filter_map(|row| row.finished_at.as_deref()).max();
    let is_over = rows.iter().all(|row| row.finished_at.is_some());
    let is_running = rows.iter().any(|row| row.status == TaskState::Running);
    let attempts = || rows.iter().flat_map(|row| &row.attempts);
    let elapsed_ms = match (is_over, is_running) {
        (false, true) => row::elapsed_ms(first, None),
        // Of a run that was stopped: as far as it came.
        _ => last.and_then(|last| row::elapsed_ms(first, Some(last))),
    };
    StepRow {
        step: name.to_owned(),
        counts: tasks.tally(Some(name)),
        retries: attempts().filter(|attempt| attempt.attempt > 0).count() as u64,
        first_started_at: first.map(str::to_owned),
        last_finished_at: last.filter(|_| is_over).map(str::to_owned),
        elapsed_ms,
        cpu_ms: attempts().map(|attempt| attempt.cpu_ms).sum(),
        max_rss_bytes: attempts().map(|attempt| attempt.max_rss_bytes).max().unwrap_or_default(),
    }
}

fn graph(description: &FlowDescription, graph: Option<&FlowGraph>, tasks: &Tasks) -> Graph {
    let described =
        description.steps.iter().map(|step| match graph.and_then(|it| it.step(&step.name)) {
            Some(node) => GraphStep {
                kind: node.kind.to_string(),
                foreach: match &node.next {
                    Transition::Foreach { over, .. } => Some(over.clone()),
                    _ => None,
                },
                is_many: node.depth() > 0,
                next: node.next.targets().iter().map(ToString::to_string).collect(),
                joins: node.joins.as_ref().map(ToString::to_string),
                ..plain(step, tasks)
            },
            None => plain(step, tasks),
        });
    let mut steps: Vec<GraphStep> = described.collect();
    // Cells that were added to a notebook after its first execution.
    let known: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
    for step in tasks.steps().iter().filter(|step| !known.contains(&step.name.to_string())) {
        let name = step.name.to_string();
        steps.push(GraphStep {
            title: tasks.cell_name(&step.name).unwrap_or_else(|| name.clone()),
            name,
            kind: "cell".into(),
            foreach: None,
            is_many: false,
            next: Vec::new(),
            joins: None,
            file: description.file.clone(),
            line: 0,
            doc: None,
            decorators: Vec::new(),
        });
    }
    let readers = wires::readers(tasks);
    for step in steps.iter_mut().filter(|step| step.next.is_empty()) {
        let read = readers.get(&StepName::new(&*step.name)).into_iter().flatten();
        step.next = read.map(ToString::to_string).collect();
    }
    Graph { steps }
}

/// A step of a flow without a graph: a cell, whose first line is all that is said of it.
fn plain(step: &StepDescription, tasks: &Tasks) -> GraphStep {
    GraphStep {
        name: step.name.to_string(),
        kind: "cell".into(),
        title: tasks.cell_name(&step.name).unwrap_or_else(|| step.name.to_string()),
        foreach: None,
        is_many: false,
        next: Vec::new(),
        joins: None,
        file: step.file.clone(),
        line: step.line,
        doc: step.doc.clone().filter(|line| !line.trim().is_empty()),
        decorators: step.decorators.iter().map(text_of).collect(),
    }
}

/// `retry(times=3)`: what was said, defaults included.
fn text_of(decorator: &DecoratorDescription) -> String {
    let said = decorator.attributes.iter().filter(|(_, value)| !value.is_null());
    let said: Vec<String> = said.map(|(name, value)| format!("{name}={value}")).collect();
    match said.as_slice() {
        [] => decorator.name.clone(),
        _ => format!("{}({})", decorator.name, said.join(", ")),
    }
}
