//! [`Artifacts`]: who finds what tasks wrote.

use std::fmt::Debug;
use std::path::PathBuf;

use async_trait::async_trait;
use flownote_flow::help::Help;
use flownote_flow::manifest::ArtifactRecord;

/// Finds the artifact that a pathspec names: the datastore as this crate sees it.
#[async_trait]
pub trait Artifacts: Debug + Send + Sync {
    /// Finds `Flow/run/step/task/name`, or what else names one; none when the text has not the form of a pathspec.
    ///
    /// # Errors
    /// When it has, and nothing is there or nothing can be read.
    async fn find(&self, pathspec: &str) -> Result<Option<Artifact>, Box<dyn Help + Send + Sync>>;
}

/// An artifact that was found.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Codec, type, and the bytes when they are few.
    pub record: ArtifactRecord,
    /// The file with the bytes, when they are many.
    pub path: Option<PathBuf>,
}
