//! What is known of one name in one cell: how it is read, defined or changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::report::Argument;

/// A name of the notebook's one name space.
pub type Name = Arc<str>;

/// A name that a cell reads while it runs, and that it hasn't certainly bound before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The place of the first read, in the order of evaluation; comparable with
    /// [`Definition::since`] of the same cell only.
    pub at: u32,
}

/// What a name is bound to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Whether the cell can end without having bound it: a version from above may remain.
    pub conditional: bool,
    /// From which place on it is certainly bound; see [`Read::at`].
    pub since: Option<u32>,
    /// Which names' values may be part of the value: what they do late, it may do.
    pub flows: Flows,
    /// What happens when the functions in it are called.
    pub behaviour: Behaviour,
    /// Names whose values it shares: who changes one may change the other.
    pub aliases: BTreeMap<Name, Alias>,
    /// Using it changes it, as with iterators and random generators; says what it is.
    pub stateful: Option<Name>,
}

/// Kinds of definitions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Computed.
    #[default]
    Value,
    /// Written out: numbers, strings, and containers of them.
    Constant,
    /// `def`, or a name bound to a `lambda`.
    Function,
    /// `class`.
    Class,
    /// `import`.
    Import(Import),
    /// A Rust cell's function, type, constant, macro or `use`.
    Item,
    /// A WASM cell's exported function.
    WasmFunction,
}

/// Where an imported name comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The module, dotted.
    pub module: Name,
    /// The name within the module, for `from module import name`.
    pub name: Option<Name>,
}

/// How a value shares another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alias {
    /// It has the other one inside (`b = [a]`): a deep change of it changes the other.
    Holds,
    /// It is a part of the other one (`b = a["x"]`): changing it changes the other, deeply.
    Part,
    /// It is the other one (`b = a`).
    Same,
}

/// How a value comes into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// Only as the result of calling it.
    Called,
    /// Itself, or a part of it.
    Whole,
}

/// The names whose values may be part of a value.
pub type Flows = BTreeMap<Name, Flow>;

/// A name that is looked up when a function runs, at its caller's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// How its value may come into the function's result.
    pub flow: Flow,
    /// Code that outlives the call reads it too: a closure, a method, a generator.
    pub escapes: bool,
}

/// What happens when a function, or a method of a class, is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behaviour {
    /// Names of the notebook that it reads.
    pub late: BTreeMap<Name, Late>,
    /// Names of the notebook that it binds (`global`).
    pub writes: BTreeSet<Name>,
    /// Names of the notebook of which it changes the value in place.
    pub mutates: BTreeMap<Name, Mutation>,
    /// Its parameters, in order.
    pub parameters: Vec<Name>,
    /// Those whose argument it changes in place.
    pub mutates_parameters: BTreeSet<Name>,
    /// Of a class: methods that change their object.
    pub mutating_methods: BTreeSet<Name>,
    /// What else it does to the world.
    pub effects: Vec<super::Effect>,
    /// Why it may read any name at all (`eval`).
    pub coarse: Option<Name>,
}

/// A change in place, which defines the name's next version (notebook rule 5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mutation {
    /// It reaches below the first level (`x["a"]["b"] = 1`): a shallow snapshot of the
    /// version above is not enough.
    pub deep: bool,
    /// It is a guess: a method that we don't know was called and its result dropped.
    pub unsure: bool,
    /// What comes into the value by it.
    pub flows: Flows,
    /// What functions that come into it do.
    pub behaviour: Behaviour,
}

impl Definition {
    /// Makes a definition of a kind.
    pub fn new(kind: Kind) -> Self {
        Definition { kind, ..Definition::default() }
    }

    /// Joins what another statement of the same cell binds the name to.
    pub fn merge(&mut self, other: Definition) {
        self.kind = if self.kind == other.kind || self.kind == Kind::Constant {
            other.kind
        } else if other.kind == Kind::Constant {
            std::mem::take(&mut self.kind)
        } else {
            Kind::Value
        };
        merge_flows(&mut self.flows, other.flows);
        self.behaviour.merge(other.behaviour);
        for (name, alias) in other.aliases {
            let entry = self.aliases.entry(name).or_insert(alias);
            *entry = (*entry).max(alias);
        }
        self.stateful = self.stateful.take().or(other.stateful);
    }
}

impl Behaviour {
    /// Whether nothing is known to happen.
    pub fn is_empty(&self) -> bool {
        *self == Behaviour::default()
    }

    /// Joins what another function does.
    pub fn merge(&mut self, other: Behaviour) {
        for (name, late) in other.late {
            self.read(name, late);
        }
        self.writes.extend(other.writes);
        for (name, mutation) in other.mutates {
            self.mutates.entry(name).or_default().merge(mutation);
        }
        if self.parameters.is_empty() {
            self.parameters = other.parameters;
        }
        self.mutates_parameters.extend(other.mutates_parameters);
        self.mutating_methods.extend(other.mutating_methods);
        self.coarse = self.coarse.take().or(other.coarse);
        for effect in other.effects {
            if !self.effects.contains(&effect) {
                self.effects.push(effect);
            }
        }
    }

    /// Which of a call's arguments it changes.
    pub fn changed_arguments(&self, arguments: &[(Argument, Name)]) -> BTreeSet<Name> {
        let changed = arguments.iter().filter(|(argument, _)| {
            let parameter = match argument {
                Argument::Position(at) => self.parameters.get(*at as usize),
                Argument::Keyword(name) => Some(name),
            };
            parameter.is_some_and(|name| self.mutates_parameters.contains(name))
        });
        changed.map(|(_, name)| name.clone()).collect()
    }

    /// Notes that it reads a name.
    pub fn read(&mut self, name: Name, late: Late) {
        let entry = self.late.entry(name).or_insert(late);
        entry.flow = entry.flow.max(late.flow);
        entry.escapes |= late.escapes;
    }
}

impl Mutation {
    /// Joins another change of the same value.
    pub fn merge(&mut self, other: Mutation) {
        self.deep |= other.deep;
        self.unsure &= other.unsure;
        merge_flows(&mut self.flows, other.flows);
        self.behaviour.merge(other.behaviour);
    }
}

/// Adds flows; a whole value says more than a call's result.
pub(super) fn merge_flows(into: &mut Flows, from: Flows) {
    for (name, flow) in from {
        let entry = into.entry(name).or_insert(flow);
        *entry = (*entry).max(flow);
    }
}
