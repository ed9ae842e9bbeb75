//! What the text of each cell says about names, in the light of the cells above it: found
//! once for each version of a cell's text.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::environment::Environment;
use super::result::CellResult;
use crate::cell::Cell;
use crate::document::Document;
use crate::facts::sql;
use crate::facts::{Class, Facts, Import, Kind, Name, SyntaxError, facts};
use crate::id::CellId;
use crate::language::Language;
use crate::resolve::{self, Delta, Source, resolve};

/// What the text of one cell says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellNames {
    /// Names that it reads while it runs.
    pub now: BTreeSet<String>,
    /// Names that it reads, with those that functions read that it may call (rule 4).
    pub reads: BTreeSet<String>,
    /// Names that it defines; whether it may leave out to do so.
    pub defs: BTreeMap<String, bool>,
    /// Names of which it changes the value in place.
    pub mutates: BTreeSet<String>,
    /// Names that it deletes.
    pub deletes: BTreeSet<String>,
    /// Names that its text can make again: functions, classes, imports, constants.
    pub made_by_source: BTreeSet<String>,
    /// Of these: functions.
    pub functions: BTreeSet<String>,
    /// Of these: constants.
    pub constants: BTreeSet<String>,
    /// Names that it defines and that a cell in another language reads.
    pub exports: Vec<String>,
    /// Modules whose code it may use, dotted, and the packages that they belong to.
    pub imports: BTreeSet<String>,
    /// Names that it binds to modules, or to what they hold.
    pub imported: BTreeMap<String, Import>,
    /// How it may be brought back.
    pub class: Class,
    /// Whether it changes something outside of the process.
    pub outward: bool,
    /// Why its result must not be kept, beyond what its inputs say.
    pub unkeepable: Option<String>,
    /// What `# flownote: cache` or `no-cache` says.
    pub caching: Option<bool>,
    /// Why it counts as reading all names above.
    pub coarse: Option<String>,
    /// Why it can't be parsed.
    pub error: Option<SyntaxError>,
    /// The digest of its code.
    pub code: String,
}

impl CellNames {
    /// The names that it reads, of those in sight.
    pub fn reads_in(&self, environment: &Environment) -> BTreeSet<String> {
        if self.coarse.is_some() {
            return environment.iter().map(|(name, _)| name.clone()).collect();
        }
        self.reads.iter().filter(|name| environment.get(name).is_some()).cloned().collect()
    }

    /// Whether its text alone makes a name's value again.
    pub fn makes_again(&self, name: &str) -> bool {
        self.made_by_source.contains(name)
    }

    /// Why the cache is never asked for what it gives: its text says so.
    pub fn unasked(&self) -> Option<String> {
        match (&self.unkeepable, self.class) {
            _ if self.caching == Some(false) => Some("it says `no-cache`".to_owned()),
            (Some(effect), _) => Some(format!("it {effect}")),
            (None, Class::Definition) => {
                Some("what it defines is made anew in each session".to_owned())
            }
            (None, Class::Effect) => {
                Some("it changes more than the names that it defines".to_owned())
            }
            (None, Class::Value) => None,
        }
    }

    /// The modules that it imports of which nothing is known.
    pub fn unknown_modules(&self, known: &BTreeMap<String, String>) -> BTreeSet<String> {
        self.imports.iter().filter(|name| !known.contains_key(*name)).cloned().collect()
    }
}

/// What the texts of all cells say.
#[derive(Clone, Debug, Default)]
pub struct Names {
    facts: HashMap<CellId, (Language, String, Arc<Facts>)>,
    cells: HashMap<CellId, Arc<CellNames>>,
    /// At a prompt: what functions so far read when they are called, by the language of those
    /// who can call them.
    late: HashMap<Language, BTreeSet<String>>,
}

impl Names {
    /// What the text of a cell says; nothing for text cells.
    pub fn get(&self, cell: &CellId) -> Option<&Arc<CellNames>> {
        self.cells.get(cell)
    }

    /// What the text of a cell says in the light of those above, and by itself.
    pub fn both(&self, cell: &CellId) -> Option<(&CellNames, &Facts)> {
        Some((self.cells.get(cell)?, &self.facts.get(cell)?.2))
    }

    /// Looks at the document again; only cells whose text changed are read.
    pub fn refresh(&mut self, document: &Document, results: &HashMap<CellId, CellResult>) {
        let mut read = HashMap::new();
        for cell in document.cells().iter().filter(|cell| cell.language.is_code()) {
            let known = self.facts.remove(&cell.id);
            read.insert(
                cell.id.clone(),
                known
                    .filter(|it| it.0 == cell.language && it.1 == cell.source)
                    .unwrap_or_else(|| read_cell(cell)),
            );
        }
        self.facts = read;
        self.resolve(document, results);
    }

    /// Looks at cells that were put behind all others, at a prompt.
    pub fn add(&mut self, document: &Document, touched: &[CellId]) {
        let cells = touched.iter().filter_map(|id| document.cell(id));
        for cell in cells.filter(|cell| cell.language.is_code()) {
            self.facts.insert(cell.id.clone(), read_cell(cell));
            self.resolve_alone(cell);
        }
    }

