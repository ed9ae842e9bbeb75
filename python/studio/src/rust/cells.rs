//! Runs cells, one after the other, on a thread of their own: values of the user's world never
//! leave it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use flownote_flow::exact;
use flownote_kernel::protocol::{Answer, Defined, Execute, Finished, FinishedStatus, Output};
use flownote_kernel::rust::{Assembled, Extras, Input, Level, Sight, Split, Text, Texts, Visible};
use flownote_notebook::facts::rust::SCOPE;
use flownote_notebook::{Facts, Language, facts};

use super::asking::Names;
use super::building::{Built, Making};
use super::faults;
use super::inputs::Given;
use super::known::{Held, Known, Versions};
use super::reads;
use super::ready::{Getting, NotReady, Ready};
use super::streams::Streams;
use super::world::{Body, Handle, Listener};
use crate::interpreter::serve::Say;
use crate::interpreter::usage::Used;

/// What the cells' thread shares with the others.
pub struct Shared {
    /// Where answers go.
    pub say: Say,
    /// What cells print.
    pub streams: Arc<Streams>,
    /// Whether the cell that runs is to stop.
    pub stop: Arc<AtomicBool>,
    /// What editors may ask about.
    pub names: Names,
}

impl Listener for Arc<Shared> {
    fn output(&self, json: &[u8]) {
        match exact::from_slice(json) {
            Ok(output) => self.streams.show(output),
            Err(error) => {
                let text = format!("an output could not be understood: {error}");
                self.say.say(&Answer::Log { level: "error".into(), text });
            }
        }
    }

    fn interrupted(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// What runs cells.
pub struct Cells {
    pub(super) shared: Arc<Shared>,
    pub(super) versions: Versions,
    pub(super) getting: Getting,
    pub(super) ready: Option<Ready>,
    /// What was compiled, for places in it.
    pub(super) texts: Texts,
    pub(super) loaded: HashMap<PathBuf, Body>,
    /// Crates of items by name, with those that they name themselves.
    pub(super) crates: HashMap<String, Made>,
    /// Values that their cells couldn't leave behind: the cell, and why.
    pub(super) left: HashMap<String, (String, String)>,
    pub(super) values: PathBuf,
}

/// A crate of items.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    /// The cells that have these items now.
    pub cells: BTreeSet<String>,
    /// What it asks for beside the prelude, with what the crates that it names ask for.
    pub extras: Extras,
    /// Why what it does may depend on more than is recorded.
    pub unverified: Option<String>,
}

/// Why a cell ended before its end.
pub(super) enum Ended {
    /// With what it shows.
    Failed(Box<Output>),
    /// The user stopped it.
    Stopped,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self::Failed(Box::new(output))
    }
}

impl From<NotReady> for Ended {
    fn from(why: NotReady) -> Self {
        faults::plain("RustNotReady", &why.message, why.hint).into()
    }
}

/// What a cell came to.
#[derive(Default)]
pub(super) struct Outcome {
    pub defined: BTreeMap<String, Defined>,
    pub unverified: Option<String>,
}

impl Cells {
    /// Runs no cell yet.
    pub fn new(shared: Arc<Shared>, values: PathBuf, getting: Getting) -> Self {
        Self {
            shared,
            versions: Versions::default(),
            getting,
            ready: None,
            texts: Texts::default(),
            loaded: HashMap::new(),
            crates: HashMap::new(),
            left: HashMap::new(),
            values,
        }
    }

    /// Runs a cell; all that it shows is said on the way.
    pub fn execute(&mut self, execute: &Execute) -> Finished {
        let (start, used) = (Instant::now(), Used::now());
        self.shared.streams.begin(execute.execution);
        self.versions.rebind(&execute.rebind);
        let unseen = self.versions.hide(&execute.cell);
        self.drop_values(&unseen);
        let mut outcome = Outcome::default();
        let ended = self.run(execute, &mut outcome);
        // What it printed comes before its error.
        self.shared.streams.pass();
        let status = match ended {
            Ok(()) => FinishedStatus::Ok,
            Err(Ended::Failed(output)) => {
                self.shared.streams.show(*output);
                FinishedStatus::Error
            }
            Err(Ended::Stopped) => {
                self.shared.streams.show(faults::stopped());
                FinishedStatus::Interrupted
            }
        };
        let mut exports = BTreeMap::new();
        if status == FinishedStatus::Ok {
            for name in &execute.exports {
                let version = self.versions.bound(name).map(|(version, _)| version);
                let value = match version {
                    Some(version) => self.export_one(name, version, true, None),
                    None => self.unknown(name),
                };
                exports.insert(name.clone(), value);
            }
        }
        self.shared.names.refresh(&self.versions);
        Finished {
            execution: execute.execution,
            status,
            defined: outcome.defined,
            deleted: vec![],
            exports,
            externals: vec![],
            unverified: outcome.unverified,
            uncacheable: None,
            modules: vec![],
            edited: Default::default(),
            lost: vec![],
            usage: used.until_now(),
            elapsed_ms: start.elapsed().as_secs_f64() * 1000.0,
            payload: vec![],
            exit: None,
        }
    }

