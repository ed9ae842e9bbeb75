//! Has a cell compiled, or finds what was compiled before.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use flownote_kernel::protocol::{Execute, Output};
use flownote_kernel::rust::{
    Assembled, BODY, Extras, Failure, Knowledge, Output as Becomes, ROUNDS, Sight, Split, Unit,
    unexportable, unused,
};
use flownote_notebook::Facts;
use serde::{Deserialize, Serialize};

use super::cells::{Cells, Ended, Made};
use super::faults;
use super::inputs::Given;
use super::known::Known;
use super::world::Body;

/// A cell that is being made.
pub struct Making<'a> {
    pub execute: &'a Execute,
    pub split: &'a Split,
    pub facts: &'a Facts,
    pub sight: &'a Sight,
    pub extras: Extras,
}

/// A body that can run.
pub struct Built {
    pub body: Body,
    /// Names that it can't leave behind, and why.
    pub left: Vec<(String, String)>,
}

/// What was found out about a body: names that it can't leave behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    left: Vec<(String, String)>,
}

impl Cells {
    /// Makes the crate of a cell's items; gives its name.
    pub(super) fn make_items(&mut self, making: &Making<'_>) -> Result<Option<String>, Ended> {
        let Making { execute, split, sight, extras, .. } = making;
        if split.broken || !split.has_items(sight) {
            return Ok(None);
        }
        let made = split.items_text(&execute.code, sight);
        let shared = split.items.iter().any(|item| item.is_static);
        let Some(ready) = &self.ready else { return Ok(None) };
        let (name, target) = ready.compiler.items_place(made.made.text(), shared, extras);
        let file = format!("cell-{name}.rs");
        self.note(file.clone(), execute, &made);
        if !self.has(&target) {
            let output = if shared { Becomes::SharedItems } else { Becomes::Items };
            self.compile(making, &name, output, &file, &made, &target)
                .map_err(|failure| self.not_compiled(failure, split, true))?;
        }
        self.show_remarks(&target, &[]);
        if shared && let Some(ready) = &self.ready {
            let opened = ready.world.preload(&target);
            opened.map_err(|why| faults::plain("LoadError", &why, None))?;
        }
        let before = self.crates.remove(&name).unwrap_or_default();
        let mut record = Made { extras: extras.clone(), ..before };
        record.cells.insert(execute.cell.clone());
        self.crates.insert(name.clone(), record);
        Ok(Some(name))
    }

    /// Makes what of a cell runs.
    pub(super) fn make_body(
        &mut self,
        making: &Making<'_>,
        own: Option<&str>,
        given: &[Given],
    ) -> Result<Built, Ended> {
        let Making { execute, split, sight, extras, .. } = making;
        let inputs = Self::as_inputs(given);
        let text =
            |exports: &[String]| split.body_text(&execute.code, sight, own, &inputs, exports);
        let whole = text(&split.lets);
        let Some(ready) = &self.ready else {
            return Err(faults::plain("RustNotReady", "Rust isn't ready", None).into());
        };
        let note = ready.compiler.body_place(whole.made.text(), extras).with_extension("json");
        let mut tried: Tried = fs::read(&note)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        let known = tried.clone();
        for round in 0.. {
            let left = |name: &&String| tried.left.iter().any(|(it, _)| it == *name);
            let exports: Vec<String> = split.lets.iter().filter(|it| !left(it)).cloned().collect();
            let made =
                if exports.len() == split.lets.len() { whole.clone() } else { text(&exports) };
            let Some(ready) = &self.ready else { break };
            let target = ready.compiler.body_place(made.made.text(), extras);
            self.note(BODY.to_owned(), execute, &made);
            if let Some(body) = self.loaded.get(&target) {
                self.show_remarks(&target, &tried.left);
                return Ok(Built { body: *body, left: tried.left });
            }
            if !self.has(&target)
                && let Err(failure) =
                    self.compile(making, "cell", Becomes::Body, BODY, &made, &target)
            {
                let kept = match &failure {
                    Failure::Faulty(found) if round < ROUNDS => {
                        unexportable(found, &made, &exports)
                    }
                    _ => Vec::new(),
                };
                if kept.is_empty() {
                    return Err(self.not_compiled(failure, split, false));
                }
                tried.left.extend(kept);
                continue;
            }
            if tried != known {
                // Without it the same is found out again.
                let _ = fs::write(&note, serde_json::to_vec(&tried).unwrap_or_default());
            }
            self.show_remarks(&target, &tried.left);
            let Some(ready) = &self.ready else { break };
            let body = ready.world.load(&target).map_err(|why| {
                // A file that was cut is made anew the next time.
                let _ = fs::remove_file(&target);
                faults::plain("LoadError", &why, Some("run the cell again".to_owned()))
            })?;
            self.loaded.insert(target, body);
            return Ok(Built { body, left: tried.left });
        }
        Err(faults::plain("RustNotReady", "Rust isn't ready", None).into())
    }

    fn has(&self, target: &Path) -> bool {
        self.ready.as_ref().is_some_and(|ready| ready.compiler.has(target))
    }

    fn compile(
        &self,
        making: &Making<'_>,
        name: &str,
        output: Becomes,
        file: &str,
        made: &Assembled,
        target: &Path,
    ) -> Result<(), Failure> {
        let Some(ready) = &self.ready else { return Ok(()) };
        let crates: BTreeSet<String> = made.crates.clone();
        let unit = Unit {
            name,
            output,
            file,
            text: made.made.text(),
            crates: &crates,
            extras: &making.extras,
            target,
        };
        ready.compiler.compile(&unit, &|| self.stopped())
    }

    /// Shows what the compiler remarked when it made something, now or earlier. That a name
    /// isn't used is no news where other cells were to have it: why they can't is.
    fn show_remarks(&self, target: &Path, left: &[(String, String)]) {
        let Some(ready) = &self.ready else { return };
        let remarks = ready.compiler.remarks(target);
        for remark in remarks.iter().filter(|it| it.concerns(&self.texts)) {
            let text = match unused(remark, left) {
                Some(why) => format!("note: {why}\n"),
                None => format!("{}\n\n", remark.show(&self.texts)),
            };
            self.shared.streams.show(Output::stderr(text));
        }
    }

    fn not_compiled(&self, failure: Failure, split: &Split, in_items: bool) -> Ended {
        match failure {
            Failure::Stopped => Ended::Stopped,
            Failure::Broken(why) => faults::plain("CompilerFailed", &why, None).into(),
            Failure::Faulty(found) => {
                let bound = |name: &str| self.versions.bound(name).map(|(_, known)| known);
                let is_value = |name: &str| {
                    let value = |it: &Known| !matches!(it, Known::Item(_) | Known::Scope(_));
                    bound(name).is_some_and(value)
                };
                let is_lent = |name: &str| matches!(bound(name), Some(Known::Value(_)));
                let (is_value, is_lent, left) = (&is_value, &is_lent, &self.left);
                let knowledge = Knowledge { is_value, is_lent, split, left, in_items };
                faults::not_compiled(&found, &self.texts, &knowledge).into()
            }
        }
    }
}
