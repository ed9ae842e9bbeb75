//! Artifacts by pathspec, from the datastore.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use flownote_data::{Artifact, Artifacts};
use flownote_flow::help::Help;
use flownote_flow::pathspec::{is_name, parse_run};
use flownote_store::location::{Disk, locate};
use flownote_store::reference::{self, Target, resolve_from};
use flownote_store::{Error, RunKey, Store, StoreOptions, notebooks};
use tokio::sync::OnceCell;

const LATEST: &str = "latest";

/// The datastore, opened when a query first names an artifact.
#[derive(Clone, Debug)]
pub struct Datastore {
    address: Option<String>,
    folder: PathBuf,
    /// The run whose cells ask.
    asking: Option<RunKey>,
    store: Arc<OnceCell<Store>>,
}

impl Datastore {
    /// The datastore at an address, or the one of the notebook's folder.
    pub fn new(address: Option<String>, folder: PathBuf) -> Self {
        Self { address, folder, asking: None, store: Arc::default() }
    }

    /// Asked by the cells of a session: its own run is never the latest to them.
    pub fn asked_by(self, session: &str) -> Self {
        Self { asking: Some(RunKey::new(notebooks::FLOW, session)), ..self }
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

    async fn look(&self, text: &str) -> Result<Artifact, reference::Error> {
        let store = self.store().await?;
        let target = resolve_from(store, text, None, self.asking.as_ref()).await?;
        let Some(name) = &target.artifact else {
            return Err(reference::Error::TooShort { text: text.to_owned(), what: "artifact" });
        };
        let task = target.one_task(store, text).await?;
        let found = Target::artifact(store, &target.run, &task, name).await?;
        if !found.record.is_blob() {
            return Ok(Artifact { record: found.record, path: None });
        }
        let path =
            store.fetch_blob(&found.record.digest, found.producer_name(), &found.name).await?;
        Ok(Artifact { record: found.record, path: Some(path) })
    }
}

/// Whether a text names an artifact rather than a file: a run follows the name of a flow, or
/// parts of its latest run the file of a notebook.
fn is_pathspec(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let is_of_flow = matches!(parts[..], [flow, run, _, ..]
        if is_name(flow) && (run == LATEST || parse_run(run).is_ok()));
    is_of_flow || is_of_notebook(text)
}

fn is_of_notebook(text: &str) -> bool {
    notebooks::file_in(text).is_some_and(|(_, rest)| !rest.is_empty())
}

/// Whether what a pathspec names is another thing after the next run.
pub fn is_moving(text: &str) -> bool {
    is_of_notebook(text) || text.split('/').nth(1) == Some(LATEST)
}

#[async_trait]
impl Artifacts for Datastore {
    async fn find(&self, pathspec: &str) -> Result<Option<Artifact>, Box<dyn Help + Send + Sync>> {
        if !is_pathspec(pathspec) {
            return Ok(None);
        }
        // On a thread of its own: what the store does meanwhile may stay on one.
        let (store, text) = (self.clone(), pathspec.to_owned());
        let runtime = tokio::runtime::Handle::current();
        let found = tokio::task::spawn_blocking(move || runtime.block_on(store.look(&text)));
        match found.await.expect("looking doesn't panic") {
            Ok(found) => Ok(Some(found)),
            Err(error) => Err(Box::new(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_no_pathspecs() {
        for text in ["ratings.csv", "data/2020/x.parquet", "a/b/c/d", "tour.ipynb", "hand.py"] {
            assert!(!is_pathspec(text), "{text}");
        }
        for text in ["Notebook/latest/top/best", "notes/tour.ipynb/3/best", "F/latest/end/0/x"] {
            assert!(is_pathspec(text) && is_moving(text), "{text}");
        }
        let whole = "Fit/20261122T101512345-8f2c9a/end/0/x";
        assert!(is_pathspec(whole) && !is_moving(whole));
    }
}
