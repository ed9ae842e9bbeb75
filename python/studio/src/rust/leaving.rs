//! What is known of values beyond the cell that runs: those that come from elsewhere, those that
//! others ask for, and those that nobody refers to any more.

use std::collections::BTreeMap;
use std::sync::Arc;

use flownote_kernel::protocol::{Exported, NameVersion, ValueRef};
use flownote_kernel::rust::Visible;

use super::cells::Cells;
use super::known::Known;
use super::values;
use super::world::Handle;

impl Cells {
    /// Takes versions that were made elsewhere.
    pub fn define(&mut self, version: u64, values: BTreeMap<String, ValueRef>) {
        for (name, value) in values {
            if self.versions.get(&name, version).is_none() {
                self.versions.enter(&name, version, Known::Given(Arc::new(value)));
            }
        }
    }

    /// Encodes versions.
    pub fn export(
        &mut self,
        names: BTreeMap<String, u64>,
        common: bool,
        at_most: Option<u64>,
    ) -> BTreeMap<String, Exported> {
        let export = |(name, version): (String, u64)| {
            let exported = self.export_one(&name, version, common, at_most);
            (name, exported)
        };
        names.into_iter().map(export).collect()
    }

    pub(super) fn export_one(
        &self,
        name: &str,
        version: u64,
        common: bool,
        at_most: Option<u64>,
    ) -> Exported {
        match (self.versions.get(name, version), &self.ready) {
            (Some(Known::Value(held)), Some(ready)) => {
                values::export(&ready.world, &self.values, name, held, common, at_most)
            }
            (Some(Known::Item(item)), _) => {
                let kind = match item {
                    Visible::Item { kind, .. } => kind.as_str(),
                    Visible::Import(_) => "use",
                };
                values::failed(
                    format!("`{name}`, a Rust `{kind}`, has no form that other languages read"),
                    Some("use it in a Rust cell, and read what that leaves".to_owned()),
                )
            }
            (Some(Known::Gone(why)), _) => {
                values::failed(why.clone(), Some("run its cell again".to_owned()))
            }
            (Some(Known::Given(_)), _) => values::failed(
                format!("`{name}` was made by another language"),
                Some("ask the interpreter that made it".to_owned()),
            ),
            _ => self.unknown(name),
        }
    }

    pub(super) fn unknown(&self, name: &str) -> Exported {
        match self.left.get(name) {
            Some((cell, why)) => values::failed(format!("{cell}: {why}"), None),
            None => values::failed(
                format!("`{name}` is not defined here any more"),
                Some("run its cell again".to_owned()),
            ),
        }
    }

    /// Drops versions that nobody refers to.
    pub fn forget(&mut self, versions: &[NameVersion]) {
        let dropped = self.versions.forget(versions);
        self.drop_values(&dropped);
    }

    /// Drops values in the user's world.
    pub(super) fn drop_values(&self, handles: &[Handle]) {
        if let Some(ready) = &self.ready {
            handles.iter().for_each(|handle| ready.world.forget(*handle));
        }
    }
}
