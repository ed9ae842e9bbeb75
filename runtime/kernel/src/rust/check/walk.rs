//! The way through a notebook: each cell is looked at with what the cells above leave in sight.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use flownote_notebook::facts::rust::SCOPE;
use flownote_notebook::places::{Mistake, Severity};
use flownote_notebook::session::CellLinks;
use flownote_notebook::{Cell, CellId, Document, Facts, Language, Options, facts, text};

use super::mistakes::mistakes;
use super::{CheckError, Checker, types};
use crate::rust::assemble::{Assembled, Input, Sight, Visible, crates_in};
use crate::rust::compile::{Failure, Output, TYPES, Unit};
use crate::rust::diagnostics::{Diagnostic, Text, Texts};
use crate::rust::hints::Knowledge;
use crate::rust::kit::Extras;
use crate::rust::setup::Level;
use crate::rust::split::Split;
use crate::rust::unkept::{BODY, ROUNDS, unexportable};

/// A notebook that is being checked.
pub struct Walk<'a> {
    checker: &'a Checker,
    document: &'a Document,
    links: &'a BTreeMap<CellId, CellLinks>,
    stopped: &'a dyn Fn() -> bool,
    /// What the next cell sees.
    sight: Sight,
    texts: Texts,
    /// What crates of items ask for.
    crates: HashMap<String, Extras>,
    /// The types of what Rust cells leave behind; none for what they don't.
    types: HashMap<(CellId, String), Option<String>>,
    /// Why a name isn't left behind, and the cell that doesn't.
    left: HashMap<String, (String, String)>,
    /// Cells that don't compile, and those that can't be looked at.
    broken: BTreeSet<CellId>,
}

/// One cell of it.
struct Looked<'a> {
    cell: &'a Cell,
    label: String,
    split: Split,
    facts: Facts,
    links: CellLinks,
    extras: Extras,
    found: Vec<Mistake>,
}

impl<'a> Walk<'a> {
    /// At the top.
    pub fn new(
        checker: &'a Checker,
        document: &'a Document,
        links: &'a BTreeMap<CellId, CellLinks>,
        stopped: &'a dyn Fn() -> bool,
    ) -> Self {
        Self {
            checker,
            document,
            links,
            stopped,
            sight: Sight::default(),
            texts: Texts::default(),
            crates: HashMap::new(),
            types: HashMap::new(),
            left: HashMap::new(),
            broken: BTreeSet::new(),
        }
    }

    /// Looks at all cells.
    pub fn all(mut self) -> Result<Vec<(CellId, Vec<Mistake>)>, CheckError> {
        let mut all = Vec::new();
        let document = self.document;
        for (number, cell) in document.numbered() {
            if cell.language == Language::Rust {
                let label = number.map_or("a cell".to_owned(), |number| format!("cell {number}"));
                let looked = Looked {
                    cell,
                    label,
                    split: Split::of(&cell.source),
                    facts: facts(Language::Rust, &cell.source),
                    links: self.links.get(&cell.id).cloned().unwrap_or_default(),
                    extras: Extras::default(),
                    found: Vec::new(),
                };
                all.push((cell.id.clone(), self.look(looked)?));
            } else {
                self.hide(&cell.id);
            }
        }
        Ok(all)
    }

    /// What a cell makes hides items of that name.
    fn hide(&mut self, cell: &CellId) {
        for defined in self.links.get(cell).iter().flat_map(|it| &it.defined) {
            self.sight.items.remove(&defined.name);
        }
    }

    fn look(&mut self, mut looked: Looked<'_>) -> Result<Vec<Mistake>, CheckError> {
        let id = looked.cell.id.clone();
        match self.obstacle(&mut looked) {
            Some(why) => {
                looked.found.push(why);
                self.hide(&id);
                self.broken.insert(id.clone());
            }
            None => self.look_through(&mut looked)?,
        }
        if looked.found.iter().any(|it| it.severity == Severity::Error) {
            self.broken.insert(id);
        }
        Ok(looked.found)
    }

