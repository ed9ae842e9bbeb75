//! The `json` codec: what JSON has no form for stands as `{"$": kind, "v": …}`
//! (`flownote/codecs/json.py`).

use serde_json::{Map, Value};

use super::{Reason, Source, TEXT};
use crate::api::Preview;

/// Looks into it.
pub fn look(source: &Source) -> Result<Preview, Reason> {
    if source.len()? > TEXT as u64 {
        return source.text();
    }
    let bytes = source.head(TEXT as u64)?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    Ok(Preview::Json { value: plain(value) })
}

/// A value as people read it: tuples and sets as lists, odd numbers as text.
fn plain(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        Value::Object(mut form) => match (form.get("$").and_then(Value::as_str), form.len()) {
            (Some("dict"), _) => pairs(form.remove("v")),
            (Some(_), _) => plain(form.remove("v").unwrap_or_default()),
            (None, _) => {
                Value::Object(form.into_iter().map(|(name, it)| (name, plain(it))).collect())
            }
        },
        scalar => scalar,
    }
}

fn pairs(value: Option<Value>) -> Value {
    let mut found = Map::new();
    for pair in value.as_ref().and_then(Value::as_array).into_iter().flatten() {
        let Some([key, value]) = pair.as_array().map(Vec::as_slice) else { continue };
        let key = match plain(key.clone()) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        found.insert(key, plain(value.clone()));
    }
    Value::Object(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn forms_become_plain() {
        let value = json!({"a": {"$": "tuple", "v": [1, {"$": "float", "v": "nan"}]},
            "b": {"$": "dict", "v": [[1, "x"], [{"$": "tuple", "v": [1, 2]}, null]]}});
        let expect = json!({"a": [1, "nan"], "b": {"1": "x", "[1,2]": null}});
        assert_eq!(plain(value), expect);
    }
}