    /// Takes note of what an execution really did, where the text left that open.
    pub fn note(
        &mut self,
        document: &Document,
        results: &HashMap<CellId, CellResult>,
        cell: &CellId,
    ) {
        let (Some(names), Some(result)) = (self.cells.get(cell), results.get(cell)) else { return };
        let as_written = names.coarse.is_none()
            && names
                .defs
                .iter()
                .all(|(name, conditional)| !conditional && result.defined.contains_key(name))
            && result.defined.keys().all(|name| names.defs.contains_key(name));
        if !as_written {
            self.resolve(document, results);
        }
    }
}

fn read_cell(cell: &Cell) -> (Language, String, Arc<Facts>) {
    (cell.language, cell.source.clone(), Arc::new(facts(cell.language, &cell.source)))
}

impl Names {
    /// Says for each cell what it reads, what others want of it, and how it may be restored.
    /// What executions really did decides where the text leaves it open.
    fn resolve(&mut self, document: &Document, results: &HashMap<CellId, CellResult>) {
        let code = document.cells().iter().filter(|cell| cell.language.is_code());
        let read: Vec<(&Cell, &Facts)> =
            code.filter_map(|cell| Some((cell, &*self.facts.get(&cell.id)?.2))).collect();
        let deltas: Vec<Option<Delta>> = (read.iter())
            .map(|(cell, facts)| {
                let result = results.get(&cell.id)?;
                let told = result.is_whole() && result.code == *facts.code;
                told.then(|| result.delta())
            })
            .collect();
        let sources: Vec<Source<'_>> = (read.iter().zip(&deltas))
            .map(|((cell, facts), delta)| Source {
                language: cell.language,
                facts,
                delta: delta.as_ref(),
            })
            .collect();
        let resolution = resolve(&sources);
        let found = read.iter().zip(&resolution.cells);
        self.cells = found
            .map(|((cell, facts), names)| {
                (cell.id.clone(), Arc::new(CellNames::new(cell, facts, names)))
            })
            .collect();
    }

    /// The same for one cell that stands at a prompt. What was typed before is bound already,
    /// but for values of other languages: so it reads what all code so far that it can call may
    /// read late.
    fn resolve_alone(&mut self, cell: &Cell) {
        let Some((_, _, facts)) = self.facts.get(&cell.id) else { return };
        let alone = Source { language: cell.language, facts, delta: None };
        let resolution = resolve(&[alone]);
        let Some(found) = resolution.cells.first() else { return };
        let mut names = CellNames::new(cell, facts, found);
        let late = self.late.entry(cell.language).or_default();
        late.extend(facts.late.iter().map(ToString::to_string));
        names.reads.extend(names.now.iter().cloned());
        names.reads.extend(late.iter().cloned());
        // Whether a query calls a value is known to whoever runs it.
        let called = facts.functions.iter().filter(|name| !sql::is_own_function(name));
        names.reads.extend(called.map(ToString::to_string));
        names.mutates.extend(facts.mutates.keys().map(ToString::to_string));
        self.cells.insert(cell.id.clone(), Arc::new(names));
    }
}

impl CellNames {
    fn new(cell: &Cell, facts: &Facts, names: &resolve::CellNames) -> Self {
        let made = |it: &crate::facts::Definition| !matches!(it.kind, Kind::Value);
        let texts = |names: &BTreeSet<Name>| names.iter().map(ToString::to_string).collect();
        let made = facts.defs.iter().filter(|(_, it)| made(it));
        let of_kind = |kind: &Kind| {
            let of_it = facts.defs.iter().filter(|(_, it)| it.kind == *kind);
            of_it.map(|(name, _)| name.to_string()).collect()
        };
        let imported = facts.defs.iter().filter_map(|(name, it)| match &it.kind {
            Kind::Import(import) => Some((name.to_string(), import.clone())),
            _ => None,
        });
        let caching = cell.options().cache();
        let effect = names.effects.first().map(|effect| effect.why.to_string());
        Self {
            now: facts.now.keys().map(ToString::to_string).collect(),
            reads: names.reads.keys().map(ToString::to_string).collect(),
            defs: names.defines.iter().map(|(name, it)| (name.to_string(), *it)).collect(),
            mutates: names.mutates.keys().map(ToString::to_string).collect(),
            deletes: texts(&names.deletes),
            made_by_source: made.map(|(name, _)| name.to_string()).collect(),
            functions: of_kind(&Kind::Function),
            constants: of_kind(&Kind::Constant),
            exports: names.exports.iter().map(ToString::to_string).collect(),
            imports: facts.modules().into_iter().map(str::to_owned).collect(),
            imported: imported.collect(),
            class: if caching == Some(true) { Class::Value } else { names.class },
            outward: names.outward(),
            unkeepable: effect.filter(|_| caching != Some(true)),
            caching,
            coarse: names.coarse.as_deref().map(str::to_owned),
            error: facts.error.clone(),
            code: facts.code.to_string(),
        }
    }
}
