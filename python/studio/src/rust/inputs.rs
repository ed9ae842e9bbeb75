//! What a cell reads of other cells: each value is at hand, and of a type that still is what
//! it was (notebook rule 17).

use std::sync::Arc;

use flownote_kernel::rust::{Visible, crates_in};
use flownote_notebook::{Language, Options};

use super::building::Making;
use super::cells::{Cells, Ended};
use super::faults;
use super::known::{Held, Known};
use super::values;
use super::world::Handle;

/// A value that a cell is given.
pub struct Given {
    /// Its name.
    pub name: String,
    /// Its type, as the cell's text names it.
    pub path: String,
    /// Where it is.
    pub handle: Handle,
}

impl Cells {
    /// The values that a cell names, in the order of their names.
    pub(super) fn inputs(&mut self, making: &Making<'_>) -> Result<Vec<Given>, Ended> {
        let wanted = types_of(&making.execute.code);
        let mut given = Vec::new();
        for name in making.facts.now.keys() {
            let Some((version, known)) = self.versions.bound(name) else { continue };
            let asked = wanted.iter().find(|(of, _)| **of == **name).map(|(_, path)| path.clone());
            let held = match known.clone() {
                Known::Item(_) | Known::Scope(_) => continue,
                Known::Gone(why) => {
                    return Err(faults::plain(
                        "ChangedType",
                        &why,
                        Some(format!("run the cell that makes `{name}` again")),
                    )
                    .into());
                }
                Known::Value(held) => held,
                Known::Given(value) => {
                    let held = Arc::new(self.take(name, &value)?);
                    self.versions.enter(name, version, Known::Value(Arc::clone(&held)));
                    held
                }
            };
            // A value that came back is read as the type that it was before.
            let came_back = || {
                let record = &held.given.as_ref()?.record;
                record.meta.get(values::TYPE)?.as_str().map(str::to_owned)
            };
            let path = asked.or_else(came_back).or_else(|| held.described.path.clone());
            let Some(path) = path else {
                let why = held.described.why.clone().unwrap_or_default();
                let message = format!("`{name}` can't be read in another cell: {why}");
                return Err(faults::plain("NoName", &message, None).into());
            };
            self.check_type(name, &held, &path)?;
            given.push(Given { name: name.to_string(), path, handle: held.handle });
        }
        Ok(given)
    }

    fn take(
        &self,
        name: &str,
        value: &Arc<flownote_kernel::protocol::ValueRef>,
    ) -> Result<Held, Ended> {
        let Some(ready) = &self.ready else {
            return Err(faults::plain("RustNotReady", "Rust isn't ready", None).into());
        };
        let handle = values::take(&ready.world, name, value)
            .map_err(|refused| faults::plain("ValueError", &refused.message, refused.hint))?;
        let described = ready.world.describe(handle);
        Ok(Held { handle, described, maker: None, given: Some(Arc::clone(value)) })
    }

    /// Whether the types in a path are still those that their names mean here.
    fn check_type(&self, name: &str, held: &Held, path: &str) -> Result<(), Ended> {
        for krate in crates_in(path) {
            let after = path.split(&format!("{krate}::")).nth(1).unwrap_or_default();
            let word: String =
                after.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
            let now = match self.versions.bound(&word) {
                Some((_, Known::Item(Visible::Item { krate, .. }))) => Some(krate.as_str()),
                _ => None,
            };
            let there = self.crates.contains_key(&krate)
                || self.ready.as_ref().is_some_and(|it| it.compiler.items_file(&krate).is_some());
            if now.is_some_and(|now| now != krate) || !there {
                let maker = held.maker.as_deref().unwrap_or("the cell that makes it");
                let message = format!(
                    "`{name}` is a `{}` as `{word}` was defined before, and `{word}` has been \
                     defined anew since",
                    held.described.type_name
                );
                let hint = Some(format!("run {maker} again, and then this cell"));
                return Err(faults::plain("ChangedType", &message, hint).into());
            }
        }
        Ok(())
    }
}

/// What `//! in: name: TYPE` says, in order.
fn types_of(code: &str) -> Vec<(String, String)> {
    let options = Options::of(Language::Rust, code);
    let typed = options.typed("in").into_iter();
    typed.filter_map(|(name, path)| Some((name.to_owned(), path?.to_owned()))).collect()
}
