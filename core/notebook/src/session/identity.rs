//! What a value is known by: the digest of its content where that is known, and otherwise
//! what computed it (rule 10). Nothing is hashed here but names and digests.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::action::Question;
use super::environment::{Entry, Environment};
use super::modules::versions_of;
use super::names::CellNames;
use super::result::{CellResult, Input};
use super::{Execution, Session};
use crate::cell::Cell;
use crate::id::CellId;

/// Python's types whose values nothing changes in place.
const UNCHANGING: [&str; 7] = ["bool", "bytes", "complex", "float", "int", "NoneType", "str"];

impl Session {
    /// What is known of a name as it is bound now.
    pub(super) fn input(&self, name: &str, entry: &Entry) -> Input {
        let Some(version) = entry.all().find_map(|entry| entry.version) else {
            return Input::default();
        };
        let value = self.values.get(name, version);
        let digest = value.and_then(|value| value.digest.clone());
        let made = entry.all().find(|entry| entry.version == Some(version));
        let result = made.and_then(|entry| self.results.get(&entry.cell));
        let result = result.filter(|it| it.execution == version);
        let names = made.and_then(|entry| self.names.get(&entry.cell));
        if let (Some(result), Some(names)) = (result, names)
            && let Some(identity) = result.identities.get(name)
            && result.code == names.code
        {
            let recipe = identity.clone();
            return Input { version: Some(version), digest: Some(recipe.clone()), recipe };
        }
        let imported = names.is_some_and(|names| names.imported.contains_key(name));
        let recipe = if value.is_some_and(|value| value.live) || imported {
            // A live value can't be made again elsewhere: it is this one and no other. Nor can
            // it be known what a module is of which nothing was found.
            digest_of(&json!(["live", self.nonce, version, name]))
        } else {
            digest_of(&json!(["made", result.map_or("", |it| it.recipe.as_str()), name]))
        };
        Input { version: Some(version), digest, recipe }
    }

    /// A result that knows what its names stand for.
    pub(super) fn identified(&self, cell: &CellId, mut result: CellResult) -> CellResult {
        if let Some(names) = self.names.get(cell) {
            let found = result.defined.keys().filter_map(|name| {
                let identity = identity_by_text(name, names, &result)?;
                Some((name.clone(), digest_of(&identity)))
            });
            result.identities = found.collect();
        }
        result
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
        let modules = self.modules_of(names);
        let identity = |input: &Input| input.digest.clone().unwrap_or_else(|| input.recipe.clone());
        Question {
            execution,
            cell: cell.id.clone(),
            language: cell.language,
            code: names.code.clone(),
            reads: inputs.iter().map(|(name, input)| (name.clone(), identity(input))).collect(),
            inputs: inputs.clone(),
            recipe: match names.caching {
                // It may give something else each time: what it gave is this and no other.
                Some(false) => unsure(&self.nonce, execution),
                _ => recipe(cell, names, inputs, &modules),
            },
            modules,
            unkeepable: self.unkeepable(names, inputs),
            unasked: None,
        }
    }

    fn unkeepable(&self, names: &CellNames, inputs: &BTreeMap<String, Input>) -> Option<String> {
        if let Some(why) = &names.unkeepable {
            return Some(why.clone());
        }
        if let Some(module) = names.unknown_modules(&self.modules).first() {
            return Some(format!("it imports `{module}`, of which nothing is known"));
        }
        let live = inputs.iter().find(|(name, input)| {
            let value = input.version.and_then(|version| self.values.get(name, version));
            value.is_some_and(|value| value.live)
        });
        live.map(|(name, _)| format!("it reads `{name}`, which lives in its interpreter only"))
    }
}

/// What a name stands for whose value its cell's text makes again, as often as it is run:
/// what is imported, functions, numbers and texts. Not so classes: values of the old one
/// aren't values of the new one; nor lists: who has the old one doesn't have the new one.
fn identity_by_text(
    name: &str,
    names: &CellNames,
    result: &CellResult,
) -> Option<serde_json::Value> {
    if result.code != names.code || result.unverified.is_some() {
        return None;
    }
    if let Some(import) = names.imported.get(name) {
        return Some(json!(["import", import, versions_of(import, &result.modules)?]));
    }
    let type_name = result.defined.get(name).map_or("", |it| it.type_name.as_str());
    let unchanging = names.constants.contains(name) && UNCHANGING.contains(&type_name);
    if !names.functions.contains(name) && !unchanging {
        return None;
    }
    let inputs: Option<BTreeMap<_, _>> =
        result.inputs.iter().map(|(name, it)| Some((name, it.digest.as_ref()?))).collect();
    Some(json!(["text", result.code, inputs?, result.modules, name]))
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
        _ if !sure => unsure(session, execution),
        Some(world) => digest_of(&json!(["read", recipe, world])),
        None => recipe.to_owned(),
    }
}

/// Stands for one result and no other.
fn unsure(session: &str, execution: Execution) -> String {
    digest_of(&json!(["unsure", session, execution]))
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
