//! What stands above the first marker: Jupytext's YAML, a `#!` line, a licence.

use serde_json::{Map, Value, json};

use crate::Document;
use crate::ipynb::kernel;

/// The header of a document: the one it had, or one that names its kernel.
pub(super) fn write(document: &Document) -> String {
    if let Some(Value::String(header)) =
        document.metadata.get("flownote").and_then(|own| own.get("header"))
    {
        return header.clone();
    }
    // What every new notebook says needs no saying.
    let named = document.metadata.get("kernelspec").filter(|_| !kernel::is_usual(document));
    let Some(Value::Object(kernel)) = named else {
        return String::new();
    };
    let mut lines = vec![
        "# ---".to_owned(),
        "# jupyter:".to_owned(),
        "#   jupytext:".to_owned(),
        "#     text_representation:".to_owned(),
        "#       extension: .py".to_owned(),
        "#       format_name: percent".to_owned(),
        "#       format_version: '1.3'".to_owned(),
        "#   kernelspec:".to_owned(),
    ];
    for key in ["display_name", "language", "name"] {
        if let Some(Value::String(value)) = kernel.get(key) {
            lines.push(format!("#     {key}: {}", scalar(value)));
        }
    }
    lines.extend(["# ---".to_owned(), String::new(), String::new()]);
    lines.join("\n")
}

/// A text as YAML has it: plain when it can be, else quoted as JSON, which YAML reads.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ._-()".contains(&byte))
        && !text.ends_with(' ')
        && !["true", "false", "null", "yes", "no", "on", "off"]
            .contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { json!(text).to_string() }
}

/// The notebook's metadata that follow from a header, which they keep as it is.
pub(super) fn read(header: &str) -> Map<String, Value> {
    let mut metadata = Map::new();
    if header.is_empty() {
        return metadata;
    }
    metadata.insert("flownote".into(), json!({"header": header}));
    let kernel = kernel(header);
    if !kernel.is_empty() {
        metadata.insert("kernelspec".into(), kernel.into());
    }
    metadata
}

/// The texts under `kernelspec:`, the one table of the header that is of use here.
fn kernel(header: &str) -> Map<String, Value> {
    let yaml = header.lines().skip_while(|line| line.trim_end() != "# ---").skip(1);
    let yaml = yaml.take_while(|line| line.trim_end() != "# ---");
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut lines = yaml
        .map(|line| line.trim_start_matches('#').trim_end())
        .skip_while(|line| line.trim() != "kernelspec:");
    let Some(title) = lines.next() else { return Map::new() };
    let own = lines.take_while(|line| depth(line) > depth(title));
    let entry = |line: &str| {
        let (key, value) = line.trim().split_once(": ")?;
        let quoted = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        let value = match quoted {
            Some(quoted) => quoted.replace("''", "'").into(),
            None if value.starts_with('"') => serde_json::from_str(value).ok()?,
            None => Value::from(value),
        };
        Some((key.to_owned(), value))
    };
    own.filter_map(entry).collect()
}
