//! Where in a cell's text a name stands: for editors that go to definitions and mark
//! problems. Positions count UTF-16 units.

mod python;
mod rust;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::facts::facts;
use crate::misspelt::warnings;
use crate::session::CellLinks;
use crate::{Cell, CellId, Document, Language, text};

/// Where a name is defined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DefinedAt {
    /// The cell.
    pub cell: CellId,
    /// Where the name begins in its text.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// The name.
    pub name: String,
}

/// Something that is wrong with a cell's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Mistake {
    /// Where it begins.
    pub from: usize,
    /// Where it ends; `from` when it is a point.
    pub to: usize,
    /// `error` or `warning`.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// How bad a mistake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Severity {
    /// The cell can't run so.
    Error,
    /// It can.
    Warning,
}

/// Where the name that stands at a position of a cell is defined: within the cell, in the
/// nearest cell above that makes it, or below: functions are called later.
pub fn definition(
    document: &Document,
    links: &BTreeMap<CellId, CellLinks>,
    cell: &CellId,
    at: usize,
) -> Option<DefinedAt> {
    let found = document.cell(cell)?;
    let at = text::bytes(&found.source, at..at)?.start;
    let word = word_at(&found.source, at)?;
    let name = &found.source[word.clone()];
    let within = match found.language {
        Language::Python => python::bound_before(&found.source, &word),
        _ => None,
    };
    if let Some(place) = within {
        return Some(told(found, place, name));
    }
    let used = links.get(cell).and_then(|links| {
        // SQL doesn't tell upper case from lower.
        let folded = (found.language == Language::Sql).then(|| name.to_lowercase());
        let exactly = links.used.get_key_value(name);
        exactly.or_else(|| links.used.get_key_value(folded?.as_str()))
    });
    let (maker, name) = match used {
        Some((name, maker)) => (document.cell(maker)?, name.as_str()),
        None => (maker(document, links, cell, name)?, name),
    };
    Some(told(maker, place(maker, name)?, name))
}

/// The cell that makes a name which another one doesn't read while it runs.
fn maker<'a>(
    document: &'a Document,
    links: &BTreeMap<CellId, CellLinks>,
    cell: &CellId,
    name: &str,
) -> Option<&'a Cell> {
    let makes = |it: &&Cell| {
        links.get(&it.id).is_some_and(|it| it.defined.iter().any(|it| it.name == name))
    };
    let (above, rest) = document.cells().split_at(document.position(cell)?);
    above.iter().rev().find(makes).or_else(|| rest.iter().find(makes))
}

/// Where a cell's own level binds a name first.
fn place(cell: &Cell, name: &str) -> Option<Range<usize>> {
    match cell.language {
        Language::Python => python::bound_first(&cell.source, name),
        Language::Rust => rust::bound_first(&cell.source, name),
        Language::Sql | Language::Wasm => {
            let is_defined = facts(cell.language, &cell.source).defs.contains_key(name);
            is_defined.then(|| first_word(&cell.source, name))?
        }
        Language::Markdown | Language::Raw => None,
    }
}

fn told(cell: &Cell, place: Range<usize>, name: &str) -> DefinedAt {
    let Range { start: from, end: to } = units(&cell.source, place);
    DefinedAt { cell: cell.id.clone(), from, to, name: name.to_owned() }
}

/// What is wrong with a cell without running anything: what its parser says, and options that
/// look misspelt.
pub fn mistakes(language: Language, source: &str) -> Vec<Mistake> {
    let error = facts(language, source).error;
    let mistake = |error: crate::facts::SyntaxError| {
        let (from, to) = at_line(source, error.line, error.column, 0);
        Mistake { from, to, severity: Severity::Error, message: error.message, hint: None }
    };
    error.map(mistake).into_iter().chain(warnings(language, source)).collect()
}

/// The range of so many characters from a line and a column on, both from 1; of the word that
/// stands there when no number is given.
pub fn at_line(source: &str, line: u32, column: u32, characters: u32) -> (usize, usize) {
    let line = (line.max(1) - 1) as usize;
    let start = source.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
    let text = source[start..].split('\n').next().unwrap_or_default();
    let byte =
        |count: usize| start + text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    let column = (column.max(1) - 1) as usize;
    let from = byte(column);
    let range = match characters {
        0 => from..word_at(source, from).map_or(from, |word| word.end),
        _ => from..byte(column + characters as usize),
    };
    let Range { start, end } = units(source, range);
    (start, end)
}

