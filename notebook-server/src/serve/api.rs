//! What is answered, as JSON. The names are those of `openapi`, which a test holds against them.

use serde::Serialize;

/// Which model decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelOf {
    /// What kind of model it is: `recommend.ease`.
    pub kind: String,
    /// Where it is in the store: `Flow/run/step/task/name`.
    pub artifact: String,
}

/// The answer to `GET /recommend/{member}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recommended {
    /// This decision's name in the log.
    pub request: String,
    /// Who asked.
    pub member: String,
    /// Whether it is of what the member did.
    pub personalized: bool,
    /// Why it isn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The model.
    pub model: ModelOf,
    /// How likely this list was.
    pub propensity: f64,
    /// The titles, best first.
    pub titles: Vec<RankedTitle>,
}

/// A title that is recommended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankedTitle {
    /// Its name.
    pub title: String,
    /// What it is ranked by.
    pub score: f64,
    /// The watched title that says most for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// The answer to `GET /artwork/{title}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chosen {
    /// This decision's name in the log, by which events are told.
    pub request: String,
    /// The title.
    pub title: String,
    /// Who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Whether it is of what is known of the member.
    pub personalized: bool,
    /// Why it isn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The policy.
    pub model: ModelOf,
    /// The picture's number among the candidates.
    pub action: usize,
    /// The picture.
    pub picture: String,
    /// How likely it was to be chosen.
    pub propensity: f64,
}

/// The answer to `POST /events`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Taken {
    /// Events that were new.
    pub taken: usize,
    /// Events whose ids were known: they changed nothing.
    pub repeated: usize,
    /// Outcomes that a policy learnt from.
    pub learnt: usize,
}

/// The answer to `GET /health`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Health {
    /// `ok`, or `behind` while the log can't be written: when its last write failed.
    pub status: &'static str,
    /// What is served.
    pub models: Vec<ModelOf>,
    /// How long it has been served, in seconds.
    pub seconds: u64,
    /// Decisions so far.
    pub decisions: u64,
    /// Rows that the log doesn't have yet.
    pub unwritten: usize,
    /// Rows that the log will never have: too many waited.
    pub lost: u64,
    /// The run that has the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}