    /// Why a cell can't be looked at; else it knows what it is compiled with.
    fn obstacle(&self, looked: &mut Looked<'_>) -> Option<Mistake> {
        let broken = looked.links.used.iter().find(|(name, maker)| {
            self.broken.contains(*maker) && !self.sight.items.contains_key(*name)
        });
        if let Some((name, maker)) = broken {
            let message =
                format!("rustc didn't look here: `{name}` is made by {}", self.label(maker));
            let hint = format!("see what is said of {} first", self.label(maker));
            return Some(warning(looked.cell, name, message, Some(hint)));
        }
        let wanted = &looked.facts.dependencies;
        if !wanted.is_empty() {
            match self.checker.setup.built_dependencies(wanted) {
                Some(found) => looked.extras = found.into(),
                None => {
                    let message = "rustc didn't look here: the crates aren't built yet".to_owned();
                    let hint = "run the cell once: that builds them".to_owned();
                    return Some(warning(looked.cell, "dep", message, Some(hint)));
                }
            }
        }
        let big = ["arrow", "rayon", "flownote_models"]
            .into_iter()
            .find(|name| looked.split.names_crate(name));
        if let Some(name) = big.filter(|_| self.checker.level == Level::Base) {
            let message = format!("rustc didn't look here: `{name}` isn't built yet");
            let hint = "`flownote rust setup` in a shell builds it".to_owned();
            return Some(warning(looked.cell, name, message, Some(hint)));
        }
        for visible in self.sight.items.values() {
            if let Visible::Item { krate, .. } = visible
                && let Some(extras) = self.crates.get(krate)
            {
                looked.extras.join(extras);
            }
        }
        for krate in self.sight.scope.iter().filter_map(|scope| scope.krate.as_ref()) {
            if let Some(extras) = self.crates.get(krate) {
                looked.extras.join(extras);
            }
        }
        None
    }

    /// Looks at a cell, and adds what it has to what the next ones see.
    fn look_through(&mut self, looked: &mut Looked<'_>) -> Result<(), CheckError> {
        self.sight.linked.clone_from(&looked.extras.linked);
        let Some(own) = self.look_at_items(looked)? else {
            self.hide(&looked.cell.id);
            return Ok(());
        };
        let own = own.as_deref();
        let split = &looked.split;
        if split.runs || (own.is_none() && !split.imports.is_empty()) {
            self.look_at_body(looked, own)?;
        }
        let added = looked.split.adds(own, &self.sight);
        self.hide(&looked.cell.id);
        self.sight.items.extend(added.items);
        self.sight.scope.retain(|known| !added.scope.contains(known));
        self.sight.scope.extend(added.scope);
        Ok(())
    }

    /// The crate of the cell's items, if it has any; nothing when they don't compile.
    fn look_at_items(
        &mut self,
        looked: &mut Looked<'_>,
    ) -> Result<Option<Option<String>>, CheckError> {
        let (split, source) = (&looked.split, looked.cell.source.as_str());
        if split.broken || !split.has_items(&self.sight) {
            return Ok(Some(None));
        }
        let made = split.items_text(source, &self.sight);
        let shared = split.items.iter().any(|item| item.is_static);
        let compiler = &self.checker.compiler;
        let (name, target) = compiler.items_place(made.made.text(), shared, &looked.extras);
        let file = format!("cell-{name}.rs");
        let output = if shared { Output::SharedItems } else { Output::Items };
        let compiled = self.compile(looked, &name, output, &file, &made, &target)?;
        let is_right = compiled.is_ok();
        let found = compiled.unwrap_or_else(|found| found);
        let told = self.mistakes(looked, &found, &[], &[], true);
        looked.found.extend(told);
        self.crates.insert(name.clone(), looked.extras.clone());
        Ok(is_right.then_some(Some(name)))
    }

