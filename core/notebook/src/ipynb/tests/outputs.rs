//! Outputs that need a decision on the way into the file.

use serde_json::{Value, json};

use super::super::{read, write};
use crate::output::Frame;
use crate::{Cell, Document, Language, Output};

fn written(outputs: Vec<Output>) -> Vec<Value> {
    let mut document = Document::new(vec![Cell::new("a", Language::Python, "")]).unwrap();
    document.show(&"a".into(), outputs, Some(2)).unwrap();
    let file: Value = serde_json::from_str(&write(&document)).unwrap();
    file["cells"][0]["outputs"].as_array().unwrap().clone()
}

#[test]
fn a_result_has_the_number_of_its_cell() {
    assert_eq!(written(vec![Output::result("text/plain", "1")])[0]["execution_count"], 2);
    let other =
        Output::Result { data: Default::default(), metadata: Default::default(), count: Some(1) };
    assert_eq!(written(vec![other])[0]["execution_count"], 1);
}

#[test]
fn the_hint_of_an_error_is_seen_in_jupyter_too() {
    let error = |traceback: &[&str]| Output::Error {
        name: "NameError".into(),
        message: "no `x`".into(),
        traceback: traceback.iter().map(|line| line.to_string()).collect(),
        frames: vec![Frame { line: 1, ..Frame::default() }],
        hint: Some("run cell 1".into()),
    };
    let outputs = written(vec![error(&["NameError"]), error(&["hint: run cell 1"])]);
    let expect = |traceback: Value| json!({"output_type": "error", "ename": "NameError", "evalue": "no `x`", "traceback": traceback});
    assert_eq!(outputs[0], expect(json!(["NameError", "hint: run cell 1"])));
    assert_eq!(outputs[1], expect(json!(["hint: run cell 1"])));
}

#[test]
fn a_display_id_belongs_to_the_session_and_not_to_the_file() {
    let shown = Output::Display {
        data: serde_json::Map::from_iter([("text/plain".to_owned(), "a\nb".into())]),
        metadata: Default::default(),
        display_id: Some("bar".into()),
    };
    let expect = json!({"output_type": "display_data", "data": {"text/plain": ["a\n", "b"]}, "metadata": {}});
    assert_eq!(written(vec![shown]), [expect]);
}

#[test]
fn carriage_returns_of_progress_bars_stay_in_outputs() {
    let mut document = Document::new(vec![Cell::new("a", Language::Python, "")]).unwrap();
    document.push_output(&"a".into(), Output::stdout("1 %\r2 %\r\n")).unwrap();
    assert_eq!(read(write(&document).as_bytes()).unwrap(), document);
}
