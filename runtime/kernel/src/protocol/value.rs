//! Values on their way between processes: the record of an encoding, and where its bytes
//! are. Small ones stand in the record itself.

use std::path::PathBuf;

use flownote_flow::manifest::ArtifactRecord;
use serde::{Deserialize, Serialize};

/// A value as an interpreter exported it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// Codec, digest, size, type; the bytes when they are few.
    #[serde(flatten)]
    pub record: ArtifactRecord,
    /// The name of the file in the session's folder of values, when the bytes are many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// A value as an interpreter is given it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueRef {
    /// Codec, digest, size, type; the bytes when they are few.
    #[serde(flatten)]
    pub record: ArtifactRecord,
    /// The file to map, absolute, when the bytes are many. It never changes, and may lose
    /// its name while it is mapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
}

/// Something that couldn't be done, for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// What became of a value that was to be exported: a [`Value`], or
/// `{"error": {"message": …, "hint": …}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Exported {
    /// It has no form that another process could read.
    Failed {
        /// Why not.
        error: Problem,
    },
    /// It is there.
    Value(Value),
}

/// Where a name's value comes from: a version that the interpreter has, as a bare number,
/// or one that it is given, `{"version": 4, "value": {…}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(
    clippy::large_enum_variant,
    reason = "bindings are few, and most that are given are large"
)]
pub enum Binding {
    /// A version that the interpreter made or was given before.
    Version(u64),
    /// A version that comes along.
    Given {
        /// The version.
        version: u64,
        /// Its value.
        value: ValueRef,
    },
}

impl Binding {
    /// The version that is meant.
    pub fn version(&self) -> u64 {
        match self {
            Self::Version(version) | Self::Given { version, .. } => *version,
        }
    }
}
