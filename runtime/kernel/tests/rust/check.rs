//! The compiler looks at the Rust cells of a notebook before any of them runs.

use flownote_flow::help::Help;
use flownote_kernel::rust::{CheckError, Checker, Level, MissingToolchain, Setup, Toolchain};
use flownote_notebook::Language::{Python, Rust, Sql};
use flownote_notebook::places::{Mistake, Severity};
use flownote_notebook::session::{Order, Session};
use flownote_notebook::{Cell, Document, Language, text};

/// What is found in these cells: the cell, the text that is marked, and what is said.
fn found(cells: &[(Language, &str)]) -> Vec<(usize, String, Mistake)> {
    found_of(cells, |_, _| None)
}

/// The same, when names have run and are of a type.
fn found_of(
    cells: &[(Language, &str)],
    type_of: impl Fn(&str, Language) -> Option<&'static str>,
) -> Vec<(usize, String, Mistake)> {
    let toolchain = Toolchain::find().unwrap_or_else(|error| panic!("{error}"));
    let setup = Setup::new(Setup::folder(), toolchain);
    setup.build(Level::Base, &mut |_| ()).unwrap_or_else(|error| panic!("{error}"));
    let checker = Checker::of(setup).unwrap_or_else(|error| panic!("{error}"));
    let made = (cells.iter().enumerate())
        .map(|(at, (language, source))| Cell::new(format!("c{at}"), *language, *source));
    let document = Document::new(made.collect()).expect("a document");
    let mut links = Session::new(document.clone(), Order::Document, "test").links();
    for (cell, links) in &mut links {
        let language = document.cell(cell).expect("there").language;
        for name in &mut links.defined {
            name.type_name = type_of(&name.name, language).map(str::to_owned);
        }
    }
    let all = checker.check(&document, &links, &|| false);
    let all = all.unwrap_or_else(|error| panic!("{error}"));
    let place = |at: &str| at[1..].parse::<usize>().expect("a number");
    all.into_iter()
        .flat_map(|(cell, mistakes)| {
            let at = place(cell.as_str());
            mistakes.into_iter().map(move |it| {
                let source = cells[at].1;
                let marked = text::bytes(source, it.from..it.to).expect("within the cell");
                (at, source[marked].to_owned(), it)
            })
        })
        .collect()
}

#[test]
fn what_is_right_is_passed_over() {
    let cells = [
        (
            Rust,
            "#[derive(Clone, Debug)]\nstruct Model { a: f64 }\nfn score(m: &Model) -> f64 { m.a }",
        ),
        (
            Rust,
            "let model = Model { a: 1.5 };\nlet names = vec![String::from(\"é\")];\nmodel.clone()",
        ),
        (Sql, "-- out: top\nSELECT 1 AS one"),
        (
            Rust,
            "let total = score(model) + top.f64(\"one\")?.len() as f64;\nformat!(\"{total} {}\", names.len())",
        ),
    ];
    assert_eq!(found(&cells), vec![]);
}

#[test]
fn mistakes_stand_at_their_places() {
    let cells = [
        (Rust, "struct Model { a: f64, b: f64 }"),
        (Rust, "let greeting = \"😀é\"; let model = Model { a: 1.0 };\nmodel.a"),
        (Rust, "let mut steps = 3;\nsteps"),
    ];
    let all = found(&cells);
    let told: Vec<(usize, &str, Severity)> =
        all.iter().map(|(at, marked, it)| (*at, marked.as_str(), it.severity)).collect();
    let expected = vec![(1, "Model", Severity::Error), (2, "mut steps", Severity::Warning)];
    assert_eq!(told, expected, "{all:?}");
    let message = &all[0].2.message;
    assert!(message.contains("missing field `b`") && message.contains("(E0063)"), "{message}");
}

