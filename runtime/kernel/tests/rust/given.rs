//! What other languages made comes in as the Rust type that fits it, without being copied.

use flownote_kernel::rust::Level;
use serde_json::{Value as Json, json};

use crate::world::{World, with};

fn npy(description: &str, shape: &str, fortran: bool, elements: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let text =
        format!("{{'descr': '{description}', 'fortran_order': {order}, 'shape': {shape}, }}");
    let text = format!("{text:<117}\n");
    let length = u16::try_from(text.len()).expect("short").to_le_bytes();
    [b"\x93NUMPY\x01\x00", length.as_slice(), text.as_bytes(), elements].concat()
}

fn floats(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn show(world: &mut World, handle: u64, lines: &str) -> String {
    let path = world.describe(handle)["path"].as_str().expect("a path").to_owned();
    world.run(&[("it", &path, handle)], lines, &[]).text().to_owned()
}

#[test]
fn json_is_the_type_that_fits_it() {
    with(Level::Base, |world| {
        for (text, path) in [
            ("5", "i64"),
            ("5.0", "f64"),
            ("18446744073709551615", "u64"),
            ("true", "bool"),
            ("\"a\"", "::std::string::String"),
            ("[1,2]", "::std::vec::Vec<i64>"),
            ("[1,2.5]", "::std::vec::Vec<f64>"),
            ("[\"a\"]", "::std::vec::Vec<::std::string::String>"),
            ("[[1.5],[]]", "::std::vec::Vec<::std::vec::Vec<f64>>"),
            ("{\"a\":1}", "::serde_json::Value"),
            ("[1,\"a\"]", "::serde_json::Value"),
            ("null", "::serde_json::Value"),
            ("[]", "::serde_json::Value"),
        ] {
            let handle = world.give(3, text.as_bytes(), &Json::Null).expect("given");
            assert_eq!(world.describe(handle)["path"], path, "{text}");
        }
    });
}

#[test]
fn json_is_read_as_the_type_that_a_cell_wants() {
    with(Level::Base, |world| {
        let items = world.items(
            "items_2",
            "2",
            "#[derive(Deserialize)] pub struct Config { pub rate: f64, pub tags: Vec<String> }",
        );
        world.also(World::name("items_2", &items));
        let handle =
            world.give(3, br#"{"rate": 1, "tags": ["a", "b"]}"#, &Json::Null).expect("given");
        let outcome =
            world.run(&[("it", "::items_2::Config", handle)], "(it.rate, it.tags.len())", &[]);
        assert_eq!(outcome.text(), "(1.0, 2)");
        let whole = world.give(3, b"[1, 2]", &Json::Null).expect("given");
        let outcome = world.run(&[("it", "Vec<f64>", whole)], "it.iter().sum::<f64>()", &[]);
        assert_eq!(outcome.text(), "3.0");
        let wrong = world.run(&[("it", "::items_2::Config", whole)], "it.rate", &[]).json;
        let message = wrong["error"]["message"].as_str().expect("an error");
        assert!(message.contains("`it` is not a `Config`"), "{message}");
    });
}

#[test]
fn arrays_are_read_where_they_lie() {
    with(Level::Base, |world| {
        let before = world.releases();
        let file = npy("<f8", "(2, 2)", false, &floats(&[1.0, 2.0, 3.0, 4.0]));
        let handle = world.give(1, &file, &Json::Null).expect("given");
        assert_eq!(world.describe(handle)["path"], "::flownote::Array<f64>");
        assert_eq!(world.describe(handle)["summary"], "2 × 2 float64");
        assert_eq!(
            show(world, handle, "(it.row(1)[0], it[[0, 1]], it.f64()?.len(), it.f32().is_err())"),
            "(3.0, 2.0, 4, true)"
        );
        assert_eq!(world.releases(), before, "it is still lent");
        world.forget(handle);
        assert_eq!(world.releases(), before + 1, "it is given back, once");
    });
}

#[test]
fn other_orders_are_put_in_order() {
    with(Level::Base, |world| {
        let fortran = npy("<f8", "(2, 3)", true, &floats(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]));
        let handle = world.give(1, &fortran, &Json::Null).expect("given");
        assert_eq!(show(world, handle, "it.to_vec()"), "[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]");
        let swapped: Vec<u8> = [1_i32, -2].iter().flat_map(|number| number.to_be_bytes()).collect();
        let handle =
            world.give(1, &npy(">i4", "(2,)", false, &swapped), &Json::Null).expect("given");
        assert_eq!(show(world, handle, "it.to_vec()"), "[1, -2]");
    });
}

#[test]
fn damaged_and_unknown_arrays_are_refused_and_given_back() {
    with(Level::Base, |world| {
        let before = world.releases();
        let cut = npy("<f8", "(1000,)", false, &floats(&[1.0]));
        let error = world.give(1, &cut, &Json::Null).expect_err("cut");
        assert!(error["message"].as_str().expect("a message").contains("shorter"), "{error}");
        for bytes in [
            &b"\x93NUMPY"[..],
            b"",
            &npy("<U5", "(1,)", false, &[0; 20]),
            &npy("|b1", "(1,)", false, &[7]),
        ] {
            world.give(1, bytes, &Json::Null).expect_err("refused");
        }
        let huge = npy("<f8", "(4611686018427387904, 8)", false, &[]);
        world.give(1, &huge, &Json::Null).expect_err("too many to count");
        assert_eq!(world.releases(), before + 6);
    });
}

#[test]
fn dates_of_numpy_keep_their_type() {
    with(Level::Base, |world| {
        let days: Vec<u8> = 3_i64.to_le_bytes().to_vec();
        let handle =
            world.give(1, &npy("<M8[D]", "(1,)", false, &days), &Json::Null).expect("given");
        assert_eq!(show(world, handle, "it.dtype()"), "datetime64[D]");
        let text = world.export(handle).expect("exported").bytes;
        assert!(String::from_utf8_lossy(&text).contains("'<M8[D]'"));
    });
}

#[test]
fn sparse_matrices_are_read_row_by_row() {
    with(Level::Base, |world| {
        // [[0, 1.5, 0], [2.5, 0, 3.5]]
        let whole = |numbers: &[i32]| {
            npy(
                "<i4",
                &format!("({},)", numbers.len()),
                false,
                &numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>(),
            )
        };
        let parts = [
            npy("<f8", "(3,)", false, &floats(&[1.5, 2.5, 3.5])),
            whole(&[1, 0, 2]),
            whole(&[0, 1, 3]),
        ];
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        for part in &parts {
            bytes.resize(bytes.len().next_multiple_of(64), 0);
            places.push(json!([bytes.len(), part.len()]));
            bytes.extend_from_slice(part);
        }
        let meta = json!({"shape": [2, 3], "places": places});
        let handle = world.give(2, &bytes, &meta).expect("given");
        assert_eq!(world.describe(handle)["path"], "::flownote::Csr<f64>");
        assert_eq!(show(world, handle, "it.row(1).collect::<Vec<_>>()"), "[(0, 2.5), (2, 3.5)]");
        let exported = world.export(handle).expect("exported");
        assert_eq!(exported.record["type"], "scipy.sparse.csr_matrix");
        let again = world.give(2, &exported.bytes, &exported.record["meta"]).expect("given");
        assert_eq!(
            show(world, again, "it.rows().map(|row| row.count()).collect::<Vec<_>>()"),
            "[1, 2]"
        );
        let outside = json!({"shape": [2, 2], "places": places});
        let error = world.give(2, &bytes, &outside).expect_err("a column too far");
        assert!(error["message"].as_str().expect("a message").contains("2 columns"), "{error}");
    });
}

#[test]
fn text_and_bytes() {
    with(Level::Base, |world| {
        let text = world.give(4, "schön".as_bytes(), &Json::Null).expect("given");
        assert_eq!(show(world, text, "it.chars().count()"), "5");
        let bytes = world.give(5, &[1, 2, 255], &Json::Null).expect("given");
        assert_eq!(show(world, bytes, "it[2]"), "255");
        assert_eq!(world.export(bytes).expect("exported").bytes, [1, 2, 255]);
        world.give(4, &[255], &Json::Null).expect_err("no UTF-8");
    });
}
