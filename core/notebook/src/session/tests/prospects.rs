//! What a run that takes what is kept would do, told from the record alone.

use std::collections::BTreeMap;

use crate::session::environment::Environment;
use crate::session::*;
use crate::{Cell, Document, Language, facts};

/// Cells as they ran: id, source, what they read, what they defined (`live` can't be kept).
type Ran = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const CELLS: [Ran; 6] = [
    ("number", "n = 3", &[], &["n"]),
    ("closure", "add = make(n)", &["n"], &["add live"]),
    ("sum", "total = add(2)", &["add"], &["total"]),
    ("told", "print(total)", &["total"], &[]),
    ("frame", "df = load(n)", &["n"], &["df"]),
    ("file", "wrote = keep(n)", &["n"], &["wrote"]),
];

/// The cells' record, with the inputs that a session would have written.
fn record() -> Vec<Past> {
    let cells = CELLS.iter().map(|ran| Cell::new(ran.0, Language::Python, ran.1)).collect();
    let document = Document::new(cells).expect("a document");
    let mut past = Vec::new();
    for ran in CELLS {
        let mut session = Session::new(document.clone(), Order::Document, "then");
        session.remember(past.clone());
        let mut environment = Environment::default();
        for cell in document.cells().iter().take(past.len()) {
            environment.pass(
                &cell.id,
                session.names.get(&cell.id).expect("a code cell"),
                session.results.get(&cell.id),
            );
        }
        let input = |name: &str| environment.get(name).map(|entry| session.input(name, entry));
        let inputs = ran.2.iter().filter_map(|name| Some(((*name).to_owned(), input(name)?)));
        past.push(as_it_ran(ran, inputs.collect()));
    }
    past
}

fn as_it_ran((id, source, _, defines): Ran, inputs: BTreeMap<String, Input>) -> Past {
    let mut defined = BTreeMap::new();
    for text in defines {
        let (name, live) = text.split_once(' ').map_or((*text, false), |(name, _)| (name, true));
        let digest = (!live).then(|| format!("digest of {name}"));
        let type_name = if live { "function" } else { "int" };
        let made = Defined { type_name: type_name.into(), live, digest, ..Defined::default() };
        defined.insert(name.to_owned(), made);
    }
    Past {
        cell: id.into(),
        code: facts(Language::Python, source).code.to_string(),
        inputs,
        modules: BTreeMap::new(),
        recipe: id.to_owned(),
        status: FinishStatus::Ok,
        defined,
        deleted: Vec::new(),
        unverified: (id == "file").then(|| "writes out.txt".to_owned()),
        unkept: (id == "closure").then(|| "its `add` (function) can't be kept".to_owned()),
        outputs: Vec::new(),
        origin: Origin::default(),
    }
}

/// What would happen to the cells, of which some have another text now.
fn check(edited: &[(&str, &str)], expected: &str) {
    let text = |ran: &Ran| {
        let new = edited.iter().find(|(id, _)| *id == ran.0).map(|(_, source)| *source);
        Cell::new(ran.0, Language::Python, new.unwrap_or(ran.1))
    };
    let document = Document::new(CELLS.iter().map(text).collect()).expect("a document");
    let mut session = Session::new(document, Order::Document, "now");
    session.remember(record());
    let told = session.prospects().into_iter().map(|(cell, prospect)| {
        let what = match prospect {
            Prospect::Reused => "reused".to_owned(),
            Prospect::Depends { cell, name } => format!("depends on {name} of {cell}"),
            Prospect::Again { why } => format!("again: {why}"),
            Prospect::Runs { why: Some(why) } => format!("runs: {why}"),
            Prospect::Runs { why: None } => "runs".to_owned(),
        };
        format!("{cell}: {what}")
    });
    assert_eq!(told.collect::<Vec<_>>().join("\n"), expected);
}

#[test]
fn a_value_that_cannot_be_kept_makes_its_cell_run_and_those_that_read_it() {
    check(
        &[],
        "number: again: what it defines is made anew in each session\n\
         closure: again: its `add` (function) can't be kept\n\
         sum: again: it reads `add` of cell 2, which can't be kept\n\
         told: depends on total of sum\n\
         frame: reused\n\
         file: again: it may differ: it writes out.txt",
    );
}

#[test]
fn what_stands_below_an_edit_runs() {
    check(
        &[("number", "n = 4"), ("told", "print(total, 1)")],
        "number: runs: its code was edited\n\
         closure: runs: cell `number` above is not fresh\n\
         sum: runs: cell `closure` above is not fresh\n\
         told: runs: its code was edited\n\
         frame: runs: cell `number` above is not fresh\n\
         file: runs: cell `number` above is not fresh",
    );
}

#[test]
fn a_cell_that_never_ran_runs() {
    let document = Document::new(vec![Cell::new("a", Language::Python, "f()")]).expect("one");
    let session = Session::new(document, Order::Document, "now");
    assert_eq!(session.prospects(), [("a".into(), Prospect::Runs { why: None })]);
}
