//! A kernel for tests: it performs a session's actions in the toy language, as a real
//! interpreter would, and keeps what a real cache would keep.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::toy::{self, Scope, Value};
use crate::session::*;
use crate::{Cell, CellId, Document, Language, Operation, Output};

/// A session and what performs its actions.
pub struct World {
    pub session: Session,
    /// Everything that happened, in words.
    pub story: Vec<String>,
    versions: HashMap<VersionedName, Value>,
    bound: Scope,
    /// What is kept by recipe: names with their digests, and by digest.
    cache: HashMap<String, BTreeMap<String, String>>,
    stored: HashMap<String, Value>,
    restored: HashMap<VersionedName, String>,
    /// Whether what changes in place is too large for a copy.
    pub overwrites: bool,
    /// Whether results are kept.
    pub caching: bool,
    /// What each result that is kept showed.
    pub kept_outputs: Vec<Output>,
    /// What the files of modules say; `1.0` where nothing stands here.
    pub modules: BTreeMap<String, String>,
    /// Modules that can't be loaded again, with what is loaded.
    pub refused: BTreeMap<String, String>,
    /// Whether the interpreter dies when it is to find modules.
    pub dies: bool,
    /// Cells for which the cache was asked.
    pub asked: Vec<String>,
}

impl World {
    pub fn new(cells: &[(&str, &str)]) -> Self {
        let cells = cells.iter().map(|(id, text)| Cell::new(*id, Language::Python, *text));
        Self::of(Document::new(cells.collect()).expect("a document"))
    }

    pub fn of(document: Document) -> Self {
        Self {
            session: Session::new(document, Order::Document, "test"),
            story: Vec::new(),
            versions: HashMap::new(),
            bound: Scope::new(),
            cache: HashMap::new(),
            stored: HashMap::new(),
            restored: HashMap::new(),
            overwrites: false,
            caching: false,
            kept_outputs: Vec::new(),
            modules: BTreeMap::new(),
            refused: BTreeMap::new(),
            dies: false,
            asked: Vec::new(),
        }
    }

    /// Lets something happen, and performs all that follows from it.
    pub fn happen(&mut self, event: Event) {
        let actions = self.session.apply(event).expect("a legal event");
        self.perform_all(actions);
    }

    /// Performs actions, and all that follows from them.
    pub fn perform_all(&mut self, actions: Vec<Action>) {
        let mut actions = VecDeque::from(actions);
        while let Some(action) = actions.pop_front() {
            if let Some(event) = self.perform(action) {
                actions.extend(self.session.apply(event).expect("a legal event"));
            }
        }
    }

    pub fn run(&mut self, cells: &[&str]) {
        let cells = cells.iter().map(CellId::new).collect();
        self.happen(Event::Run { run: RunRequest::Cells { cells } });
    }

    pub fn run_stale(&mut self) {
        self.happen(Event::Run { run: RunRequest::Stale });
    }

    pub fn run_all(&mut self) {
        self.happen(Event::Run { run: RunRequest::All { reuse: true } });
    }

    pub fn operate(&mut self, operation: Operation) {
        self.happen(Event::Operation { operation });
    }

    /// The same, where it may not be possible.
    pub fn try_operate(&mut self, operation: Operation) {
        if self.session.document().clone().apply(operation.clone()).is_ok() {
            self.operate(operation);
        }
    }

    /// Runs what failed or couldn't run, until nothing does or nothing helps.
    pub fn run_failed(&mut self) {
        for _ in 0..self.session.document().cells().len() {
            let statuses = self.session.statuses();
            let bad = statuses.iter().find(|(_, status)| !status.is_usable());
            let Some((cell, _)) = bad else { return };
            let cell = cell.clone();
            self.run(&[cell.as_str()]);
            self.run_stale();
        }
    }

