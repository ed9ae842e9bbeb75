//! `--param name=value`: a cell below the one tagged `parameters` sets the names anew, as
//! papermill has it.

use std::collections::BTreeMap;

use flownote_flow::help::resembling;
use flownote_flow::manifest::ArtifactRecord;
use flownote_notebook::parameter::{Kind, kinds};
use flownote_notebook::{Cell, CellId, Document, INJECTED, Language, Operation, facts};

use super::literal;
use crate::shell::Error;

/// The tag of the cell that has the defaults.
const DEFAULTS: &str = "parameters";

/// Values by name, as JSON text: numbers stay as they were typed.
pub type Parameters = BTreeMap<String, String>;

/// Reads what the command line says: each value as the type of its default has it.
pub fn parse(document: &Document, words: &[String]) -> Result<Parameters, Error> {
    let defaults = document.cells().iter().find(|cell| cell.has_tag(DEFAULTS));
    let kinds = defaults.map(|cell| kinds(&cell.source)).unwrap_or_default();
    let value = |word: &String| {
        let (name, typed) = split(word)?;
        let value = match kinds.get(&name) {
            Some(kind) => kind.read(&typed).ok_or_else(|| refused(&name, &typed, *kind))?,
            None => literal::json(&typed),
        };
        Ok((name, value))
    };
    words.iter().map(value).collect()
}

fn refused(name: &str, typed: &str, kind: Kind) -> Error {
    let (expected, example) = (kind.expected(), kind.example());
    Error::asked(
        format!("the parameter `{name}` must be {expected}, as its default is, not `{typed}`"),
        format!("write, for example, `--param {name}={example}`"),
    )
}

/// The names that the notebook's cell of defaults sets; nothing when it has no such cell.
pub fn known(document: &Document) -> Option<Vec<String>> {
    let cell = document.cells().iter().find(|cell| cell.has_tag(DEFAULTS))?;
    let defaults = facts(Language::Python, &cell.source).defs;
    Some(defaults.keys().map(|name| name.to_string()).collect())
}

/// Puts the values into the document.
pub fn inject(document: &mut Document, parameters: &Parameters) -> Result<(), Error> {
    if parameters.is_empty() {
        return Ok(());
    }
    let Some(known) = known(document) else {
        return Err(Error::asked(
            "the notebook has no cell tagged `parameters`",
            "tag the cell that sets the defaults with `parameters`, or leave --param out",
        ));
    };
    let mut lines = vec!["# Parameters".to_owned()];
    for (name, value) in parameters {
        if !known.contains(name) {
            let hint = match resembling(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it sets {}", known.join(", ")),
            };
            return Err(Error::asked(
                format!("the cell tagged `parameters` doesn't set `{name}`"),
                hint,
            ));
        }
        lines.push(format!("{name} = {}", literal::python(value)));
    }
    let earlier = document.cells().iter().find(|cell| cell.has_tag(INJECTED));
    if let Some(cell) = earlier.map(|cell| cell.id.clone()) {
        document.apply(Operation::Delete { cell })?;
    }
    let taken = |id: &str| document.cells().iter().any(|cell| cell.id.as_str() == id);
    let mut cell =
        Cell::new(CellId::derive(&[INJECTED], taken), Language::Python, lines.join("\n"));
    cell.metadata.insert("tags".to_owned(), serde_json::json!([INJECTED]));
    let at = document.cells().iter().position(|cell| cell.has_tag(DEFAULTS)).unwrap_or_default();
    document.apply(Operation::Insert { cell, at: at + 1 })?;
    Ok(())
}

/// What the run's record says of them.
pub fn records(parameters: Parameters) -> BTreeMap<String, ArtifactRecord> {
    let record = |value: String| ArtifactRecord {
        codec: "json".to_owned(),
        digest: blake3::hash(value.as_bytes()).to_hex().as_str().into(),
        size: value.len() as u64,
        type_name: literal::type_name(&value).to_owned(),
        preview: Some(literal::python(&value)),
        inline: Some(value),
        inline_base64: None,
        meta: Default::default(),
    };
    parameters.into_iter().map(|(name, value)| (name, record(value))).collect()
}

fn split(parameter: &str) -> Result<(String, String), Error> {
    let wrong =
        || Error::asked(format!("`{parameter}` is no parameter"), "write --param NAME=VALUE");
    let (name, value) = parameter.split_once('=').ok_or_else(wrong)?;
    let name = name.trim();
    if name.is_empty() {
        return Err(wrong());
    }
    Ok((name.to_owned(), value.to_owned()))
}
