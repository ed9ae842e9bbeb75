//! The sweep from top to bottom.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::answer::{CellNames, Delta, Resolution, Source};
use super::version::{Origin, Sight, Version};
use crate::Language;
use crate::facts::{
    Alias, Behaviour, Class, Definition, Effect, Facts, Flow, Flows, Kind, Name, python::known, sql,
};

/// Says of each cell what it reads and from where, what it defines, and who reads that.
pub fn resolve(cells: &[Source<'_>]) -> Resolution {
    let mut sight = Sight::default();
    let mut answer = Resolution { cells: Vec::with_capacity(cells.len()) };
    for (at, cell) in cells.iter().enumerate() {
        let mut reader = Reader::new(at, cells, &sight);
        reader.read_all();
        reader.settle_changes();
        let (names, versions) = reader.finish();
        for (name, conditional, version) in versions {
            sight.bind(at, &name, conditional, version);
        }
        names.deletes.iter().for_each(|name| sight.unbind(name));
        if cell.facts.binds_unseen && cell.delta.is_none() {
            sight.unseen.push(at);
        }
        for (name, definers) in &names.reads {
            for definer in definers {
                let above = &mut answer.cells[*definer];
                above.readers.insert(at);
                if cells[*definer].language != cell.language {
                    above.exports.insert(name.clone());
                }
            }
        }
        answer.cells.push(names);
    }
    answer
}

/// One cell being resolved.
struct Reader<'a> {
    at: usize,
    cells: &'a [Source<'a>],
    facts: &'a Facts,
    delta: Option<&'a Delta>,
    sight: &'a Sight,
    names: CellNames,
    /// The code that this cell may run, of other cells.
    ran: BTreeSet<Origin>,
    /// Names that functions bind when this cell calls them.
    written: BTreeSet<Name>,
    calls_nothing: bool,
}