    /// Looks at what of the cell would run, and takes note of what it leaves behind.
    fn look_at_body(
        &mut self,
        looked: &mut Looked<'_>,
        own: Option<&str>,
    ) -> Result<(), CheckError> {
        let inputs = match self.inputs(looked) {
            Ok(inputs) => inputs,
            Err(why) => {
                looked.found.push(*why);
                return Ok(());
            }
        };
        for krate in inputs.iter().flat_map(|input| crates_in(&input.path)) {
            if let Some(extras) = self.crates.get(&krate) {
                looked.extras.join(extras);
            }
        }
        let id = &looked.cell.id;
        let is_read = |name: &String| {
            let mut all = self.links.values();
            all.any(|it| it.used.get(name).is_some_and(|maker| maker == id))
        };
        let read: Vec<String> =
            looked.split.lets.iter().filter(|it| is_read(it)).cloned().collect();
        let mut left: Vec<(String, String)> = Vec::new();
        let mut rounds = 0;
        let (found, target, asked) = loop {
            let kept = |name: &&String| !left.iter().any(|(it, _)| it == *name);
            let exports: Vec<String> = looked.split.lets.iter().filter(kept).cloned().collect();
            let asked: Vec<String> = read.iter().filter(kept).cloned().collect();
            let (split, source) = (&looked.split, looked.cell.source.as_str());
            let lines = types::asking(&asked);
            let made = split.body_text_with(source, &self.sight, own, &inputs, &exports, &lines);
            let mut target = self.checker.compiler.body_place(made.made.text(), &looked.extras);
            if !asked.is_empty() {
                target.set_extension(TYPES);
            }
            match self.compile(looked, "cell", Output::Body, BODY, &made, &target)? {
                Ok(remarks) => break (remarks, target, asked),
                Err(found) => {
                    let unkept = unexportable(&found, &made, &exports);
                    if unkept.is_empty() || rounds == ROUNDS {
                        let told = self.mistakes(looked, &found, &left, &inputs, false);
                        looked.found.extend(told);
                        return Ok(());
                    }
                    left.extend(unkept);
                    rounds += 1;
                }
            }
        };
        let told = self.mistakes(looked, &found, &left, &inputs, false);
        looked.found.extend(told);
        let mir = if asked.is_empty() { String::new() } else { std::fs::read_to_string(&target)? };
        for (index, name) in asked.into_iter().enumerate() {
            let kind = types::told(&mir, index);
            if kind.is_none() {
                left.push((name.clone(), format!("`{name}` isn't kept: its type has no name")));
            }
            self.types.insert((looked.cell.id.clone(), name), kind);
        }
        for (name, why) in left {
            self.types.insert((looked.cell.id.clone(), name.clone()), None);
            self.left.insert(name, (looked.label.clone(), why));
        }
        Ok(())
    }

    /// The values that a cell reads, or why they aren't known.
    fn inputs(&self, looked: &Looked<'_>) -> Result<Vec<Input>, Box<Mistake>> {
        let options = Options::of(Language::Rust, &looked.cell.source);
        let wanted: BTreeMap<&str, &str> = options
            .typed("in")
            .into_iter()
            .filter_map(|(name, path)| Some((name, path?)))
            .collect();
        let mut inputs = Vec::new();
        for name in looked.facts.now.keys() {
            let name: &str = name;
            if name == SCOPE || self.sight.items.contains_key(name) {
                continue;
            }
            let Some(maker) = looked.links.used.get(name) else { continue };
            let path = match wanted.get(name) {
                Some(path) => (*path).to_owned(),
                None => match self.type_of(maker, name) {
                    Some(Some(path)) => path,
                    // It isn't left behind: the compiler says that it isn't there.
                    Some(None) => continue,
                    None => return Err(Box::new(self.not_known(looked, name, maker))),
                },
            };
            inputs.push(Input { name: name.to_owned(), path });
        }
        Ok(inputs)
    }

