//! What is taken of a result is a *delta*: the names that the task wrote and deleted, where
//! it went, its items. What it merely passed on comes from this run's own tasks.

use std::collections::BTreeMap;

use flownote_flow::event::Launch;
use flownote_flow::manifest::{ArtifactRecord, Digest, Outcome, Reused, TaskDone, TaskManifest};
use flownote_flow::provenance::{Difference, Provenance};

use super::passed_on::Given;
use super::present::Now;
use super::{Reuse, Why};
use crate::Error;
use crate::context::Context;

impl Reuse {
    /// The `done` object that takes a result over, or why it can't be taken.
    pub(super) async fn take(
        &self,
        context: &Context,
        launch: &Launch,
        manifest: TaskManifest,
        provenance: &Provenance,
        now: &Now,
        reused: Reused,
    ) -> Result<Result<TaskDone, Why>, Error> {
        let leads_on = |next| context.graph.check_next(launch.step(), next).is_ok();
        if !manifest.next.as_ref().is_some_and(leads_on) {
            // The code was trusted, and leads elsewhere now.
            return Ok(Err(Why::Differs(Difference::Code(None))));
        }
        let Some(items) = items_of(context, &manifest, &reused).await? else {
            return Ok(Err(Why::Incomplete("foreach items".to_owned())));
        };
        let records = || {
            let own = manifest.artifacts.iter().map(|(name, record)| (name.as_str(), record));
            own.chain(items.iter().map(|record| ("foreach items", record)))
        };
        let pickles = records().any(|(_, record)| record.codec == "pickle");
        if pickles && reused.user != context.owner.user && !self.options.trust_pickles {
            return Ok(Err(Why::Pickles(reused.user)));
        }
        for (name, record) in records().filter(|(_, record)| record.is_blob()) {
            if !is_whole(context, record, name, &reused).await? {
                return Ok(Err(Why::Incomplete(name.to_owned())));
            }
        }
        Ok(match inherit(&manifest, provenance, now) {
            Ok(inherited) => {
                let manifest = TaskManifest { inherited, notices: Vec::new(), ..manifest };
                Ok(compose(context, launch, manifest, reused))
            }
            Err(name) => Err(Why::Differs(Difference::Input(name))),
        })
    }
}

/// The records of a result's foreach items; nothing when they are gone.
async fn items_of(
    context: &Context,
    manifest: &TaskManifest,
    reused: &Reused,
) -> Result<Option<Vec<ArtifactRecord>>, Error> {
    let Some(items) = &manifest.items else { return Ok(Some(Vec::new())) };
    if items.items.is_blob() && !is_whole(context, &items.items, &items.over, reused).await? {
        return Ok(None);
    }
    let bytes = context.store.read_record_of(&items.items, &reused.pathspec, &items.over).await?;
    Ok(serde_json::from_slice(&bytes).ok())
}

/// Whether a blob is stored, and undamaged as far as that can be told without a download.
async fn is_whole(
    context: &Context,
    record: &ArtifactRecord,
    name: &str,
    reused: &Reused,
) -> Result<bool, Error> {
    let store = &context.store;
    if store.is_remote() {
        return Ok(store.has_blob(&record.digest).await?);
    }
    match store.fetch_blob(&record.digest, &reused.pathspec, name).await {
        Ok(_) => Ok(true),
        Err(flownote_store::Error::Damaged { .. } | flownote_store::Error::MissingBlob { .. }) => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

fn compose(context: &Context, launch: &Launch, manifest: TaskManifest, reused: Reused) -> TaskDone {
    let done = context.done_of(&launch.attempt, Outcome::Ok);
    TaskDone {
        started_at: Some(done.finished_at.clone()),
        pid: context.owner.pid,
        parents: launch.parents.iter().map(ToString::to_string).collect(),
        foreach: Context::foreach_of(launch),
        manifest,
        reused: Some(reused),
        ..done
    }
}

/// Whose artifacts the task passes on, in this run. A join passes on what it merged: those
/// values are found among its inputs. Fails with a name that isn't there any more.
fn inherit(
    origin: &TaskManifest,
    provenance: &Provenance,
    now: &Now,
) -> Result<BTreeMap<String, BTreeMap<String, Digest>>, String> {
    let mut inherited: BTreeMap<String, BTreeMap<String, Digest>> = BTreeMap::new();
    let mut pass_on = |name: &str, given: &Given| {
        let names = inherited.entry(given.0.clone()).or_default();
        names.insert(name.to_owned(), given.1.digest.clone());
    };
    if !now.joins() {
        for (name, found) in now.given().iter().flat_map(|given| given.iter()) {
            if !origin.artifacts.contains_key(&**name) && !provenance.deleted.contains(&**name) {
                pass_on(name, found);
            }
        }
        return Ok(inherited);
    }
    for (name, digest) in origin.inherited.values().flatten() {
        let mut found = now.given().iter().filter_map(|given| given.get(name.as_str()));
        let same = found.find(|given| given.1.digest == *digest);
        pass_on(name, same.ok_or_else(|| name.clone())?);
    }
    Ok(inherited)
}
