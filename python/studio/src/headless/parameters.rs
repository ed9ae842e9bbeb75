//! `--param name=value`: a cell below the one tagged `parameters` sets the names anew, as
//! papermill has it.

use flownote_flow::help::resembling;
use flownote_notebook::{Cell, CellId, Document, Language, Operation, facts};
use serde_json::Value;

use crate::shell::Error;

/// The tag of the cell that has the defaults.
const DEFAULTS: &str = "parameters";
/// The tag of the cell that has the values of this run.
const INJECTED: &str = "injected-parameters";

/// Puts the values into the document.
pub fn inject(document: &mut Document, parameters: &[String]) -> Result<(), Error> {
    if parameters.is_empty() {
        return Ok(());
    }
    let at = document.cells().iter().position(|cell| cell.has_tag(DEFAULTS));
    let Some(at) = at else {
        return Err(Error::asked(
            "the notebook has no cell tagged `parameters`",
            "tag the cell that sets the defaults with `parameters`, or leave --param out",
        ));
    };
    let defaults = facts(Language::Python, &document.cells()[at].source).defs;
    let known: Vec<&str> = defaults.keys().map(|name| &**name).collect();
    let mut lines = vec!["# Parameters".to_owned()];
    for parameter in parameters {
        let (name, value) = split(parameter)?;
        if !known.contains(&name) {
            let hint = match resembling(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it sets {}", known.join(", ")),
            };
            return Err(Error::asked(
                format!("the cell tagged `parameters` doesn't set `{name}`"),
                hint,
            ));
        }
        lines.push(format!("{name} = {}", python(&value)));
    }
    let earlier = document.cells().iter().find(|cell| cell.has_tag(INJECTED));
    if let Some(cell) = earlier.map(|cell| cell.id.clone()) {
        document.apply(Operation::Delete { cell })?;
    }
    let taken = |id: &str| document.cells().iter().any(|cell| cell.id.as_str() == id);
    let mut cell =
        Cell::new(CellId::derive(&[INJECTED], taken), Language::Python, lines.join("\n"));
    cell.metadata.insert("tags".to_owned(), serde_json::json!([INJECTED]));
    let at = document.cells().iter().position(|cell| cell.has_tag(DEFAULTS)).unwrap_or(at);
    document.apply(Operation::Insert { cell, at: at + 1 })?;
    Ok(())
}

fn split(parameter: &str) -> Result<(&str, Value), Error> {
    let wrong =
        || Error::asked(format!("`{parameter}` is no parameter"), "write --param NAME=VALUE");
    let (name, value) = parameter.split_once('=').ok_or_else(wrong)?;
    let name = name.trim();
    if name.is_empty() {
        return Err(wrong());
    }
    // What isn't JSON is text: `--param name=ana` needs no quotes within quotes.
    let value = match value {
        "True" => Value::Bool(true),
        "False" => Value::Bool(false),
        "None" => Value::Null,
        other => serde_json::from_str(other).unwrap_or_else(|_| Value::String(other.to_owned())),
    };
    Ok((name, value))
}

/// A JSON value as Python writes it.
fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        // JSON's escapes are Python's, but for surrogate pairs, which JSON text here has none of.
        Value::String(text) => Value::String(text.clone()).to_string(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", "))
        }
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| {
                format!("{}: {}", Value::String(key.clone()), python(value))
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}
