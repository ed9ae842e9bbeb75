//! The canonical form of a record, and the keys made of it (rule 20).
//!
//! The canonical form is JSON without white space, keys sorted by code point, numbers
//! integers only. A key is the BLAKE3 digest of it under a name of its own, so that keys
//! of different kinds or schemas can't be equal.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::record::{External, Provenance, ReadSet};

/// A key of the cache: 64 lower-case hex digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    /// The key that a name of the store means, if it does.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 64 && text.bytes().all(hex)).then(|| Self(text.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The key of what is known before a task runs: code, environment, declared externals and
/// foreach item. The seed isn't in it, for it follows from it.
pub fn base_key(record: &Provenance) -> Key {
    digest("flownote provenance base", &base_form(record))
}

/// The key of everything that a result depends on: the base, and the digest of every
/// thing that was read.
pub fn full_key(record: &Provenance) -> Key {
    let reads = json!({
        "base": base_key(record),
        "externals": externals(record, false),
        "reads": record.reads,
    });
    digest("flownote provenance full", &reads)
}

impl ReadSet {
    /// The name under which the set is kept, `cache/<base>/reads/<hash>`.
    pub fn key(&self) -> Key {
        digest("flownote read set", &json!(self))
    }
}

fn base_form(record: &Provenance) -> Value {
    json!({
        "schema": record.schema,
        "language": record.language,
        "code": record.code.digest,
        "coarse": record.code.coarse.is_some(),
        "environment": record.environment,
        "externals": externals(record, true),
        "item": record.reads.item,
    })
}

/// The externals of one sort, in order, each once.
fn externals(record: &Provenance, declared: bool) -> Vec<&External> {
    let chosen = record.externals.iter().filter(|external| external.declared == declared);
    let mut chosen: Vec<_> = chosen.collect();
    chosen.sort();
    chosen.dedup();
    chosen
}

fn digest(kind: &str, form: &Value) -> Key {
    let mut text = String::new();
    write_canonical(form, &mut text);
    let mut hasher = blake3::Hasher::new_derive_key(kind);
    Key(hasher.update(text.as_bytes()).finalize().to_hex().to_string())
}

/// Writes JSON in canonical form.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<_, _> = map.iter().collect();
            write_all(sorted, ['{', '}'], out, |(key, value), out| {
                *out += &Value::from(key.as_str()).to_string();
                out.push(':');
                write_canonical(value, out);
            });
        }
        Value::Array(items) => write_all(items, ['[', ']'], out, write_canonical),
        scalar => *out += &scalar.to_string(),
    }
}

fn write_all<T>(
    items: impl IntoIterator<Item = T>,
    [open, close]: [char; 2],
    out: &mut String,
    write: impl Fn(T, &mut String),
) {
    out.push(open);
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}
