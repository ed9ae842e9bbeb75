//! What each operation does, as a user sees it.

use flownote_flow::help::Help;
use serde_json::json;

use crate::{Cell, Document, Error, Language, Operation, Output};

fn python(sources: &[(&str, &str)]) -> Document {
    let cell = |(id, source): &(&str, &str)| Cell::new(*id, Language::Python, *source);
    Document::new(sources.iter().map(cell).collect()).unwrap()
}

fn sources(document: &Document) -> Vec<(&str, &str)> {
    document.cells().iter().map(|cell| (cell.id.as_str(), &*cell.source)).collect()
}

/// Applies an operation as it arrives over a socket.
#[track_caller]
fn apply(document: &mut Document, operation: serde_json::Value) -> crate::Change {
    let operation: Operation = serde_json::from_value(operation).unwrap();
    document.apply(operation).unwrap()
}

#[track_caller]
fn refused(document: &mut Document, operation: serde_json::Value) -> Error {
    let operation: Operation = serde_json::from_value(operation).unwrap();
    document.apply(operation).unwrap_err()
}

#[test]
fn cells_are_inserted_edited_moved_and_deleted() {
    let mut document = python(&[("a", "x = 1"), ("b", "y = 2")]);
    apply(
        &mut document,
        json!({"op": "insert", "at": 1, "cell": {"id": "c", "language": "sql", "source": "select 1"}}),
    );
    apply(&mut document, json!({"op": "edit", "cell": "a", "source": "x = 3"}));
    let change = apply(&mut document, json!({"op": "move", "cell": "b", "to": 0}));
    assert!(change.meaning);
    let change = apply(&mut document, json!({"op": "delete", "cell": "a"}));
    assert_eq!(change.removed, ["a".into()]);
    assert_eq!(sources(&document), [("b", "y = 2"), ("c", "select 1")]);
    assert_eq!(document.revision(), 4);
}

#[test]
fn a_splice_counts_as_editors_count() {
    let mut document = python(&[("a", "s = '𝄞'")]);
    apply(&mut document, json!({"op": "splice", "cell": "a", "from": 5, "to": 7, "text": "é"}));
    assert_eq!(sources(&document), [("a", "s = 'é'")]);
    apply(&mut document, json!({"op": "undo"}));
    assert_eq!(sources(&document), [("a", "s = '𝄞'")]);

    let error = refused(
        &mut document,
        json!({"op": "splice", "cell": "a", "from": 6, "to": 7, "text": ""}),
    );
    assert_eq!(error.to_string(), "position 6 of cell `a` is inside a character");
    assert_eq!(
        error.hint().unwrap(),
        "the editor's text differs from the notebook's: load the cell again"
    );
    let error = refused(
        &mut document,
        json!({"op": "splice", "cell": "a", "from": 0, "to": 9, "text": ""}),
    );
    assert_eq!(error.to_string(), "cell `a` has no text from 0 to 9: it has 8 UTF-16 units");
    refused(&mut document, json!({"op": "splice", "cell": "a", "from": 3, "to": 2, "text": ""}));
}

#[test]
fn half_a_character_never_arrives() {
    let wire = r#"{"op":"splice","cell":"a","from":0,"to":0,"text":"\ud834"}"#;
    assert!(serde_json::from_str::<Operation>(wire).is_err());
}

#[test]
fn a_split_cell_merges_to_what_it_was() {
    for at in [6, 7] {
        let mut document = python(&[("a", "x = 1\n\ny = 2")]);
        document.push_output(&"a".into(), Output::stdout("2")).unwrap();
        apply(&mut document, json!({"op": "split", "cell": "a", "at": at, "into": "b"}));
        assert_eq!(document.cells()[0].outputs, []);
        assert_eq!(document.cells()[1].outputs, [Output::stdout("2")]);
        apply(&mut document, json!({"op": "merge", "cells": ["a", "b"]}));
        assert_eq!(sources(&document), [("a", "x = 1\n\ny = 2")], "cut at {at}");
        assert_eq!(document.cells()[0].outputs, [], "they belong to no such text");
    }
}

#[test]
fn a_split_without_an_id_derives_one() {
    let mut document = python(&[("a", "xy")]);
    let mut other = document.clone();
    apply(&mut document, json!({"op": "split", "cell": "a", "at": 1}));
    apply(&mut other, json!({"op": "split", "cell": "a", "at": 1}));
    assert_eq!(document, other);
    assert_eq!(document.cells().len(), 2);
}

