//! What tasks printed.

use serde::{Deserialize, Serialize};

/// `GET …/logs`: lines in the order of time, attempt after attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogPage {
    /// Some of them, from the asked one on.
    pub lines: Vec<LogRow>,
    /// What to give as `from` for what follows; while the task goes on there may be more
    /// later. Null when this is all and will stay all.
    pub next: Option<u64>,
    /// How many lines there are now that fit the question.
    pub total: u64,
    /// Bytes that were cut out of the middle, as the task printed too much.
    pub cut_bytes: u64,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogRow {
    /// Its number among the task's lines that fit the question but for `text`.
    pub number: u64,
    /// The attempt that printed it.
    pub attempt: u32,
    /// `stdout` or `stderr`.
    pub stream: String,
    /// When; null when nobody saw the attempt's start.
    pub at: Option<String>,
    /// Milliseconds since the attempt began.
    pub ms: u64,
    /// The line without its end; colours as ANSI escapes.
    pub text: String,
}
