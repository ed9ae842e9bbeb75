//! How cells end: well, with an error, a panic, or because the user stopped them; each says
//! in which line.

use flownote_kernel::rust::Level;

use crate::world::with;

#[test]
fn an_error_says_what_and_in_which_line() {
    with(Level::Base, |world| {
        for (lines, line, name, message) in [
            (
                "let a = 1;\nlet b: f64 = \"x\".parse()?;",
                3,
                "ParseFloatError",
                "invalid float literal",
            ),
            ("\n\nlet b = None::<i32>.ok_or(\"there is none\")?;", 4, "Error", "there is none"),
            ("let n = 3; ensure!(n > 5, \"{n} are too few\");", 2, "Error", "3 are too few"),
            ("bail!(\"no {}\", 1);", 2, "Error", "no 1"),
            (
                "Err::<i32, _>(std::fmt::Error)?;",
                2,
                "Error",
                "an error occurred when formatting an argument",
            ),
            (
                "let b: Box<dyn std::error::Error + Send + Sync> = \"boxed\".into(); Err(b)?;",
                2,
                "Error",
                "boxed",
            ),
        ] {
            let outcome = world.run(&[], lines, &[]).json;
            let error = &outcome["error"];
            assert_eq!(outcome["status"], "error", "{outcome}");
            assert_eq!(
                (error["line"].as_u64(), error["name"].as_str()),
                (Some(line), Some(name)),
                "{outcome}"
            );
            assert_eq!(error["message"], message, "{outcome}");
            assert_eq!(error["file"], "cell-test.rs", "{outcome}");
        }
    });
}

#[test]
fn the_error_of_the_last_line_is_the_cells() {
    with(Level::Base, |world| {
        let outcome = world.run(&[], "let a = 1;\n\"x\".parse::<i32>()", &[]).json;
        assert_eq!(outcome["status"], "error", "{outcome}");
        assert_eq!(outcome["error"]["line"], 3, "{outcome}");
    });
}

#[test]
fn a_panic_ends_the_cell_and_not_the_process() {
    with(Level::Base, |world| {
        for (lines, line, message) in [
            ("let a = vec![1];\nlet i = 3;\nprintln!(\"{}\", a[i]);", 4, "index out of bounds"),
            ("let a: Option<i32> = None;\na.unwrap();", 3, "called `Option::unwrap()`"),
            ("panic!(\"{} o'clock\", 5);", 2, "5 o'clock"),
            // Inside of a library that doesn't say who called it.
            (
                "\n\nlet mut a = vec![3, 1];\na.sort_by(|_, _| panic!(\"unordered\"));",
                5,
                "unordered",
            ),
        ] {
            let outcome = world.run(&[], lines, &[]).json;
            assert_eq!(outcome["status"], "panic", "{outcome}");
            assert_eq!(outcome["error"]["line"], line, "{outcome}");
            assert!(
                outcome["error"]["message"].as_str().expect("text").contains(message),
                "{outcome}"
            );
        }
        assert_eq!(world.run(&[], "1 + 1", &[]).text(), "2");
    });
}

#[test]
fn nothing_leaves_a_cell_that_failed() {
    with(Level::Base, |world| {
        let outcome = world.run(&[], "let it = 1; if it == 1 { bail!(\"no\"); }", &["it"]).json;
        assert_eq!(outcome["values"], serde_json::json!({}), "{outcome}");
    });
}

#[test]
fn loops_that_ask_are_stopped() {
    with(Level::Base, |world| {
        let table = "let it = Frame::new().with(\"a\", vec![1; 5000]);";
        for lines in [
            "loop { check()?; }".to_owned(),
            format!(
                "{table} for row in it.rows() {{ let _: i32 = row.get(\"a\")?; }} bail!(\"not stopped\");"
            ),
        ] {
            let body = world.try_body(&[], &lines, &[]).expect("compiled");
            world.stop();
            let outcome = world.call(body, &[]).json;
            assert_eq!(outcome["status"], "interrupted", "{outcome}");
        }
    });
}

#[test]
fn serialize_that_panics_is_an_error_of_the_export() {
    with(Level::Base, |world| {
        let items = world.items("items_4", "4", "pub struct Bad; impl Serialize for Bad { \
            fn serialize<S: ::serde::Serializer>(&self, _: S) -> ::core::result::Result<S::Ok, S::Error> { panic!(\"bad\") } }");
        world.also(crate::world::World::name("items_4", &items));
        let handle = world.run(&[], "let it = items_4::Bad;", &["it"]).value();
        let error = world.export(handle).err().expect("an error");
        assert_eq!(error["message"], "bad", "{error}");
    });
}

#[test]
fn a_value_that_panics_when_it_is_dropped_takes_nothing_with_it() {
    with(Level::Base, |world| {
        let noisy = "struct Noisy; impl Drop for Noisy { fn drop(&mut self) { panic!(\"no\") } }";
        let export = "::flownote::export!(__cell, \"noisy\", Noisy);";
        let outcome = world.run(&[], &format!("{noisy} {export} bail!(\"failed\");"), &[]).json;
        assert_eq!(outcome["error"]["message"], "failed", "{outcome}");
        let outcome = world.run(&[], &format!("{noisy} {export} {export}"), &[]).json;
        assert_eq!(outcome["status"], "ok", "{outcome}");
        assert_eq!(world.run(&[], "1 + 1", &[]).text(), "2");
    });
}