    fn run(&mut self, execute: &Execute, outcome: &mut Outcome) -> Result<(), Ended> {
        let split = Split::of(&execute.code);
        if !split.runs && split.items.is_empty() && split.imports.is_empty() && !split.broken {
            return Ok(());
        }
        let found = facts(Language::Rust, &execute.code);
        self.get_ready(&split, &found)?;
        let mut extras = self.extras_of(&found)?;
        if reads::reads_while_compiled(&execute.code, &split) {
            // Another one than all that were made before.
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let digest = format!("{}-{}", std::process::id(), now.as_nanos());
            extras.join(&Extras { digest, ..Extras::default() });
        }
        let mut sight = self.versions.sight();
        sight.linked.clone_from(&extras.linked);
        let asked = found.dependencies.keys();
        let of_crates = reads::crates_that_read(&execute.code, asked, &split, &sight, &extras);
        let items_read = self.reads_the_world(reads::words(&split), &sight, &split).or(of_crates);
        let words = split.words.iter().map(String::as_str);
        outcome.unverified =
            items_read.clone().or_else(|| self.reads_the_world(words, &sight, &split));
        let mut making = Making { execute, split: &split, facts: &found, sight: &sight, extras };
        let own = self.make_items(&making)?;
        let added = split.adds(own.as_deref(), &sight);
        if let Some(own) = &own {
            self.drop_older(execute, own);
            if let Some(made) = self.crates.get_mut(own) {
                made.unverified = items_read;
            }
        }
        // A `use` alone is compiled to see whether it is right.
        if split.runs || (own.is_none() && !split.imports.is_empty()) {
            let given = self.inputs(&making)?;
            for krate in
                given.iter().flat_map(|given| flownote_kernel::rust::crates_in(&given.path))
            {
                if let Some(made) = self.crates.get(&krate) {
                    making.extras.join(&made.extras);
                    // Its type has methods.
                    let why = outcome.unverified.take();
                    outcome.unverified = why.or_else(|| made.unverified.clone());
                }
            }
            for given in &given {
                let why = outcome.unverified.take();
                outcome.unverified = why
                    .or_else(|| reads::type_that_reads(&execute.code, &given.path, &making.extras));
            }
            let built = self.make_body(&making, own.as_deref(), &given)?;
            self.run_body(execute, built, &given, outcome)?;
        }
        self.bind_items(execute, added, outcome);
        Ok(())
    }

    fn get_ready(&mut self, split: &Split, found: &Facts) -> Result<(), Ended> {
        let wants_all =
            ["arrow", "rayon", "flownote_models"].iter().any(|it| split.names_crate(it))
                || found.now.keys().any(|name| self.is_model(name));
        match &self.ready {
            Some(ready) if wants_all && ready.level == Level::Base => {
                let there = self.getting.setup().is_some_and(|it| it.ready(Level::Full).is_some());
                let hint = if there {
                    "restart the Rust interpreter: they are ready now"
                } else {
                    "they are being built: `flownote rust status` shows how far that is; then \
                     restart the Rust interpreter"
                };
                let message =
                    "`arrow`, `rayon` and models were not there when this interpreter began";
                return Err(faults::plain("RustNotReady", message, Some(hint.to_owned())).into());
            }
            Some(_) => {}
            None => {
                let streams = Arc::clone(&self.shared.streams);
                let mut say = |text: String| streams.show(Output::stderr(text));
                let listener = Box::new(Arc::clone(&self.shared));
                let ready = self.getting.ready(wants_all, listener, &mut say);
                self.ready = Some(ready.map_err(|why| self.not_ready(why))?);
            }
        }
        Ok(())
    }

    /// Whether a name is a model that another language made.
    fn is_model(&self, name: &str) -> bool {
        matches!(self.versions.bound(name),
            Some((_, Known::Given(value))) if value.record.codec.as_str() == "model")
    }

    /// What the cell asks for by `//! dep:`, and what the crates ask for that it sees.
    fn extras_of(&mut self, found: &Facts) -> Result<Extras, Ended> {
        let mut extras = Extras::default();
        if !found.dependencies.is_empty() {
            let streams = Arc::clone(&self.shared.streams);
            let mut say = |text: String| streams.show(Output::stderr(text));
            let built = self.getting.dependencies(&found.dependencies, &mut say);
            extras = built.map_err(|why| self.not_ready(why))?;
        }
        let seen = self.versions.sight();
        for visible in seen.items.values() {
            if let Visible::Item { krate, .. } = visible
                && let Some(made) = self.crates.get(krate)
            {
                extras.join(&made.extras);
            }
        }
        for scope in &seen.scope {
            if let Some(made) = scope.krate.as_ref().and_then(|krate| self.crates.get(krate)) {
                extras.join(&made.extras);
            }
        }
        Ok(extras)
    }

    /// Who stopped a build knows why there is nothing.
    fn not_ready(&self, why: NotReady) -> Ended {
        if self.stopped() { Ended::Stopped } else { why.into() }
    }

