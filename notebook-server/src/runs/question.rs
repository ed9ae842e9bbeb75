//! Which runs are asked for: the query of `GET api/runs`.

use flownote_flow::id::FlowName;
use flownote_store::client::Status;
use jiff::Timestamp;
use serde_json::Value;

use super::facts::Facts;
use crate::answer::Failure;
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
    pub status: Vec<Status>,
    /// That have all of these tags, their own or the system's.
    pub tags: Vec<String>,
    /// That one of these started.
    pub users: Vec<String>,
    /// That began then or later.
    pub since: Option<Timestamp>,
    /// That began before.
    pub until: Option<Timestamp>,
    /// Whose parameters have these values.
    pub parameters: Vec<(String, String)>,
    /// That have all of these words somewhere: flow, run, user, tag, file, parameter.
    pub words: Vec<String>,
    /// How many at most.
    pub limit: usize,
    /// Only those older than this one.
    pub before: Option<String>,
}

impl Question {
    /// Reads a query.
    pub fn of(asked: &Asked) -> Result<Self, Failure> {
        let status = asked.all("status").map(status).collect::<Result<_, _>>()?;
        let parameters = asked.all("parameter").map(parameter).collect::<Result<_, _>>()?;
        let texts = |name| asked.all(name).map(str::to_owned).collect();
        Ok(Self {
            flows: asked.all("flow").map(FlowName::new).collect(),
            status,
            tags: texts("tag"),
            users: texts("user"),
            since: time(asked, "since")?,
            until: time(asked, "until")?,
            parameters,
            words: asked
                .all("text")
                .flat_map(str::split_whitespace)
                .map(str::to_lowercase)
                .collect(),
            limit: asked.number("limit")?.map_or(USUAL, |limit| limit as usize).clamp(1, MOST),
            before: asked.one("before").map(str::to_owned),
        })
    }

    /// Whether a run that began then, and may have ended so, can be wanted.
    pub fn may_want(&self, run: &str, began: Option<Timestamp>, ended: Option<Status>) -> bool {
        let old_enough = self.before.as_ref().is_none_or(|before| run < before.as_str());
        let in_time = began.is_none_or(|began| {
            self.since.is_none_or(|since| began >= since)
                && self.until.is_none_or(|until| began < until)
        });
        let may_stand =
            self.status.is_empty() || ended.is_none_or(|ended| self.status.contains(&ended));
        old_enough && in_time && may_stand
    }

    /// Whether a run is wanted as far as its record and its tags say.
    pub fn wants(&self, flow: &FlowName, run: &str, facts: &Facts, tags: &[String]) -> bool {
        let has = |tag: &String| tags.contains(tag) || facts.system_tags.contains(tag);
        (self.users.is_empty() || self.users.contains(&facts.user))
            && self.tags.iter().all(has)
            && self.parameters.iter().all(|(name, value)| {
                facts.parameters.get(name).is_some_and(|known| text_of(known) == *value)
            })
            && (self.words.is_empty() || self.finds_words(flow, run, facts, tags))
    }

    fn finds_words(&self, flow: &FlowName, run: &str, facts: &Facts, tags: &[String]) -> bool {
        let mut text = format!("{flow} {run} {} {}", facts.user, tags.join(" "));
        text.extend(facts.file.iter().map(|file| format!(" {file}")));
        for (name, value) in &facts.parameters {
            text.push_str(&format!(" {name}={}", text_of(value)));
        }
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

/// A value as people type it.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn status(word: &str) -> Result<Status, Failure> {
    serde_json::from_value(Value::from(word)).map_err(|_| {
        Failure::wrong(
            format!("no run stands as `{word}`"),
            "there are succeeded, failed, cancelled, running and interrupted",
        )
    })
}

fn parameter(text: &str) -> Result<(String, String), Failure> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    pair.map(|(name, value)| (name.to_owned(), value.to_owned()))
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
