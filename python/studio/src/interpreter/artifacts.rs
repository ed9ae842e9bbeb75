//! Artifacts by pathspec, from the datastore.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use flownote_data::{Artifact, Artifacts};
use flownote_flow::help::Help;
use flownote_flow::pathspec::Pathspec;
use flownote_store::location::{Disk, locate};
use flownote_store::{Error, RunKey, Store, StoreOptions};
use tokio::sync::OnceCell;

/// The datastore, opened when a query first names an artifact.
#[derive(Clone, Debug)]
pub struct Datastore {
    address: Option<String>,
    folder: PathBuf,
    store: Arc<OnceCell<Store>>,
}

impl Datastore {
    /// The datastore at an address, or the one of the notebook's folder.
    pub fn new(address: Option<String>, folder: PathBuf) -> Self {
        Self { address, folder, store: Arc::default() }
    }

    async fn store(&self) -> Result<&Store, Error> {
        self.store
            .get_or_try_init(async || {
                let environment = std::env::var("FLOWNOTE_STORE").ok();
                let address = self.address.as_deref();
                let found = locate(&self.folder, environment.as_deref(), address, &Disk)?;
                Store::open(&found.url, StoreOptions::from_env()).await
            })
            .await
    }

    async fn look(&self, spec: &Whole, pathspec: &str) -> Result<Artifact, Error> {
        let store = self.store().await?;
        let found = store.artifact(&spec.run, &spec.step, &spec.task, &spec.name).await?;
        let found = found.ok_or_else(|| Error::Missing {
            what: format!("the artifact `{pathspec}`"),
            store: store.url().to_string(),
        })?;
        if !found.record.is_blob() {
            return Ok(Artifact { record: found.record, path: None });
        }
        let path =
            store.fetch_blob(&found.record.digest, found.producer_name(), &found.name).await?;
        Ok(Artifact { record: found.record, path: Some(path) })
    }
}

/// A pathspec with all of its parts.
struct Whole {
    run: RunKey,
    step: flownote_flow::id::StepName,
    task: flownote_flow::id::TaskId,
    name: String,
}

#[async_trait]
impl Artifacts for Datastore {
    async fn find(&self, pathspec: &str) -> Result<Option<Artifact>, Box<dyn Help + Send + Sync>> {
        let Ok(spec) = pathspec.parse::<Pathspec>() else { return Ok(None) };
        let Pathspec {
            flow: Some(flow),
            run: Some(run),
            step: Some(step),
            task: Some(task),
            artifact: Some(name),
        } = spec
        else {
            return Ok(None);
        };
        let whole = Whole { run: RunKey { flow, run }, step, task, name };
        // On a thread of its own: what the store does meanwhile may stay on one.
        let (store, text) = (self.clone(), pathspec.to_owned());
        let runtime = tokio::runtime::Handle::current();
        let found =
            tokio::task::spawn_blocking(move || runtime.block_on(store.look(&whole, &text)));
        match found.await.expect("looking doesn't panic") {
            Ok(found) => Ok(Some(found)),
            Err(error) => Err(Box::new(error)),
        }
    }
}
