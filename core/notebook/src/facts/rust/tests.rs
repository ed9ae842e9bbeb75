//! A table of cells.

use super::*;

#[track_caller]
fn check(source: &str, uses: &str, defines: &str) {
    let facts = facts(source);
    assert_eq!(facts.error, None, "{source}");
    let named = |name: &&str| *name != SCOPE;
    let used: Vec<&str> = facts.now.keys().map(AsRef::as_ref).filter(named).collect();
    let defined: Vec<&str> = facts.defs.keys().map(AsRef::as_ref).filter(named).collect();
    assert_eq!(
        (used.join(" ").as_str(), defined.join(" ").as_str()),
        (uses, defines),
        "\n{source}"
    );
}

#[test]
fn lets_and_items_are_names() {
    check("let x = 1;", "", "x");
    check("let (a, mut b) = pair;", "pair", "a b");
    check("fn twice(x: u8) -> u8 { x * 2 }", "u8", "twice");
    check("struct P { x: f64 }\nimpl P { fn norm(&self) -> f64 { self.x } }", "f64", "P");
    check("impl Q { fn n(&self, k: Z) -> Z { k } }", "Z", "Q");
    check("use std::collections::{HashMap, BTreeMap as B};", "", "B HashMap");
    check("macro_rules! m { () => { 1 } }\nlet x = m!();", "", "m x");
    check("use std::{fmt::{self, Write as _}, io};", "", "fmt io");
    check("use Shape::*;", "Shape", "");
    check("let r#type = 1;", "", "type");
    check("thread_local! { static SEEN: u8 = 1; }", "static thread_local u8", "SEEN");
}

#[test]
fn methods_stand_anywhere_beside_their_type() {
    let facts = facts("impl P { fn n(&self) {} }\nstruct P;\nimpl Q {}");
    assert!(!facts.defs["P"].conditional, "it is this cell's");
    assert!(facts.defs["Q"].conditional, "it is another cell's");
}

#[test]
fn what_holds_unnamed_has_a_name() {
    let scope = |source: &str| facts(source).defs.contains_key(SCOPE);
    assert!(scope("use rayon::prelude::*;") && scope("use std::fmt::Write;"));
    assert!(scope("trait Score { fn score(&self) -> f64; }") && scope("use a::B as _;"));
    assert!(!scope("use std::collections::HashMap;") && !scope("let x = 1;"));
    assert!(facts("let x = 1;").now.contains_key(SCOPE), "every cell reads it");
    assert!(!facts("// nothing").now.contains_key(SCOPE));
}

#[test]
fn what_is_used_and_not_bound_is_read() {
    check("let y = xs.iter().map(|x| x * k).sum();", "k xs", "y");
    check("for row in rows { total(row); }", "rows total", "");
    check("let f = |a, b| a + b + c;", "c", "f");
    check("{ let inner = 1; use_it(inner); }\ninner", "inner use_it", "");
    check("if let Some(v) = maybe { v } else { w }", "Some maybe w", "");
    check("match m { Some(v) if v > t => v, _ => d }", "Some d m t", "");
    check("let x = x + 1;", "x", "x");
    check("let x = 1;\nlet y = x;", "", "x y");
}

#[test]
fn macros_are_looked_into() {
    check("println!(\"{x} {y:?} {{no}}\", z.len());", "println x y z", "");
    check("let v = vec![a, b];", "a b vec", "v");
}

#[test]
fn options_are_read() {
    let facts = facts("//! in: df: Map<u8, f64>, model\n//! dep: regex = \"1\"\nlet x = 1;");
    let names: Vec<&str> = facts.now.keys().map(AsRef::as_ref).collect();
    assert_eq!(names, ["df", "model", SCOPE]);
    assert_eq!(facts.dependencies["regex"], "\"1\"");
    let any = super::facts("//! dep: regex\nlet x = 1;");
    assert_eq!(any.dependencies["regex"], "\"*\"", "as it stands in Cargo.toml");
}

#[test]
fn classes() {
    assert_eq!(facts("fn f() {}").class, Class::Definition);
    assert_eq!(facts("let x = f();").class, Class::Value);
    assert_eq!(facts("std::fs::write(\"a\", \"b\")?;").class, Class::Effect);
}

#[test]
fn comments_and_layout_are_not_code() {
    let code = |source: &str| facts(source).code;
    assert_eq!(code("/// Says so.\nfn f(){1}"), code("fn f()  { 1 } // one"));
    assert_ne!(code("fn f() { 1 }"), code("fn f() { 2 }"));
    assert_ne!(code("//! dep: a = \"1\"\n1"), code("//! dep: a = \"2\"\n1"));
}

#[test]
fn errors_have_a_place() {
    let error = facts("let x = 1;\nlet = 2;").error.expect("an error");
    assert_eq!((error.line, error.column), (2, 5), "{}", error.message);
}
