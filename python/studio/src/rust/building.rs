//! Has a cell compiled, or finds what was compiled before.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use flownote_kernel::protocol::{Execute, Output};
use flownote_kernel::rust::{
    Assembled, Diagnostic, Extras, Failure, Output as Becomes, Sight, Split, Unit,
};
use flownote_notebook::Facts;
use serde::{Deserialize, Serialize};

use super::cells::{Cells, Ended, Made};
use super::faults;
use super::inputs::Given;
use super::world::Body;

/// The file of a body, in panics and diagnostics.
const BODY: &str = "cell-body.rs";

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
                let knowledge = self.knowledge(split, in_items);
                faults::not_compiled(&found, &self.texts, &knowledge).into()
            }
        }
    }
}

/// Why a name isn't kept, of a remark that it isn't used.
fn unused<'a>(remark: &Diagnostic, left: &'a [(String, String)]) -> Option<&'a str> {
    let code = remark.code.as_deref()?;
    let of_use = ["unused_variables", "unused_assignments", "unused_mut"].contains(&code);
    let name = remark.message.split('`').nth(1).filter(|_| of_use)?;
    let (_, why) = left.iter().find(|(it, _)| it == name)?;
    Some(why)
}

/// How often names are left out before the errors are the cell's own.
const ROUNDS: usize = 6;

/// The names whose exports don't compile, and why: none when an error has another cause.
fn unexportable(
    found: &[Diagnostic],
    made: &Assembled,
    exports: &[String],
) -> Vec<(String, String)> {
    let mut left: Vec<(String, String)> = Vec::new();
    for error in found.iter().filter(|it| it.is_error() && !it.spans.is_empty()) {
        let named = |span: &flownote_kernel::rust::Span| {
            let exported = |name: &&String| {
                let (start, end) = export_line(made.made.text(), name)?;
                (span.bytes.start < end && start < span.bytes.end).then_some(())
            };
            exports.iter().find(|name| exported(name).is_some()).cloned()
        };
        let of_body = error.spans.iter().filter(|span| span.file.ends_with(BODY));
        let spans: Vec<(bool, String)> =
            of_body.filter_map(|span| Some((span.primary, named(span)?))).collect();
        // Of two, the one that borrows: the other can go once it is gone.
        let second = spans.iter().find(|(primary, _)| !primary).or(spans.first());
        let Some((_, name)) = second else { return Vec::new() };
        if !left.iter().any(|(known, _)| known == name) {
            left.push((name.clone(), why(name, error)));
        }
    }
    left
}

fn export_line(text: &str, name: &str) -> Option<(usize, usize)> {
    let start = text.rfind(&format!("::flownote::export!(__cell, {name:?},"))?;
    let length = text[start..].find('\n').unwrap_or(text.len() - start);
    Some((start, start + length))
}

fn why(name: &str, error: &Diagnostic) -> String {
    match error.code.as_deref().unwrap_or_default() {
        "E0382" => format!(
            "`{name}` was moved and isn't kept; export an owned value (`.clone()` before it is \
             moved)"
        ),
        "E0381" => format!("`{name}` may not have a value and isn't kept"),
        code => {
            // What is borrowed is what ends too soon, or is moved too early.
            let lender = error.message.split('`').nth(1);
            let lender = lender.filter(|it| ["E0597", "E0505"].contains(&code) && *it != name);
            let from = lender.map_or("another value".to_owned(), |it| format!("`{it}`"));
            format!(
                "`{name}` borrows from {from} and isn't kept; export an owned value (a `Vec` or \
                 map of `String`s, `.to_vec()`, `.clone()`, `.to_owned()`)"
            )
        }
    }
}
