//! Percent files in and out.

use proptest::prelude::*;
use serde_json::json;

use super::{Style, read, write};
use crate::tests::generator;
use crate::{Cell, Document, Language};

/// What a percent file keeps of a cell.
fn kept(cell: &Cell) -> Cell {
    let mut kept = Cell::new(cell.id.clone(), cell.language, "");
    kept.metadata = cell.metadata.clone();
    kept.metadata.shift_remove("lines_to_next_cell");
    kept.foreign = cell.foreign.clone();
    // Blank lines at the end of a Python cell are the space to the next one.
    kept.source = match cell.language {
        Language::Python => cell.source.trim_end_matches('\n').to_owned(),
        _ => cell.source.clone(),
    };
    kept
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_cells_of_a_document_survive(document in generator::document()) {
        let file = write(&document, Style::default());
        let again = read(file.as_bytes()).unwrap();
        let expect: Vec<_> = document.cells().iter().map(kept).collect();
        let found: Vec<_> = again.cells().iter().map(kept).collect();
        prop_assert_eq!(found, expect, "{}", &file);
        prop_assert_eq!(write(&again, Style::default()), file);
    }

    #[test]
    fn a_file_that_is_read_and_written_twice_no_longer_changes(
        pieces in proptest::collection::vec(
            prop_oneof![Just("# %%\n".to_owned()), Just("# %% [sql] A\n".to_owned()), generator::text()],
            0..8,
        ),
    ) {
        let file = format!("x\n{}", pieces.concat());
        let style = Style { ids: false };
        let once = write(&read(file.as_bytes()).unwrap(), style);
        prop_assert_eq!(write(&read(once.as_bytes()).unwrap(), style), once);
    }
}

#[test]
fn a_notebook_of_four_languages_looks_so() {
    let mut document = Document::new(vec![
        Cell::new("intro", Language::Markdown, "# Ratings\n\nWho likes what?"),
        Cell::new("load", Language::Python, "%matplotlib inline\n!ls\npath = 'ratings.csv'"),
        Cell::new("top", Language::Sql, "-- out: top\nselect * from df\n\nlimit 2"),
        Cell::new("score", Language::Rust, "let score = 1.0;"),
        Cell::new("last", Language::Python, ""),
    ])
    .unwrap();
    for (key, value) in [("title", json!("Load the data")), ("tags", json!(["parameters"]))] {
        document.cells[1].metadata.insert(key.into(), value);
    }
    document.metadata.insert(
        "kernelspec".into(),
        json!({"display_name": "Flownote", "language": "python", "name": "flownote"}),
    );
    insta::assert_snapshot!(write(&document, Style::default()));
    insta::assert_snapshot!("without_ids", write(&document, Style { ids: false }));
}

/// What Jupytext 1.19 writes for a notebook with cells of several kinds.
const JUPYTEXT: &str = r##"#!/usr/bin/env python
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: 'Ana''s Python'
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Title
#
# Text

# %% A title tags=["parameters"]
x = 1


# %% language="sql"
# select 1
# from t

# %% [markdown]
"""
Quoted *text*
"""

# %% [raw]
# raw

# %%
# %matplotlib inline
def f():
    return 1


# %% language="bash"
# ls | wc

# %%
# %%wasm
(module)
"##;

#[test]
fn a_file_of_jupytext_is_understood_and_its_layout_stays() {
    let document = read(JUPYTEXT.as_bytes()).unwrap();
    let cells: Vec<_> =
        document.cells().iter().map(|cell| (cell.language, cell.source.as_str())).collect();
    assert_eq!(
        cells,
        [
            (Language::Markdown, "# Title\n\nText"),
            (Language::Python, "x = 1"),
            (Language::Sql, "select 1\nfrom t"),
            (Language::Markdown, "Quoted *text*"),
            (Language::Raw, "raw"),
            (Language::Python, "%matplotlib inline\ndef f():\n    return 1"),
            (Language::Python, "%%bash\nls | wc"),
            (Language::Wasm, "(module)"),
        ]
    );
    assert_eq!(document.cells()[1].metadata["title"], "A title");
    assert!(document.cells()[1].has_tag("parameters"));
    assert_eq!(document.metadata()["kernelspec"]["display_name"], "Ana's Python");

    let style = Style::of(JUPYTEXT);
    assert!(!style.ids);
    let expect = JUPYTEXT
        .replace("# %% language=\"sql\"", "# %% [sql]")
        .replace("# %%\n# %%wasm\n(module)", "# %% [wasm]\n# (module)");
    assert_eq!(write(&document, style), expect);
}

#[test]
fn code_above_the_first_marker_is_a_cell_and_so_is_a_file_without_markers() {
    let sources = |file: &str| {
        let document = read(file.as_bytes()).unwrap();
        document.cells().iter().map(|cell| cell.source.clone()).collect::<Vec<_>>()
    };
    assert_eq!(sources("import a\n\n# %%\nb\n"), ["import a", "b"]);
    assert_eq!(sources("# only\nx = 1\r\ny = 2"), ["# only\nx = 1\ny = 2"]);
    assert_eq!(sources("# ---\n# a: 1\n# ---\n\nimport a\n# %%\nb\n"), ["import a", "b"]);
}

#[test]
fn a_merge_that_git_left_open_is_refused() {
    let file = "# %%\nx = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> other\n";
    let error = read(file.as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the notebook has 1 unresolved Git conflict, the first at line 3"
    );
}
