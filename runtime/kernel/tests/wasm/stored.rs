//! A function is stored, and comes back the same.

use flownote_kernel::wasm::{Element, Engine, Function, Limits, Nulls, Rows};
use serde_json::{Value, json};

use crate::support::{add_one, f64s, function, in_words};

#[test]
fn a_stored_function_is_the_same_function() {
    let f = function(&add_one(";; limits: memory=1MiB deadline=2s fuel=1_000_000\n;; rows: whole"));
    let stored = f.to_stored();
    assert_eq!(stored.preview, "f(x: f64[]) -> f64[]");
    assert_eq!(
        Value::Object(stored.meta.clone()),
        json!({
            "export": "f", "inputs": [{"name": "x", "type": "f64[]"}], "outputs": ["f64[]"],
            "limits": {"memory": 1 << 20, "deadline_ms": 2000, "fuel": 1_000_000},
            "nulls": "host", "rows": "whole",
        })
    );
    let engine = Engine::new().unwrap();
    let again = Function::from_stored(&engine, &stored.bytes, &stored.meta).unwrap();
    assert_eq!(again.signature(), f.signature());
    assert_eq!(again.signature().output, Element::F64);
    assert_eq!((again.limits(), again.rows()), (f.limits(), Rows::Whole));
    assert_eq!(&again.call(&[f64s(&[1.0])]).unwrap(), &f64s(&[2.0]));
}

#[test]
fn what_is_not_recorded_has_its_default() {
    let stored = function(&add_one("")).to_stored();
    let mut meta = stored.meta;
    for key in ["limits", "nulls", "rows"] {
        meta.remove(key);
    }
    let f = Function::from_stored(&Engine::new().unwrap(), &stored.bytes, &meta).unwrap();
    assert_eq!((*f.limits(), f.nulls(), f.rows()), (Limits::default(), Nulls::Host, Rows::Each));
}

#[test]
fn a_damaged_record_is_refused() {
    let stored = function(&add_one("")).to_stored();
    let engine = Engine::new().unwrap();
    for (key, value, message) in [
        ("export", json!("g"), "exports no function `g`; it has `f`"),
        ("export", json!("f(x: f64[]) -> f64[]\n"), "can't be read"),
        ("outputs", json!(["text[]"]), "not a type"),
        ("outputs", json!([]), "can't be read"),
        ("inputs", json!([{"name": "x", "type": "f64"}]), "`x` is a single `f64`"),
        ("inputs", json!([]), "takes at least one"),
        ("limits", json!("none"), "can't be read"),
        ("nulls", json!("guest"), "needs a function of type `(i32, i32, i32, i32, i32) -> (i32)`"),
    ] {
        let mut meta = stored.meta.clone();
        meta.insert(key.into(), value.clone());
        let error = Function::from_stored(&engine, &stored.bytes, &meta).unwrap_err();
        assert!(in_words(&error).contains(message), "{key} {value}: {}", in_words(&error));
    }
}
