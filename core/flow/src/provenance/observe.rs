//! Reading *now* what an earlier task read: the second step of a look-up (rule 20).

use std::collections::BTreeMap;

use super::{External, InputReads, Present, ReadSet, Reads};

impl ReadSet {
    /// Digests the things of this set as they are now, or nothing when one of them can't
    /// be told or isn't there any more. What comes is to be put into a record whose
    /// [`full_key`](super::full_key) is then asked for.
    pub fn observe(&self, now: &impl Present) -> Option<(Reads, Vec<External>)> {
        if self.every_name && !self.names_are_those_of(now) {
            return None;
        }
        let mut current = BTreeMap::new();
        for name in &self.current {
            current.insert(name.clone(), Some(now.current(name)?));
        }
        let mut parameters = BTreeMap::new();
        for name in &self.parameters {
            parameters.insert(name.clone(), now.parameter(name)?);
        }
        let mut externals = Vec::new();
        for (kind, name) in &self.externals {
            let version = now.external(kind, name)?;
            let (kind, name) = (kind.clone(), name.clone());
            externals.push(External { kind, name, version, declared: false });
        }
        let reads = Reads {
            artifacts: self
                .artifacts
                .iter()
                .map(|name| (name.clone(), now.artifact(name)))
                .collect(),
            inputs: self
                .inputs
                .iter()
                .map(|(name, positions)| (name.clone(), read_inputs(name, positions.as_ref(), now)))
                .collect(),
            parameters,
            current,
            item: now.item(),
            index: if self.index { now.index() } else { None },
            inputs_len: self.inputs_len.then(|| now.inputs_len()),
            foreach_stack: if self.foreach_stack { now.foreach_stack() } else { None },
            every_name: self.every_name,
        };
        Some((reads, externals))
    }

    fn names_are_those_of(&self, now: &impl Present) -> bool {
        let own = now.names();
        let inputs = now.input_names();
        own.iter().all(|name| self.artifacts.contains(name)) && inputs.iter().eq(self.inputs.keys())
    }
}

fn read_inputs(
    name: &str,
    positions: Option<&std::collections::BTreeSet<u32>>,
    now: &impl Present,
) -> InputReads {
    match positions {
        Some(positions) => {
            InputReads::At(positions.iter().map(|at| (*at, now.input(*at, name))).collect())
        }
        None => {
            let digests: Vec<_> = (0..now.inputs_len()).map(|at| now.input(at, name)).collect();
            InputReads::Every(InputReads::digest_of(digests.iter().map(Option::as_deref)))
        }
    }
}
