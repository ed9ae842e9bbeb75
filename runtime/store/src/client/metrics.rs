//! Runs as rows of a table: parameters and metrics. Every small scalar artifact is a
//! metric, so a flow that says `self.ndcg = 0.31` needs nothing more.

use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::{ArtifactRecord, Outcome};
use flownote_flow::run::RunRecord;
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::artifacts::attempt_name;
use super::{RunFilter, RunSummary};
use crate::error::{Error, Result};
use crate::keys::RunKey;
use crate::notebooks;
use crate::store::Store;

/// Runs whose rows are read at once.
const ROWS_AT_ONCE: usize = 8;
/// A longer text is no metric.
const LONGEST_TEXT: usize = 200;

/// One run in a table of runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// The run.
    #[serde(flatten)]
    pub summary: RunSummary,
    /// Its scalar parameters.
    pub parameters: Map<String, Value>,
    /// The scalar artifacts of `end`, and those of the other tasks outside every foreach
    /// that `end` doesn't see, later steps before earlier ones; of a notebook those of its
    /// cells.
    pub metrics: Map<String, Value>,
}

impl Store {
    /// Lists runs with their parameters and metrics, newest first, and what to give as
    /// `before` for the next page.
    pub async fn run_rows(
        &self,
        filter: &RunFilter,
    ) -> Result<(Vec<RunRow>, Option<flownote_flow::id::RunId>)> {
        let page = self.runs(filter).await?;
        let rows = stream::iter(page.runs).map(|summary| self.row(summary));
        let rows: Vec<RunRow> = rows.buffered(ROWS_AT_ONCE).try_collect().await?;
        Ok((rows, page.next))
    }

    async fn row(&self, summary: RunSummary) -> Result<RunRow> {
        let run = RunKey { flow: summary.flow.clone(), run: summary.run.clone() };
        let record = self.run_record(&run).await?;
        let mut parameters = Map::new();
        for (name, record) in &record.parameters {
            parameters.extend(scalar(record).map(|value| (name.clone(), value)));
        }
        let metrics = self.metrics(&run, &record).await?;
        Ok(RunRow { summary, parameters, metrics })
    }

    /// Reads the metrics of a run, whose record is known.
    pub async fn metrics(&self, run: &RunKey, record: &RunRecord) -> Result<Map<String, Value>> {
        let mut metrics = Map::new();
        if notebooks::is(&run.flow) {
            self.add_values(run, &mut metrics).await?;
            metrics.retain(|name, _| !record.parameters.contains_key(name));
            return Ok(metrics);
        }
        let is_end = |step: &StepName| step.as_str() == "end";
        let mut steps: Vec<&StepName> =
            record.description.steps.iter().map(|step| &step.name).collect();
        steps.sort_by_key(|step| !is_end(step));
        let split = steps.iter().position(|step| !is_end(step)).unwrap_or(steps.len());
        steps[split..].reverse();
        for step in steps {
            self.add_metrics(run, step, &mut metrics).await?;
        }
        metrics.retain(|name, _| !record.parameters.contains_key(name));
        Ok(metrics)
    }

    /// Adds the scalars that a notebook's cells made: each as the last execution left it.
    async fn add_values(&self, run: &RunKey, metrics: &mut Map<String, Value>) -> Result<()> {
        let mut dones = self.dones(run, None).await?;
        dones.retain(|done| {
            done.outcome == Outcome::Ok && done.step.as_str() != notebooks::EXECUTED
        });
        dones.sort_by_key(|done| done.task.to_string().parse::<u64>().unwrap_or_default());
        for (name, record) in dones.iter().flat_map(|done| &done.manifest.artifacts) {
            match scalar(record).filter(|_| name != notebooks::OUTPUTS) {
                Some(value) => drop(metrics.insert(name.clone(), value)),
                // It was a number, and the cell below made something else of it.
                None => drop(metrics.shift_remove(name)),
            }
        }
        Ok(())
    }

    /// Adds the metrics of a step's single task, unless a later step named them before.
    async fn add_metrics(
        &self,
        run: &RunKey,
        step: &StepName,
        metrics: &mut Map<String, Value>,
    ) -> Result<()> {
        let done = match self.result(run, step, &TaskId::new("0")).await {
            Err(Error::Missing { .. }) => return Ok(()),
            other => other?,
        };
        if !done.foreach.is_empty() {
            return Ok(());
        }
        let mut sources = vec![(attempt_name(&done), done.manifest.artifacts.clone())];
        if step.as_str() == "end" {
            sources.extend(self.inherited(run, &done, None).await?);
        }
        for (name, record) in sources.iter().flat_map(|(_, records)| records) {
            if let Some(value) = scalar(record).filter(|_| !metrics.contains_key(name)) {
                metrics.insert(name.clone(), value);
            }
        }
        Ok(())
    }
}

/// The value of an inlined scalar.
pub fn scalar(record: &ArtifactRecord) -> Option<Value> {
    let text = record.inline.as_deref()?;
    let value = match record.codec.as_str() {
        "utf8" => Value::from(text),
        "json" => serde_json::from_str(text).ok()?,
        _ => return None,
    };
    // The `json` codec wraps what JSON has no form for: NumPy's scalars, infinities.
    let value = match value {
        Value::Object(mut form) => match form.get("$")?.as_str()? {
            "numpy" | "float" => form.remove("v")?,
            _ => return None,
        },
        plain => plain,
    };
    match &value {
        Value::String(text) => (text.len() <= LONGEST_TEXT).then_some(value),
        Value::Bool(_) | Value::Number(_) => Some(value),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(codec: &str, inline: &str, expect: Option<Value>) {
        let record: ArtifactRecord = serde_json::from_value(serde_json::json!({
            "codec": codec, "digest": "d", "size": 1, "type": "any", "inline": inline,
        }))
        .unwrap();
        assert_eq!(scalar(&record), expect, "{codec} {inline}");
    }

    #[test]
    fn small_scalars_are_metrics() {
        check("json", "0.31", Some(Value::from(0.31)));
        check("json", "true", Some(Value::from(true)));
        check("utf8", "svd", Some(Value::from("svd")));
        check("json", r#"{"$":"numpy","dtype":"<f8","v":0.5}"#, Some(Value::from(0.5)));
        check("json", r#"{"$":"float","v":"nan"}"#, Some(Value::from("nan")));
        check("json", r#"{"$":"tuple","v":[1,2]}"#, None);
        check("json", "{}", None);
        check("json", "[1]", None);
        check("json", "null", None);
        check("npy", "1", None);
        check("utf8", &"x".repeat(201), None);
    }
}
