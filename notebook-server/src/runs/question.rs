//! Which runs are asked for: the query of `GET api/runs`.

use flownote_flow::id::FlowName;
use flownote_store::client::Status;
use jiff::Timestamp;

use super::facts::Facts;
use super::search::{self, Comparison, Term};
use crate::answer::Failure;
use crate::api::RunState;
use crate::query::Asked;

/// So many runs are given when nobody says how many.
const USUAL: usize = 50;
/// And so many at most.
const MOST: usize = 500;

/// Which runs to list.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Of these flows; of all when empty.
    pub flows: Vec<FlowName>,
    /// That stand so; in any way when empty.
    pub status: Vec<RunState>,
    /// That have all of these tags, their own or the system's.
    pub tags: Vec<String>,
    /// That one of these started.
    pub users: Vec<String>,
    /// That began then or later.
    pub since: Option<Timestamp>,
    /// That began before.
    pub until: Option<Timestamp>,
    /// Of which all of this is so.
    pub terms: Vec<Term>,
    /// How many at most.
    pub limit: usize,
    /// Only those older than this one.
    pub before: Option<String>,
}

impl Question {
    /// Reads a query.
    pub fn of(asked: &Asked) -> Result<Self, Failure> {
        let status = asked.all("status").map(status).collect::<Result<_, _>>()?;
        let mut terms: Vec<Term> =
            asked.all("parameter").map(parameter).collect::<Result<_, _>>()?;
        for text in asked.all("text") {
            terms.extend(search::read(text)?);
        }
        let texts = |name| asked.all(name).map(str::to_owned).collect();
        Ok(Self {
            flows: asked.all("flow").map(FlowName::new).collect(),
            status,
            tags: texts("tag"),
            users: texts("user"),
            since: time(asked, "since")?,
            until: time(asked, "until")?,
            terms,
            limit: asked.number("limit")?.map_or(USUAL, |limit| limit as usize).clamp(1, MOST),
            before: asked.one("before").map(str::to_owned),
        })
    }

    /// Whether names alone say which runs are wanted: nothing is asked that records know.
    pub fn is_of_names(&self) -> bool {
        !self.asks_state() && self.tags.is_empty() && self.users.is_empty() && self.terms.is_empty()
    }

    /// Whether it is asked how runs stand.
    pub fn asks_state(&self) -> bool {
        !self.status.is_empty() || self.terms.iter().any(|it| matches!(it, Term::Status(_)))
    }

    /// Whether a run that stands so is wanted.
    pub fn wants_state(&self, state: RunState) -> bool {
        let of_terms = self.terms.iter().all(|term| match term {
            Term::Status(states) => states.contains(&state),
            _ => true,
        });
        of_terms && (self.status.is_empty() || self.status.contains(&state))
    }

    /// Whether a run is on the page that is asked for, or on one after it.
    pub fn goes_on_with(&self, run: &str) -> bool {
        self.before.as_ref().is_none_or(|before| run < before.as_str())
    }

    /// Whether a run that began then, and may have ended so, can be wanted.
    pub fn may_want(&self, began: Option<Timestamp>, ended: Option<Status>) -> bool {
        let in_time = began.is_none_or(|began| {
            self.since.is_none_or(|since| began >= since)
                && self.until.is_none_or(|until| began < until)
        });
        let may_stand = ended.is_none_or(|ended| self.wants_state(ended.into()));
        in_time && may_stand
    }

    /// Whether a run is wanted as far as its record and its tags say.
    pub fn wants(&self, flow: &FlowName, run: &str, facts: &Facts, tags: &[String]) -> bool {
        let has = |tag: &String| tags.contains(tag) || facts.system_tags.contains(tag);
        (self.users.is_empty() || self.users.contains(&facts.user))
            && self.tags.iter().all(has)
            && self.terms.iter().all(|term| term.wants(flow, run, facts, tags))
    }
}

fn status(word: &str) -> Result<RunState, Failure> {
    search::states(word).and_then(|states| match states.as_slice() {
        [state] => Ok(*state),
        _ => Err(Failure::wrong(format!("no run stands as `{word}`"), "write the whole word")),
    })
}

fn parameter(text: &str) -> Result<Term, Failure> {
    Comparison::read(text)?
        .map(Term::Parameter)
        .ok_or_else(|| Failure::wrong(format!("`{text}` is no parameter"), "write NAME=VALUE"))
}

fn time(asked: &Asked, name: &str) -> Result<Option<Timestamp>, Failure> {
    asked.one(name).filter(|text| !text.is_empty()).map(parse_time).transpose()
}

fn parse_time(text: &str) -> Result<Timestamp, Failure> {
    let day = || format!("{text}T00:00:00Z").parse();
    text.parse().or_else(|_| day()).map_err(|_| {
        Failure::wrong(
            format!("`{text}` is no time"),
            "write it as 2026-11-22 or 2026-11-22T10:15:00Z",
        )
    })
}
