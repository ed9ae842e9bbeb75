//! What changes a key, and what doesn't.

use serde_json::{Value, json};

use super::{InputReads, Key, Provenance, base_key, full_key};
use crate::help::Help;

/// A task of a foreach that read some of everything.
fn record() -> Value {
    json!({
        "schema": 1, "language": "python",
        "code": {"digest": "c0", "parts": {"flow.py:F.train": "p0"}},
        "environment": {"runtime": "3.11", "distributions": {"numpy": "2.1.0", "scipy": "1.14"}},
        "externals": [
            {"kind": "file", "name": "seen.csv", "version": "v1"},
            {"kind": "file", "name": "declared.csv", "version": "v1", "declared": true},
        ],
        "reads": {
            "artifacts": {"ratings": "a0", "hint": null},
            "inputs": {"score": {"at": {"0": "s0", "2": null}}},
            "parameters": {"alpha": "f0"},
            "current": {"retry_count": "r0"},
            "item": "i0",
        },
        "writes": {"model": "m0"}, "deleted": ["draft"],
    })
}

fn read(value: &Value) -> Provenance {
    serde_json::from_value(value.clone()).expect("a record")
}

fn keys(value: &Value) -> (Key, Key) {
    (base_key(&read(value)), full_key(&read(value)))
}

/// Sets the value at a JSON pointer and says which keys that changes: base, full.
fn changed(pointer: &str, value: Value) -> (bool, bool) {
    let mut other = record();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    match other.pointer_mut(parent).expect("a parent") {
        Value::Object(map) => drop(map.insert(name.into(), value)),
        Value::Array(items) => items[name.parse::<usize>().expect("an index")] = value,
        _ => unreachable!("a parent has children"),
    }
    let (before, after) = (keys(&record()), keys(&other));
    (before.0 != after.0, before.1 != after.1)
}

#[test]
fn what_is_known_before_a_task_runs_changes_both_keys() {
    for (pointer, value) in [
        ("/schema", json!(2)),
        ("/language", json!("rust")),
        ("/code/digest", json!("c1")),
        ("/code/coarse", json!("getattr in flow.py:3")),
        ("/environment/runtime", json!("3.12")),
        ("/environment/distributions/numpy", json!("2.2.0")),
        ("/environment/platform", json!("x86_64-linux")),
        ("/externals/1/version", json!("v2")),
        ("/externals/1/version", Value::Null),
        ("/reads/item", json!("i1")),
    ] {
        assert_eq!(changed(pointer, value), (true, true), "{pointer}");
    }
}

#[test]
fn what_a_task_read_changes_the_full_key_only() {
    for (pointer, value) in [
        ("/externals/0/version", json!("v2")),
        ("/reads/artifacts/ratings", json!("a1")),
        ("/reads/artifacts/hint", json!("h0")),
        ("/reads/artifacts/other", Value::Null),
        ("/reads/inputs/score/at/0", json!("s1")),
        ("/reads/inputs/score", json!({"every": "s0"})),
        ("/reads/parameters/alpha", json!("f1")),
        ("/reads/current/retry_count", json!("r1")),
        ("/reads/index", json!(0)),
        ("/reads/inputs_len", json!(3)),
        ("/reads/foreach_stack", json!("t0")),
        ("/reads/every_name", json!(true)),
    ] {
        assert_eq!(changed(pointer, value), (false, true), "{pointer}");
    }
}

#[test]
fn what_follows_from_the_rest_changes_no_key() {
    for (pointer, value) in [
        ("/code/parts", json!({"flow.py:F.train": "p1"})),
        ("/code/coarse", Value::Null),
        ("/writes/model", json!("m1")),
        ("/deleted", json!([])),
        ("/unverified", json!("opened a socket")),
        ("/seed", json!("7")),
    ] {
        assert_eq!(changed(pointer, value), (false, false), "{pointer}");
    }
}

#[test]
fn keys_depend_on_no_order_and_are_the_same_on_every_machine() {
    let mut other = record();
    other["environment"]["distributions"] = json!({"scipy": "1.14", "numpy": "2.1.0"});
    let mut externals = other["externals"].as_array().expect("a list").clone();
    externals.reverse();
    externals.push(externals[0].clone());
    other["externals"] = externals.into();
    assert_eq!(keys(&record()), keys(&other));
    insta::assert_snapshot!(keys(&record()).0);
}

#[test]
fn a_read_set_has_names_and_no_values() {
    let mut other = record();
    other["reads"]["artifacts"]["ratings"] = Value::Null;
    other["reads"]["item"] = json!("i1");
    let key = |value: &Value| read(value).read_set().key();
    assert_eq!(key(&record()), key(&other));
    other["reads"]["artifacts"]["more"] = Value::Null;
    assert_ne!(key(&record()), key(&other));
    let stored = serde_json::to_value(read(&record()).read_set()).expect("JSON");
    assert_eq!(stored["artifacts"], json!(["hint", "ratings"]));
    assert_eq!(stored["inputs"], json!({"score": [0, 2]}));
    assert_eq!(stored["externals"], json!([["file", "seen.csv"]]));
}

#[test]
fn one_name_over_all_inputs_has_one_digest() {
    let digest = InputReads::digest_of([Some("aa"), None, Some("bb")]);
    assert_eq!(&*digest, blake3::hash(b"aa\n-\nbb\n").to_hex().as_str());
}

#[test]
fn records_survive_storing() {
    let stored = serde_json::to_value(read(&record())).expect("JSON");
    assert_eq!(read(&stored), read(&record()));
}

#[test]
fn what_must_not_be_reused_says_why() {
    let check = |field: &str, value: Value, message: &str, hint: bool| {
        let mut other = record();
        other[field] = value;
        let error = read(&other).reusable().expect_err(field);
        assert_eq!((error.to_string().as_str(), error.hint().is_some()), (message, hint));
    };
    assert_eq!(read(&record()).reusable(), Ok(()));
    check(
        "uncacheable",
        json!("reads current.run_id"),
        "the result can't be reused: reads current.run_id",
        false,
    );
    check(
        "unverified",
        json!("opened a socket"),
        "the result may depend on more than is known: opened a socket",
        true,
    );
    check(
        "schema",
        json!(9),
        "the record of its provenance has schema 9, and this version compares schema 1",
        false,
    );
}
