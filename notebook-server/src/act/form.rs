//! What a flow or a notebook can be run with, for a form: names, types, values.

use std::path::Path;

use flownote_flow::run::RunRecord;
use flownote_notebook::facts::facts;
use flownote_notebook::{Document, Language};
use flownote_store::client::scalar;
use serde_json::Value;

use crate::answer::Failure;
use crate::api::FormField;
use crate::notebooks;

/// The tag of a notebook's cell that sets its parameters.
const PARAMETERS: &str = "parameters";

/// The fields of a run: what it was run with stands in them.
pub fn fields_of(record: &RunRecord, folder: &Path) -> Result<Vec<FormField>, Failure> {
    let is_notebook = record.description.steps.iter().all(|step| step.arguments.is_empty());
    let mut fields = if is_notebook {
        of_notebook(&notebooks::document_at(&folder.join(&record.description.file))?)
    } else {
        of_flow(record)
    };
    for field in &mut fields {
        let given = record.parameters.get(&field.attribute).and_then(scalar);
        if let Some(given) = given {
            field.value = Some(text_of(&given));
        }
    }
    Ok(fields)
}

fn of_flow(record: &RunRecord) -> Vec<FormField> {
    let described = record.description.parameters.iter();
    let fields = described.map(|parameter| FormField {
        name: parameter.name.clone(),
        attribute: parameter.attribute.clone(),
        kind: parameter.kind.clone(),
        value: parameter.default.clone(),
        required: parameter.required,
        help: parameter.help.clone(),
    });
    fields.collect()
}

/// The parameters of a notebook: what its cell tagged `parameters` sets.
pub fn of_notebook(document: &Document) -> Vec<FormField> {
    let Some(cell) = document.cells().iter().find(|cell| cell.has_tag(PARAMETERS)) else {
        return Vec::new();
    };
    let defined = facts(Language::Python, &cell.source).defs;
    let fields = cell.source.lines().filter_map(assignment);
    let known = fields.filter(|field| defined.keys().any(|name| name.to_string() == field.name));
    known.collect()
}

/// `alpha = 0.3  # how much`: one line that sets one name.
fn assignment(line: &str) -> Option<FormField> {
    let (head, rest) = line.split_once('=')?;
    if rest.starts_with('=') || line.starts_with([' ', '\t', '#']) {
        return None;
    }
    let name = head.split(':').next()?.trim();
    let is_name = name.chars().all(|it| it.is_alphanumeric() || it == '_') && !name.is_empty();
    if !is_name {
        return None;
    }
    let (value, help) = comment(rest);
    let (kind, value) = kind_of(value.trim());
    Some(FormField {
        name: name.to_owned(),
        attribute: name.to_owned(),
        kind: kind.to_owned(),
        value,
        required: false,
        help: help.map(|help| help.trim().to_owned()).filter(|help| !help.is_empty()),
    })
}

/// A value and the comment behind it: a `#` within quotes begins none.
fn comment(text: &str) -> (&str, Option<&str>) {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '#') => return (&text[..at], Some(&text[at + 1..])),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    (text, None)
}

/// The type of a literal, and its value as people type it.
fn kind_of(literal: &str) -> (&'static str, Option<String>) {
    let whole = || Some(literal.to_owned());
    let quoted = |quote: char| {
        let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains([quote, '\\'])).then(|| inner.to_owned())
    };
    let digits = literal.replace('_', "");
    match literal {
        "True" | "False" => ("bool", whole()),
        "None" => ("json", Some("null".to_owned())),
        _ if digits.parse::<i64>().is_ok() => ("int", Some(digits)),
        _ if digits.starts_with(|it: char| it.is_ascii_digit() || "+-.".contains(it))
            && digits.parse::<f64>().is_ok() =>
        {
            ("float", Some(digits))
        }
        _ if quoted('"').or(quoted('\'')).is_some() => ("str", quoted('"').or(quoted('\''))),
        _ if literal.starts_with(['[', '{']) => ("json", whole()),
        // What an expression gives isn't known before it runs.
        _ => ("expression", whole()),
    }
}

/// A value as a command line has it. Text of a notebook stays text: `7` may be a name.
pub fn typed(field: &FormField, value: &str) -> String {
    let is_of_notebook = field.kind == "str" && field.name == field.attribute;
    match is_of_notebook && serde_json::from_str::<Value>(value).is_ok_and(|it| !it.is_string()) {
        true => Value::from(value).to_string(),
        false => value.to_owned(),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_have_types() {
        let check = |line: &str, kind: &str, value: &str| {
            let field = assignment(line).expect(line);
            assert_eq!((&*field.kind, field.value.as_deref()), (kind, Some(value)), "{line}");
        };
        check("rows = 1_000", "int", "1000");
        check("alpha: float = -0.3", "float", "-0.3");
        check("tiny = 1e-9", "float", "1e-9");
        check("fast = True", "bool", "True");
        check("name = \"a # b\"  # who", "str", "a # b");
        check("films = ['Alien', 'Heat']", "json", "['Alien', 'Heat']");
        check("today = date.today()", "expression", "date.today()");
        assert_eq!(assignment("x = 1  # how many").unwrap().help.unwrap(), "how many");
        for none in ["x == 1", "  x = 1", "# x = 1", "a, b = 1, 2", "x[0] = 1", "x += 1", "f()"] {
            assert!(assignment(none).is_none(), "{none}");
        }
    }
}
