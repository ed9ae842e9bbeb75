//! The catalog of artifacts that are tables: flows, their runs, what tasks of those wrote.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use flownote_flow::manifest::{ArtifactRecord, Digest};
use flownote_store::RunKey;
use flownote_store::client::Made;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;

use super::catalog::{Catalog, FOUND, has_all};
use crate::answer::Failure;
use crate::api::{CatalogEntry, CatalogList, TableSource};
use crate::runs::Question;
use crate::runs::ask::run_key;
use crate::state::App;

/// So many runs of a flow, and tables of a run, are told.
const RUNS: usize = 200;
const TABLES: usize = 2_000;
/// How long a search may read.
const PATIENCE: Duration = Duration::from_millis(800);

/// What the catalog is called.
const NAME: &str = "artifacts";

/// The catalog.
#[derive(Debug)]
pub struct Artifacts;

impl Catalog for Artifacts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn list<'a>(
        &'a self,
        app: &'a App,
        path: &'a str,
    ) -> BoxFuture<'a, Result<CatalogList, Failure>> {
        async move {
            match path.split_once('/') {
                None if path.is_empty() => flows(app).await,
                None => runs(app, path).await,
                Some((flow, run)) => tables(app, &run_key(flow, run)?).await,
            }
        }
        .boxed()
    }

    fn search<'a>(
        &'a self,
        app: &'a App,
        words: &'a [String],
    ) -> BoxFuture<'a, Result<CatalogList, Failure>> {
        async move {
            let began = Instant::now();
            let store = app.runs.store();
            let question = Question { limit: 1_000, ..Question::default() };
            let mut found = CatalogList::default();
            // What a later run took over, or made the same again, is the same table.
            let mut told = HashSet::new();
            for run in app.runs.find(&question).await? {
                if began.elapsed() > PATIENCE || found.entries.len() >= FOUND {
                    found.is_cut = true;
                    break;
                }
                let key = run.key;
                let made = store.made(&key).await?;
                for made in once(made) {
                    let content = content(&made);
                    let entry = table(&key, made).filter(|entry| has_all(&entry.path, words));
                    found.entries.extend(entry.filter(|_| told.insert(content)));
                }
            }
            found.entries.truncate(FOUND);
            Ok(found)
        }
        .boxed()
    }
}

async fn flows(app: &App) -> Result<CatalogList, Failure> {
    let mut flows = app.runs.store().flows().await?;
    flows.sort_unstable();
    let entries = flows
        .into_iter()
        .map(|flow| CatalogEntry::new(NAME, flow.as_str(), flow.as_str()))
        .collect();
    Ok(CatalogList { entries, is_cut: false })
}

async fn runs(app: &App, flow: &str) -> Result<CatalogList, Failure> {
    let known = app.runs.store().flows().await?.into_iter().find(|known| known.as_str() == flow);
    let Some(flow) = known else {
        let what = format!("there is no flow `{flow}` in this store");
        return Err(Failure::missing(what, "look at the list again"));
    };
    let question = Question { flows: vec![flow], limit: RUNS, ..Question::default() };
    let mut found = app.runs.find(&question).await?;
    let is_cut = found.len() > RUNS;
    found.truncate(RUNS);
    let entries = found.into_iter().map(|run| CatalogEntry {
        detail: run.facts.file.clone(),
        made_at: Some(run.facts.created_at.clone()),
        user: Some(run.facts.user.clone()),
        ..CatalogEntry::new(NAME, run.key.to_string(), run.key.run.as_str())
    });
    Ok(CatalogList { entries: entries.collect(), is_cut })
}

async fn tables(app: &App, run: &RunKey) -> Result<CatalogList, Failure> {
    let made = app.runs.store().made(run).await?;
    let mut entries: Vec<CatalogEntry> =
        once(made).into_iter().filter_map(|made| table(run, made)).collect();
    let is_cut = entries.len() > TABLES;
    entries.truncate(TABLES);
    Ok(CatalogList { entries, is_cut })
}

/// Each table of a run once, as the task that was the first to make it has it.
fn once(made: Vec<Made>) -> Vec<Made> {
    let mut first: HashMap<(String, Digest), (String, usize)> = HashMap::new();
    for (at, made) in made.iter().enumerate() {
        let own = (made.finished_at.clone(), at);
        let known = first.entry(content(made)).or_insert_with(|| own.clone());
        *known = own.min(known.clone());
    }
    let kept: HashSet<usize> = first.into_values().map(|(_, at)| at).collect();
    (0..).zip(made).filter(|(at, _)| kept.contains(at)).map(|(_, made)| made).collect()
}

/// What makes two tables one: tasks make again what others made, and cells run again.
fn content(made: &Made) -> (String, Digest) {
    (made.name.to_string(), made.digest.clone())
}

fn table(run: &RunKey, made: Made) -> Option<CatalogEntry> {
    let (rows, width) = shape(&made.record)?;
    let maker = format!("{run}/{}/{}", made.step, made.task);
    let pathspec = format!("{maker}/{}", made.name);
    Some(CatalogEntry {
        detail: Some(format!("{}/{}", made.step, made.task)),
        table: Some(TableSource::Artifact { pathspec: pathspec.clone() }),
        rows,
        width,
        size: Some(made.record.size),
        made_at: Some(made.finished_at),
        made_by: Some(maker),
        user: Some(made.user),
        ..CatalogEntry::new(NAME, pathspec, made.name)
    })
}

/// Rows and columns, as far as the record tells; none when the value is no table.
fn shape(record: &ArtifactRecord) -> Option<(Option<u64>, Option<u64>)> {
    let number = |name: &str| record.meta.get(name).and_then(Value::as_u64);
    match record.codec.as_str() {
        "arrow" | "pandas" => {
            let named = record.meta.get("columns").and_then(Value::as_array);
            let width = number("width").or(named.map(|it| it.len() as u64));
            Some((number("rows"), width))
        }
        "npy" => {
            let shape = record.meta.get("shape").and_then(Value::as_array)?;
            let at = |place: usize| shape.get(place).and_then(Value::as_u64);
            (1..=2).contains(&shape.len()).then(|| (at(0), Some(at(1).unwrap_or(1))))
        }
        "csr" => Some((number("nnz"), Some(3))),
        _ => None,
    }
}
