//! Asks the cache for what the user didn't point at (notebook rule 8).

use std::collections::BTreeSet;

use flownote_notebook::session::{self, Execution, Group, Question};
use flownote_notebook::{Language, facts};

use super::service::{Later, Service};
use crate::cache::{Found, look_up};

impl Service {
    /// Asks the cache, once it is known what runs the language.
    pub(super) fn look_up(&mut self, question: Box<Question>) {
        let execution = question.execution;
        let group = Group::of(question.language);
        let Some(group) = group.filter(|group| self.ensure(*group).is_ok()) else {
            self.news.push_back(session::Event::LookedUp { execution, hit: None });
            return;
        };
        self.look_ups.push((group, question));
        self.look_up_waiting(group);
    }

    /// Begins the look-ups that waited for an interpreter.
    pub(super) fn look_up_waiting(&mut self, group: Group) {
        let Some(ready) = self.processes.ready(group) else { return };
        let runtime = ready.runtime.clone();
        for (_, question) in self.look_ups.extract_if(.., |(of, _)| *of == group) {
            let (store, world) = (self.store.clone(), self.world.clone());
            let (user, runtime) = (self.about.user.clone(), runtime.clone());
            let (later, log) = (self.later_sender.clone(), self.log.clone());
            tokio::task::spawn_local(async move {
                let found = look_up(&store, &question, &runtime, &world, &user).await;
                let found = found.unwrap_or_else(|error| {
                    let text = format!("the cache could not be asked: {error}");
                    log.push(super::Event::Log { level: "warning".to_owned(), text });
                    None
                });
                // The session may be over by then.
                let _ = later.send(Later::LookedUp(question.execution, found.map(Box::new)));
            });
        }
    }

    /// The cache was asked.
    pub(super) fn looked_up(&mut self, execution: Execution, found: Option<Box<Found>>) {
        let hit = found.as_ref().map(|found| found.hit.clone());
        if let Some(found) = found {
            for (name, record) in &found.artifacts {
                self.values.know(name, execution, record.clone());
            }
            self.found.insert(execution, found);
        }
        self.news.push_back(session::Event::LookedUp { execution, hit });
    }

    /// Finds out what the notebook imports, so that results have keys that say it.
    pub(super) fn find_imports(&mut self) {
        let cells = self.session.document().cells().iter();
        let python = cells.filter(|cell| cell.language == Language::Python);
        let names: BTreeSet<String> = python
            .flat_map(|cell| {
                let facts = facts(cell.language, &cell.source);
                facts.modules().into_iter().map(str::to_owned).collect::<Vec<_>>()
            })
            .collect();
        if !names.is_empty() {
            self.find_modules(names);
        }
    }
}
