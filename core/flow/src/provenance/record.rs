//! The record of a task's provenance and its parts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::help::Help;
use crate::manifest::Digest;

/// The newest schema of provenance that this version writes and compares.
pub const SCHEMA: u32 = 1;

/// What a result depends on, as observed while it was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// [`SCHEMA`].
    pub schema: u32,
    /// `python`, `sql`, `rust`, `wasm`.
    pub language: String,
    /// The code that ran.
    pub code: Code,
    /// What it ran on.
    pub environment: Environment,
    /// What it read of the world.
    pub externals: Vec<External>,
    /// What the random generators began with, in hex: it follows from the base key (rule
    /// 23). Nothing where nobody seeded them.
    pub seed: Option<String>,
    /// What it read of the run.
    pub reads: Reads,
    /// What it wrote: artifact to digest.
    pub writes: BTreeMap<String, Digest>,
    /// Names that it was given and deleted.
    pub deleted: BTreeSet<String>,
    /// Why the result must never be reused (`reads current.run_id`).
    pub uncacheable: Option<String>,
    /// Why the result may depend on more than is recorded (`opened a socket`). It is not
    /// reused silently.
    pub unverified: Option<String>,
}

/// The code of a step and of everything of the project that it reaches (rule 21).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Code {
    /// The digest of all parts.
    pub digest: Digest,
    /// Why whole modules were taken, when it couldn't be seen what the code reaches
    /// (`getattr in features.py:12`).
    pub coarse: Option<String>,
    /// The digest of each part, `file:qualified name`, to say what changed. Not in the
    /// key: `digest` is.
    pub parts: BTreeMap<String, Digest>,
    /// The line of each part, where it has one.
    pub lines: BTreeMap<String, u32>,
}

/// What the code ran on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Environment {
    /// The language's version without its patch level (`3.11`).
    pub runtime: String,
    /// The third-party distributions that the code reaches, with versions.
    pub distributions: BTreeMap<String, String>,
    /// `x86_64-linux`, for results that depend on it (native code).
    pub platform: Option<String>,
}

/// Something of the world that the code read, or was declared to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct External {
    /// `file`, `url`, `table`, `environment`….
    pub kind: String,
    /// The path, address or name.
    pub name: String,
    /// Digest, `ETag` or version; absent when it didn't exist.
    #[serde(default)]
    pub version: Option<String>,
    /// Whether the user declared it (`@cache(externals=…)`) rather than the code being
    /// seen to read it.
    #[serde(default)]
    pub declared: bool,
}

/// What a task read of its run. A digest that is absent says: looked for, not there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reads {
    /// Artifacts of `self`, failed `hasattr` included.
    pub artifacts: BTreeMap<String, Option<Digest>>,
    /// Artifacts of a join's `inputs`.
    pub inputs: BTreeMap<String, InputReads>,
    /// Parameters and class constants.
    pub parameters: BTreeMap<String, Digest>,
    /// Attributes of `current`, with the digests of their values as JSON text.
    pub current: BTreeMap<String, Option<Digest>>,
    /// The foreach item. Always there in a foreach, whether it was read or not (rule 14).
    pub item: Option<Digest>,
    /// `self.index`, if it was read.
    pub index: Option<u32>,
    /// `len(inputs)`, if it was read.
    pub inputs_len: Option<u32>,
    /// `self.foreach_stack()` as JSON text, if it was read: its digest.
    pub foreach_stack: Option<Digest>,
    /// Whether it depends on which names there are (`vars(self)`, `merge_artifacts`).
    /// `artifacts` and `inputs` then hold all of them.
    pub every_name: bool,
}

/// What a join read of one name through its `inputs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputReads {
    /// Of every input: [`InputReads::digest_of`] of the digests in order.
    Every(Digest),
    /// Of some, by position.
    At(BTreeMap<u32, Option<Digest>>),
}

impl InputReads {
    /// The digest of one name over all inputs: BLAKE3 of their digests in order, each
    /// followed by a line feed, `-` where the name is absent.
    pub fn digest_of<'a>(digests: impl IntoIterator<Item = Option<&'a str>>) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for digest in digests {
            hasher.update(digest.unwrap_or("-").as_bytes());
            hasher.update(b"\n");
        }
        hasher.finalize().to_hex().as_str().into()
    }
}

/// Which things a task read, without their values: what a look-up must digest *now* to
/// ask for the full key (rule 20).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadSet {
    /// Artifacts of `self`.
    pub artifacts: BTreeSet<String>,
    /// Artifacts of `inputs`: the positions, or nothing for all of them.
    pub inputs: BTreeMap<String, Option<BTreeSet<u32>>>,
    /// Parameters and constants.
    pub parameters: BTreeSet<String>,
    /// Attributes of `current`.
    pub current: BTreeSet<String>,
    /// Things of the world that were not declared: `(kind, name)`.
    pub externals: BTreeSet<(String, String)>,
    /// Whether `self.index` was read.
    pub index: bool,
    /// Whether `len(inputs)` was read.
    pub inputs_len: bool,
    /// Whether `self.foreach_stack()` was read.
    pub foreach_stack: bool,
    /// Whether it depends on which names there are.
    pub every_name: bool,
}

/// Why a result can't be reused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It never can.
    #[error("the result can't be reused: {reason}")]
    Uncacheable {
        /// What it did.
        reason: String,
    },
    /// It can't be told whether it can.
    #[error("the result may depend on more than is known: {reason}")]
    Unverified {
        /// What it did.
        reason: String,
    },
    /// A version of Flownote that records otherwise wrote it.
    #[error(
        "the record of its provenance has schema {schema}, and this version compares schema {SCHEMA}"
    )]
    Schema {
        /// Its schema.
        schema: u32,
    },
}

impl Help for Unusable {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Unverified { .. } => {
                Some("declare what it reads: `@cache(externals=[file(\"data.csv\")])`".into())
            }
            _ => None,
        }
    }
}

impl Provenance {
    /// Whether the result may be reused, as far as the record says.
    ///
    /// # Errors
    /// Why not.
    pub fn reusable(&self) -> Result<(), Unusable> {
        if self.schema != SCHEMA {
            return Err(Unusable::Schema { schema: self.schema });
        }
        if let Some(reason) = self.uncacheable.clone() {
            return Err(Unusable::Uncacheable { reason });
        }
        match self.unverified.clone() {
            Some(reason) => Err(Unusable::Unverified { reason }),
            None => Ok(()),
        }
    }

    /// Which things the task read.
    pub fn read_set(&self) -> ReadSet {
        let names = |map: &BTreeMap<String, Option<Digest>>| map.keys().cloned().collect();
        let reads = &self.reads;
        let seen = self.externals.iter().filter(|external| !external.declared);
        ReadSet {
            artifacts: names(&reads.artifacts),
            inputs: reads
                .inputs
                .iter()
                .map(|(name, read)| (name.clone(), positions(read)))
                .collect(),
            parameters: reads.parameters.keys().cloned().collect(),
            current: names(&reads.current),
            externals: seen.map(|it| (it.kind.clone(), it.name.clone())).collect(),
            index: reads.index.is_some(),
            inputs_len: reads.inputs_len.is_some(),
            foreach_stack: reads.foreach_stack.is_some(),
            every_name: reads.every_name,
        }
    }
}

fn positions(read: &InputReads) -> Option<BTreeSet<u32>> {
    match read {
        InputReads::Every(_) => None,
        InputReads::At(positions) => Some(positions.keys().copied().collect()),
    }
}
