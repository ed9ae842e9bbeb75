//! What the text of each cell says about names, in the light of the cells above it: found
//! once for each version of a cell's text.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::environment::Environment;
use super::values::Group;
use crate::document::Document;
use crate::facts::{Class, Facts, Kind, SyntaxError, facts};
use crate::id::CellId;
use crate::language::Language;

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
    /// Modules that it imports, by their first names.
    pub imports: BTreeSet<String>,
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
    wanted: HashMap<CellId, Vec<String>>,
}

impl Names {
    /// What the text of a cell says; nothing for text cells.
    pub fn get(&self, cell: &CellId) -> Option<&Arc<CellNames>> {
        self.cells.get(cell)
    }

    /// The names of a cell that cells of other interpreters read.
    pub fn wanted_elsewhere(&self, cell: &CellId) -> Vec<String> {
        self.wanted.get(cell).cloned().unwrap_or_default()
    }

    /// Looks at the document again; only cells whose text changed are read.
    pub fn refresh(&mut self, document: &Document) {
        let mut read = HashMap::new();
        for cell in document.cells().iter().filter(|cell| cell.language.is_code()) {
            let known = self.facts.remove(&cell.id).filter(|(language, source, _)| {
                *language == cell.language && *source == cell.source
            });
            let known = known.unwrap_or_else(|| {
                let facts = Arc::new(facts(cell.language, &cell.source));
                (cell.language, cell.source.clone(), facts)
            });
            read.insert(cell.id.clone(), known);
        }
        self.facts = read;
        self.resolve(document);
    }
}

impl Names {
    /// Says for each cell what it reads, what others want of it, and how it may be restored.
    fn resolve(&mut self, document: &Document) {
        let mut in_sight: HashMap<String, Vec<CellId>> = HashMap::new();
        let mut wanted: HashMap<CellId, BTreeSet<String>> = HashMap::new();
        let mut cells = HashMap::new();
        for cell in document.cells() {
            let Some((_, _, facts)) = self.facts.get(&cell.id) else { continue };
            let names = self.names_of(facts, cell.options().cache(), &in_sight);
            for name in &names.reads {
                for producer in in_sight.get(name).into_iter().flatten() {
                    let language = document.cell(producer).map(|it| it.language);
                    if language.and_then(Group::of) != Group::of(cell.language) {
                        wanted.entry(producer.clone()).or_default().insert(name.clone());
                    }
                }
            }
            for (name, conditional) in &names.defs {
                let definers = in_sight.entry(name.clone()).or_default();
                if !conditional {
                    definers.clear();
                }
                definers.push(cell.id.clone());
            }
            names.deletes.iter().for_each(|name| drop(in_sight.remove(name)));
            cells.insert(cell.id.clone(), Arc::new(names));
        }
        self.cells = cells;
        self.wanted =
            (wanted.into_iter()).map(|(cell, names)| (cell, names.into_iter().collect())).collect();
    }

    fn names_of(
        &self,
        facts: &Facts,
        caching: Option<bool>,
        in_sight: &HashMap<String, Vec<CellId>>,
    ) -> CellNames {
        let now: BTreeSet<String> = facts.now.keys().map(ToString::to_string).collect();
        let mutates: BTreeSet<String> = facts.mutates.keys().map(ToString::to_string).collect();
        let mut waiting: Vec<String> = now.iter().chain(&mutates).cloned().collect();
        if facts.class != Class::Definition {
            waiting.extend(facts.late.iter().map(ToString::to_string));
        }
        let mut reads = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            let Some(definers) = in_sight.get(&name) else { continue };
            if !reads.insert(name.clone()) {
                continue;
            }
            for (_, _, facts) in definers.iter().filter_map(|cell| self.facts.get(cell)) {
                let late = facts.defs.get(name.as_str()).map(|it| it.behaviour.late.keys());
                waiting.extend(late.into_iter().flatten().map(ToString::to_string));
            }
        }
        let made = |(_, it): &(&_, &crate::facts::Definition)| !matches!(it.kind, Kind::Value);
        let defined = facts.defs.iter().map(|(name, it)| (name.to_string(), it.conditional));
        let mutated = mutates.iter().map(|name| (name.clone(), false));
        CellNames {
            now,
            reads,
            defs: mutated.chain(defined).collect(),
            mutates,
            deletes: facts.deletes.iter().map(ToString::to_string).collect(),
            made_by_source: facts.defs.iter().filter(made).map(|(it, _)| it.to_string()).collect(),
            imports: facts.top_level_imports().into_iter().map(str::to_owned).collect(),
            class: facts.class,
            outward: facts.outward(),
            unkeepable: facts.effect().map(|effect| effect.why.to_string()),
            caching,
            coarse: facts.coarse.as_deref().map(str::to_owned),
            error: facts.error.clone(),
            code: facts.code.to_string(),
        }
    }
}
