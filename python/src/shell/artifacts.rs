//! `artifacts`: the values that a task sees, without loading any.

use clap::Command;
use flownote_store::Store;
use flownote_store::client::{Artifact, Origin};

use super::error::Error;
use super::session::with_store;
use super::table::{Table, flexible, number, text};
use super::target_option::{given, json, target};
use super::{Exit, Outcome, Shell, flow_option, output, words};
use crate::reference::{Target, resolve};

const AFTER_HELP: &str = "\
A run alone means its `end` task. Nothing is loaded: previews were made when the values were
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
            output::write(table(&found).render(output::width()))?;
        }
        Ok(Exit::Success.into())
    })
}

async fn find(store: &Store, target: &Target, name: &str) -> Result<Vec<Artifact>, Error> {
    let task = target.task_or_end(store, name).await?;
    Ok(match &target.artifact {
        Some(artifact) => vec![Target::artifact(store, &target.run, &task, artifact).await?],
        None => Target::artifacts(store, &target.run, &task).await?,
    })
}

/// Artifacts as a table.
pub fn table(artifacts: &[Artifact]) -> Table {
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
            (Origin::Inherited, producer) => producer.clone().unwrap_or_default(),
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
