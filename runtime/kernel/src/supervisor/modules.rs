//! Modules of the project while the session is open: watched, loaded again when their files
//! are saved, and known as what was loaded when a cell ran (notebook rule 10).
//!
//! Files are looked at before anything runs and now and then: a network disk tells nobody
//! that somebody wrote to it.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use flownote_notebook::Language;
use flownote_notebook::session::{self, Finish, Group, Question};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::event::Event;
use super::pending::Waiting;
use super::service::{Later, Service};
use crate::protocol::{FoundModule, Request};

/// Nobody waits longer for the file system; what it says later is taken note of all the same.
const PATIENCE: Duration = Duration::from_millis(200);

/// The files of the modules that cells import.
#[derive(Debug, Default)]
pub struct Watch {
    /// By module: its files and how they looked.
    files: BTreeMap<String, BTreeMap<String, String>>,
    /// Why it can't be seen what a module reaches.
    coarse: BTreeMap<String, String>,
    /// Modules that could not be loaded again, and what their users were told.
    refused: BTreeMap<String, String>,
    /// Whether the file system is being asked.
    asking: bool,
}

impl Watch {
    fn note(&mut self, found: &BTreeMap<String, FoundModule>) {
        for (name, module) in found {
            self.files.remove(name);
            self.coarse.remove(name);
            if let FoundModule::Project { files, coarse, .. } = module {
                self.files.insert(name.clone(), files.clone());
                self.coarse.extend(coarse.clone().map(|why| (name.clone(), why)));
            }
        }
    }

    /// The modules of which a file looks otherwise than it did; from now on it looks so.
    fn take_changed(&mut self, now: &BTreeMap<String, String>) -> BTreeSet<String> {
        let mut changed = BTreeSet::new();
        for (name, files) in &mut self.files {
            for (file, stamp) in files {
                if let Some(now) = now.get(file).filter(|now| *now != stamp) {
                    stamp.clone_from(now);
                    changed.insert(name.clone());
                }
            }
        }
        changed
    }
}

impl Service {
    /// Looks at the modules' files before something runs.
    pub(super) async fn look_at_modules(&mut self) {
        if self.watch.files.is_empty() {
            return;
        }
        let looked = timeout(PATIENCE, spawn_blocking(self.look_at_files())).await;
        if let Ok(Ok(now)) = looked {
            self.files_looked_at(&now);
        }
    }

    /// The same now and then; nobody waits for it.
    pub(super) fn look_at_modules_later(&mut self) {
        if self.watch.files.is_empty() || std::mem::replace(&mut self.watch.asking, true) {
            return;
        }
        let (look, later) = (self.look_at_files(), self.later_sender.clone());
        // The session may be over by then.
        spawn_blocking(move || drop(later.send(Later::FilesLookedAt(look()))));
    }

    fn look_at_files(&self) -> impl FnOnce() -> BTreeMap<String, String> + Send + 'static {
        let files: BTreeSet<String> =
            self.watch.files.values().flat_map(BTreeMap::keys).cloned().collect();
        move || files.into_iter().map(|file| (stamp_of(&file), file)).map(|(a, b)| (b, a)).collect()
    }

    /// Files look so now.
    pub(super) fn files_looked_at(&mut self, now: &BTreeMap<String, String>) {
        self.watch.asking = false;
        let mut modules = self.watch.take_changed(now);
        // What held one back may be gone.
        let again = self.watch.refused.keys().filter(|name| self.watch.files.contains_key(*name));
        modules.extend(again.cloned());
        if !modules.is_empty() {
            self.news.push_back(session::Event::Saved { modules });
        }
    }

    /// Asks what modules are.
    pub(super) fn find_modules(&mut self, names: BTreeSet<String>) {
        self.ask_for_modules(names, |request, names| Request::Modules { request, names });
    }

    /// Has modules loaded again. Where no Python runs there is nothing to load.
    pub(super) fn reload_modules(&mut self, modules: BTreeSet<String>) {
        if self.processes.get(Group::Python).is_none() {
            return self.modules_found(BTreeMap::new());
        }
        self.ask_for_modules(modules, |request, modules| Request::Reload { request, modules });
    }

    fn ask_for_modules(
        &mut self,
        names: BTreeSet<String>,
        ask: impl FnOnce(u64, Vec<String>) -> Request,
    ) {
        let group = Group::Python;
        let request = self.pending.enter(group, Waiting::Modules(names.clone()));
        if let Err(trouble) = self.send(group, &ask(request, names.into_iter().collect())) {
            let asked = self.pending.take(group, request);
            self.abandon(asked.into_iter().collect(), &trouble);
        }
    }

    /// Tells the session what modules are.
    pub(super) fn modules_found(&mut self, found: BTreeMap<String, FoundModule>) {
        self.watch.note(&found);
        let edited = found.iter().filter_map(|(name, module)| match module {
            FoundModule::Project { saved: Some(saved), .. } => Some((name.clone(), saved.clone())),
            _ => None,
        });
        let edited = edited.collect();
        let found = found.iter().map(|(name, module)| (name.clone(), module.version()));
        self.news.push_back(session::Event::Modules { found: found.collect(), edited });
    }

    /// Modules were loaded again, or weren't.
    pub(super) fn modules_reloaded(
        &mut self,
        done: &[String],
        refused: BTreeMap<String, String>,
        found: BTreeMap<String, FoundModule>,
    ) {
        if !done.is_empty() {
            let text = format!("loaded again: {}", done.join(", "));
            self.log.push(Event::Log { level: "info".to_owned(), text });
        }
        for (module, why) in &refused {
            if self.watch.refused.get(module) == Some(why) {
                continue;
            }
            let message = format!("`{module}` was saved, and what is loaded stays: {why}");
            let hint = "restart Python: values are restored when cells need them".to_owned();
            self.warn(format!("{message}\nhint: {hint}"));
            let language = Language::Python;
            self.log.push(Event::RestartOffer { language, message, hint });
        }
        self.watch.refused = refused;
        self.modules_found(found);
    }

    /// A new Python loads all modules anew.
    pub(super) fn forget_modules(&mut self) {
        self.watch = Watch { asking: self.watch.asking, ..Watch::default() };
    }

    /// An execution's record says what was loaded when it ended, should a module have been
    /// saved before it was loaded. Its key was made before: nobody is given the result by it.
    pub(super) fn note_modules(
        &mut self,
        question: &mut Question,
        edited: BTreeMap<String, FoundModule>,
        finish: &mut Finish,
    ) {
        for (name, module) in &edited {
            let version = module.version();
            if let Some(known) = question.modules.get_mut(name) {
                known.clone_from(&version);
            }
            let why = || format!("`{name}` was saved before the cell loaded it");
            finish.uncacheable.get_or_insert_with(why);
            finish.modules.insert(name.clone(), version);
        }
        self.watch.note(&edited);
        let mut coarse = question.modules.keys().filter_map(|name| self.watch.coarse.get(name));
        if let Some(why) = coarse.next() {
            finish.unverified.get_or_insert_with(|| why.clone());
        }
    }
}

/// How a file looks; see [`FoundModule::Project`].
fn stamp_of(file: &str) -> String {
    let Ok(found) = std::fs::metadata(file) else { return String::new() };
    let time = i128::from(found.mtime()) * 1_000_000_000 + i128::from(found.mtime_nsec());
    format!("{time}-{}-{}", found.size(), found.ino())
}
