//! [`Facts`]: everything that is known of one cell by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use flownote_flow::manifest::Digest;
use serde::{Deserialize, Serialize};

use super::definition::{Definition, Mutation, Name, Read};

/// What one cell's text says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Names read while the cell runs that it hasn't certainly bound before.
    pub now: BTreeMap<Name, Read>,
    /// Names that functions of the cell read when they are called.
    pub late: BTreeSet<Name>,
    /// Names that it binds.
    pub defs: BTreeMap<Name, Definition>,
    /// Names whose values it changes in place. Names that it binds itself before are not
    /// among them.
    pub mutates: BTreeMap<Name, Mutation>,
    /// Names that are certainly unbound when it ends.
    pub deletes: BTreeSet<Name>,
    /// Modules that it imports, dotted, those within functions too. Of `from a import b`
    /// also `a.b`, which may be one.
    pub imports: BTreeSet<Name>,
    /// What it does beyond defining names, or may do.
    pub effects: Vec<Effect>,
    /// Calls of names with names: what the function changes, the cell changes.
    pub calls: Vec<Call>,
    /// Methods called on names: whether they change their object depends on its class.
    pub methods: BTreeMap<Name, BTreeSet<Name>>,
    /// Functions that only a WASM cell above can give (SQL calls them by name).
    pub functions: BTreeSet<Name>,
    /// Files that it reads by a literal path.
    pub files: BTreeSet<String>,
    /// Artifacts that it reads by a literal pathspec.
    pub artifacts: BTreeSet<String>,
    /// Rust crates that it asks for: the name and its requirement as written.
    pub dependencies: BTreeMap<String, String>,
    /// Why it must count as reading all names above (`eval`, `import *`).
    pub coarse: Option<Arc<str>>,
    /// It may bind names that its text doesn't show (`exec`, `import *`).
    pub binds_unseen: bool,
    /// It is nothing but imports, functions, classes and constants, effects aside.
    pub definitions_only: bool,
    /// Why a value of it probably can't be stored (an open file, a lambda).
    pub live_hint: Option<Arc<str>>,
    /// How it may be restored, as far as its text alone tells.
    pub class: Class,
    /// Why it can't run.
    pub error: Option<SyntaxError>,
    /// The digest of the code without comments, layout and docstrings.
    pub code: Digest,
}

/// How a cell may be brought back (notebook rule 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Imports, functions, classes and constants: executed in each new process.
    Definition,
    /// Restorable with its outputs.
    #[default]
    Value,
    /// Does more than define names: executed in each new process.
    Effect,
}

/// Something that a cell does beyond defining names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// For people: `calls os.makedirs`.
    pub why: Arc<str>,
    /// The line of the cell, from 1.
    pub line: u32,
    /// It changes something outside of the process: files, services, the system.
    pub outward: bool,
    /// It is one only if this name is a module or comes from one (`plt.plot` is not, when
    /// `plt` draws; `config.x = 1` is not, when `config` is a value), or if the function of
    /// this name does such things.
    pub depends_on: Option<Name>,
}

/// A call `function(name, …)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The function's name.
    pub function: Name,
    /// The arguments that are names, or parts of what names hold.
    pub arguments: Vec<(Argument, Name)>,
}

/// Where an argument stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Argument {
    /// By its place, from 0.
    Position(u32),
    /// By its name.
    Keyword(Name),
}

/// Why a cell can't be parsed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyntaxError {
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode code points.
    pub column: u32,
    /// What the parser says.
    pub message: String,
}

impl Facts {
    /// The first effect that its text shows, as if nothing above were known.
    pub fn effect(&self) -> Option<&Effect> {
        self.effects.first()
    }

    /// Whether it changes something outside of the process.
    pub fn outward(&self) -> bool {
        self.effects.iter().any(|effect| effect.outward)
    }

    /// The modules whose code it may use: those that it imports, and the packages that they
    /// belong to. Relative ones, which a notebook can't import, are left out.
    pub fn modules(&self) -> BTreeSet<&str> {
        let absolute = self.imports.iter().filter(|name| !name.starts_with('.'));
        let tops = absolute.clone().map(|name| name.split('.').next().unwrap_or(name));
        absolute.map(|name| &**name).chain(tops).collect()
    }
}
