//! What people are told of a cell's names: what it makes, and from which cells it takes what
//! it uses. The same facts that decide what runs.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::Session;
use super::names::CellNames;
use super::result::CellResult;
use crate::facts::{Facts, Kind};
use crate::id::CellId;

/// The names of one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CellLinks {
    /// What it makes, by name.
    pub defined: Vec<DefinedName>,
    /// The names that it uses, also by way of functions that it may call, and the nearest
    /// cell above that makes each.
    pub used: BTreeMap<String, CellId>,
    /// Why it counts as using all names above (`eval`, `import *`).
    pub all: Option<String>,
}

/// A name that a cell makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DefinedName {
    /// The name.
    pub name: String,
    /// What kind of thing it is, as far as the text says.
    pub kind: NameKind,
    /// The value's type as its language names it; none before the cell has run.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// A few words for people (`100,000 × 4`).
    pub summary: Option<String>,
    /// Whether the value lives and dies with its interpreter.
    pub live: bool,
}

/// Kinds of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum NameKind {
    /// A computed value.
    Value,
    /// A number, a text, or a container of them, written out.
    Constant,
    /// A function.
    Function,
    /// A class.
    Class,
    /// A module, or what one holds.
    Import,
    /// A Rust cell's function, type, constant or macro.
    Item,
    /// A value from above, changed in place: its next version.
    Changed,
}

impl Session {
    /// What is told of the names of each code cell.
    pub fn links(&self) -> BTreeMap<CellId, CellLinks> {
        let mut makers: HashMap<String, CellId> = HashMap::new();
        let mut all = BTreeMap::new();
        for cell in self.document.cells() {
            let Some((names, facts)) = self.names.both(&cell.id) else { continue };
            let result = self.results.get(&cell.id).filter(|it| it.code == names.code);
            let made_of = |name: &String| Some((name.clone(), makers.get(name)?.clone()));
            let used = names.reads.iter().chain(&names.mutates).filter_map(made_of).collect();
            let defined = defined(names, facts, result);
            for name in &names.deletes {
                makers.remove(name);
            }
            makers.extend(defined.iter().map(|it| (it.name.clone(), cell.id.clone())));
            all.insert(cell.id.clone(), CellLinks { defined, used, all: names.coarse.clone() });
        }
        all
    }
}

fn defined(names: &CellNames, facts: &Facts, result: Option<&CellResult>) -> Vec<DefinedName> {
    let ran = result.map(|result| &result.defined);
    let mut all: BTreeMap<&str, NameKind> = BTreeMap::new();
    // What it really bound may be more than its text shows.
    all.extend(ran.into_iter().flatten().map(|(name, _)| (name.as_str(), NameKind::Value)));
    all.extend(names.mutates.iter().map(|name| (name.as_str(), NameKind::Changed)));
    all.extend(names.defs.keys().map(|name| {
        let changed = names.mutates.contains(name);
        let unsaid = if changed { NameKind::Changed } else { NameKind::Value };
        (name.as_str(), facts.defs.get(name.as_str()).map_or(unsaid, |it| kind_of(&it.kind)))
    }));
    let told = |(name, kind): (&str, NameKind)| {
        let value = ran.and_then(|defined| defined.get(name));
        // Python says what `import` and `from` give only when it has.
        let is_module = value.is_some_and(|it| it.type_name == "module");
        DefinedName {
            name: name.to_owned(),
            kind: if is_module { NameKind::Import } else { kind },
            type_name: value.map(|it| it.type_name.clone()).filter(|it| !it.is_empty()),
            summary: value.and_then(|it| it.summary.clone()),
            live: value.is_some_and(|it| it.live),
        }
    };
    all.into_iter().filter(|(name, _)| is_name(name)).map(told).collect()
}

/// Names for the machinery (a Rust cell's scope, `_`) are nobody's.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name.chars().any(|character| character != '_')
        && name.chars().all(|character| character.is_alphanumeric() || character == '_')
}

fn kind_of(kind: &Kind) -> NameKind {
    match kind {
        Kind::Value => NameKind::Value,
        Kind::Constant => NameKind::Constant,
        Kind::Function | Kind::WasmFunction => NameKind::Function,
        Kind::Class => NameKind::Class,
        Kind::Import(_) => NameKind::Import,
        Kind::Item => NameKind::Item,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Order;
    use crate::{Cell, Document, Language};

    fn check(cells: &[(Language, &str)], expected: &[(&str, &str)]) {
        let cells = (cells.iter().enumerate())
            .map(|(at, (language, source))| Cell::new(format!("c{at}"), *language, *source));
        let document = Document::new(cells.collect()).expect("a document");
        let links = Session::new(document, Order::Document, "test").links();
        let told: Vec<(String, String)> = (links.values())
            .map(|it| {
                let defined = it.defined.iter().map(|it| format!("{} {:?}", it.name, it.kind));
                let used = it.used.iter().map(|(name, cell)| format!("{name} of {cell}"));
                let join = |all: Vec<String>| all.join(", ");
                (join(defined.collect()), join(used.collect()))
            })
            .collect();
        let told: Vec<(&str, &str)> =
            told.iter().map(|(defined, used)| (defined.as_str(), used.as_str())).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn names_are_told_across_cells_and_languages() {
        use Language::{Markdown, Python, Sql};
        check(
            &[
                (Python, "import pandas as pd\nK = 3"),
                (Python, "df = pd.DataFrame()\ndef top(n): return df[:n + K]"),
                (Markdown, "df"),
                (Sql, "-- out: best\nselect * from DF"),
                (Python, "df['b'] = 1"),
                (Python, "del K\ntop(1), best"),
                (Python, "K, df"),
            ],
            &[
                ("K Constant, pd Import", ""),
                ("df Value, top Function", "pd of c0"),
                ("best Value", "df of c1"),
                ("df Changed", "df of c1"),
                ("", "K of c0, best of c3, df of c4, top of c1"),
                ("", "df of c4"),
            ],
        );
    }
}
