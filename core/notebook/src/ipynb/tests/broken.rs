//! What a user is told about a file that can't be read.

use flownote_flow::help::Help;

use super::super::read;

#[track_caller]
fn check(file: impl AsRef<[u8]>, message: &str, hint: &str) {
    let error = read(file.as_ref()).unwrap_err();
    assert_eq!(error.to_string(), message);
    let said = error.hint().unwrap();
    assert!(said.contains(hint), "{said}");
}

#[test]
fn what_is_wrong_where_and_what_now() {
    check(" \n", "the notebook's file is empty", "restore it");
    check(
        "{\n \"cells\": [\n  {\"cell_type\"",
        "the notebook is cut off at line 3",
        ".ipynb_checkpoints",
    );
    check(
        "{\n \"cells\": [],\n \"metadata\" {}\n}",
        "the notebook is broken JSON at line 3, column 13: expected `:`",
        "mend that line",
    );
    check(
        b"{\n\"a\": \"\xe9\"}",
        "the notebook isn't UTF-8 text: line 2 has the byte 0xe9",
        "iconv",
    );
    check(
        r#"{"nbformat": 5, "cells": []}"#,
        "the notebook has format 5, newer than 4, the newest that is known here",
        "upgrade Flownote",
    );
    check(
        r#"{"nbformat": 1, "cells": []}"#,
        "the notebook has format 1, older than 2, the oldest that is known here",
        "nbconvert",
    );
    check("[1]", "the file is JSON, but not a notebook: it isn't an object", "renamed");
    check("{\"a\": 1}", "the file is JSON, but not a notebook: it has no `cells`", "renamed");
}

#[test]
fn a_conflict_of_git_is_called_so() {
    let file = "{\n \"cells\": [\n<<<<<<< HEAD\n  1\n=======\n  2\n>>>>>>> other\n ]\n}\n";
    check(
        file,
        "the notebook has 1 unresolved Git conflict, the first at line 3",
        "git checkout --ours",
    );
    let twice = format!("{file}{file}");
    check(twice, "the notebook has 2 unresolved Git conflicts, the first at line 3", "once");
    // Within a text it is nothing special.
    let fine = r#"{"nbformat": 4, "cells": [{"cell_type": "raw", "source": ["<<<<<<< HEAD\n"]}]}"#;
    assert_eq!(read(fine.as_bytes()).unwrap().cells()[0].source, "<<<<<<< HEAD\n");
}

#[test]
fn a_field_of_a_wrong_kind_is_named_with_its_place() {
    let file =
        |cell: &str| format!(r#"{{"nbformat": 4, "cells": [{{"cell_type": "raw"}}, {cell}]}}"#);
    for (cell, message) in [
        ("3", "cell 2 is a number, where the format has an object"),
        (
            r#"{"cell_type": "code", "source": 3}"#,
            "`source` of cell 2 is a number, where the format has text",
        ),
        (
            r#"{"cell_type": "code", "outputs": [{"output_type": "stream", "text": {}}]}"#,
            "`text` of output 1 of cell 2 is an object, where the format has text",
        ),
        (
            r#"{"cell_type": "movie"}"#,
            "`cell_type` of cell 2 is text, where the format has `code`, `markdown` or `raw`",
        ),
    ] {
        check(file(cell), message, "mend the file");
    }
}

#[test]
fn what_python_and_javascript_write_beyond_json_is_read() {
    let file = r#"{"nbformat": 4, "cells": [{"cell_type": "code", "source": "'\ud83d'", "outputs": [
        {"output_type": "display_data", "data": {"application/json": [NaN, -Infinity]}}]}]}"#;
    let document = read(file.as_bytes()).unwrap();
    assert_eq!(document.cells()[0].source, "'\u{fffd}'");
    let written = super::super::write(&document);
    assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok());
}
