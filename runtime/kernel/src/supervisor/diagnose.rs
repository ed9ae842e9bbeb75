//! What is wrong with a cell, before anything runs.

use flownote_notebook::places::{Mistake, Severity, mistakes};
use flownote_notebook::session::Group;
use flownote_notebook::{CellId, Language};

use super::commands::Asker;
use super::request::Reply;
use super::service::Service;
use crate::protocol::{self, Problem};
use crate::wasm;

/// What a cell's text says by itself, whether or not anything runs.
pub fn diagnose(language: Language, source: &str) -> Vec<Mistake> {
    let mut found = mistakes(language, source);
    let parsed = found.iter().all(|it| it.severity == Severity::Warning);
    if parsed && language == Language::Wasm {
        found.extend(wasm::mistakes(source));
    }
    found
}

impl Service {
    /// Tells what is wrong with a cell. The engine plans queries, if it is there; it isn't
    /// started for that.
    pub(super) fn diagnose(&mut self, cell: &CellId, asker: Asker) {
        let Some(found) = self.session.document().cell(cell) else {
            let message = format!("there is no cell `{cell}`");
            // Whoever asked may have gone.
            let _ = asker.send(Err(Problem { message, hint: None }));
            return;
        };
        let engine = Group::of(found.language).filter(|group| {
            found.language == Language::Sql && self.processes.ready(*group).is_some()
        });
        if engine.is_none() {
            let problems = diagnose(found.language, &found.source);
            let _ = asker.send(Ok(Reply::Diagnosed { problems }));
            return;
        }
        // What cells above make is bound when this one runs.
        let links = self.session.links().remove(cell).unwrap_or_default();
        let own = links.defined.into_iter().map(|it| it.name);
        let known: Vec<String> = links.used.into_keys().chain(own).collect();
        let (language, code) = (found.language, found.source.clone());
        let ask = |request| protocol::Request::Diagnose { request, code, known };
        self.ask(language, asker, ask);
    }
}
