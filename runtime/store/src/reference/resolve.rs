//! From a text to a run and what of it is meant.

use crate::client::{RunFilter, RunSummary};
use crate::{RunKey, Store};
use flownote_flow::id::{FlowName, StepName};
use flownote_flow::pathspec::{self, parse_artifact, parse_step, parse_task};
use flownote_flow::run::RunRecord;

use super::{Error, Target};
use crate::notebooks::{self, Cells};

const LATEST: &str = "latest";

/// Finds what a text means. `within` is the flow whose runs are meant when the text names
/// none; without it a run of any flow is found.
pub async fn resolve(
    store: &Store,
    text: &str,
    within: Option<&FlowName>,
) -> Result<Target, Error> {
    resolve_from(store, text, within, None).await
}

/// The same, asked from within a run: its `latest` is the latest other one. A session's run is
/// there as soon as its first cell has run, and what a cell finds mustn't depend on that.
pub async fn resolve_from(
    store: &Store,
    text: &str,
    within: Option<&FlowName>,
    asking: Option<&RunKey>,
) -> Result<Target, Error> {
    if let Some((file, rest)) = notebooks::file_in(text) {
        let newest = notebooks::newest(store, file, asking).await?;
        let run = RunKey::new(newest.flow, newest.run);
        let rest: Vec<&str> = rest.split('/').filter(|_| !rest.is_empty()).collect();
        check(&rest, text)?;
        let rest = rest.strip_prefix(&[LATEST]).unwrap_or(&rest);
        return part_of(store, run, rest, text).await;
    }
    let parts: Vec<&str> = text.split('/').collect();
    check(&parts, text)?;
    let flows = store.flows().await?;
    if flows.is_empty() {
        return Err(Error::Empty { store: store.url().to_string() });
    }
    let named = flows.iter().find(|flow| flow.as_str() == parts[0]);
    let (run, rest) = match (named, within) {
        (Some(flow), _) => {
            let run = parts.get(1).copied().unwrap_or(LATEST);
            (run_of(store, flow, run, asking).await?, parts.get(2..).unwrap_or_default())
        }
        (None, Some(flow)) => (run_of(store, flow, parts[0], asking).await?, &parts[1..]),
        (None, None) => (run_of_any(store, &flows, parts[0], asking).await?, &parts[1..]),
    };
    let target = part_of(store, run, rest, text).await?;
    Ok(target)
}

fn check(parts: &[&str], text: &str) -> Result<(), Error> {
    match parts.iter().any(|part| part.is_empty()) {
        true => Err(pathspec::Error::EmptyPart { text: text.into() }.into()),
        false => Ok(()),
    }
}

/// Finds the run that a text means; steps and tasks behind it are refused.
pub async fn resolve_run(
    store: &Store,
    text: &str,
    within: Option<&FlowName>,
) -> Result<RunKey, Error> {
    let target = resolve(store, text, within).await?;
    match target.step {
        None => Ok(target.run),
        Some(_) => Err(pathspec::Error::Run { text: text.into() }.into()),
    }
}

/// The newest run of some flows, but the one that asks.
async fn latest(
    store: &Store,
    flows: &[FlowName],
    asking: Option<&RunKey>,
) -> Result<Option<RunSummary>, Error> {
    let mut newest: Option<RunSummary> = None;
    for flow in flows {
        let found = match asking.filter(|asking| asking.flow == *flow) {
            None => store.latest_run(flow).await?,
            Some(asking) => {
                let two = RunFilter { limit: Some(2), ..RunFilter::of(flow.clone()) };
                let runs = store.runs(&two).await?.runs;
                runs.into_iter().find(|run| run.run != asking.run)
            }
        };
        if found.as_ref().map(|run| &run.run) > newest.as_ref().map(|run| &run.run) {
            newest = found;
        }
    }
    Ok(newest)
}

