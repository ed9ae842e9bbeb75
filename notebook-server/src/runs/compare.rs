//! Runs beside one another: parameters, metrics, code, what they ended with.

use std::collections::BTreeSet;

use flownote_flow::id::{StepName, TaskId};
use flownote_store::client::{Artifact, Origin};
use flownote_store::{Error, RunKey};
use serde_json::{Map, Value};

use super::Runs;
use super::code::RunOf;
use crate::api::{ComparedArtifact, ComparedRun, Comparison};

impl Runs {
    /// Compares runs.
    pub async fn compare(&self, runs: &[RunKey]) -> Result<Comparison, Error> {
        let store = self.store();
        let (mut rows, mut records, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        for run in runs {
            let record = store.run_record(run).await?;
            let row = self.row(self.catalogue.one(store, run).await?).await?;
            rows.push(ComparedRun { row, metrics: store.metrics(run, &record).await? });
            ends.push(self.ended_with(run).await?);
            records.push(RunOf { run: run.clone(), record });
        }
        // From the oldest to the newest, in whatever order they were chosen: ids begin with the time.
        let by_time = |it: &&RunOf| it.run.run.clone();
        let code_diff =
            match (records.iter().min_by_key(by_time), records.iter().max_by_key(by_time)) {
                (Some(first), Some(last)) if first.run != last.run => {
                    self.difference(first, last).await?
                }
                _ => Vec::new(),
            };
        let parameters: Vec<&Map<String, Value>> =
            rows.iter().map(|it| &it.row.parameters).collect();
        let metrics: Vec<&Map<String, Value>> = rows.iter().map(|it| &it.metrics).collect();
        Ok(Comparison {
            parameters: names(&parameters),
            metrics: names(&metrics),
            artifacts: artifacts(&ends),
            code_diff,
            rows,
        })
    }

    /// The artifacts of a run's end; none while it has none.
    async fn ended_with(&self, run: &RunKey) -> Result<Vec<Artifact>, Error> {
        match self.store().artifacts(run, &StepName::new("end"), &TaskId::new("0")).await {
            Err(Error::Missing { .. }) => Ok(Vec::new()),
            other => other,
        }
    }
}

/// The names in any of some maps: those first whose values differ.
fn names(maps: &[&Map<String, Value>]) -> Vec<String> {
    let all: BTreeSet<&String> = maps.iter().flat_map(|map| map.keys()).collect();
    let is_same = |name: &&String| {
        let mut values = maps.iter().map(|map| map.get(name.as_str()));
        let first = values.next().flatten();
        values.all(|value| value == first)
    };
    let (same, different): (Vec<&String>, Vec<&String>) = all.into_iter().partition(is_same);
    different.into_iter().chain(same).cloned().collect()
}

fn artifacts(ends: &[Vec<Artifact>]) -> Vec<ComparedArtifact> {
    let is_made = |it: &&Artifact| matches!(it.origin, Origin::Own | Origin::Inherited);
    let made = || ends.iter().map(move |end| end.iter().filter(is_made));
    let all: BTreeSet<&String> = made().flatten().map(|it| &it.name).collect();
    let compared = all.into_iter().map(|name| {
        let found: Vec<Option<&Artifact>> =
            made().map(|mut end| end.find(|it| it.name == *name)).collect();
        let digest = |it: &Option<&Artifact>| it.map(|it| it.record.digest.clone());
        let first = found.first().and_then(digest);
        ComparedArtifact {
            name: name.clone(),
            type_name: found
                .iter()
                .flatten()
                .next()
                .map(|it| it.record.type_name.clone())
                .unwrap_or_default(),
            previews: found.iter().map(|it| it.and_then(|it| it.record.preview.clone())).collect(),
            pathspecs: found.iter().map(|it| it.map(|it| it.pathspec.clone())).collect(),
            is_same: first.is_some() && found.iter().all(|it| digest(it) == first),
        }
    });
    let mut compared: Vec<ComparedArtifact> = compared.collect();
    compared.sort_by_key(|it| it.is_same);
    compared
}
