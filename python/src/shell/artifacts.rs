//! `artifacts`: the values that a task sees, without loading any.

use std::collections::BTreeMap;

use clap::Command;
use flownote_flow::id::StepName;
use flownote_store::Store;
use flownote_store::client::{Artifact, Origin};

use super::error::Error;
use super::session::with_store;
use super::table::{Table, flexible, number, text};
use super::target_option::{given, json, target};
use super::{Exit, Outcome, Shell, flow_option, output, words};
use flownote_store::notebooks::{self, Cells};
use flownote_store::reference::{Target, resolve};

const AFTER_HELP: &str = "\
A run alone means its `end` task, a notebook's run what its cells left. Nothing is loaded: previews were made when the values were
written.

Examples:
  flownote artifacts latest
  flownote artifacts latest/train/3
  flownote artifacts Recommend/8f2c9a/train/0 --json | jq '.[].record.size'";

/// `flownote artifacts`.
pub fn command() -> Command {
    Command::new("artifacts")
        .about("List the values that a task sees")
        .arg(target().required(true))
        .arg(json())
        .arg(flow_option::store())
        .after_help(AFTER_HELP)
}

/// Lists them.
pub fn act(shell: &Shell<'_>) -> Outcome {
    with_store(shell.matches, async |store| {
        let name = given(shell.matches, "target").unwrap_or_default();
        let target = resolve(store, name, shell.within()).await?;
        let found = find(store, &target, name).await?;
        if shell.matches.get_flag("json") {
            output::json(&found)?;
        } else if found.is_empty() {
            output::talk("This task has no artifacts.");
        } else {
            let cells = Cells::read(store, &target.run).await?;
            output::write(table_of(&found, &cells).render(output::width()))?;
        }
        Ok(Exit::Success.into())
    })
}

async fn find(store: &Store, target: &Target, name: &str) -> Result<Vec<Artifact>, Error> {
    if target.step.is_none() && notebooks::is(&target.run.flow) {
        return of_cells(store, target, name).await;
    }
    let task = target.task_or_end(store, name).await?;
    Ok(match &target.artifact {
        Some(artifact) => vec![Target::artifact(store, &target.run, &task, artifact).await?],
        None => Target::artifacts(store, &target.run, &task).await?,
    })
}

/// The values that a notebook ended with: each as the last cell left it that made it.
async fn of_cells(store: &Store, target: &Target, name: &str) -> Result<Vec<Artifact>, Error> {
    let mut found: BTreeMap<String, Artifact> = BTreeMap::new();
    let mut tasks = target.tasks(store, name).await?;
    tasks.retain(|task| task.step.as_str() != notebooks::EXECUTED);
    // In the order of executions, whichever cell each is of.
    tasks.sort_by_key(|task| task.task.to_string().parse::<u64>().unwrap_or_default());
    for task in tasks {
        for mut artifact in Target::artifacts(store, &target.run, &task).await? {
            // What a cell showed is no value of its user's.
            if artifact.origin != Origin::Own || artifact.name == notebooks::OUTPUTS {
                continue;
            }
            // Parts of the run's whole: another cell may have made the next.
            artifact.origin = Origin::Inherited;
            found.insert(artifact.name.clone(), artifact);
        }
    }
    Ok(found.into_values().collect())
}

/// Artifacts as a table.
pub fn table(artifacts: &[Artifact]) -> Table {
    table_of(artifacts, &Cells::default())
}

/// The same, with the cells of a notebook as people know them.
fn table_of(artifacts: &[Artifact], cells: &Cells) -> Table {
    let mut table = Table::new(&[
        text("NAME"),
        flexible("TYPE"),
        number("SIZE"),
        flexible("PREVIEW"),
        text("FROM").droppable(),
    ]);
    for artifact in artifacts {
        let record = &artifact.record;
        let from = match (artifact.origin, &artifact.producer) {
            (Origin::Own, _) => "this task".to_owned(),
            (Origin::Parameter, _) => "parameter".to_owned(),
            (Origin::Constant, _) => "constant".to_owned(),
            (Origin::Inherited, producer) => {
                let producer = producer.as_deref().unwrap_or_default();
                let step = producer.split('/').next().unwrap_or_default();
                cells.name(&StepName::new(step)).unwrap_or_else(|| producer.to_owned())
            }
        };
        table.row([
            artifact.name.clone(),
            record.type_name.clone(),
            words::size(record.size),
            record.preview.clone().unwrap_or_default(),
            from,
        ]);
    }
    table
}
