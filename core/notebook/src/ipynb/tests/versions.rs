//! Older versions of the format, and files without ids.

use serde_json::{Value, json};

use super::super::{read, write};
use crate::{CellId, Document, Language, Output};

fn document(file: &Value) -> Document {
    read(file.to_string().as_bytes()).unwrap()
}

/// A file of IPython 2, of 2014.
fn version_3() -> Value {
    json!({
        "metadata": {"name": "old", "signature": "sha256:…", "author": "ana"},
        "nbformat": 3, "nbformat_minor": 0,
        "worksheets": [
            {"metadata": {}, "cells": [
                {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Ratings\n", "of films"]},
                {"cell_type": "code", "collapsed": false, "language": "python", "metadata": {"x": 1},
                 "input": ["1 +\n", "1"], "prompt_number": 4, "outputs": [
                    {"output_type": "pyout", "prompt_number": 4, "metadata": {"png": {"width": 3}},
                     "text": ["2"], "html": "<b>2</b>", "json": "{\"a\": 1}"},
                    {"output_type": "display_data", "png": "iVBOR", "metadata": {}},
                    {"output_type": "stream", "stream": "stderr", "text": "oh\n"},
                    {"output_type": "pyerr", "ename": "E", "evalue": "no", "traceback": ["E: no"]},
                ]},
            ]},
            {"cells": [{"cell_type": "raw", "metadata": {}, "source": "raw"}]},
        ],
    })
}

#[test]
fn a_notebook_of_version_3_becomes_one_of_4() {
    let document = document(&version_3());
    let [heading, code, raw] = document.cells() else { panic!("three cells") };
    assert_eq!((heading.language, &*heading.source), (Language::Markdown, "## Ratings of films"));
    assert_eq!((code.language, &*code.source), (Language::Python, "1 +\n1"));
    assert_eq!(code.execution_count, Some(4));
    assert_eq!(raw.language, Language::Raw);
    let [Output::Result { data, metadata, .. }, Output::Display { data: image, .. }, stderr, error] =
        &*code.outputs
    else {
        panic!("{:?}", code.outputs)
    };
    assert_eq!(data["text/plain"], "2");
    assert_eq!(data["application/json"], json!({"a": 1}));
    assert_eq!(metadata["image/png"], json!({"width": 3}));
    assert_eq!(image["image/png"], "iVBOR");
    assert_eq!(*stderr, Output::stderr("oh\n"));
    assert!(matches!(error, Output::Error { name, .. } if name == "E"));
    insta::assert_snapshot!(write(&document));
}

#[test]
fn missing_double_and_invalid_ids_are_replaced_the_same_way_each_time() {
    let cell = |id: Value, source: &str| json!({"cell_type": "code", "id": id, "metadata": {}, "outputs": [], "source": source});
    let file = json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        cell("a".into(), "1"), cell("a".into(), "2"), cell("not valid".into(), "3"),
        cell(Value::Null, "x"), cell(Value::Null, "x"), cell(3.into(), "4"),
    ]});
    let first = document(&file);
    let ids: Vec<_> = first.cells().iter().map(|cell| cell.id.clone()).collect();
    assert_eq!(ids[0], "a".into());
    assert!(ids.iter().all(|id| CellId::is_valid(id.as_str())), "{ids:?}");
    assert_eq!(document(&file), first);

    // What is added above leaves the ids below.
    let mut longer = file.clone();
    longer["cells"].as_array_mut().unwrap().insert(0, cell(Value::Null, "new"));
    let longer = document(&longer);
    assert_eq!(longer.cells()[1..], first.cells()[..]);
    // Once written, they stay whatever happens to the text.
    assert_eq!(read(write(&first).as_bytes()).unwrap(), first);
}

#[test]
fn a_derived_id_is_not_one_that_stands_further_down() {
    let cell = |id: Value| json!({"cell_type": "code", "id": id, "outputs": [], "source": "x"});
    let derive = |cells: Vec<Value>| document(&json!({"nbformat": 4, "cells": cells}));
    let derived = derive(vec![cell(Value::Null)]).cells()[0].id.clone();
    let both = derive(vec![cell(Value::Null), cell(derived.as_str().into())]);
    assert_eq!(both.cells()[1].id, derived);
    assert_ne!(both.cells()[0].id, derived);
}

#[test]
fn a_notebook_of_polynote_keeps_its_languages() {
    let cell = |language: &str, source: &str| {
        json!({"cell_type": "code", "execution_count": 1, "metadata": {
            "cell.metadata.exec_info": {"startTs": 1, "endTs": 2}, "language": language,
        }, "outputs": [], "source": [source]})
    };
    let file = json!({
        "nbformat": 4, "nbformat_minor": 0,
        "metadata": {"config": {"dependencies": {}}, "language_info": {"name": "scala"}},
        "cells": [cell("scala", "val x = 1"), cell("python", "y = 2"), cell("sql", "select 1")],
    });
    let document = document(&file);
    let languages: Vec<_> =
        document.cells().iter().map(|cell| (cell.language, cell.foreign.as_deref())).collect();
    assert_eq!(
        languages,
        [(Language::Raw, Some("scala")), (Language::Python, None), (Language::Sql, None),]
    );
    let written: Value = serde_json::from_str(&write(&document)).unwrap();
    let language = |at: usize| written["cells"][at]["metadata"]["language"].clone();
    assert_eq!([language(0), language(1), language(2)], ["scala", "python", "sql"]);
    assert_eq!(written["cells"][0]["cell_type"], "code");
    assert_eq!(written["cells"][2]["source"], json!(["%%sql\n", "select 1"]));
    assert_eq!(written["metadata"]["config"], file["metadata"]["config"]);
}
