//! What a supervisor needs to know, as values.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use flownote_flow::id::FlowName;
use flownote_flow::manifest::ArtifactRecord;
use flownote_notebook::Document;
use flownote_notebook::session::{Group, Order};
use flownote_store::Store;
use flownote_store::notebooks::FLOW;
use serde_json::{Map, Value as Json};

use crate::cache::Look;
use crate::interpreter::Launch;

/// The options of a [`super::Service`].
pub struct Options {
    /// The notebook.
    pub document: Document,
    /// In which order cells see each other's names.
    pub order: Order,
    /// The notebook's folder: where its cells run.
    pub folder: PathBuf,
    /// The notebook's file, as people name it.
    pub file: String,
    /// The datastore.
    pub store: Store,
    /// How interpreters are started. A language whose group isn't here can't run.
    pub interpreters: BTreeMap<Group, Launch>,
    /// Who runs it.
    pub user: String,
    /// Settings that interpreters are told.
    pub settings: Map<String, Json>,
    /// The flow of the session's run.
    pub flow: FlowName,
    /// Tags of the session's run.
    pub tags: Vec<String>,
    /// The command line, for the record.
    pub command: Vec<String>,
    /// What the notebook was given, for the record: the document has it in a cell.
    pub parameters: BTreeMap<String, ArtifactRecord>,
    /// Whether earlier sessions' results are looked at.
    pub remember: bool,
    /// Whether the notebook, as it is when the session ends, is kept with the run.
    pub keep_document: bool,
    /// Tells versions of things of the world that aren't files, for the cache.
    pub look: Option<Arc<Look>>,
    /// Bounds.
    pub limits: Limits,
    /// Waits.
    pub patience: Patience,
}

impl Options {
    /// The usual options for a notebook.
    pub fn new(document: Document, folder: impl Into<PathBuf>, store: Store) -> Self {
        Self {
            document,
            order: Order::Document,
            folder: folder.into(),
            file: "notebook.ipynb".to_owned(),
            store,
            interpreters: BTreeMap::new(),
            user: "unknown".to_owned(),
            settings: Map::new(),
            flow: FlowName::new(FLOW),
            tags: Vec::new(),
            command: Vec::new(),
            parameters: BTreeMap::new(),
            remember: true,
            keep_document: false,
            look: None,
            limits: Limits::default(),
            patience: Patience::default(),
        }
    }
}

/// Bounds of a session.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest value that crosses between languages or is kept, in bytes.
    pub value: u64,
    /// How many bytes of old values, which later ones hide, stay in Python's memory.
    pub shadowed: u64,
    /// How many bytes of events stay in memory.
    pub log: usize,
    /// How many bytes one execution may show.
    pub output: usize,
    /// How many outputs one execution may show, text that joins counted once.
    pub outputs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let (value, shadowed) = (64 << 30, 1 << 30);
        Self { value, shadowed, log: 16 << 20, output: 64 << 20, outputs: 20_000 }
    }
}

/// How long things are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// After an interrupt, before a kill is offered.
    pub interrupt: Duration,
    /// For an interpreter that was asked to end.
    pub end: Duration,
    /// For values that are still to be recorded when the session ends.
    pub record: Duration,
    /// Between two signs of life.
    pub alive: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            interrupt: Duration::from_secs(2),
            end: Duration::from_secs(1),
            record: Duration::from_secs(10),
            alive: Duration::from_secs(5),
        }
    }
}
