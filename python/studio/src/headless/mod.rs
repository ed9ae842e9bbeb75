//! A notebook run without anybody looking (notebook rule 21): one session, one run, a task
//! for each cell, from top to bottom.

mod earlier;
mod foreign;
mod literal;
mod parameters;
mod progress;
pub mod python;

use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use flownote_flow::id::FlowName;
use flownote_kernel::interpreter::Launch;
use flownote_kernel::record::recognise;
use flownote_kernel::supervisor::{Event, FLOW, Handle, Manner, Options, Request, Service};
use flownote_notebook::session::{Group, RunRequest};
use flownote_notebook::{Document, ipynb};
use flownote_store::location::{Disk, Source, locate};
use flownote_store::{Store, StoreOptions};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;

use crate::files;
use crate::shell::output::{self, talk};
use crate::shell::{Error, exit};
use parameters::Parameters;
use progress::Progress;

/// What to run, and how.
pub struct Headless {
    /// The notebook's file.
    pub notebook: PathBuf,
    /// `name=value`.
    pub parameters: Vec<String>,
    /// Where the executed notebook goes.
    pub output: Option<PathBuf>,
    /// Tags of the run.
    pub tags: Vec<String>,
    /// Where the run's id is written as soon as it is known.
    pub run_id_file: Option<PathBuf>,
    /// The Python of Python cells.
    pub python: String,
    /// Whether the command line names it.
    pub is_python_given: bool,
    /// The Python of the studio's own processes.
    pub studio: String,
    /// The datastore, if the command line names one.
    pub store: Option<String>,
    /// Whether to show only what cells print, and failures.
    pub quiet: bool,
    /// Whether earlier results may be taken.
    pub reuse: bool,
    /// Whether to go on from the run before, with its parameters.
    pub resume: bool,
    /// The command line, for the record.
    pub line: Vec<String>,
}

/// Runs a notebook. Returns the exit code.
pub fn run(headless: Headless) -> Result<i32, Error> {
    let document = files::read(&headless.notebook)?;
    foreign::check(&headless.notebook, &document)?;
    if let Some(output) = headless.output.as_deref().filter(|it| *it != Path::new("-")) {
        // Better to say so now than after an hour.
        files::text(output, &document)?;
        files::check_folder(output)?;
    }
    if headless.is_python_given {
        // Nor is there a run without a cell that could run.
        python::check(&headless.python, &document)?;
    }
    let runtime = runtime()?;
    let local = LocalSet::new();
    local.block_on(&runtime, session(headless, document))
}

async fn session(headless: Headless, mut document: Document) -> Result<i32, Error> {
    let (store, source) = find_store(headless.store.as_deref()).await?;
    let place = (source != Source::Default).then(|| store.url().to_string());
    let folder = folder_of(&headless.notebook)?;
    let file = headless.notebook.display().to_string();
    let flow = FlowName::new(FLOW);
    recognise(&store, &flow, &mut document).await?;
    let mut parameters = parameters::parse(&document, &headless.parameters)?;
    if headless.resume {
        take_over(&store, &document, &file, headless.quiet, &mut parameters).await?;
    }
    parameters::inject(&mut document, &parameters)?;
    let mut options = Options::new(document, folder, store);
    options.file = file;
    options.parameters = parameters::records(parameters);
    options.user = user();
    options.tags = headless.tags.clone();
    options.command = headless.line.clone();
    // Each cell is looked up when its turn comes, and is a task of this run either way.
    options.remember = false;
    options.keep_document = true;
    options.interpreters = interpreters(&headless.python, &headless.studio);
    options.settings = settings(&headless.python, &options.store);
    let (service, handle) = Service::new(options)?;
    if let Some(path) = &headless.run_id_file {
        let failed = |source| Error::File { path: path.clone(), done: "written", source };
        std::fs::write(path, format!("{flow}/{}\n", service.id())).map_err(failed)?;
    }
    if let Some(place) = place.filter(|_| !headless.quiet) {
        talk!("in the store {place}");
    }
    let running = tokio::task::spawn_local(service.run(std::future::pending()));
    let mut progress = Progress::new(headless.quiet, headless.output.as_deref());
    let code = watch(&handle, headless.reuse, &mut progress).await;
    let seen = handle.look().await;
    let kept = match (&seen, &headless.output) {
        (Ok(seen), Some(output)) => keep(output, &seen.document),
        _ => Ok(()),
    };
    handle.shut_down().await;
    // The service ends when it is told to; a panic in it has been printed.
    let _ = running.await;
    let resume = resume_line(&headless.notebook, headless.store.as_deref());
    progress.end(code, seen.ok().map(|seen| seen.session), &resume);
    // The run is closed by now, whatever became of the file.
    kept?;
    Ok(code)
}

