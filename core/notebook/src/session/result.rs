//! The latest result of a cell, from this session or from an earlier one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Execution;
use super::event::{Defined, FinishStatus, Origin};
use crate::id::CellId;
use crate::output::Output;
use crate::resolve::Delta;

/// The latest result of a cell.
#[derive(Clone, Debug)]
pub struct CellResult {
    /// Its number: the version of what it defined.
    pub execution: Execution,
    /// The digest of the code that made it.
    pub code: String,
    /// What it read.
    pub inputs: BTreeMap<String, Input>,
    /// The modules that it imports, as they were.
    pub modules: BTreeMap<String, String>,
    /// Stands for the whole computation: code, inputs' recipes, modules.
    pub recipe: String,
    /// How it ended.
    pub status: FinishStatus,
    /// What it defined.
    pub defined: BTreeMap<String, Defined>,
    /// What names stand for that its text makes again; see `identity`.
    pub identities: BTreeMap<String, String>,
    /// What it deleted.
    pub deleted: Vec<String>,
    /// Why it can't be trusted later.
    pub unverified: Option<String>,
    /// Why the cache doesn't have it, as far as that was found when it was made.
    pub unkept: Option<String>,
    /// Who computed it, when it was not this session.
    pub reused: Option<Origin>,
    /// Whether the user pointed at the cell, and so wants to see what it gives now.
    pub explicit: bool,
    /// Whether it is from an earlier session and nothing of it has run here.
    pub past: bool,
    /// Whether it showed something. Who clears that away sees less than the result has.
    pub shows: bool,
}

impl CellResult {
    /// The result of an earlier session, under a number of this one.
    pub fn of_past(past: Past, execution: Execution) -> Self {
        Self {
            execution,
            code: past.code,
            inputs: past.inputs,
            modules: past.modules,
            recipe: past.recipe,
            status: past.status,
            defined: past.defined,
            identities: BTreeMap::new(),
            deleted: past.deleted,
            unverified: past.unverified,
            unkept: past.unkept,
            reused: Some(past.origin),
            explicit: false,
            past: true,
            shows: !past.outputs.is_empty(),
        }
    }

    /// What it really bound and unbound.
    pub fn delta(&self) -> Delta {
        Delta {
            defined: self.defined.keys().map(|name| name.as_str().into()).collect(),
            deleted: self.deleted.iter().map(|name| name.as_str().into()).collect(),
        }
    }

    /// Whether it ran to its end.
    pub fn is_whole(&self) -> bool {
        self.status == FinishStatus::Ok
    }
}

/// One name that a result read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The version that was bound; nothing for a result of an earlier session.
    #[serde(skip)]
    pub version: Option<Execution>,
    /// The digest of its content, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Stands for how it was computed.
    pub recipe: String,
}

/// What is known of a cell from an earlier session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// The cell.
    pub cell: CellId,
    /// The digest of its code then.
    pub code: String,
    /// What it read.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// What it imported.
    #[serde(default)]
    pub modules: BTreeMap<String, String>,
    /// Stands for the whole computation.
    pub recipe: String,
    /// How it ended.
    #[serde(default)]
    pub status: FinishStatus,
    /// What it defined; those with a digest are stored.
    #[serde(default)]
    pub defined: BTreeMap<String, Defined>,
    /// What it deleted.
    #[serde(default)]
    pub deleted: Vec<String>,
    /// Why it is not trusted.
    #[serde(default)]
    pub unverified: Option<String>,
    /// Why the cache doesn't have it.
    #[serde(default)]
    pub unkept: Option<String>,
    /// What it showed.
    #[serde(default)]
    pub outputs: Vec<Output>,
    /// Which task it was.
    #[serde(default)]
    pub origin: Origin,
}
