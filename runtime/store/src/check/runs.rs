//! The objects of a run: each decodes, each reference leads somewhere.

use std::collections::{BTreeMap, HashMap};

use flownote_flow::manifest::{ArtifactRecord, Digest, SCHEMA, TaskDone};
use flownote_flow::run::{LogBatch, RunRecord};
use futures::{StreamExt, TryStreamExt, stream};
use serde::de::DeserializeOwned;

use super::blobs::{Maker, References};
use super::{CheckReport, Damage, Finding};
use crate::blob::inline_bytes;
use crate::client::AT_ONCE;
use crate::error::{Error, Result};
use crate::keys::{self, RunKey};
use crate::store::Store;

/// Objects with a schema of their own.
trait Versioned: DeserializeOwned {
    fn schema(&self) -> u32;
}

impl Versioned for RunRecord {
    fn schema(&self) -> u32 {
        self.schema
    }
}

impl Versioned for LogBatch {
    fn schema(&self) -> u32 {
        self.schema
    }
}

impl Versioned for TaskDone {
    fn schema(&self) -> u32 {
        self.schema
    }
}

/// What a run's attempts wrote, by attempt: artifact → digest.
type Written = HashMap<String, BTreeMap<String, Digest>>;

impl Store {
    pub(super) async fn check_run(
        &self,
        run: &RunKey,
        references: &mut References,
        report: &mut CheckReport,
    ) -> Result<()> {
        report.runs += 1;
        let key = run.record();
        match self.get(&key).await? {
            None => report.add(Damage::BrokenReference, run, &key, "the run has no record"),
            Some(body) => {
                if let Some(record) = report.decode::<RunRecord>(run, &key, &body) {
                    let values = [&record.parameters, &record.constants, &record.sources];
                    for (name, record) in values.into_iter().flatten() {
                        let maker = Maker::new(run, "run.json", name);
                        note(run, &key, maker, record, references, report);
                    }
                }
            }
        }
        self.check_log(run, report).await?;
        self.check_tasks(run, references, report).await
    }

    async fn check_log(&self, run: &RunKey, report: &mut CheckReport) -> Result<()> {
        let names = self.list(&run.key("log")).await?;
        let numbers: Vec<u64> = names.iter().filter_map(|name| name.parse().ok()).collect();
        for pair in numbers.windows(2) {
            if pair[1] != pair[0] + 1 {
                let key = run.log(pair[0] + 1);
                report.add(Damage::Gap, run, &key, "the log goes on after a missing number");
            }
        }
        for seq in numbers {
            let key = run.log(seq);
            if let Some(body) = self.get(&key).await? {
                report.decode::<LogBatch>(run, &key, &body);
            }
        }
        Ok(())
    }

    async fn check_tasks(
        &self,
        run: &RunKey,
        references: &mut References,
        report: &mut CheckReport,
    ) -> Result<()> {
        let mut written = Written::new();
        let mut inherited = Vec::new();
        for step in self.list(&run.key("tasks")).await? {
            let step = step.trim_end_matches('/').to_owned();
            let folder = &run.key(&format!("tasks/{step}"));
            let names = self.list(folder).await?;
            let bodies = stream::iter(names)
                .filter(|name| std::future::ready(keys::parse_done_name(name).is_some()))
                .map(|name| async move {
                    let key = format!("{folder}/{name}");
                    self.get(&key).await.map(|body| (name, key, body))
                });
            let mut bodies = std::pin::pin!(bodies.buffered(AT_ONCE));
            while let Some((name, key, body)) = bodies.try_next().await? {
                let Some(done) = body.and_then(|body| report.decode::<TaskDone>(run, &key, &body))
                else {
                    continue;
                };
                report.attempts += 1;
                let attempt = format!("{step}/{}", name.trim_end_matches(".done"));
                for (name, record) in &done.manifest.artifacts {
                    note(run, &key, Maker::new(run, &attempt, name), record, references, report);
                }
                self.check_items(run, &key, &attempt, &done, references, report).await?;
                let digests = done.manifest.artifacts.into_iter();
                written.insert(attempt, digests.map(|(name, r)| (name, r.digest)).collect());
                inherited.push((key, done.manifest.inherited));
            }
        }
        for (key, producers) in inherited {
            for (producer, names) in producers {
                check_inherited(run, &key, &producer, &names, &written, report);
            }
        }
        Ok(())
    }

