//! What a task would be given now, for comparison with what an earlier one was given.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use flownote_flow::manifest::{ArtifactRecord, Digest};
use flownote_flow::provenance::Present;
use flownote_flow::run::RunRecord;
use serde_json::{Value, json};

use super::passed_on::Visible;
use super::world::Version;
use super::{World, identity, seed};
use crate::wire::TaskSpec;

/// What one task would be given now.
pub struct Now {
    run: Rc<RunRecord>,
    given: Vec<Rc<Visible>>,
    spec: TaskSpec,
    joins: bool,
    world: Option<World>,
    /// The versions that were asked for.
    versions: RefCell<HashMap<(String, String), Version>>,
}

impl Now {
    /// A task that `spec` describes, whose parents pass on what is `given`.
    pub fn new(
        run: Rc<RunRecord>,
        given: Vec<Rc<Visible>>,
        spec: TaskSpec,
        joins: bool,
        world: Option<World>,
    ) -> Self {
        Self { run, given, spec, joins, world, versions: RefCell::default() }
    }

    /// Asks for the versions of things of the world. Those that weren't asked for can't be
    /// told.
    pub async fn ask<'a>(&self, externals: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let Some(world) = &self.world else { return };
        for (kind, name) in externals {
            let version = world.version(kind, name).await;
            self.versions.borrow_mut().insert((kind.to_owned(), name.to_owned()), version);
        }
    }

    /// Whether the task's step joins.
    pub fn joins(&self) -> bool {
        self.joins
    }

    /// What the parents pass on.
    pub fn given(&self) -> &[Rc<Visible>] {
        &self.given
    }

    /// All that the task could read of its run, a line each.
    pub fn everything(&self) -> impl Iterator<Item = String> {
        let given = self.given.iter().flat_map(|given| given.iter());
        let given = given.map(|(name, given)| format!("{name} {}", identity(&given.1)));
        let of_run = self.run.parameters.iter().chain(&self.run.constants);
        given.chain(of_run.map(|(name, record)| format!("{name} {}", identity(record))))
    }

    fn item_of(&self, level: usize) -> Option<Digest> {
        let record: ArtifactRecord =
            serde_json::from_str(self.spec.foreach[level].item.get()).ok()?;
        Some(identity(&record))
    }
}

/// The digest of a value as canonical JSON text, as the worker records it.
fn digest(value: &Value) -> Digest {
    blake3::hash(value.to_string().as_bytes()).to_hex().as_str().into()
}

impl Present for Now {
    fn artifact(&self, name: &str) -> Option<Digest> {
        if self.joins {
            return None;
        }
        self.given.first()?.get(name).map(|given| identity(&given.1))
    }

    fn names(&self) -> BTreeSet<String> {
        self.given
            .first()
            .filter(|_| !self.joins)
            .map_or_else(BTreeSet::new, |given| given.keys().map(ToString::to_string).collect())
    }

    fn input(&self, position: u32, name: &str) -> Option<Digest> {
        self.given.get(position as usize)?.get(name).map(|given| identity(&given.1))
    }

    fn input_names(&self) -> BTreeSet<String> {
        let joined = self.given.iter().filter(|_| self.joins);
        joined.flat_map(|given| given.keys().map(ToString::to_string)).collect()
    }

    fn inputs_len(&self) -> u32 {
        u32::try_from(self.given.len()).unwrap_or(u32::MAX)
    }

    fn parameter(&self, name: &str) -> Option<Digest> {
        let record = self.run.parameters.get(name).or_else(|| self.run.constants.get(name));
        record.map(identity)
    }

    fn current(&self, name: &str) -> Option<Digest> {
        let value = match name {
            "flow_name" => json!(self.spec.flow),
            "step_name" => json!(self.spec.step),
            "task_id" => json!(self.spec.task),
            "retry_count" => json!(self.spec.attempt),
            "namespace" => json!(self.spec.origin.namespace),
            "username" => json!(self.spec.origin.user),
            _ => return None,
        };
        Some(digest(&value))
    }

    fn item(&self) -> Option<Digest> {
        seed::item(&self.spec)
    }

    fn index(&self) -> Option<u32> {
        self.spec.foreach.last().map(|frame| frame.index)
    }

    fn foreach_stack(&self) -> Option<Digest> {
        let places: Vec<_> =
            self.spec.foreach.iter().map(|frame| json!([frame.index, frame.count])).collect();
        let items: Vec<_> = (0..self.spec.foreach.len()).map(|level| self.item_of(level)).collect();
        Some(digest(&json!([places, items])))
    }

    fn external(&self, kind: &str, name: &str) -> Option<Option<String>> {
        self.versions.borrow().get(&(kind.to_owned(), name.to_owned())).cloned().flatten()
    }
}
