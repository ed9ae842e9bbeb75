//! Flows for tests, in a line per step.

use serde_json::json;

use crate::description::FlowDescription;

/// Reads one step a line: `name(inputs) @decorator -> target target` or `-> target each
/// items`. The step on line n of the text is on line 10 n of its file, its `self.next`
/// three lines below.
pub fn flow(source: &str) -> FlowDescription {
    let steps: Vec<_> = source
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .enumerate()
        .map(|(at, line)| {
            let at = 10 * (at + 1);
            let (head, tail) = line.split_once(" -> ").unwrap_or((line, ""));
            let mut head = head.split_whitespace();
            let name = head.next().expect("a name");
            let (name, inputs) = match name.strip_suffix("(inputs)") {
                Some(name) => (name, true),
                None => (name, false),
            };
            let decorators: Vec<_> =
                head.map(|spec| crate::decorators::parse(&spec[1..]).expect(spec)).collect();
            let (targets, over) = tail.split_once(" each ").map_or((tail, None), |(t, o)| (t, Some(o)));
            let targets: Vec<_> = targets.split_whitespace().collect();
            let transitions = if targets.is_empty() {
                json!([])
            } else {
                json!([{"line": at + 3, "targets": targets, "foreach": over, "has_foreach": over.is_some(),
                        "literal": true, "last": true}])
            };
            let arguments = if inputs { json!(["self", "inputs"]) } else { json!(["self"]) };
            json!({"name": name, "file": "flow.py", "line": at, "arguments": arguments,
                   "decorators": decorators, "transitions": transitions})
        })
        .collect();
    let flow = json!({"name": "Test", "file": "flow.py", "line": 1, "steps": steps});
    serde_json::from_value(flow).expect("a description")
}
