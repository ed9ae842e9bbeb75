//! What a cell's result is worth now, told in words as well as colours.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::event::Origin;
use crate::id::CellId;

/// The state of a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum CellStatus {
    /// It has no result and isn't about to get one.
    NeverRun,
    /// It waits for others.
    Queued,
    /// It runs.
    Running,
    /// Its result is what its code and its inputs give.
    Fresh {
        /// Who computed it, when it was not this session.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reused: Option<Origin>,
    },
    /// Its result belongs to other code or other inputs.
    Stale {
        /// What changed first.
        why: Why,
    },
    /// Nothing seems to have changed, but not everything that it read could be seen.
    Unverified {
        /// What could not be seen (`opened a socket`).
        why: String,
    },
    /// It ended with an error.
    Failed,
    /// It was stopped.
    Interrupted,
}

impl CellStatus {
    /// Whether there is a result that its dependents may build upon.
    pub fn is_usable(&self) -> bool {
        matches!(self, Self::Fresh { .. } | Self::Unverified { .. })
    }
}

/// Why a result is stale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Why {
    /// Its code was edited.
    Edited,
    /// A name that it reads comes from another result now.
    Input {
        /// The name.
        name: String,
    },
    /// A cell that it depends on is not fresh.
    Above {
        /// That cell.
        cell: CellId,
    },
    /// A module that it imports was edited or updated.
    Module {
        /// The module.
        module: String,
    },
    /// Its interpreter ended, and with it a value that nothing else has.
    Lost,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited => f.write_str("its code was edited"),
            Self::Input { name } => write!(f, "`{name}` is another value now"),
            Self::Above { cell } => write!(f, "cell `{cell}` above is not fresh"),
            Self::Module { module } => write!(f, "module `{module}` changed"),
            Self::Lost => f.write_str("its values ended with the interpreter"),
        }
    }
}
