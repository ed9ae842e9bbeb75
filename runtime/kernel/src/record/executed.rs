//! An execution that ended, with all that is to be recorded of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use flownote_flow::manifest::{ArtifactRecord, Digest, Reused, Usage};
use flownote_flow::provenance::External;
use flownote_notebook::Output;
use flownote_notebook::facts::{Kind, facts};
use flownote_notebook::session::{Defined, FinishStatus, Question};

use super::Lines;
use crate::protocol::Runtime;

/// An execution that ended.
#[derive(Clone, Debug)]
pub struct Executed {
    /// What its result depends on.
    pub question: Question,
    /// The code as the user wrote it.
    pub source: String,
    /// The number that people see.
    pub count: Option<u32>,
    /// When it began: RFC 3339, UTC.
    pub started_at: String,
    /// When it ended.
    pub finished_at: String,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
    /// How it ended.
    pub status: FinishStatus,
    /// What it showed.
    pub outputs: Vec<Output>,
    /// What it printed, line by line.
    pub lines: Lines,
    /// What it defined.
    pub defined: BTreeMap<String, Defined>,
    /// What it deleted.
    pub deleted: Vec<String>,
    /// The values that are kept, by name.
    pub artifacts: BTreeMap<String, ArtifactRecord>,
    /// Files that are to be uploaded first.
    pub files: Vec<(Digest, PathBuf)>,
    /// What it read of the world.
    pub externals: Vec<External>,
    /// Why the result may depend on more than is known.
    pub unverified: Option<String>,
    /// Why it must never be reused.
    pub uncacheable: Option<String>,
    /// What ran it.
    pub runtime: Runtime,
    /// Its process.
    pub pid: u32,
    /// What it used.
    pub usage: Usage,
    /// The task whose result it is, when nothing ran.
    pub reused: Option<Reused>,
}

impl Executed {
    /// Whether all that it defined is kept, or is made again by its text alone.
    pub fn is_whole(&self) -> bool {
        self.status == FinishStatus::Ok && self.missing().is_none()
    }

    /// Why its result can't be taken later; nothing when it can, as far as is known.
    pub fn unkept(&self) -> Option<String> {
        if self.status != FinishStatus::Ok {
            return None;
        }
        let own = self.uncacheable.as_ref().or(self.question.unkeepable.as_ref());
        own.map(|why| format!("it {}", why.trim_start_matches("it "))).or_else(|| {
            let (name, defined) = self.missing()?;
            Some(format!("its `{name}` ({}) can't be kept", defined.type_name))
        })
    }

    /// Something that it defined and that nothing can bring back without running it.
    fn missing(&self) -> Option<(&String, &Defined)> {
        let text = facts(self.question.language, &self.source);
        let made = |name: &str| {
            let kind = text.defs.get(name).map(|definition| &definition.kind);
            matches!(kind, Some(Kind::Import(_) | Kind::Function | Kind::Class | Kind::Item))
        };
        let mut defined = self.defined.iter();
        defined.find(|(name, _)| !self.artifacts.contains_key(*name) && !made(name))
    }
}