    fn type_of(&self, maker: &CellId, name: &str) -> Option<Option<String>> {
        let cell = self.document.cell(maker)?;
        if cell.language == Language::Rust {
            return self.types.get(&(maker.clone(), name.to_owned())).cloned();
        }
        let links = self.links.get(maker)?;
        let known = links.defined.iter().find(|it| it.name == name);
        types::of_other(cell.language, known).map(Some)
    }

    fn not_known(&self, looked: &Looked<'_>, name: &str, maker: &CellId) -> Mistake {
        let links = self.links.get(maker);
        let has_run = links.is_some_and(|links| {
            links.defined.iter().any(|it| it.name == name && it.type_name.is_some())
        });
        let maker = self.label(maker);
        let (message, hint) = if has_run {
            // A list or a dict is what its elements are.
            (
                format!("rustc didn't look here: it can't tell of what type `{name}` is"),
                format!("say it on the first line of this cell: `//! in: {name}: TYPE`"),
            )
        } else {
            (
                format!("rustc didn't look here: nothing says yet of what type `{name}` is"),
                format!(
                    "run {maker}, which makes it, or say it on the first line of this cell: \
                     `//! in: {name}: TYPE`"
                ),
            )
        };
        warning(looked.cell, name, message, Some(hint))
    }

    fn label(&self, cell: &CellId) -> String {
        let found = self.document.numbered().find(|(_, it)| it.id == *cell);
        let number = found.and_then(|(number, _)| number);
        number.map_or("another cell".to_owned(), |number| format!("cell {number}"))
    }

    /// Compiles a text of a cell unless it was compiled before: what is remarked, or what is
    /// wrong with it.
    fn compile(
        &mut self,
        looked: &Looked<'_>,
        name: &str,
        output: Output,
        file: &str,
        made: &Assembled,
        target: &Path,
    ) -> Result<Result<Vec<Diagnostic>, Vec<Diagnostic>>, CheckError> {
        self.texts.enter(
            file,
            Text {
                cell: looked.cell.id.to_string(),
                label: looked.label.clone(),
                source: looked.cell.source.clone(),
                made: made.made.clone(),
            },
        );
        let compiler = &self.checker.compiler;
        if !compiler.has(target) {
            let text = made.made.text();
            let (crates, extras) = (&made.crates, &looked.extras);
            let unit = Unit { name, output, file, text, crates, extras, target };
            match compiler.compile(&unit, self.stopped) {
                Ok(()) => {}
                Err(Failure::Faulty(found)) => return Ok(Err(found)),
                Err(Failure::Stopped) => return Err(CheckError::Stopped),
                Err(Failure::Broken(why)) => return Err(CheckError::Broken(why)),
            }
        }
        Ok(Ok(compiler.remarks(target)))
    }

    fn mistakes(
        &self,
        looked: &Looked<'_>,
        found: &[Diagnostic],
        left: &[(String, String)],
        inputs: &[Input],
        in_items: bool,
    ) -> Vec<Mistake> {
        let is_value = |name: &str| {
            looked.links.used.contains_key(name) && !self.sight.items.contains_key(name)
        };
        let is_lent = |name: &str| inputs.iter().any(|input| input.name == name);
        let (is_value, is_lent) = (&is_value, &is_lent);
        let (split, known) = (&looked.split, &self.left);
        let knowledge = Knowledge { is_value, is_lent, split, left: known, in_items };
        mistakes(found, &self.texts, &looked.cell.id, left, &knowledge)
    }
}

/// Something about a name of a cell, where it stands first.
fn warning(cell: &Cell, name: &str, message: String, hint: Option<String>) -> Mistake {
    let source = cell.source.as_str();
    let is_letter = |it: char| it.is_alphanumeric() || it == '_';
    let at = source.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = source[..*at].chars().next_back();
        let after = source[at + name.len()..].chars().next();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    });
    let range = at.map_or(0..0, |at| at..at + name.len());
    Mistake {
        from: text::length(&source[..range.start]),
        to: text::length(&source[..range.end]),
        severity: Severity::Warning,
        message,
        hint,
    }
}
