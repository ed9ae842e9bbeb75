//! Tables: made in a cell, handed over as streams, read column by column.

use flownote_kernel::rust::Level;
use serde_json::json;

use crate::world::{World, with};

const TABLE: &str = "let it = Frame::new()
    .with(\"user\", vec![7_i64, 8, 9])
    .with(\"rating\", vec![Some(4.5), None, Some(1.0)])
    .with(\"title\", vec![\"Alien\", \"Brazil\", \"Casablanca\"])
    .with(\"seen\", vec![true, false, true])
    .with(\"tag\", vec![Some(\"x\"), None, Some(\"\")]);";

fn table(world: &mut World) -> u64 {
    let made = world.run(&[], TABLE, &["it"]).value();
    world.through_stream(made, &json!({}))
}

fn ask(world: &mut World, handle: u64, lines: &str) -> String {
    world.run(&[("it", "::flownote::Frame", handle)], lines, &[]).text().to_owned()
}

#[test]
fn columns_are_slices_and_text() {
    with(Level::Base, |world| {
        let it = table(world);
        assert_eq!(world.describe(it)["summary"], "3 × 5");
        assert_eq!(ask(world, it, "it.i64(\"user\")?"), "[7, 8, 9]");
        assert_eq!(
            ask(world, it, "it.f64_or_nan(\"rating\")?.iter().filter(|x| x.is_nan()).count()"),
            "1"
        );
        assert_eq!(
            ask(
                world,
                it,
                "let t = it.str(\"title\")?; (t[2].len(), t.iter().rev().next(), t.get(5))"
            ),
            "(10, Some(\"Casablanca\"), None)"
        );
        assert_eq!(ask(world, it, "it.bool(\"seen\")?.count_true()"), "2");
        assert_eq!(ask(world, it, "it.str_or(\"tag\", \"?\")?.to_vec()"), "[\"x\", \"?\", \"\"]");
        assert_eq!(ask(world, it, "it.i64_or(\"user\", 0)?.iter().sum::<i64>()"), "24");
        assert_eq!(ask(world, it, "it.is_null(\"tag\", 1)?"), "true");
        assert_eq!(ask(world, it, "it.types()[1]"), "(\"rating\", \"f64\")");
    });
}

#[test]
fn rows_are_structs() {
    with(Level::Base, |world| {
        let it = table(world);
        let items = world.items(
            "items_3",
            "3",
            "#[derive(Debug, Serialize, Deserialize)] \
            pub struct Film { pub title: String, pub rating: Option<f64>, pub seen: bool }",
        );
        world.also(World::name("items_3", &items));
        let lines = "use items_3::Film; let all: Vec<Film> = it.records()?;
            let back = Frame::from_records(&all)?; (all[1].rating, back.names().join(\" \"), back.null_count(\"rating\")?)";
        assert_eq!(ask(world, it, lines), "(None, \"title rating seen\", 1)");
        assert_eq!(
            ask(world, it, "it.rows().map(|row| row.get::<String>(\"title\")).nth(1).unwrap()?"),
            "Brazil"
        );
    });
}

#[test]
fn what_does_not_fit_names_the_column_and_what_to_write() {
    with(Level::Base, |world| {
        let it = table(world);
        for (lines, message, hint) in [
            ("it.f64(\"raiting\")?", "no column `raiting`", "did you mean `rating`?"),
            ("it.f64(\"zzzzzzzz\")?", "no column `zzzzzzzz`", "`user`, `rating`"),
            ("it.f64(\"user\")?", "`user` is i64, not f64", ".f64_or_nan(\"user\")"),
            ("it.f64(\"rating\")?", "holds a null", ".f64_or_nan(\"rating\")"),
            ("it.i64(\"title\")?", "`title` is str, not i64", ".str(\"title\")"),
            ("it.str(\"tag\")?", "holds a null", ".str_or(\"tag\", \"\")"),
            ("it.bool(\"user\")?", "`user` is i64, not bool", ".i64(\"user\")"),
        ] {
            let error =
                world.run(&[("it", "::flownote::Frame", it)], lines, &[]).json["error"].clone();
            assert!(error["message"].as_str().expect("a message").contains(message), "{error}");
            assert!(error["hint"].as_str().expect("a hint").contains(hint), "{error}");
            assert_eq!(error["line"], 2, "{error}");
        }
    });
}

#[test]
fn a_table_of_nothing_and_a_table_of_ten_thousand_columns() {
    with(Level::Base, |world| {
        let empty = world
            .run(&[], "let it = Frame::new().with(\"a\", Vec::<f64>::new());", &["it"])
            .value();
        let empty = world.through_stream(empty, &json!({}));
        assert_eq!(
            ask(world, empty, "(it.num_rows(), it.f64(\"a\")?.len(), it.names().len())"),
            "(0, 0, 1)"
        );
        let none = world.run(&[], "let it = Frame::new();", &["it"]).value();
        let none = world.through_stream(none, &json!({}));
        assert_eq!(ask(world, none, "it.shape()"), "(0, 0)");
        let lines = "let mut it = Frame::new(); for n in 0..10_000 { it = it.with(&format!(\"c{n}\"), [n]); }";
        let wide = world.run(&[], lines, &["it"]).value();
        let wide = world.through_stream(wide, &json!({}));
        assert_eq!(ask(world, wide, "it.i32(\"c9999\")?[0]"), "9999");
        let shown = ask(world, wide, "it");
        assert!(shown.len() < 10_000 && shown.contains("1 row × 10000 columns"), "{shown}");
    });
}

#[test]
fn a_number_that_python_sends_as_a_column_is_a_number() {
    with(Level::Base, |world| {
        let column =
            world.run(&[], "let it = Frame::new().with(\"value\", [f64::NAN]);", &["it"]).value();
        let number = world.through_stream(column, &json!({"scalar": true}));
        assert_eq!(world.describe(number)["path"], "f64");
        let list = world
            .run(&[], "let it = Frame::new().with(\"value\", [1.0, f64::NAN]);", &["it"])
            .value();
        let list = world.through_stream(list, &json!({"column": true}));
        assert_eq!(world.describe(list)["path"], "::std::vec::Vec<f64>");
    });
}

#[test]
fn a_column_of_another_length_is_told_in_its_line() {
    with(Level::Base, |world| {
        let lines =
            "let a = Frame::new().with(\"a\", [1, 2]);\n\nlet it = a.with(\"b\", [1, 2, 3]);";
        let outcome = world.run(&[], lines, &["it"]).json;
        assert_eq!(
            (&outcome["status"], &outcome["error"]["line"]),
            (&json!("panic"), &json!(4)),
            "{outcome}"
        );
        assert!(
            outcome["error"]["message"].as_str().expect("a message").contains("3 values"),
            "{outcome}"
        );
    });
}