async fn run_of(
    store: &Store,
    flow: &FlowName,
    text: &str,
    asking: Option<&RunKey>,
) -> Result<RunKey, Error> {
    let flows = std::slice::from_ref(flow);
    match find(store, flows, text, asking).await? {
        Some(run) => Ok(run),
        None if text == LATEST && asking.is_some_and(|asking| asking.flow == *flow) => {
            Err(Error::NoOther { what: format!("flow `{flow}`") })
        }
        None => Err(Error::NoRun {
            flow: flow.to_string(),
            text: text.into(),
            newest: latest(store, flows, None).await?.map(|run| run.run.to_string()),
        }),
    }
}

async fn run_of_any(
    store: &Store,
    flows: &[FlowName],
    text: &str,
    asking: Option<&RunKey>,
) -> Result<RunKey, Error> {
    match find(store, flows, text, asking).await? {
        Some(run) => Ok(run),
        None => Err(Error::NoFlow {
            text: text.into(),
            store: store.url().to_string(),
            flows: flows.iter().map(ToString::to_string).collect(),
        }),
    }
}

/// The one run that is called so, begins or ends so.
async fn find(
    store: &Store,
    flows: &[FlowName],
    text: &str,
    asking: Option<&RunKey>,
) -> Result<Option<RunKey>, Error> {
    if text == LATEST {
        let found = latest(store, flows, asking).await?;
        return Ok(found.map(|run| RunKey { flow: run.flow, run: run.run }));
    }
    let mut candidates = Vec::new();
    for flow in flows {
        for run in store.list(&format!("runs/{flow}")).await? {
            let Some(run) = run.strip_suffix('/') else { continue };
            if run == text {
                return Ok(Some(RunKey::new(flow.clone(), run)));
            }
            if run.starts_with(text) || run.ends_with(text) {
                candidates.push(RunKey::new(flow.clone(), run));
            }
        }
    }
    candidates.sort_by(|one, other| other.run.cmp(&one.run));
    match candidates.len() {
        0 => Ok(None),
        1 => Ok(candidates.pop()),
        _ => Err(Error::Ambiguous { text: text.into(), candidates }),
    }
}

/// The step of a notebook's cell that is named by its number: `latest/3`. A cell whose id is
/// that text goes first.
fn cell_of(record: &RunRecord, cells: &Cells, text: &str) -> Option<StepName> {
    let number: u32 = text.parse().ok()?;
    let known = record.description.steps.iter().any(|step| step.name.as_str() == text);
    if known { None } else { cells.numbered(number).cloned() }
}

async fn part_of(store: &Store, run: RunKey, rest: &[&str], text: &str) -> Result<Target, Error> {
    let mut target = Target { run, step: None, task: None, artifact: None };
    let Some((step, rest)) = rest.split_first() else { return Ok(target) };
    let record = store.run_record(&target.run).await?;
    let cells = Cells::of(&record);
    let step = match cell_of(&record, &cells, step) {
        Some(step) => step,
        None => parse_step(step)?,
    };
    let steps = || record.description.steps.iter().map(|step| &step.name);
    let begun = async || store.list(&format!("runs/{}/tasks/{step}", target.run)).await;
    // A cell of a notebook may be younger than the record of its run.
    if !steps().any(|known| *known == step) && begun().await?.is_empty() {
        if cells.count() > 0 {
            let (run, text) = (target.run, step.to_string());
            return Err(Error::NoCell { run, text, cells: cells.count(), ids: cells.ids() });
        }
        return Err(Error::NoStep {
            run: target.run,
            step: step.to_string(),
            steps: steps().map(ToString::to_string).collect(),
        });
    }
    target.step = Some(step);
    match *rest {
        [] => {}
        // The task may be left out where there is one.
        [artifact] if pathspec::is_name(artifact) => {
            target.artifact = Some(parse_artifact(artifact)?);
        }
        [task] => target.task = Some(parse_task(task)?),
        [task, artifact] => {
            target.task = Some(parse_task(task)?);
            target.artifact = Some(parse_artifact(artifact)?);
        }
        _ => return Err(pathspec::Error::TooLong { text: text.into() }.into()),
    }
    Ok(target)
}
