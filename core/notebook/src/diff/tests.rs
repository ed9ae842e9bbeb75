//! What a reviewer sees.

use proptest::prelude::*;
use serde_json::json;

use super::{CellDifference, Difference, LineKind, diff, render};
use crate::tests::generator::{document, operation};
use crate::{Cell, Document, Language, Mode, Operation, Output};

fn notebook() -> Document {
    let source = "import pandas as pd\n\ndef load(path):\n    return pd.read_csv(path)\n\ndf = load('a.csv')\ndf";
    let mut document = Document::new(vec![
        Cell::new("intro", Language::Markdown, "# Ratings"),
        Cell::new("load", Language::Python, source),
        Cell::new("top", Language::Sql, "-- out: top\nselect * from df"),
        Cell::new("plot", Language::Python, "top.plot()"),
        Cell::new("end", Language::Python, "print('done')"),
    ])
    .unwrap();
    document.push_output(&"load".into(), Output::result("text/html", "<table>")).unwrap();
    document.push_output(&"end".into(), Output::stdout("done\n")).unwrap();
    document
}

fn apply(document: &mut Document, operation: serde_json::Value) {
    let operation: Operation = serde_json::from_value(operation).unwrap();
    document.apply(operation).unwrap();
}

#[test]
fn a_difference_reads_as_a_reviewer_expects() {
    let before = notebook();
    let mut after = before.clone();
    for operation in [
        json!({"op": "splice", "cell": "load", "from": 78, "to": 83, "text": "b.csv"}),
        json!({"op": "delete", "cell": "plot"}),
        json!({"op": "move", "cell": "intro", "to": 3}),
        json!({"op": "insert", "at": 1, "cell": {"id": "new", "language": "rust", "source": "let a = 1;\nlet b = 2;"}}),
        json!({"op": "metadata", "cell": "top", "key": "tags", "value": ["slow"]}),
        json!({"op": "language", "cell": "end", "language": "markdown"}),
        json!({"op": "mode", "mode": "auto"}),
    ] {
        apply(&mut after, operation);
    }
    let error = Output::Error {
        name: "ValueError".into(),
        message: "no rows".into(),
        traceback: vec![],
        frames: vec![],
        hint: None,
    };
    after.push_output(&"load".into(), error).unwrap();
    let difference = diff(&before, &after);
    insta::assert_snapshot!(render(&difference, "before.ipynb", "after.ipynb"));
    insta::assert_json_snapshot!(difference);
}

#[test]
fn equal_notebooks_and_new_numbers_make_no_difference() {
    let before = notebook();
    let mut after = before.clone();
    let outputs = after.cells()[1].outputs.clone();
    after.show(&"load".into(), outputs, Some(12)).unwrap();
    assert_eq!(diff(&before, &after), Difference::default());
    assert_eq!(render(&diff(&before, &after), "a", "b"), "");
}

#[test]
fn cells_whose_ids_were_made_anew_are_told_by_their_text() {
    let before = notebook();
    let anew = |(at, cell): (usize, &Cell)| Cell { id: format!("x{at}").into(), ..cell.clone() };
    let mut after = Document::new(before.cells().iter().enumerate().map(anew).collect()).unwrap();
    assert!(diff(&before, &after).is_empty());
    apply(
        &mut after,
        json!({"op": "edit", "cell": "x2", "source": "-- out: top\nselect a from df"}),
    );
    let difference = diff(&before, &after);
    let [CellDifference::Changed { was: Some(was), hunks, .. }] = &*difference.cells else {
        panic!("{difference:?}")
    };
    assert_eq!((was.as_str(), hunks.len()), ("top", 1));
}

#[test]
fn a_moved_cell_is_moved_and_the_others_stay() {
    let before = notebook();
    let mut after = before.clone();
    apply(&mut after, json!({"op": "move", "cell": "end", "to": 0}));
    let text = render(&diff(&before, &after), "a", "b");
    assert_eq!(text, "--- a\n+++ b\n\ncell 1 `end` (Python): moved from 5\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_newer_texts_follow_from_the_older_ones_and_the_difference(
        before in document(),
        operations in proptest::collection::vec(operation(), 0..6),
    ) {
        let mut after = before.clone();
        operations.into_iter().for_each(|operation| drop(after.apply(operation)));
        let difference = diff(&before, &after);
        prop_assert_eq!(diff(&after, &after).is_empty(), true);

        // Each cell of the newer notebook is added, changed, or stands as it stood.
        let mut gone = 0;
        let mut new = 0;
        for cell in &difference.cells {
            match cell {
                CellDifference::Removed { .. } => gone += 1,
                CellDifference::Added { .. } => new += 1,
                CellDifference::Changed { cell, was, hunks, .. } => {
                    let old = &before.cell(was.as_ref().unwrap_or(cell)).unwrap().source;
                    prop_assert_eq!(patched(old, hunks), after.cell(cell).unwrap().source.clone());
                }
            }
        }
        prop_assert_eq!(before.cells().len() - gone + new, after.cells().len());
        prop_assert_eq!(difference.metadata.iter().any(|c| c.key == "mode"), before.mode() != after.mode());
        let _ = (Mode::Lazy, render(&difference, "a", "b"));
    }
}

/// The older text with its hunks applied.
fn patched(old: &str, hunks: &[super::Hunk]) -> String {
    let old: Vec<&str> = if old.is_empty() { vec![] } else { old.split('\n').collect() };
    let mut lines = vec![];
    let mut at = 0;
    for hunk in hunks {
        let start = hunk.before.0.saturating_sub(1);
        lines.extend(old[at..start].iter().map(|line| line.to_string()));
        at = start + hunk.before.1;
        let kept = hunk.lines.iter().filter(|line| line.kind != LineKind::Removed);
        lines.extend(kept.map(|line| line.text.clone()));
    }
    lines.extend(old[at..].iter().map(|line| line.to_string()));
    lines.join("\n")
}