impl<'a> Reader<'a> {
    fn new(at: usize, cells: &'a [Source<'a>], sight: &'a Sight) -> Self {
        let facts = cells[at].facts;
        Reader {
            at,
            cells,
            facts,
            delta: cells[at].delta,
            sight,
            names: CellNames { coarse: facts.coarse.clone(), ..CellNames::default() },
            ran: BTreeSet::new(),
            written: BTreeSet::new(),
            calls_nothing: facts.definitions_only,
        }
    }

    fn read_all(&mut self) {
        let facts = self.facts;
        for (name, read) in &facts.now {
            self.read(name, read.at);
        }
        for name in facts.mutates.keys() {
            self.read(name, 0);
        }
        for name in &facts.functions {
            // A value may be a function of a model's; only what it is when it is there says so.
            let own = || sql::is_own_function(name);
            let given = |version: &Version| match version.kind {
                Kind::WasmFunction => true,
                Kind::Value => !own(),
                _ => false,
            };
            if self.sight.versions(name).any(given) {
                self.read(name, 0);
            }
        }
        for (name, methods) in &facts.methods {
            let changes = |version: &Version| {
                version.kind != Kind::Class
                    && version.origins.iter().any(|origin| {
                        let own = &self.behaviour(origin).mutating_methods;
                        methods.iter().any(|method| own.contains(method))
                    })
            };
            if self.sight.versions(name).any(changes) {
                self.change(name, true, &[]);
            }
        }
        for call in &facts.calls {
            if facts.defs.contains_key(&call.function) {
                continue;
            }
            let versions: Vec<Rc<BTreeSet<Origin>>> = self
                .sight
                .versions(&call.function)
                .map(|version| version.origins.clone())
                .collect();
            for origin in versions.iter().flat_map(|origins| origins.iter()) {
                for name in self.behaviour(origin).changed_arguments(&call.arguments) {
                    self.change(&name, true, &[]);
                }
            }
        }
        if self.names.coarse.is_some() {
            let all: Vec<Name> = self.sight.names().cloned().collect();
            all.iter().for_each(|name| self.read(name, 0));
        }
    }

    /// What the code at an origin does.
    fn behaviour(&self, (cell, name): &Origin) -> &'a Behaviour {
        static NOTHING: std::sync::LazyLock<Behaviour> =
            std::sync::LazyLock::new(Behaviour::default);
        let facts = self.cells[*cell].facts;
        let defined = facts.defs.get(name).map(|definition| &definition.behaviour);
        let put = facts.mutates.get(name).map(|mutation| &mutation.behaviour);
        defined.filter(|behaviour| !behaviour.is_empty()).or(put).unwrap_or(&NOTHING)
    }

    /// The cell reads a name, at a place of its own order.
    fn read(&mut self, name: &Name, place: u32) {
        if self.names.reads.contains_key(name) || self.names.missing.contains(name) {
            return;
        }
        let definers = self.sight.definers(name);
        if definers.is_empty() && self.cells[self.at].language == Language::Sql {
            // SQL takes a name in other case, if it is the only one.
            let mut same = self.sight.names().filter(|known| known.eq_ignore_ascii_case(name));
            if let (Some(known), None) = (same.next(), same.next()) {
                return self.read(&known.clone(), place);
            }
        }
        if definers.is_empty() {
            self.names.missing.insert(name.clone());
            return;
        }
        self.names.reads.insert(name.clone(), definers);
        let meant: Vec<(Rc<BTreeSet<Origin>>, bool)> =
            self.sight.versions(name).map(|v| (v.origins.clone(), v.stateful)).collect();
        for (origins, stateful) in meant {
            if stateful && self.facts.now.contains_key(name) {
                self.change(name, true, &[]);
            }
            for origin in origins.iter() {
                if self.ran.insert(origin.clone()) {
                    self.run(origin, place);
                }
            }
        }
    }

    /// The cell may run code of another cell: what that reads late is read here.
    fn run(&mut self, origin: &Origin, place: u32) {
        let behaviour = self.behaviour(origin);
        for name in behaviour.late.keys() {
            let own = self.facts.defs.get(name);
            if let Some(own) = own {
                for late in own.behaviour.late.keys().filter(|late| *late != name) {
                    self.read(late, place);
                }
            }
            if own.and_then(|own| own.since).is_none_or(|since| since > place) {
                self.read(name, place);
            }
        }
        if self.calls_nothing {
            return;
        }
        for (name, mutation) in &behaviour.mutates {
            if self.facts.defs.get(name).is_none_or(|own| own.since.is_none_or(|at| at >= place)) {
                self.change_by(name, mutation.deep, mutation.unsure);
            }
        }
        self.written.extend(behaviour.writes.iter().cloned());
        for effect in &behaviour.effects {
            self.note(effect);
        }
        if let Some(why) = &behaviour.coarse {
            self.names.coarse.get_or_insert_with(|| why.clone());
        }
    }

    fn change_by(&mut self, name: &Name, deep: bool, unsure: bool) {
        match self.sight.meaning(name).map(|version| version.kind) {
            Some(Kind::Import(import)) => {
                if !unsure {
                    let why = format!("changes `{}`", import.module).into();
                    self.push(Effect { why, line: 1, outward: false, depends_on: None });
                }
            }
            // A method of a function or class that is called for nothing changes nothing
            // that we could restore.
            Some(Kind::Function | Kind::Class | Kind::WasmFunction) if unsure => {}
            _ => self.change(name, deep, &[]),
        }
    }

    /// The cell changes the value of a name above, and of those who share it. `by` are the
    /// names on the way here.
    fn change(&mut self, name: &Name, deep: bool, by: &[&Name]) {
        let known = self.names.mutates.insert(name.clone(), deep);
        if let Some(known) = known {
            self.names.mutates.insert(name.clone(), known || deep);
            if known || !deep {
                return;
            }
        }
        self.read(name, 0);
        let shared = self.sight.versions(name).flat_map(|version| version.aliases.clone());
        let mut reached: BTreeMap<Name, bool> = BTreeMap::new();
        for (other, alias) in shared {
            match alias {
                Alias::Same => reached.insert(other, deep),
                Alias::Part => reached.insert(other, true),
                Alias::Holds if deep => reached.insert(other, true),
                Alias::Holds => None,
            };
        }
        // The other way round: who holds this one, or is it, changes with it.
        for other in self.sight.sharing(name) {
            match self.sight.versions(other).filter_map(|v| v.aliases.get(name)).max() {
                Some(Alias::Same) => reached.insert(other.clone(), deep),
                Some(Alias::Holds) => reached.insert(other.clone(), true),
                Some(Alias::Part) if deep => reached.insert(other.clone(), true),
                _ => None,
            };
        }
        let mut way = by.to_vec();
        way.push(name);
        for (other, deep) in reached {
            if !way.contains(&&other) {
                self.change(&other, deep, &way);
            }
        }
    }

    /// Settles what the cell's text alone left open.
    fn settle_changes(&mut self) {
        let facts = self.facts;
        for (name, mutation) in &facts.mutates {
            self.change_by(name, mutation.deep, mutation.unsure);
        }
        for effect in &facts.effects {
            self.note(effect);
        }
    }

    fn note(&mut self, effect: &Effect) {
        let real = match &effect.depends_on {
            None => true,
            Some(name) => match self.sight.meaning(name).map(|version| version.kind) {
                Some(Kind::Import(import)) => !known::is_quiet_module(&import.module),
                // What they do beyond computing is among their own effects.
                Some(_) => false,
                None => !self.facts.defs.contains_key(name),
            },
        };
        if real {
            self.push(effect.clone());
        }
    }

    fn push(&mut self, effect: Effect) {
        if !self.names.effects.contains(&effect) {
            self.names.effects.push(effect);
        }
    }

    /// The code that may come with the values of some names into a value made here.
    fn origins(&self, own: &Name, flows: &Flows, found: &mut BTreeSet<Origin>) {
        let mut seen = BTreeSet::new();
        for (name, flow) in flows {
            self.follow(own, name, *flow, found, &mut seen);
        }
    }

    fn follow(
        &self,
        own: &Name,
        name: &Name,
        flow: Flow,
        found: &mut BTreeSet<Origin>,
        seen: &mut BTreeSet<(Name, Flow)>,
    ) {
        if !seen.insert((name.clone(), flow)) {
            return;
        }
        if let Some(definition) = self.facts.defs.get(name).filter(|_| name != own) {
            if flow == Flow::Whole || !makes_no_code(definition) {
                if !definition.behaviour.is_empty() {
                    found.insert((self.at, name.clone()));
                }
            } else {
                for (late, how) in &definition.behaviour.late {
                    self.follow(own, late, how.flow, found, seen);
                }
            }
            for (inner, flow) in &definition.flows {
                self.follow(own, inner, *flow, found, seen);
            }
        }
        for version in self.sight.versions(name) {
            if flow == Flow::Whole || version.kind != Kind::Function {
                found.extend(version.origins.iter().cloned());
                continue;
            }
            // The result of a function holds what the function builds, not the function.
            for origin in version.origins.iter() {
                let behaviour = self.behaviour(origin);
                if behaviour.late.values().any(|late| late.escapes) {
                    found.insert(origin.clone());
                }
                for (late, how) in &behaviour.late {
                    self.follow(own, late, how.flow, found, seen);
                }
            }
        }
    }

    fn finish(mut self) -> (CellNames, Vec<(Name, bool, Version)>) {
        let facts = self.facts;
        let mut versions: BTreeMap<Name, (bool, Version)> = BTreeMap::new();
        for (name, definition) in &facts.defs {
            versions
                .insert(name.clone(), (definition.conditional, self.version_of(name, definition)));
        }
        for name in self.names.mutates.keys() {
            let mut version = self.sight.meaning(name).unwrap_or_default();
            if version.kind == Kind::Constant {
                version.kind = Kind::Value;
            }
            if let Some(mutation) = facts.mutates.get(name) {
                let mut origins = version.origins.as_ref().clone();
                self.origins(name, &mutation.flows, &mut origins);
                if !mutation.behaviour.is_empty() {
                    origins.insert((self.at, name.clone()));
                }
                version.origins = Rc::new(origins);
            }
            match versions.get_mut(name) {
                Some((conditional, known)) => {
                    *conditional = false;
                    known.merge(&version);
                }
                None => {
                    versions.insert(name.clone(), (false, version));
                }
            }
        }
        for name in std::mem::take(&mut self.written) {
            versions.entry(name).or_insert_with(|| (true, Version::default()));
        }
        self.names.deletes = facts.deletes.clone();
        if let Some(delta) = self.delta {
            versions.retain(|name, (conditional, _)| {
                let happened = delta.defined.contains(name);
                let keep = happened || !*conditional;
                *conditional = false;
                keep
            });
            for name in &delta.defined {
                versions.entry(name.clone()).or_default();
            }
            self.names.deletes.extend(delta.deleted.iter().cloned());
        }
        self.names.defines =
            versions.iter().map(|(name, (conditional, _))| (name.clone(), *conditional)).collect();
        self.names.class = if !self.names.effects.is_empty() {
            Class::Effect
        } else if facts.definitions_only && self.names.mutates.is_empty() {
            Class::Definition
        } else {
            Class::Value
        };
        let versions = versions.into_iter();
        let versions = versions.map(|(name, (conditional, version))| (name, conditional, version));
        (self.names, versions.collect())
    }

    fn version_of(&self, name: &Name, definition: &Definition) -> Version {
        let mut origins = BTreeSet::new();
        if !definition.behaviour.is_empty() {
            origins.insert((self.at, name.clone()));
        }
        self.origins(name, &definition.flows, &mut origins);
        Version {
            kind: definition.kind.clone(),
            origins: Rc::new(origins),
            aliases: definition.aliases.clone(),
            stateful: definition.stateful.is_some(),
        }
    }
}

/// Whether calling a function can't give code back that it wrote itself.
fn makes_no_code(definition: &Definition) -> bool {
    definition.kind == Kind::Function
        && !definition.behaviour.late.values().any(|late| late.escapes)
}
