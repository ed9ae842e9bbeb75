//! What went wrong, in the same three parts as everywhere: what, where, what now.

use serde::{Deserialize, Serialize};

/// The body of every answer that isn't a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ApiError,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ApiError {
    /// What is wrong, in a sentence.
    pub what: String,
    /// Where: a file and line, a pathspec.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// What to do now.
    pub hint: Option<String>,
}
