//! The index: names that answer "newest", "latest successful" and "which status" without
//! opening a run.
//!
//! `index/<Flow>/<yyyymmdd>/<time>-<run>-<kind>` with `<time>` = `hhmmssmmm`, for example
//! `index/Hello/20261122/101512345-20261122T101512345-8f2c9a-created`. An entry's day is
//! never before the day of its run's id, so a walk from the newest day back has met
//! everything about a run when it meets `created`.

use flownote_flow::event::RunStatus;
use flownote_flow::id::{FlowName, RunId};
use flownote_flow::run::RunRecord;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::keys::RunKey;
use crate::time;

/// The folder of the index.
pub(crate) const INDEX: &str = "index";

/// What an entry says about its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Created,
    Finished(RunStatus),
    Tag,
}

impl Kind {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Created, "created"),
        (Self::Finished(RunStatus::Succeeded), "succeeded"),
        (Self::Finished(RunStatus::Failed), "failed"),
        (Self::Finished(RunStatus::Cancelled), "cancelled"),
        (Self::Tag, "tag"),
    ];

    pub(crate) fn of(status: RunStatus) -> Self {
        Self::Finished(status)
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// One entry, as its key tells it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) time: Timestamp,
    pub(crate) run: RunId,
    pub(crate) kind: Kind,
}

impl Entry {
    /// An entry at a time of RFC 3339, moved up to the run's own when a clock is behind.
    pub(crate) fn new(run: &RunKey, at: &str, kind: Kind) -> Self {
        let begun = time::run_time(&run.run).unwrap_or(Timestamp::UNIX_EPOCH);
        let at: Timestamp = at.parse().unwrap_or_else(|_| Timestamp::now());
        Self { time: at.max(begun), run: run.run.clone(), kind }
    }

    pub(crate) fn created(run: &RunKey, at: &str) -> Self {
        // A created entry stands on the day of its run's id, whatever the record says.
        let at = time::run_time(&run.run).map_or_else(|| at.to_owned(), time::rfc3339);
        Self::new(run, &at, Kind::Created)
    }

    pub(crate) fn key(&self, flow: &FlowName) -> String {
        let (day, name) = self.day_and_name();
        format!("{INDEX}/{flow}/{day}/{name}")
    }

    fn day_and_name(&self) -> (String, String) {
        let stamp = time::stamp(self.time);
        let name = format!("{}-{}-{}", &stamp[9..], self.run, self.kind.name());
        (stamp[..8].to_owned(), name)
    }

    /// Reads an entry from the name of its day's folder and its own.
    pub(crate) fn parse(day: &str, name: &str) -> Option<Self> {
        let Name { hour, run, kind } = Name::parse(name)?;
        let time = time::parse_stamp(&format!("{day}T{hour}"))?;
        Some(Self { time, run: RunId::new(run), kind })
    }
}

/// The name of an entry, taken apart: what a listing of thousands needs of each.
pub(crate) struct Name<'a> {
    pub(crate) hour: &'a str,
    pub(crate) run: &'a str,
    pub(crate) kind: Kind,
}

impl<'a> Name<'a> {
    pub(crate) fn parse(name: &'a str) -> Option<Self> {
        let (hour, rest) = name.split_once('-')?;
        let (run, kind) = rest.rsplit_once('-')?;
        if run.is_empty() {
            return None;
        }
        Some(Self { hour, run, kind: Kind::parse(kind)? })
    }
}

/// The day of a run's id, as folders of the index are named.
pub(crate) fn day_of(run: &RunId) -> &str {
    run.as_str().get(..8).unwrap_or_default()
}

/// The body of a `created` entry: what listings show and filter by, so that they needn't
/// read `run.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Created {
    pub(crate) created_at: String,
    pub(crate) nonce: String,
    #[serde(default)]
    pub(crate) user: String,
    #[serde(default)]
    pub(crate) host: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) system_tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<RunId>,
}

impl Created {
    pub(crate) fn of(record: &RunRecord) -> Self {
        Self {
            created_at: record.created_at.clone(),
            nonce: record.nonce.clone(),
            user: record.user.clone(),
            host: record.host.clone(),
            tags: record.tags.clone(),
            system_tags: record.system_tags.clone(),
            origin: record.origin.clone(),
        }
    }
}

/// The body of an entry about a run's end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Finished {
    pub(crate) finished_at: String,
    pub(crate) nonce: String,
    /// Absent where nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tasks: Option<TaskCounts>,
}

/// How many tasks of a run committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskCounts {
    /// All of them.
    pub done: u64,
    /// Those whose result is an earlier task's.
    pub reused: u64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_round_trip(
            millis in 1_600_000_000_000_i64..4_000_000_000_000,
            later in 0_i64..100_000_000,
            random: u32,
            kind in 0..Kind::ALL.len(),
        ) {
            let begun = Timestamp::from_millisecond(millis).unwrap();
            let run = RunKey::new("Flow", RunId::compose(&time::stamp(begun), random));
            let at = Timestamp::from_millisecond(millis + later).unwrap();
            let entry = Entry::new(&run, &time::rfc3339(at), Kind::ALL[kind].0);
            let (day, name) = entry.day_and_name();
            prop_assert!(day.as_str() >= day_of(&run.run));
            prop_assert_eq!(Entry::parse(&day, &name), Some(entry));
        }

        #[test]
        fn any_name_is_read_without_panic(day in "\\PC{0,12}", name in "\\PC*") {
            let _ = Entry::parse(&day, &name);
        }
    }

    #[test]
    fn a_clock_that_is_behind_does_not_hide_an_end() {
        let run = RunKey::new("F", "20261122T000000100-8f2c9a");
        let entry = Entry::new(&run, "2026-11-21T23:59:59.900Z", Kind::of(RunStatus::Succeeded));
        assert_eq!(
            entry.key(&run.flow),
            "index/F/20261122/000000100-20261122T000000100-8f2c9a-succeeded"
        );
    }
}