/// Adds the parameters of the run before that the command line doesn't name.
async fn take_over(
    store: &Store,
    document: &Document,
    file: &str,
    quiet: bool,
    parameters: &mut Parameters,
) -> Result<(), Error> {
    let Some(earlier) = earlier::find(store, document).await? else {
        let (notebook, store) = (file.to_owned(), store.url().to_string());
        return Err(Error::NoOrigin { notebook, store });
    };
    let known = parameters::known(document).unwrap_or_default();
    for (name, value) in earlier.parameters {
        if !known.contains(&name) {
            talk!("warning: `{name}` of {} is no parameter of the notebook now", earlier.run);
            continue;
        }
        if let Entry::Vacant(free) = parameters.entry(name) {
            if !quiet {
                talk!("parameter {} = {value}, as in {}", free.key(), earlier.run);
            }
            free.insert(value);
        }
    }
    Ok(())
}

/// Runs all cells and shows what happens, until nothing runs any more.
async fn watch(handle: &Handle, reuse: bool, progress: &mut Progress) -> i32 {
    let Ok(seen) = handle.look().await else { return exit::FAILED };
    progress.begin(&seen.document);
    let mut events = handle.subscribe(seen.next);
    let manner = Manner { allow_stdin: false, ..Manner::default() };
    let run = RunRequest::All { reuse };
    if handle.ask(Request::Run { run, manner }).await.is_err() {
        return exit::FAILED;
    }
    let (Ok(mut interrupts), Ok(mut terminations)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return exit::FAILED;
    };
    let mut code = exit::OK;
    let mut stops = 0;
    // Nobody who ends a process this way presses a key twice.
    let mut told_to_end = false;
    loop {
        tokio::select! {
            event = events.next() => {
                let Some(event) = event else { return exit::FAILED };
                code = code.max(progress.show(&event.event));
                match event.event {
                    Event::Idle => return if stops > 0 { exit::INTERRUPTED } else { code },
                    Event::KillOffer { .. } if told_to_end => return exit::INTERRUPTED,
                    _ => continue,
                }
            }
            _ = interrupts.recv() => {}
            _ = terminations.recv() => told_to_end = true,
        }
        stops += 1;
        // The second time, whatever the cell does.
        if stops > 1 || handle.interrupt().await.is_err() {
            return exit::INTERRUPTED;
        }
    }
}

/// What goes on with a run that failed.
fn resume_line(notebook: &Path, store: Option<&str>) -> String {
    let store = store.map(|store| format!(" --store {store}")).unwrap_or_default();
    format!("flownote resume {}{store}", notebook.display())
}

fn keep(output: &Path, document: &Document) -> Result<(), Error> {
    let mut document = document.clone();
    document.name_kernel();
    if output == Path::new("-") {
        return output::write(ipynb::write(&document));
    }
    files::write(output, &document)
}

/// How the interpreters of a notebook are started.
pub fn interpreters(python: &str, studio: &str) -> std::collections::BTreeMap<Group, Launch> {
    [
        (Group::Python, Launch::python(python)),
        (Group::Tables, Launch::tables(studio)),
        (Group::Rust, Launch::rust(studio)),
    ]
    .into()
}

/// What the interpreters of a notebook are told: which Python has the compiler of C cells,
/// and which datastore has the artifacts that queries name.
pub fn settings(python: &str, store: &Store) -> serde_json::Map<String, serde_json::Value> {
    let store = store.url().to_string();
    [("python".to_owned(), python.into()), ("store".to_owned(), store.into())].into_iter().collect()
}

/// The folder that a notebook's cells run in: its own.
pub fn folder_of(notebook: &Path) -> Result<PathBuf, Error> {
    let failed = |source| Error::File { path: notebook.to_owned(), done: "read", source };
    let whole = std::fs::canonicalize(notebook).map_err(failed)?;
    Ok(whole.parent().unwrap_or(Path::new("/")).to_owned())
}

/// The one runtime of this process.
pub fn runtime() -> Result<Runtime, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|source| Error::Io { what: "starting the asynchronous runtime", source })
}

/// Opens the datastore that the command line or the surroundings name.
pub async fn open_store(flag: Option<&str>) -> Result<Store, Error> {
    Ok(find_store(flag).await?.0)
}

/// The same, and who named it.
async fn find_store(flag: Option<&str>) -> Result<(Store, Source), Error> {
    let failed = |source| Error::Io { what: "looking up the current folder", source };
    let folder = std::env::current_dir().map_err(failed)?;
    let environment = std::env::var("FLOWNOTE_STORE").ok();
    let location = locate(&folder, environment.as_deref(), flag, &Disk)?;
    Ok((Store::open(&location.url, StoreOptions::from_env()).await?, location.source))
}

/// Who runs this, as `flownote` has it: `FLOWNOTE_USER`, else who the process belongs to.
pub fn user() -> String {
    let named = std::env::var("FLOWNOTE_USER").ok().filter(|name| !name.is_empty());
    let account = || nix::unistd::User::from_uid(nix::unistd::getuid()).ok().flatten();
    named.or_else(|| Some(account()?.name)).unwrap_or_else(|| nix::unistd::getuid().to_string())
}