    /// Runs the cells of which the text makes values that are nowhere now: nobody needed them.
    pub fn make_again(&mut self) {
        for _ in 0..self.session.document().cells().len() {
            let nowhere = self.session.visible_versions().into_iter().find(|(name, version)| {
                let key = VersionedName { name: name.clone(), version: *version };
                !self.versions.contains_key(&key) && !self.restored.contains_key(&key)
            });
            let Some((_, version)) = nowhere else { return };
            let mut results = self.session.results.iter();
            let made =
                results.find(|(_, it)| it.execution == version).map(|(cell, _)| cell.clone());
            let Some(cell) = made else { return };
            self.run(&[cell.as_str()]);
            self.run_stale();
        }
    }

    /// The interpreter dies and another takes its place.
    pub fn die(&mut self) {
        self.versions.clear();
        self.bound.clear();
        let message = "the Python interpreter was killed (signal 9)".to_owned();
        self.happen(Event::Lost { language: Language::Python, message });
    }

    pub fn status(&self, cell: &str) -> CellStatus {
        let all = self.session.statuses();
        all.into_iter().find(|(id, _)| id.as_str() == cell).expect("a code cell").1
    }

    /// What a fresh run from top to bottom gives, and what the session has; functions left
    /// out, which are made when something calls them.
    pub fn both(&self) -> (Result<String, String>, String) {
        let values = |mut scope: Scope| {
            scope.retain(|_, value| !matches!(value, Value::Function(_)));
            format!("{scope:?}")
        };
        let mut scope = Scope::new();
        let cells = self.session.document().cells();
        let script = cells.iter().try_for_each(|cell| toy::run(&cell.source, &mut scope));
        (script.map(|()| values(scope)), values(self.scope()))
    }

    /// The names in sight below the last cell.
    fn scope(&self) -> Scope {
        let versions = self.session.visible_versions();
        let value = |(name, version): (String, Execution)| {
            let key = VersionedName { name: name.clone(), version };
            let restored = || self.stored.get(self.restored.get(&key)?).cloned();
            let value = self.versions.get(&key).cloned().or_else(restored);
            (name, value.unwrap_or(Value::Function("nowhere".into())))
        };
        versions.into_iter().map(value).collect()
    }

    fn perform(&mut self, action: Action) -> Option<Event> {
        match action {
            Action::Execute(execute) => Some(self.execute(&execute)),
            Action::LookUp(question) => {
                let execution = question.execution;
                let known = self.cache.get(&question.recipe).cloned();
                for (name, digest) in known.iter().flatten() {
                    let key = VersionedName { name: name.clone(), version: execution };
                    self.restored.insert(key, digest.clone());
                }
                self.asked.push(question.cell.to_string());
                let hit = known.map(|names| Hit {
                    defined: names
                        .into_iter()
                        .map(|(name, digest)| (name, stored(digest)))
                        .collect(),
                    outputs: self.kept_outputs.clone(),
                    ..Hit::default()
                });
                Some(Event::LookedUp { execution, hit })
            }
            Action::FindModules { names } => {
                let names = if self.dies { Default::default() } else { names };
                Some(self.found(names))
            }
            Action::Reload { modules } => {
                let names: Vec<&str> = modules.iter().map(String::as_str).collect();
                self.story.push(format!("reload {}", names.join(" ")));
                Some(self.found(modules))
            }
            Action::Refused { cell, trouble } => {
                self.story.push(format!("refused {cell}: {}", trouble.message));
                None
            }
            Action::Restored { question, .. } => {
                self.story.push(format!("restored {}", question.cell));
                None
            }
            Action::Forget { names, .. } => {
                names.iter().for_each(|name| drop(self.versions.remove(name)));
                None
            }
            _ => None,
        }
    }

    fn found(&self, names: BTreeSet<String>) -> Event {
        let file = |name: &String| self.modules.get(name).map_or("1.0", String::as_str).to_owned();
        let loaded = |name: &String| self.refused.get(name).cloned().unwrap_or_else(|| file(name));
        let edited = names.iter().filter(|name| self.refused.contains_key(*name));
        let edited = edited.map(|name| (name.clone(), file(name))).collect();
        let found = names.iter().map(|name| (name.clone(), loaded(name))).collect();
        Event::Modules { found, edited }
    }