    /// Drops values whose types this cell defined before it was edited (notebook rule 17).
    fn drop_older(&mut self, execute: &Execute, own: &str) {
        // Another cell may have the same items still.
        let mut nobodys = BTreeSet::new();
        for (krate, made) in self.crates.iter_mut().filter(|(krate, _)| *krate != own) {
            if made.cells.remove(&execute.cell) && made.cells.is_empty() {
                nobodys.insert(krate.clone());
            }
        }
        let older = |path: &str| {
            let mut crates = flownote_kernel::rust::crates_in(path).into_iter();
            crates.any(|krate| nobodys.contains(&krate))
        };
        let gone: Vec<((String, u64), Handle, String)> = (self.versions.all())
            .filter_map(|(name, known)| match known {
                Known::Value(held) if held.described.path.as_deref().is_some_and(older) => {
                    Some((name.clone(), held.handle, held.described.type_name.clone()))
                }
                _ => None,
            })
            .collect();
        for ((name, version), handle, kind) in gone {
            let why = format!(
                "`{name}` was a `{kind}` as {} defined it before it was edited",
                execute.label
            );
            self.versions.enter(&name, version, Known::Gone(why));
            if let Some(ready) = &self.ready {
                ready.world.forget(handle);
            }
        }
    }

    fn run_body(
        &mut self,
        execute: &Execute,
        built: Built,
        given: &[Given],
        outcome: &mut Outcome,
    ) -> Result<(), Ended> {
        let Some(ready) = &self.ready else { return Ok(()) };
        let handles: Vec<Handle> = given.iter().map(|given| given.handle).collect();
        let result = ready.world.run(built.body, &handles);
        let shown = result.shown.into_iter().map(|(name, table)| {
            let held = Held::of(execute, table.handle, ready.world.describe(table.handle));
            (name, (held, table.bytes))
        });
        let older = self.versions.show(&execute.cell, execute.execution, shown.collect());
        older.iter().for_each(|handle| ready.world.forget(*handle));
        match result.status.as_str() {
            "ok" => {}
            "interrupted" => return Err(Ended::Stopped),
            _ => {
                let fault = result.error.unwrap_or_default();
                return Err(faults::failed(fault, &self.texts).into());
            }
        }
        for (name, why) in built.left {
            self.left.insert(name, (execute.label.clone(), why));
        }
        for (name, handle) in result.values {
            let described = ready.world.describe(handle);
            if described.path.is_none() && described.form == "opaque" {
                let why = described.why.unwrap_or_else(|| "its type has no name".to_owned());
                let why = format!("`{name}` isn't kept: {why}");
                self.left.insert(name, (execute.label.clone(), why));
                ready.world.forget(handle);
                continue;
            }
            outcome.defined.insert(
                name.clone(),
                Defined {
                    type_name: described.type_name.clone(),
                    summary: described.summary.clone(),
                    live: described.form == "opaque",
                    digest: None,
                },
            );
            self.left.remove(&name);
            let held = Held::of(execute, handle, described);
            self.versions.make(&name, execute.execution, Known::Value(Arc::new(held)));
        }
        Ok(())
    }

    fn bind_items(&mut self, execute: &Execute, added: Sight, outcome: &mut Outcome) {
        for (name, visible) in added.items {
            let (kind, digest) = match &visible {
                Visible::Item { kind, krate } => (kind.clone(), krate.clone()),
                Visible::Import(import) => (import.statement(), import.statement()),
            };
            let defined =
                Defined { type_name: kind, live: true, digest: Some(digest), summary: None };
            outcome.defined.insert(name.clone(), defined);
            self.versions.make(&name, execute.execution, Known::Item(visible));
        }
        if added.scope.is_empty() {
            return;
        }
        let mut scope = self.versions.sight().scope;
        scope.retain(|known| !added.scope.contains(known));
        scope.extend(added.scope);
        let digest: Vec<&str> = scope.iter().map(|it| it.statement.as_str()).collect();
        let digest = Some(digest.join(" "));
        let defined = Defined { type_name: "use".into(), live: true, digest, summary: None };
        outcome.defined.insert(SCOPE.to_owned(), defined);
        self.versions.make(SCOPE, execute.execution, Known::Scope(scope));
    }

    /// After a cell: what nobody waits for.
    pub fn meanwhile(&self) {
        if self.ready.as_ref().is_some_and(|ready| ready.level == Level::Base) {
            self.getting.build_the_rest();
        }
    }

    /// Takes note of a text that is compiled, or was before: places in it are the cell's.
    pub(super) fn note(&mut self, file: String, execute: &Execute, made: &Assembled) {
        self.texts.enter(
            file,
            Text {
                cell: execute.cell.clone(),
                label: execute.label.clone(),
                source: execute.code.clone(),
                made: made.made.clone(),
            },
        );
    }

    /// The inputs of a body, as its text names them.
    pub(super) fn as_inputs(given: &[Given]) -> Vec<Input> {
        let input = |given: &Given| Input { name: given.name.clone(), path: given.path.clone() };
        given.iter().map(input).collect()
    }

    pub(super) fn stopped(&self) -> bool {
        self.shared.stop.load(Ordering::Relaxed)
    }
}
