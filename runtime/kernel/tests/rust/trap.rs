//! The trap of `TypeId`: it knows a type by its crate and its path, not by its fields. A
//! cell's struct that was edited is another type, and a value of the one before must never be
//! read as if it were of this one.

use flownote_kernel::rust::Level;

use crate::world::{World, with};

const BEFORE: &str = "pub struct Model { pub rate: f64, pub name: String }";
/// The ids of both are equal under one crate's name and metadata: fields count by name.
const AFTER: &str = "pub struct Model { pub rate: u64, pub name: String }";
const LARGER: &str = "pub struct Model { pub rate: [u64; 4], pub name: String }";

#[test]
fn a_value_of_the_type_before_is_refused_by_name() {
    with(Level::Base, |world| {
        let before = world.items("items_a1", "a1", BEFORE);
        world.also(World::name("items_a1", &before));
        let lines = "let it = items_a1::Model { rate: 0.5, name: String::from(\"old\") };";
        let old = world.run(&[], lines, &["it"]).value();
        let after = world.items("items_b2", "b2", AFTER);
        world.also(World::name("items_b2", &after));
        let outcome = world.run(&[("it", "::items_b2::Model", old)], "it.name.len()", &[]).json;
        let error = &outcome["error"];
        assert_eq!(outcome["status"], "error", "{outcome}");
        assert!(
            error["message"].as_str().expect("text").contains("as its cell defined it before"),
            "{error}"
        );
        assert_eq!(error["hint"], "run the cell that makes it again");
        let same = world.run(&[("it", "::items_a1::Model", old)], "it.name.len()", &[]);
        assert_eq!(same.text(), "3");
    });
}

#[test]
fn under_one_crate_name_the_metadata_tells_types_apart() {
    with(Level::Base, |world| {
        let before = world.items("items", "1111", BEFORE);
        world.also(World::name("items", &before));
        let lines = "let it = items::Model { rate: 0.5, name: String::from(\"old\") };";
        let old = world.run(&[], lines, &["it"]).value();
        world.forget_arguments();
        let after = world.items("items", "2222", AFTER);
        world.also(World::name("items", &after));
        let outcome = world.run(&[("it", "::items::Model", old)], "it.name.len()", &[]).json;
        assert_eq!(outcome["status"], "error", "{outcome}");
    });
}

#[test]
fn even_where_the_ids_are_equal_another_size_is_another_type() {
    with(Level::Base, |world| {
        let id = "format!(\"{:?}\", std::any::TypeId::of::<items_same::Model>())";
        let before = world.items("items_same", "same", BEFORE);
        world.also(World::name("items_same", &before));
        let first = world.run(&[], id, &[]).text().to_owned();
        let lines = "let it = items_same::Model { rate: 0.5, name: String::from(\"old\") };";
        let old = world.run(&[], lines, &["it"]).value();
        world.forget_arguments();
        // The same file, name and metadata, as a build without the digest would make it.
        let after = world.items("items_same", "same", LARGER);
        world.also(World::name("items_same", &after));
        assert_eq!(world.run(&[], id, &[]).text(), first, "the trap is there");
        let outcome = world.run(&[("it", "::items_same::Model", old)], "it.name.len()", &[]).json;
        assert_eq!(outcome["status"], "error", "{outcome}");
    });
}

#[test]
fn a_value_of_another_kind_is_refused_with_both_names() {
    with(Level::Base, |world| {
        let text = world.run(&[], "let it = String::from(\"a\");", &["it"]).value();
        for kind in ["i64", "Vec<f64>", "::flownote::Frame"] {
            let outcome = world.run(&[("it", kind, text)], "let _ = it;", &[]).json;
            let message = outcome["error"]["message"].as_str().expect("an error").to_owned();
            assert!(message.contains("`String`") && message.contains("wants"), "{message}");
        }
    });
}
