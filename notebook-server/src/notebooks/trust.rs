//! Whose outputs may act. What this user's own runs made is known by a signature of a key that
//! the user alone can read, as in Jupyter; scripts of any other stay what was written.
//!
//! A signature is of what could act in a cell's outputs (HTML, scripts, widgets), and of nothing
//! else: so a notebook that was copied, or whose text another program edited, stays trusted, and
//! one strange output doesn't cost the others their trust.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use flownote_notebook::{Cell, Output};
use serde_json::{Map, Value};

use crate::security::key::{Key, make_private};

/// So many signatures are kept; the oldest go.
const KEPT: usize = 10_000;

/// What a signature is of: cookies are signed with the same key.
const PURPOSE: &[u8] = b"outputs of a cell\0";

/// Forms of a value in which nothing can act.
const PASSIVE: [&str; 14] = [
    "text/plain",
    "text/markdown",
    "text/latex",
    "application/json",
    "application/geo+json",
    "application/pdf",
    "application/vnd.flownote.table+json",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "image/svg+xml",
];

/// The signatures of outputs that this user's runs made. Clones share them.
#[derive(Clone, Debug)]
pub struct Trust {
    key: Key,
    folder: Option<PathBuf>,
    /// Those of this server; written and read by rooms, for as long as an insertion takes.
    own: Arc<Mutex<HashSet<blake3::Hash>>>,
}

impl Trust {
    /// Keeps signatures in a folder; without one, as long as the server lives.
    pub fn new(key: Key, folder: Option<PathBuf>) -> Self {
        Self { key, folder, own: Arc::default() }
    }

    /// Trusts what a cell shows from now on.
    pub fn remember(&self, cell: &Cell) {
        let Some(signature) = self.sign(cell) else { return };
        if !self.own.lock().unwrap_or_else(PoisonError::into_inner).insert(signature) {
            return;
        }
        let Some(folder) = &self.folder else { return };
        // A signature that isn't kept makes an output untrusted, which is safe.
        let _ = make_private(folder).and_then(|()| fs::write(folder.join(name(&signature)), []));
        self.prune(folder);
    }

    /// Whether what a cell shows is trusted: nothing in it can act, or it is known.
    pub fn knows(&self, cell: &Cell) -> bool {
        let Some(signature) = self.sign(cell) else { return true };
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner).contains(&signature);
        own || self.folder.as_ref().is_some_and(|folder| folder.join(name(&signature)).exists())
    }

    /// The signature of what could act in a cell's outputs; none when nothing could.
    fn sign(&self, cell: &Cell) -> Option<blake3::Hash> {
        let mut text = PURPOSE.to_vec();
        cell.outputs.iter().filter_map(data).for_each(|data| write_active(&mut text, data));
        (text.len() > PURPOSE.len()).then(|| self.key.sign(&text))
    }

    fn prune(&self, folder: &std::path::Path) {
        // Looking is not worth it each time.
        if rand::random::<u8>() != 0 {
            return;
        }
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut all: Vec<_> = entries
            .filter_map(|it| Some((it.metadata().ok()?.modified().ok()?, it.path())))
            .collect();
        all.sort();
        let surplus = all.len().saturating_sub(KEPT);
        all.into_iter().take(surplus).for_each(|(_, path)| drop(fs::remove_file(path)));
    }
}

fn data(output: &Output) -> Option<&Map<String, Value>> {
    match output {
        Output::Display { data, .. } | Output::Result { data, .. } => Some(data),
        _ => None,
    }
}

fn is_passive(mime: &str) -> bool {
    // Charts are drawn by an interpreter of ours, which runs nothing of theirs.
    PASSIVE.contains(&mime) || mime.starts_with("application/vnd.vega")
}

/// Writes the forms that can act, in an order that no file format changes.
fn write_active(text: &mut Vec<u8>, data: &Map<String, Value>) {
    let mut active: Vec<_> = data.iter().filter(|(mime, _)| !is_passive(mime)).collect();
    active.sort_by_key(|(mime, _)| *mime);
    for (mime, value) in active {
        write_text(text, mime);
        write_value(text, value);
    }
}

/// Objects by their keys: files sort them, kernels don't.
fn write_value(text: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Object(fields) => {
            text.push(b'{');
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            for (key, value) in fields {
                write_text(text, key);
                write_value(text, value);
            }
            text.push(b'}');
        }
        Value::Array(values) => {
            text.push(b'[');
            values.iter().for_each(|value| write_value(text, value));
            text.push(b']');
        }
        Value::String(value) => write_text(text, value),
        other => write_text(text, &other.to_string()),
    }
}

/// With its length before it, so that no text can pretend to be two.
fn write_text(text: &mut Vec<u8>, value: &str) {
    text.extend_from_slice(&(value.len() as u64).to_le_bytes());
    text.extend_from_slice(value.as_bytes());
}

fn name(signature: &blake3::Hash) -> String {
    signature.to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use flownote_notebook::Language;
    use serde_json::json;

    use super::*;

    fn cell(shown: Value) -> Cell {
        let Value::Object(data) = shown else { panic!("an object") };
        let mut cell = Cell::new("a", Language::Python, "");
        cell.outputs = vec![Output::Display { data, metadata: Map::new(), display_id: None }];
        cell
    }

    #[test]
    fn outputs_are_trusted_by_their_signature_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = Key::random();
        let place = Some(folder.path().join("trust"));
        let trust = Trust::new(key.clone(), place.clone());
        let mine = cell(json!({"text/html": "<script>1</script>"}));
        assert!(!trust.knows(&mine));
        trust.remember(&mine);
        assert!(trust.knows(&mine));
        assert!(!trust.knows(&cell(json!({"text/html": "<script>2</script>"}))));
        // The next server knows it, and one with another key doesn't.
        assert!(Trust::new(key, place.clone()).knows(&mine));
        assert!(!Trust::new(Key::random(), place).knows(&mine));
    }

    #[test]
    fn what_cannot_act_needs_no_trust_and_changes_none() {
        let trust = Trust::new(Key::random(), None);
        assert!(trust.knows(&cell(json!({"text/plain": "<script>", "image/png": "iVBO"}))));
        trust.remember(&cell(json!({"text/html": "<b>", "a/x+json": {"b": 1, "a": [2]}})));
        let later = json!({"a/x+json": {"a": [2], "b": 1}, "text/html": "<b>", "text/plain": "b"});
        assert!(trust.knows(&cell(later)));
        for other in [
            json!({"text/html": "<b>"}),
            json!({"text/html": "<b>", "a/x+json": {"a": [2], "b": 2}}),
            json!({"text/html": "<b>", "a/x+json": {"a": [2, 1], "b": 1}}),
        ] {
            assert!(!trust.knows(&cell(other)));
        }
    }
}