    /// The items of a foreach are records themselves.
    async fn check_items(
        &self,
        run: &RunKey,
        key: &str,
        attempt: &str,
        done: &TaskDone,
        references: &mut References,
        report: &mut CheckReport,
    ) -> Result<()> {
        let Some(items) = &done.manifest.items else { return Ok(()) };
        let name = format!("{} (items)", items.over);
        let maker = Maker::new(run, attempt, &name);
        note(run, key, maker, &items.items, references, report);
        let body = match self.read_record(&items.items).await {
            Ok(body) => body,
            // Told by the blob itself.
            Err(Error::Damaged { .. } | Error::MissingBlob { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let Ok(records) = serde_json::from_slice::<Vec<ArtifactRecord>>(&body) else {
            let what = format!("the items of `{}` can't be decoded", items.over);
            report.add(Damage::BrokenReference, run, key, &what);
            return Ok(());
        };
        for (index, record) in records.iter().enumerate() {
            let name = format!("{}[{index}]", items.over);
            note(run, key, Maker::new(run, attempt, &name), record, references, report);
        }
        Ok(())
    }
}

/// Checks an inline record, or remembers the blob and who made it.
fn note(
    run: &RunKey,
    key: &str,
    maker: Maker,
    record: &ArtifactRecord,
    references: &mut References,
    report: &mut CheckReport,
) {
    match inline_bytes(record, &maker.artifact) {
        Ok(None) => references.add(&record.digest, maker),
        Ok(Some(_)) => {}
        Err(_) => {
            let what = format!(
                "artifact `{}` of `{}` doesn't match its digest {}",
                maker.artifact, maker.producer, record.digest
            );
            let finding = Finding {
                producer: Some(maker.producer),
                artifact: Some(maker.artifact),
                ..finding(Damage::WrongValue, run, key, &what)
            };
            report.findings.push(finding);
        }
    }
}

fn check_inherited(
    run: &RunKey,
    key: &str,
    producer: &str,
    names: &BTreeMap<String, Digest>,
    written: &Written,
    report: &mut CheckReport,
) {
    let Some(made) = written.get(producer) else {
        let what = format!("it refers to `{producer}`, which has no result");
        report.add(Damage::BrokenReference, run, key, &what);
        return;
    };
    for (name, digest) in names {
        let what = match made.get(name) {
            Some(found) if found == digest => continue,
            Some(_) => format!("it has another digest for `{name}` than `{producer}` wrote"),
            None => format!("it refers to `{name}` of `{producer}`, which wrote no such artifact"),
        };
        report.add(Damage::BrokenReference, run, key, &what);
    }
}

fn finding(damage: Damage, run: &RunKey, key: &str, message: &str) -> Finding {
    Finding {
        damage,
        key: key.to_owned(),
        flow: Some(run.flow.clone()),
        run: Some(run.run.clone()),
        producer: None,
        artifact: None,
        message: message.to_owned(),
        repaired: false,
    }
}

impl CheckReport {
    fn add(&mut self, damage: Damage, run: &RunKey, key: &str, message: &str) {
        self.findings.push(finding(damage, run, key, message));
    }

    fn decode<T: Versioned>(&mut self, run: &RunKey, key: &str, body: &[u8]) -> Option<T> {
        match serde_json::from_slice::<T>(body) {
            Ok(found) if found.schema() > SCHEMA => {
                let what = format!("a newer Flownote wrote it (schema {})", found.schema());
                self.add(Damage::Newer, run, key, &what);
                Some(found)
            }
            Ok(found) => Some(found),
            Err(error) => {
                self.add(Damage::Undecodable, run, key, &format!("it can't be decoded: {error}"));
                None
            }
        }
    }
}
