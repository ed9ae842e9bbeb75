//! A session over a temporary folder, and what tests ask of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use flownote_kernel::interpreter::Launch;
use flownote_kernel::supervisor::{Event, Handle, Numbered, Options, Service, Subscription};
use flownote_notebook::session::{CellStatus, Group, RunRequest};
use flownote_notebook::{Cell, CellId, Document, Language, NotebookId, Output};
use flownote_store::{Store, StoreOptions, StoreUrl};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// A test that waits longer has hung.
const HUNG: Duration = Duration::from_secs(60);

/// A place for sessions: a project's folder with its datastore.
pub struct Project {
    path: PathBuf,
    /// Removed in the end, if it is this test's own.
    _folder: Option<tempfile::TempDir>,
}

/// A session that runs.
pub struct Open {
    pub handle: Handle,
    pub events: Subscription,
    served: oneshot::Receiver<()>,
}

impl Project {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { path: folder.path().to_owned(), _folder: Some(folder) }
    }

    /// Another process's folder.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), _folder: None }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub async fn store(&self) -> Store {
        let url = StoreUrl::Folder(self.path().join(".flownote"));
        Store::open(&url, StoreOptions::default()).await.expect("a store")
    }

    /// Opens a notebook of these cells.
    pub async fn open(&self, cells: &[Cell], interpreters: BTreeMap<Group, Launch>) -> Open {
        self.open_with(cells, interpreters, |_| {}).await
    }

    pub async fn open_with(
        &self,
        cells: &[Cell],
        interpreters: BTreeMap<Group, Launch>,
        change: impl FnOnce(&mut Options),
    ) -> Open {
        let mut document = Document::new(cells.to_vec()).expect("a document");
        document.id = Some(NotebookId::new("n1"));
        let mut options = Options::new(document, self.path(), self.store().await);
        options.interpreters = interpreters;
        options.user = "ana".to_owned();
        change(&mut options);
        let (service, handle) = Service::new(options).expect("a session");
        let (over, served) = oneshot::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let local = tokio::task::LocalSet::new();
            let served = service.run(std::future::pending());
            local.block_on(&runtime.expect("a runtime"), served);
            // Not every test waits for the end.
            let _ = over.send(());
        });
        let events = handle.subscribe(0);
        Open { handle, events, served }
    }
}

impl Open {
    /// Runs cells until nothing runs any more; what happened meanwhile.
    pub async fn run(&mut self, run: RunRequest) -> Vec<Arc<Numbered>> {
        self.handle.run(run).await.expect("a session");
        self.until(|event| matches!(event, Event::Idle)).await
    }

    pub async fn run_cell(&mut self, cell: &str) -> Vec<Arc<Numbered>> {
        self.run(RunRequest::Cells { cells: vec![CellId::new(cell)] }).await
    }

    pub async fn run_all(&mut self) -> Vec<Arc<Numbered>> {
        self.run(RunRequest::All { reuse: false }).await
    }

    /// Reads events up to one of a sort.
    pub async fn until(&mut self, stop: impl Fn(&Event) -> bool) -> Vec<Arc<Numbered>> {
        let mut seen = Vec::new();
        loop {
            let next = timeout(HUNG, self.events.next()).await;
            let Ok(next) = next else { panic!("hung after {seen:#?}") };
            let next = next.unwrap_or_else(|| panic!("over after {seen:#?}"));
            let last = stop(&next.event);
            seen.push(next);
            if last {
                return seen;
            }
        }
    }

    /// What a cell shows, as the document has it.
    pub async fn outputs(&self, cell: &str) -> Vec<Output> {
        let seen = self.handle.look().await.expect("a session");
        seen.document.cell(&CellId::new(cell)).expect("the cell").outputs.clone()
    }

    /// What a cell shows, as plain text.
    pub async fn text(&self, cell: &str) -> String {
        self.outputs(cell).await.iter().map(text_of).collect()
    }

    pub async fn status(&self, cell: &str) -> CellStatus {
        let seen = self.handle.look().await.expect("a session");
        seen.statuses[&CellId::new(cell)].clone()
    }

    /// Ends the session and waits until it has ended.
    pub async fn close(self) {
        self.handle.shut_down().await;
        timeout(HUNG, self.served).await.expect("it ends").expect("it doesn't panic");
    }
}

/// An output as plain text.
pub fn text_of(output: &Output) -> String {
    match output {
        Output::Stream { text, .. } => text.clone(),
        Output::Display { data, .. } | Output::Result { data, .. } => {
            data.get("text/plain").and_then(|text| text.as_str()).unwrap_or("?").to_owned()
        }
        Output::Error { name, message, .. } => format!("{name}: {message}"),
        other => format!("{other:?}"),
    }
}

/// Whether a cell shows something: not what an interpreter prints while it begins.
pub fn shows(event: &Event) -> bool {
    matches!(event, Event::Output { execution: Some(_), .. })
}

/// The text of cells' outputs among events.
pub fn shown(events: &[Arc<Numbered>]) -> String {
    let outputs = events.iter().filter_map(|it| match &it.event {
        Event::Output { output, execution: Some(_), .. } => Some(text_of(output)),
        _ => None,
    });
    outputs.collect()
}

pub fn python(id: &str, source: &str) -> Cell {
    Cell::new(id, Language::Python, source)
}

pub fn sql(id: &str, source: &str) -> Cell {
    Cell::new(id, Language::Sql, source)
}

/// The Python of the tests with a `flownote` that is whole: this checkout's, or else the
/// installed one. Nothing where there is none.
pub fn python_launch() -> Option<Launch> {
    let whole = "import flownote.kernel, flownote._native";
    probe(whole).map(|(program, environment)| Launch { environment, ..Launch::python(program) })
}

/// The same with `flownote_studio`, which must be installed, and pandas.
pub fn tables_launch() -> Option<Launch> {
    let whole = "import pandas, flownote_studio._studio as n; n.serve_interpreter";
    probe(whole).map(|(program, environment)| Launch { environment, ..Launch::tables(program) })
}

fn probe(whole: &str) -> Option<(PathBuf, BTreeMap<String, String>)> {
    let program = PathBuf::from(std::env::var_os("FLOWNOTE_TEST_PYTHON")?);
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python");
    let path = std::env::var("PYTHONPATH").unwrap_or_default();
    let here = format!("{}:{path}", package.display());
    let here = BTreeMap::from([("PYTHONPATH".to_owned(), here)]);
    let found = [here, BTreeMap::new()].into_iter().find_map(|environment| {
        let mut probe = std::process::Command::new(&program);
        probe.args(["-c", whole]).envs(&environment).stderr(std::process::Stdio::null());
        let whole = probe.status().ok()?.success();
        whole.then(|| (program.clone(), environment))
    });
    // Whoever names one wants these tests to run.
    assert!(found.is_some(), "`{}` can't run `{whole}`: `make studio`", program.display());
    found
}