/// The word around a position, in bytes.
fn word_at(source: &str, at: usize) -> Option<Range<usize>> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let before = source[..at].trim_end_matches(is_word).len();
    let after = source.len() - source[at..].trim_start_matches(is_word).len();
    let starts = source[before..].starts_with(|first: char| !first.is_numeric());
    (before < after && starts).then_some(before..after)
}

/// The first place where a word stands by itself, in bytes.
fn first_word(source: &str, name: &str) -> Option<Range<usize>> {
    let places = source.match_indices(name).map(|(at, _)| at..at + name.len());
    let mut whole = places.filter(|place| word_at(source, place.start).as_ref() == Some(place));
    whole.next()
}

fn units(source: &str, bytes: Range<usize>) -> Range<usize> {
    let unit = |byte: usize| text::length(&source[..byte.min(source.len())]);
    unit(bytes.start)..unit(bytes.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Order, Session};

    /// `‸` stands behind the first letter of the name in question; what is found is given as
    /// `cell:from-to`.
    fn check(cells: &[(Language, &str)], expected: Option<&str>) {
        let mut asked = None;
        let cells = (cells.iter().enumerate()).map(|(number, (language, source))| {
            let id = format!("c{number}");
            if let Some(at) = source.find('‸') {
                asked = Some((CellId::from(id.as_str()), text::length(&source[..at])));
            }
            Cell::new(id, *language, source.replace('‸', ""))
        });
        let document = Document::new(cells.collect()).expect("a document");
        let links = Session::new(document.clone(), Order::Document, "test").links();
        let (cell, at) = asked.expect("a name");
        let found = definition(&document, &links, &cell, at);
        let found = found.map(|it| format!("{}:{}-{}", it.cell, it.from, it.to));
        assert_eq!(found.as_deref(), expected, "{:?}", document.cells().last());
    }

    #[test]
    fn a_definition_is_found_in_the_cell_or_above() {
        use Language::{Python, Rust, Sql, Wasm};
        check(&[(Python, "é𝄞 = 1\nab = 2"), (Python, "a‸b")], Some("c0:8-10"));
        check(&[(Python, "a = 1"), (Python, "a = a‸ + 1")], Some("c0:0-1"));
        check(&[(Python, "a = 1"), (Python, "a = 2\na‸")], Some("c1:0-1"));
        check(&[(Python, "def f(x):\n  return x‸")], Some("c0:6-7"));
        check(&[(Python, "x = 1"), (Python, "def f():\n  return x‸")], Some("c0:0-1"));
        check(&[(Python, "def f():\n  global x\n  return x‸\nx = 1")], Some("c0:31-32"));
        check(&[(Python, "[y for y in [] if y‸]")], Some("c0:7-8"));
        check(&[(Python, "%%time\nimport a.b as c, d"), (Python, "c‸")], Some("c0:21-22"));
        check(&[(Python, "!ls\nfrom m import (k,\n  n)"), (Python, "n‸")], Some("c0:24-25"));
        check(&[(Python, "class Ab: pass"), (Python, "A‸b()")], Some("c0:6-8"));
        check(&[(Python, "p‸rint(1)")], None);
        check(&[(Python, "1‸2")], None);
        check(&[(Python, "df = 1"), (Sql, "select * from D‸F")], Some("c0:0-2"));
        check(&[(Sql, "-- out: top\nselect 1"), (Python, "t‸op")], Some("c0:8-11"));
        check(&[(Rust, "// fn f\nfn f() {}"), (Rust, "f‸()")], Some("c0:11-12"));
        check(&[(Rust, "let (a, mut b) = (1, 2);"), (Rust, "b‸ + 1")], Some("c0:12-13"));
        let wat = "(module (func (export \"twice\") (param i64) (result i64) local.get 0))";
        check(&[(Wasm, wat), (Python, "t‸wice(2)")], Some("c0:23-28"));
    }

    #[test]
    fn what_cannot_be_parsed_is_told_with_its_place() {
        let check = |language, source: &str, expected: Option<(usize, usize)>| {
            let found = mistakes(language, source);
            assert_eq!(found.first().map(|it| (it.from, it.to)), expected, "{found:?}");
        };
        check(Language::Python, "x = 1", None);
        check(Language::Python, "'𝄞'\nx = = 1", Some((9, 9)));
        check(Language::Sql, "select 1\nfrm t group", Some((13, 14)));
        check(Language::Rust, "let x = ;", Some((8, 8)));
        check(Language::Markdown, "# = =", None);
    }
}
