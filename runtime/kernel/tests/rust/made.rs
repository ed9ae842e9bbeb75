//! What a cell makes leaves it in the form that fits its type.

use flownote_kernel::rust::Level;
use serde_json::{Value as Json, json};

use crate::world::{World, with};

const ITEMS: &str = "
    #[derive(Debug, Clone, Serialize, Deserialize)] pub struct Model { pub weights: Vec<f64>, pub name: String }
    #[derive(Serialize)] pub struct OneWay { pub rows: usize }
    pub struct Handle(pub std::sync::mpsc::Sender<i32>);
";

fn make(world: &mut World, lines: &str) -> u64 {
    let items = world.items("items_1", "1", ITEMS);
    world.also(World::name("items_1", &items));
    let lines = format!("use items_1::*;\n{lines}");
    world.run(&[], &lines, &["it"]).value()
}

#[test]
fn each_type_has_its_form_and_a_path_that_other_cells_can_write() {
    with(Level::Base, |world| {
        let cases = [
            ("let it = vec![1.0, 2.0];", "Vec<f64>", json!("::std::vec::Vec<f64>"), "npy", true),
            ("let it = 3_usize;", "usize", json!("usize"), "json", true),
            (
                "let it = String::from(\"a\");",
                "String",
                json!("::std::string::String"),
                "utf8",
                true,
            ),
            ("let it = \"a\";", "&str", json!("&'static str"), "utf8", false),
            (
                "let it = Model { weights: vec![], name: String::new() };",
                "Model",
                json!("::items_1::Model"),
                "json",
                true,
            ),
            ("let it = OneWay { rows: 1 };", "OneWay", json!("::items_1::OneWay"), "json", false),
            (
                "let it = Handle(std::sync::mpsc::channel().0);",
                "Handle",
                json!("::items_1::Handle"),
                "opaque",
                false,
            ),
            (
                "let it = std::collections::HashMap::from([(\"a\".to_owned(), vec![Some(1)])]);",
                "HashMap<String, Vec<Option<i32>>>",
                Json::Null,
                "json",
                true,
            ),
            (
                "let it = Frame::new().with(\"a\", vec![1]);",
                "Frame",
                json!("::flownote::Frame"),
                "arrow",
                true,
            ),
            (
                "let it = Array::new(vec![1_i32]);",
                "Array<i32>",
                json!("::flownote::Array<i32>"),
                "npy",
                true,
            ),
        ];
        for (lines, kind, path, form, restores) in cases {
            let handle = make(world, lines);
            let found = world.describe(handle);
            assert_eq!(found["type"], kind, "{found}");
            if path.is_null() {
                let path = found["path"].as_str().expect("a path").to_owned();
                // The path is one that compiles.
                let outcome = world.run(&[("it", &path, handle)], "it.len()", &[]);
                assert_eq!(outcome.text(), "1");
            } else {
                assert_eq!(found["path"], path, "{found}");
            }
            assert_eq!(
                (&found["form"], &found["restores"]),
                (&json!(form), &json!(restores)),
                "{found}"
            );
        }
    });
}

#[test]
fn closures_and_types_of_the_body_have_no_name_and_say_so() {
    with(Level::Base, |world| {
        let closure = make(world, "let it = |x: f64| x + 1.0;");
        let found = world.describe(closure);
        assert!(found["path"].is_null(), "{found}");
        assert!(found["why"].as_str().expect("why").contains("closure"), "{found}");
        let local = make(world, "let it = { struct Here; Here };");
        let found = world.describe(local);
        assert!(found["path"].is_null(), "{found}");
        assert!(found["why"].as_str().expect("why").contains("top level"), "{found}");
    });
}

#[test]
fn numbers_leave_as_numpy_writes_them() {
    with(Level::Base, |world| {
        let handle =
            make(world, "let it = Array::with_shape(vec![1_i16, 2, 3, 4, 5, 6], &[2, 3])?;");
        let exported = world.export(handle).expect("exported");
        let text = String::from_utf8_lossy(&exported.bytes[..128]).into_owned();
        assert!(exported.bytes.starts_with(b"\x93NUMPY\x01\x00"), "{text}");
        assert!(
            text.contains("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }"),
            "{text}"
        );
        assert_eq!(exported.bytes.len() % 64, 12, "six numbers behind a whole header");
        assert_eq!(exported.bytes[exported.bytes.len() - 2..], [6, 0]);
        assert_eq!(exported.record["type"], "numpy.ndarray");
        assert_eq!(exported.record["meta"], json!({"shape": [2, 3], "dtype": "int16"}));
        let again = world.give(1, &exported.bytes, &Json::Null).expect("given");
        let outcome = world.run(&[("it", "::flownote::Array<i16>", again)], "it[[1, 2]]", &[]);
        assert_eq!(outcome.text(), "6");
    });
}

#[test]
fn json_says_what_is_not_finite() {
    with(Level::Base, |world| {
        let nan = make(world, "let it = f64::NAN;");
        let exported = world.export(nan).expect("exported");
        assert_eq!(exported.bytes, br#"{"$":"float","v":"nan"}"#);
        assert_eq!(exported.record["type"], "float");
        let again = world.give(3, &exported.bytes, &Json::Null).expect("given");
        assert_eq!(world.run(&[("it", "f64", again)], "it.is_nan()", &[]).text(), "true");
        let inside =
            make(world, "let it = Model { weights: vec![f64::NAN], name: String::new() };");
        let error = world.export(inside).err().expect("no JSON");
        assert!(error["message"].as_str().expect("a message").contains("`Model`"), "{error}");
    });
}

#[test]
fn what_has_no_form_says_what_to_do() {
    with(Level::Base, |world| {
        let handle = make(world, "let it = Handle(std::sync::mpsc::channel().0);");
        let error = world.export(handle).err().expect("no form");
        assert!(error["message"].as_str().expect("a message").contains("`Handle`"), "{error}");
        assert!(error["hint"].as_str().expect("a hint").contains("Serialize"), "{error}");
    });
}

#[test]
fn a_value_is_dropped_once_and_never_while_it_is_read() {
    with(Level::Base, |world| {
        let handle = make(world, "println!(); let it = Box::new(5_i32);");
        let body = world.try_body(&[("it", "::std::boxed::Box<i32>")], "**it + 1", &[]);
        let body = body.expect("compiled");
        assert_eq!(world.call(body, &[handle]).text(), "6");
        world.forget(handle);
        let gone = world.call(body, &[handle]).json;
        assert!(gone["error"]["hint"].as_str().expect("a hint").contains("run the cell"), "{gone}");
    });
}