#[test]
fn values_of_rust_cells_have_the_types_that_they_will_have() {
    // A number without a type is an `i32` where it is made, whatever others would like.
    let cells = [
        (
            Rust,
            "let count = 3;\nlet sizes = std::collections::HashMap::from([(\"a\".to_string(), 1.5)]);",
        ),
        (Rust, "let wide: i64 = count;\nlet size: f64 = sizes[\"a\"];\n(wide, size)"),
    ];
    let all = found(&cells);
    assert_eq!(all.len(), 1, "{all:?}");
    let (at, marked, mistake) = &all[0];
    assert_eq!((*at, marked.as_str()), (1, "count"), "{mistake:?}");
    assert!(mistake.message.contains("expected `i64`, found `i32`"), "{mistake:?}");
    assert!(mistake.hint.as_deref().is_some_and(|it| it.contains(".into()")), "{mistake:?}");
}

#[test]
fn what_is_not_left_behind_is_told_where_it_is_read() {
    let cells = [
        (
            Rust,
            "let text = String::from(\"a b\");\nlet words: Vec<&str> = text.split(' ').collect();\nlet twice = |x: i32| 2 * x;",
        ),
        (Rust, "words.len()"),
        (Rust, "twice(2)"),
    ];
    let all = found(&cells);
    let of = |cell: usize| {
        let found = all.iter().find(|(at, ..)| *at == cell);
        &found.unwrap_or_else(|| panic!("nothing is said of {cell}: {all:?}")).2
    };
    let hint = of(1).hint.as_deref().unwrap_or_default();
    assert!(hint.contains("`words` borrows from `text`"), "{all:?}");
    assert!(of(2).hint.as_deref().is_some_and(|it| it.contains("`twice` isn't kept")), "{all:?}");
}

#[test]
fn values_of_other_languages_have_the_type_that_they_had() {
    let cells = [(Python, "n = int('3')"), (Rust, "let name: String = n;")];
    let ran = found_of(&cells, |name, _| (name == "n").then_some("int"));
    assert!(ran[0].2.message.contains("expected `String`, found `i64`"), "{ran:?}");
    // Before that nobody knows, and the cell isn't taken to be right.
    let all = found(&cells);
    assert_eq!((all.len(), all[0].0, all[0].1.as_str()), (1, 1, "n"), "{all:?}");
    let mistake = &all[0].2;
    assert!(mistake.severity == Severity::Warning && mistake.message.contains("didn't look"));
    assert!(mistake.hint.as_deref().is_some_and(|it| it.contains("run cell 1")), "{mistake:?}");
    let said = [(Python, "n = int('3')"), (Rust, "//! in: n: i64\nlet wide: i64 = n;\nwide")];
    assert_eq!(found(&said), vec![]);
}

#[test]
fn a_cell_that_stands_on_a_broken_one_is_left_alone() {
    let cells = [
        (Rust, "fn area(side: f64) -> f64 { side * sde }"),
        (Rust, "area(2.0)"),
        (Rust, "1 + 1"),
        (Rust, "let x = ;"),
    ];
    let all = found(&cells);
    let told: Vec<(usize, &str)> =
        all.iter().map(|(at, marked, _)| (*at, marked.as_str())).collect();
    assert_eq!(told[..2], [(0, "sde"), (1, "area")], "{all:?}");
    assert!(told[2..].iter().all(|(at, _)| *at == 3) && told.len() > 2, "{all:?}");
    assert!(all[1].2.message.contains("cell 1"), "{all:?}");
}

#[test]
fn what_is_missing_is_told_and_how_it_comes() {
    let empty = tempfile::tempdir().expect("a folder");
    let setup = Setup::new(empty.path().to_owned(), Toolchain::find().expect("a compiler"));
    let error = Checker::of(setup).expect_err("nothing was built there");
    assert!(matches!(error, CheckError::NotSetUp), "{error}");
    assert!(error.hint().is_some_and(|it| it.contains("flownote rust setup")));
    let error = CheckError::from(MissingToolchain::NoRustc);
    assert!(error.to_string().contains("not installed"), "{error}");
    assert!(error.hint().is_some_and(|it| it.contains("rustup")));
}
