//! Values that somebody looks at as tables: where others can map them.

use std::collections::BTreeMap;

use flownote_flow::help::Help;
use flownote_notebook::CellId;
use flownote_notebook::session::VersionedName;

use super::commands::Asker;
use super::pending::Waiting;
use super::request::Reply;
use super::service::Service;
use crate::protocol::{Exported, Problem, Request, ValueRef};
use crate::values::{Error, Form, is_table};

const AGAIN: &str = "run the cell that makes it again";

impl Service {
    /// Says where a value is; its interpreter writes it when nobody has yet.
    pub(super) async fn table(&mut self, cell: &CellId, name: String, asker: Asker) {
        let Some(meant) = self.session.meant(cell, &name) else {
            let label = self.session.label(cell);
            return refuse(
                asker,
                format!("{label} has not run: {} isn't there", shown_as(&name)),
                "run it",
            );
        };
        let name = VersionedName { name, version: meant.version };
        match self.readable(&name).await {
            Ok(Some(value)) => {
                // Whoever asked may have gone.
                let _ = asker.send(Ok(Reply::Table { value: Box::new(value) }));
                return;
            }
            Err(error) => return drop(asker.send(Err(problem(&error)))),
            Ok(None) => {}
        }
        let VersionedName { name: called, version } = &name;
        let home = meant.home.or_else(|| self.cells.get(version).map(|(_, group)| *group));
        let Some(group) = home.filter(|group| self.processes.get(*group).is_some()) else {
            let what = format!("{} went with the interpreter that had it", shown_as(called));
            return refuse(asker, what, AGAIN);
        };
        if let Some(running) = self.running.as_ref().filter(|it| it.group == group) {
            let label = &running.execute.label;
            let called = shown_as(called);
            let what = format!("{called} can be read when {label} has ended, which runs now");
            return refuse(asker, what, "wait for it, or stop it");
        }
        self.hand_back(group, &name).await;
        let names = BTreeMap::from([(called.clone(), *version)]);
        let request = self.pending.enter(group, Waiting::Table(asker, name));
        let export = Request::Export { request, names, common: true, at_most: None };
        if let Err(trouble) = self.send(group, &export) {
            let asked = self.pending.take(group, request);
            self.abandon(asked.into_iter().collect(), &trouble);
        }
    }

    /// The value came, or didn't.
    pub(super) async fn table_came(
        &mut self,
        asker: Asker,
        name: VersionedName,
        mut values: BTreeMap<String, Exported>,
    ) {
        let answer = match values.remove(&name.name) {
            Some(Exported::Value(value)) => {
                let taken = self.values.take(&name.name, name.version, value, Form::Common).await;
                match taken {
                    Ok(_) => match self.readable(&name).await {
                        Ok(Some(value)) => Ok(Reply::Table { value: Box::new(value) }),
                        Ok(None) => Err(no_table(&name.name)),
                        Err(error) => Err(problem(&error)),
                    },
                    Err(error) => Err(problem(&error)),
                }
            }
            Some(Exported::Failed { error }) => Err(error),
            None => Err(Problem {
                message: format!("{} did not come", shown_as(&name.name)),
                hint: Some(AGAIN.to_owned()),
            }),
        };
        // Whoever asked may have gone.
        let _ = asker.send(answer);
    }

    /// A kept form that can be read as a table: the one that all languages read, or pandas'
    /// own.
    async fn readable(&mut self, name: &VersionedName) -> Result<Option<ValueRef>, Error> {
        for form in [Form::Common, Form::Exact] {
            let VersionedName { name, version } = name;
            if self.values.record(name, *version, form).is_some_and(is_table) {
                return self.values.give(name, *version, form).await;
            }
        }
        Ok(None)
    }
}

/// What people call a value: by its name, if it has one.
pub fn shown_as(name: &str) -> String {
    if name.contains(' ') { "what the cell showed".to_owned() } else { format!("`{name}`") }
}

fn no_table(name: &str) -> Problem {
    Problem {
        message: format!("{} is no table", shown_as(name)),
        hint: Some("make a data frame, an array or a list of dicts of it".to_owned()),
    }
}

fn problem(error: &Error) -> Problem {
    Problem { message: error.to_string(), hint: error.hint() }
}

fn refuse(asker: Asker, message: String, hint: &str) {
    // Whoever asked may have gone.
    let _ = asker.send(Err(Problem { message, hint: Some(hint.to_owned()) }));
}
