//! Questions to interpreters that wait for their answers.

use std::collections::{BTreeSet, HashMap};

use flownote_notebook::session::{Group, VersionedName};
use tokio::sync::oneshot;

use super::request::Reply;
use crate::protocol::Problem;
use crate::record::Executed;

/// Who waits for an answer.
#[derive(Debug)]
pub enum Waiting {
    /// Somebody at a [`super::Handle`].
    Asker(oneshot::Sender<Result<Reply, Problem>>),
    /// Somebody at a [`super::Handle`]: a value, to be read as a table.
    Table(oneshot::Sender<Result<Reply, Problem>>, VersionedName),
    /// The session: values for another language.
    Export(Vec<VersionedName>),
    /// The record of an execution: values to keep, and whether a second, more patient
    /// question is worth it.
    Keep(Box<Executed>, bool),
    /// The session: what modules are, or are after they were loaded again.
    Modules(BTreeSet<String>),
}

/// Questions by number.
#[derive(Debug, Default)]
pub struct Pending {
    next: u64,
    waiting: HashMap<u64, (Group, Waiting)>,
}

impl Pending {
    /// Enters a question; returns its number.
    pub fn enter(&mut self, group: Group, waiting: Waiting) -> u64 {
        self.next += 1;
        self.waiting.insert(self.next, (group, waiting));
        self.next
    }

    /// Takes who waits for an answer. Nobody when it isn't the group's to give.
    pub fn take(&mut self, group: Group, number: u64) -> Option<Waiting> {
        if self.waiting.get(&number).is_none_or(|(asked, _)| *asked != group) {
            return None;
        }
        self.waiting.remove(&number).map(|(_, waiting)| waiting)
    }

    /// Whether values are on their way to a record.
    pub fn keeps(&self) -> bool {
        self.waiting.values().any(|(_, waiting)| matches!(waiting, Waiting::Keep(..)))
    }

    /// Takes all who wait for an interpreter that is gone.
    pub fn abandon(&mut self, group: Group) -> Vec<Waiting> {
        let of_group: Vec<u64> = (self.waiting.iter())
            .filter(|(_, (asked, _))| *asked == group)
            .map(|(number, _)| *number)
            .collect();
        let gone = of_group.into_iter().filter_map(|number| self.waiting.remove(&number));
        gone.map(|(_, waiting)| waiting).collect()
    }
}
