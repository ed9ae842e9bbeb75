//! What a value is known by: the digest of its content where that is known, and otherwise
//! what computed it (rule 10). Nothing is hashed here but names and digests.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::action::Question;
use super::environment::{Entry, Environment};
use super::names::CellNames;
use super::result::Input;
use super::{Execution, Session};
use crate::cell::Cell;

impl Session {
    /// What is known of a name as it is bound now.
    pub(super) fn input(&self, name: &str, entry: &Entry) -> Input {
        let Some(version) = entry.all().find_map(|entry| entry.version) else {
            return Input::default();
        };
        let value = self.values.get(name, version);
        let digest = value.and_then(|value| value.digest.clone());
        let recipe = if value.is_some_and(|value| value.live) {
            // A live value can't be made again elsewhere: it is this one and no other.
            digest_of(&json!(["live", self.nonce, version, name]))
        } else {
            digest_of(&json!(["made", self.recipe_of(entry, version), name]))
        };
        Input { version: Some(version), digest, recipe }
    }

    fn recipe_of(&self, entry: &Entry, version: Execution) -> &str {
        let made = entry.all().find(|entry| entry.version == Some(version));
        let result = made.and_then(|entry| self.results.get(&entry.cell));
        result.filter(|it| it.execution == version).map_or("", |it| it.recipe.as_str())
    }

    /// What a cell is about to read.
    pub(super) fn inputs(
        &self,
        reads: &BTreeSet<String>,
        environment: &Environment,
    ) -> BTreeMap<String, Input> {
        let found = reads.iter().filter_map(|name| {
            let input = self.input(name, environment.get(name)?);
            input.version.is_some().then(|| (name.clone(), input))
        });
        found.collect()
    }

    /// What the cache is asked by.
    pub(super) fn question(
        &self,
        execution: Execution,
        cell: &Cell,
        names: &CellNames,
        inputs: &BTreeMap<String, Input>,
    ) -> Question {
        let imports = names.imports.iter();
        let known =
            imports.filter_map(|name| Some((name.clone(), self.modules.get(name)?.clone())));
        let modules: BTreeMap<String, String> = known.collect();
        let identity = |input: &Input| input.digest.clone().unwrap_or_else(|| input.recipe.clone());
        Question {
            execution,
            cell: cell.id.clone(),
            language: cell.language,
            code: names.code.clone(),
            reads: inputs.iter().map(|(name, input)| (name.clone(), identity(input))).collect(),
            inputs: inputs.clone(),
            recipe: recipe(cell, names, inputs, &modules),
            modules,
            unkeepable: self.unkeepable(names, inputs),
        }
    }

    fn unkeepable(&self, names: &CellNames, inputs: &BTreeMap<String, Input>) -> Option<String> {
        if let Some(why) = &names.unkeepable {
            return Some(why.clone());
        }
        let live = inputs.iter().find(|(name, input)| {
            let value = input.version.and_then(|version| self.values.get(name, version));
            value.is_some_and(|value| value.live)
        });
        live.map(|(name, _)| format!("it reads `{name}`, which lives in its interpreter only"))
    }
}

/// Stands for what a computation gave: the computation itself, and what it read of the world.
/// Where not all that it read is known, it stands for this one result and no other.
pub fn recipe_of_result(
    recipe: &str,
    world: Option<&str>,
    sure: bool,
    session: &str,
    execution: Execution,
) -> String {
    match world {
        _ if !sure => digest_of(&json!(["unsure", session, execution])),
        Some(world) => digest_of(&json!(["read", recipe, world])),
        None => recipe.to_owned(),
    }
}

/// Stands for a whole computation, in any session: its code and how its inputs were made.
fn recipe(
    cell: &Cell,
    names: &CellNames,
    inputs: &BTreeMap<String, Input>,
    modules: &BTreeMap<String, String>,
) -> String {
    let inputs: BTreeMap<_, _> = inputs.iter().map(|(name, it)| (name, &it.recipe)).collect();
    digest_of(&json!([cell.language, names.code, inputs, modules]))
}

fn digest_of(value: &serde_json::Value) -> String {
    blake3::hash(value.to_string().as_bytes()).to_hex().to_string()
}