#[test]
fn only_neighbours_of_one_language_merge() {
    let mut document = python(&[("a", "1"), ("b", "2"), ("c", "3")]);
    let error = refused(&mut document, json!({"op": "merge", "cells": ["a", "c"]}));
    assert_eq!(error.to_string(), "cell `c` doesn't directly follow `a`");
    apply(&mut document, json!({"op": "language", "cell": "b", "language": "sql"}));
    let error = refused(&mut document, json!({"op": "merge", "cells": ["a", "b"]}));
    assert_eq!(error.to_string(), "cell `b` is SQL and can't be merged with a Python cell");
    assert_eq!(refused(&mut document, json!({"op": "merge", "cells": ["a"]})), Error::TooFewCells);
}

#[test]
fn text_cells_have_no_outputs_and_undo_brings_them_back() {
    let mut document = python(&[("a", "1")]);
    document.begin(&"a".into(), Some(3)).unwrap();
    document.push_output(&"a".into(), Output::stdout("1")).unwrap();
    let before = document.clone();
    apply(&mut document, json!({"op": "language", "cell": "a", "language": "markdown"}));
    assert_eq!((document.cells()[0].outputs.len(), document.cells()[0].execution_count), (0, None));
    apply(&mut document, json!({"op": "undo"}));
    assert_eq!(document, before);
}

#[test]
fn clear_takes_outputs_of_one_cell_or_of_all() {
    let mut document = python(&[("a", ""), ("b", ""), ("c", "")]);
    for id in ["a", "b"] {
        document.push_output(&id.into(), Output::stdout(id)).unwrap();
    }
    let before = document.clone();
    apply(&mut document, json!({"op": "clear", "cell": "a"}));
    assert_eq!(document.cells()[1].outputs.len(), 1);
    let change = apply(&mut document, json!({"op": "clear"}));
    assert_eq!(change.touched, ["b".into()]);
    assert!(!change.meaning);
    apply(&mut document, json!({"op": "undo"}));
    apply(&mut document, json!({"op": "undo"}));
    assert_eq!(document, before);
}

#[test]
fn metadata_may_be_null_and_may_be_absent() {
    let mut document = python(&[("a", "")]);
    apply(&mut document, json!({"op": "metadata", "cell": "a", "key": "k", "value": null}));
    assert_eq!(document.cells()[0].metadata["k"], json!(null));
    apply(&mut document, json!({"op": "metadata", "cell": "a", "key": "k"}));
    assert!(document.cells()[0].metadata.is_empty());
    apply(&mut document, json!({"op": "undo"}));
    assert_eq!(document.cells()[0].metadata["k"], json!(null));
    apply(&mut document, json!({"op": "metadata", "key": "title", "value": "Ratings"}));
    assert_eq!(document.metadata()["title"], "Ratings");
}

#[test]
fn typing_is_taken_back_line_by_line_and_erasing_as_a_whole() {
    let mut document = python(&[("a", "")]);
    for (at, letter) in ["x", "=", "1", "\n", "y"].iter().enumerate() {
        apply(
            &mut document,
            json!({"op": "splice", "cell": "a", "from": at, "to": at, "text": letter}),
        );
    }
    for at in [4, 3, 2] {
        apply(
            &mut document,
            json!({"op": "splice", "cell": "a", "from": at, "to": at + 1, "text": ""}),
        );
    }
    let mut seen = vec![document.cells()[0].source.clone()];
    while document.apply(Operation::Undo).is_ok() {
        seen.push(document.cells()[0].source.clone());
    }
    assert_eq!(seen, ["x=", "x=1\n", "x=1\ny", "x=1\n", ""]);
    while document.apply(Operation::Redo).is_ok() {}
    assert_eq!(document.cells()[0].source, "x=");
}

#[test]
fn what_a_user_sees_when_there_is_nothing_to_take_back() {
    let mut document = python(&[("a", "")]);
    assert_eq!(
        refused(&mut document, json!({"op": "undo"})).to_string(),
        "there is nothing to undo"
    );
    apply(&mut document, json!({"op": "delete", "cell": "a"}));
    apply(&mut document, json!({"op": "undo"}));
    apply(&mut document, json!({"op": "edit", "cell": "a", "source": "x"}));
    assert_eq!(refused(&mut document, json!({"op": "redo"})), Error::NothingToRedo);
}

#[test]
fn ids_are_checked() {
    let mut document = python(&[("a", "")]);
    let error = refused(&mut document, json!({"op": "insert", "at": 0, "cell": {"id": "a"}}));
    assert_eq!(error.to_string(), "the notebook already has a cell `a`");
    let error = refused(&mut document, json!({"op": "insert", "at": 0, "cell": {"id": "a b"}}));
    assert_eq!(error.hint().unwrap(), "ids have 1 to 64 letters, digits, `-` and `_`");
    let error = refused(&mut document, json!({"op": "insert", "at": 2, "cell": {"id": "b"}}));
    assert_eq!(error.to_string(), "there is no position 2 among 1 cells");
    refused(&mut document, json!({"op": "edit", "cell": "b", "source": ""}));
}
