//! Names of steps, attributes and parameters.

use serde_json::json;

use super::{check, check_changed};

#[test]
fn reserved_names() {
    check_changed(
        "start -> next\n next -> end\n end",
        |flow| flow.constants = vec!["input".into(), "rate".into()],
        "error: `input` can't be an attribute of a flow: every flow has it already
           --> flow.py:1
         hint: rename the attribute
         error: `next` can't be the name of a step: every flow has it already
           --> flow.py:20
         hint: rename it, for instance to `next_step`",
    );
}

#[test]
fn duplicate_step() {
    check(
        "start -> a\n a -> end\n a -> end\n end",
        "error: step `a` is defined twice
           --> flow.py:30
         hint: rename one of them; the first is at flow.py:20",
    );
}

#[test]
fn signatures() {
    let mut arguments = vec![vec![], vec!["self".to_owned(), "x".into(), "y".into()]].into_iter();
    check_changed(
        "start -> end\n end",
        |flow| flow.steps.iter_mut().for_each(|step| step.arguments = arguments.next().expect("two")),
        "error: step `start` takes no `self`
           --> flow.py:10
         hint: write `def start(self)`, or `def start(self, inputs)` if it joins; values reach a step as artifacts
         error: step `end` takes more than `self` and `inputs`
           --> flow.py:20
         hint: write `def end(self)`, or `def end(self, inputs)` if it joins; values reach a step as artifacts",
    );
}

#[test]
fn parameters() {
    let parameter = |(line, name): (usize, &str)| {
        let attribute = name.replace('-', "_");
        json!({"name": name, "attribute": attribute, "kind": "int", "line": 2 + line})
    };
    let names = ["alpha", "max_workers", "my-param", "my_param", "2x", "next"];
    let parameters = names.into_iter().enumerate().map(parameter).collect::<Vec<_>>();
    check_changed(
        "start -> end\n end",
        |flow| flow.parameters = serde_json::from_value(json!(parameters)).expect("parameters"),
        "error: parameter `max_workers` clashes with the option `--max-workers` of `flownote run`
           --> flow.py:3
         hint: rename it, for instance to `my-max-workers`
         error: parameters `my-param` and `my_param` are both `--my-param` on the command line
           --> flow.py:5
         hint: rename one of them; the first is on line 4
         error: `2x` can't be the name of a parameter
           --> flow.py:6
         hint: begin with a letter, go on with letters, digits, `-` and `_`
         error: `next` can't be a parameter's attribute: every flow has it already
           --> flow.py:7
         hint: rename the attribute",
    );
}
