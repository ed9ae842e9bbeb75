//! Which runs go, and how: first out of the index, so that nobody finds half of one.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::time::SystemTime;

use flownote_flow::id::{FlowName, RunId};
use futures::{StreamExt, TryStreamExt, stream};
use object_store::ObjectStoreExt;

use super::GcOptions;
use crate::client::{AT_ONCE, RunFilter, Status};
use crate::error::{Error, Result};
use crate::index::{Entry, INDEX, day_of};
use crate::keys::{self, RUNS, RunKey};
use crate::object::{blocking, retrying};
use crate::store::Store;
use crate::time;

/// The runs as gc sees them.
#[derive(Default)]
pub(crate) struct Chosen {
    pub(crate) delete: Vec<RunKey>,
    pub(crate) spared: Vec<RunKey>,
    pub(crate) tagged: Vec<RunKey>,
    pub(crate) live: HashSet<RunId>,
    /// When the oldest live run began, by the store's clock.
    pub(crate) oldest_live: Option<SystemTime>,
}

impl Store {
    pub(crate) async fn choose_runs(&self, options: &GcOptions, now: SystemTime) -> Result<Chosen> {
        let mut chosen = Chosen::default();
        let mut origins = HashSet::new();
        for flow in self.flows().await? {
            let filter = RunFilter { status: vec![Status::Running], ..RunFilter::of(flow) };
            for run in self.runs(&filter).await?.runs {
                let key = RunKey { flow: run.flow, run: run.run };
                if let Some(begun) = self.written_at(&key.record()).await? {
                    chosen.oldest_live = Some(chosen.oldest_live.map_or(begun, |t| t.min(begun)));
                }
                origins.extend(run.origin);
                chosen.live.insert(key.run);
            }
        }
        if options.keep_runs.is_none() && options.older_than.is_none() {
            return Ok(chosen);
        }
        let mut newest: BTreeMap<FlowName, usize> = BTreeMap::new();
        for run in self.all_runs().await?.into_iter().rev() {
            let place = newest.entry(run.flow.clone()).or_default();
            let beyond = options.keep_runs.is_none_or(|keep| *place >= keep);
            *place += 1;
            let old = match options.older_than {
                Some(age) => self.begun(&run).await?.is_some_and(|begun| begun + age <= now),
                None => true,
            };
            if !(beyond && old) {
                continue;
            }
            if chosen.live.contains(&run.run) || origins.contains(&run.run) {
                chosen.spared.push(run);
            } else if !options.tagged && self.is_tagged(&run).await? {
                chosen.tagged.push(run);
            } else {
                chosen.delete.push(run);
            }
        }
        Ok(chosen)
    }

    /// Whether somebody tagged a run. One whose record is gone was left by an earlier gc.
    async fn is_tagged(&self, run: &RunKey) -> Result<bool> {
        match self.run_summary(run).await {
            Ok(summary) => Ok(!summary.tags.is_empty()),
            Err(Error::Missing { .. } | Error::Undecodable { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// When a run began: its id says, or its record's time.
    async fn begun(&self, run: &RunKey) -> Result<Option<SystemTime>> {
        match time::run_time(&run.run) {
            Some(time) => Ok(Some(time.into())),
            None => self.written_at(&run.record()).await,
        }
    }

    /// When an object was written, by the store's clock.
    pub(crate) async fn written_at(&self, key: &str) -> Result<Option<SystemTime>> {
        let Some(objects) = self.readable().await? else { return Ok(None) };
        let path = keys::path(key)?;
        retrying(
            || format!("looking at `{key}`"),
            || async {
                match objects.head(&path).await {
                    Ok(meta) => Ok(Some(SystemTime::from(meta.last_modified))),
                    Err(object_store::Error::NotFound { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            },
        )
        .await
    }

    pub(crate) async fn delete_runs(&self, runs: &[RunKey]) -> Result<()> {
        let mut by_flow: BTreeMap<&FlowName, HashSet<&RunId>> = BTreeMap::new();
        for run in runs {
            by_flow.entry(&run.flow).or_default().insert(&run.run);
        }
        for (flow, ids) in &by_flow {
            self.delete_entries(flow, ids).await?;
        }
        for run in runs {
            self.delete_run(run).await?;
        }
        Ok(())
    }

    async fn delete_entries(&self, flow: &FlowName, runs: &HashSet<&RunId>) -> Result<()> {
        let first = runs.iter().map(|run| day_of(run)).min().unwrap_or_default();
        for day in self.list(&format!("{INDEX}/{flow}")).await? {
            let day = day.trim_end_matches('/');
            if day < first {
                continue;
            }
            let names = self.list(&format!("{INDEX}/{flow}/{day}")).await?;
            let gone = names.into_iter().filter(|name| {
                Entry::parse(day, name).is_some_and(|entry| runs.contains(&entry.run))
            });
            self.delete_all(gone.map(|name| format!("{INDEX}/{flow}/{day}/{name}"))).await?;
            self.remove_empty(&format!("{INDEX}/{flow}/{day}")).await?;
        }
        self.remove_empty(&format!("{INDEX}/{flow}")).await
    }

    /// Deletes a run's objects, its record last: until then gc finds it again.
    async fn delete_run(&self, run: &RunKey) -> Result<()> {
        let folder = format!("{RUNS}/{run}");
        let record = run.record();
        let objects = self.list_deep(&folder).await?;
        let keys = objects.into_iter().map(|meta| meta.location.to_string());
        self.delete_all(keys.filter(|key| *key != record)).await?;
        self.delete(&record).await?;
        let files = self.files_root().join(&folder);
        blocking(move || match fs::remove_dir_all(&files) {
            Err(error) if !crate::names::is_absent(&error) => {
                Err(Error::io(format!("removing {}", files.display()), error))
            }
            _ => Ok(()),
        })
        .await?;
        self.remove_empty(&format!("{RUNS}/{}", run.flow)).await
    }

    async fn delete_all(&self, keys: impl Iterator<Item = String>) -> Result<()> {
        let deletions = stream::iter(keys).map(|key| async move { self.delete(&key).await });
        deletions.buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Removes a local folder if it is empty.
    pub(super) async fn remove_empty(&self, folder: &str) -> Result<()> {
        let Some(root) = self.local_root() else { return Ok(()) };
        let path = root.join(folder);
        blocking(move || {
            // It fails on a folder that is in use, which is the point.
            let _ = fs::remove_dir(&path);
            Ok(())
        })
        .await
    }
}
