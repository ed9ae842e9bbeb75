//! What cells depend on beside each other: modules and distributions, by what they are now.
//!
//! A cell that was executed depends on the code that was loaded then. When a file of the
//! project is saved its module is loaded again where that is safe; where it isn't, the file
//! says one thing and what is loaded another. Executions go by what is loaded, and whether
//! a result is still right goes by the file (rule 10).

use std::collections::{BTreeMap, BTreeSet};

use super::environment::Entry;
use super::names::CellNames;
use super::result::CellResult;
use super::status::{CellStatus, Why};
use super::survey::Survey;
use super::{Action, Doing, Session};
use crate::facts::Import;

impl Session {
    /// What a cell imports, as it is loaded. A name within a package that is no module of its
    /// own stands for the package.
    pub(super) fn modules_of(&self, names: &CellNames) -> BTreeMap<String, String> {
        let known = names.imports.iter().filter_map(|name| {
            let version = self.modules.get(name)?;
            let top = top_of(name);
            let same = self.modules.get(top) == Some(version);
            Some((if same { top } else { name }.to_owned(), version.clone()))
        });
        known.collect()
    }

    /// The first module that a result imported and that is another now.
    pub(super) fn changed_module(&self, result: &CellResult) -> Option<String> {
        let mut modules = result.modules.iter();
        modules.find(|(name, was)| self.is_changed(name, was)).map(|(name, _)| name.clone())
    }

    /// Has modules loaded again that were saved, or asks what those are now that earlier
    /// results imported; says whether it did.
    pub(super) fn ask_about_modules(&mut self, actions: &mut Vec<Action>) -> bool {
        if !self.must_ask_about_modules() {
            return false;
        }
        if !self.saved.is_empty() {
            actions.push(Action::Reload { modules: std::mem::take(&mut self.saved) });
        } else if self.held.is_empty() {
            // Nobody wants to know.
            return false;
        } else {
            self.looked = true;
            actions.push(Action::FindModules { names: self.unknown_modules() });
        }
        self.doing = Doing::Modules;
        true
    }

    pub(super) fn must_ask_about_modules(&self) -> bool {
        !self.saved.is_empty() || (!self.looked && !self.unknown_modules().is_empty())
    }

    /// Modules that results imported, and of which nothing is known.
    fn unknown_modules(&self) -> BTreeSet<String> {
        let imported = self.results.values().flat_map(|result| result.modules.keys());
        imported.filter(|name| !self.modules.contains_key(*name)).cloned().collect()
    }

    fn is_changed(&self, module: &str, was: &String) -> bool {
        let now = self.edited.get(module).or_else(|| self.modules.get(module));
        now.is_some_and(|now| now != was)
    }

    /// Whether what a cell above defined can be built upon. Of a cell whose imports changed,
    /// the names that come from others of its modules can.
    pub(super) fn is_good(&self, name: &str, entry: &Entry, above: &Survey) -> bool {
        match above.statuses.get(&entry.cell) {
            Some(CellStatus::Stale { why: Why::Module { .. } }) => {
                let names = self.names.get(&entry.cell);
                let import = names.and_then(|names| names.imported.get(name));
                let result = self.results.get(&entry.cell);
                import.zip(result).is_some_and(|(import, result)| {
                    versions_of(import, &result.modules).is_some_and(|versions| {
                        versions.iter().all(|(module, was)| !self.is_changed(module, was))
                    })
                })
            }
            status => status.is_some_and(CellStatus::is_usable),
        }
    }
}

/// The modules of which the code may run when an imported name is used; nothing when none of
/// them is known.
pub(super) fn versions_of<'a>(
    import: &Import,
    modules: &'a BTreeMap<String, String>,
) -> Option<BTreeMap<&'a str, &'a String>> {
    let target = match &import.name {
        Some(name) => format!("{}.{name}", import.module),
        None => import.module.to_string(),
    };
    let around = |module: &str| target == module || is_within(&target, module);
    // `import a.b` binds `a`, of which `b` is a part then.
    let inside = |module: &str| import.name.is_none() && is_within(module, &target);
    let found: BTreeMap<&str, &String> = modules
        .iter()
        .filter(|(module, _)| around(module) || inside(module))
        .map(|(module, version)| (module.as_str(), version))
        .collect();
    (!found.is_empty()).then_some(found)
}

fn is_within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

fn top_of(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}