    /// A value is kept outside of the interpreter.
    pub fn keep_outside(&mut self, name: &str, digest: &str) {
        let version = self.session.visible_versions()[name];
        let key = VersionedName { name: name.to_owned(), version };
        self.stored.insert(digest.to_owned(), self.versions[&key].snapshot());
        self.restored.insert(key.clone(), digest.to_owned());
        let stored = Stored { digest: digest.to_owned(), common: true };
        self.happen(Event::Exported { values: vec![(key, Ok(stored))] });
    }

    /// A module's file is saved.
    pub fn save(&mut self, module: &str, digest: &str) {
        self.modules.insert(module.to_owned(), digest.to_owned());
        self.happen(Event::Saved { modules: [module.to_owned()].into() });
    }

    fn execute(&mut self, execute: &Execute) -> Event {
        self.story.push(format!("run {}", execute.cell));
        for name in &execute.unset {
            self.bound.remove(name);
        }
        for (name, version) in &execute.set {
            let key = VersionedName { name: name.clone(), version: *version };
            let value = self.versions.get(&key).cloned().or_else(|| {
                let value = self.stored.get(self.restored.get(&key)?)?.snapshot();
                self.versions.insert(key.clone(), value.clone());
                Some(value)
            });
            let value = value.unwrap_or_else(|| panic!("{name} was to be bound and is nowhere"));
            self.bound.insert(name.clone(), value);
        }
        let mut lost = Vec::new();
        for name in &execute.snapshot {
            if self.overwrites {
                lost.extend(self.overwrite(name));
            } else {
                self.keep_snapshot(name);
            }
        }
        let before = self.bound.clone();
        let outcome = toy::run(&execute.code, &mut self.bound);
        let mut finish = Finish { lost, ..Finish::default() };
        // Like the real one: what a cell certainly binds is its own, were it the same object.
        let written = crate::facts(Language::Python, &execute.code).defs;
        let binds = |name: &str| written.get(name).is_some_and(|it| !it.conditional);
        for (name, value) in &self.bound {
            let same = before.get(name).is_some_and(|was| was.is(value));
            if !same || (outcome.is_ok() && binds(name)) || execute.snapshot.contains(name) {
                let key = VersionedName { name: name.clone(), version: execute.execution };
                self.versions.insert(key, value.clone());
                let live = matches!(value, Value::Function(_));
                finish.defined.insert(name.clone(), Defined { live, ..Defined::default() });
            }
        }
        finish.deleted =
            before.keys().filter(|it| !self.bound.contains_key(*it)).cloned().collect();
        if outcome.is_err() {
            finish.status = FinishStatus::Error;
        } else if self.caching && execute.question.unkeepable.is_none() {
            self.keep(&execute.question.recipe, &finish);
        }
        Event::Finished { execution: execute.execution, finish }
    }

    /// Keeps a result, but for functions.
    fn keep(&mut self, recipe: &str, finish: &Finish) {
        let mut names = BTreeMap::new();
        for name in finish.defined.keys().filter(|name| !finish.defined[*name].live) {
            let value = self.bound[name].snapshot();
            let digest = format!("{value:?}");
            self.stored.insert(digest.clone(), value);
            names.insert(name.clone(), digest);
        }
        self.cache.insert(recipe.to_owned(), names);
    }

    /// No version has the value any more that a name is bound to.
    fn overwrite(&mut self, name: &str) -> Vec<VersionedName> {
        let Some(value) = self.bound.get(name) else { return Vec::new() };
        let lost: Vec<_> = self
            .versions
            .iter()
            .filter(|(_, it)| it.is(value))
            .map(|(key, _)| key.clone())
            .collect();
        lost.iter().for_each(|key| drop(self.versions.remove(key)));
        lost
    }

    /// The version that is bound keeps what it is now; the cell goes on with the original.
    fn keep_snapshot(&mut self, name: &str) {
        let Some(value) = self.bound.get(name).cloned() else { return };
        let snapshot = value.snapshot();
        // Names of the same object go on sharing one.
        for kept in self.versions.values_mut() {
            if kept.is(&value) {
                *kept = snapshot.clone();
            }
        }
    }
}

fn stored(digest: String) -> Defined {
    Defined { digest: Some(digest), common: true, ..Defined::default() }
}
