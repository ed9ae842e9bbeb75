//! Functions of other languages, called from queries.

use std::sync::Arc;

use flownote_data::arrow::array::{ArrayRef, AsArray, Float64Array, StringArray};
use flownote_data::arrow::datatypes::{DataType, Float64Type};
use flownote_data::{BatchFunction, Error};
use flownote_flow::help::Help;

use crate::world::{World, numbers};

#[derive(Debug)]
struct Double;

#[derive(Debug, thiserror::Error)]
#[error("13 is not allowed")]
struct Unlucky;

impl Help for Unlucky {
    fn hint(&self) -> Option<String> {
        Some("use 12".into())
    }
}

impl BatchFunction for Double {
    fn name(&self) -> &str {
        "doubleIt"
    }

    fn arguments(&self) -> &[DataType] {
        &[DataType::Float64]
    }

    fn returns(&self) -> &DataType {
        &DataType::Float64
    }

    fn usage(&self) -> String {
        "`doubleIt(x)` doubles".into()
    }

    fn call(
        &self,
        arguments: &[ArrayRef],
        rows: usize,
    ) -> Result<ArrayRef, Box<dyn Help + Send + Sync>> {
        let values = arguments[0].as_primitive::<Float64Type>();
        assert_eq!(values.len(), rows);
        if values.iter().flatten().any(|value| value == 13.0) {
            return Err(Box::new(Unlucky));
        }
        Ok(Arc::new(values.iter().map(|value| value.map(|v| v * 2.0)).collect::<Float64Array>()))
    }
}

/// Promises numbers and returns text.
#[derive(Debug)]
struct Liar;

impl BatchFunction for Liar {
    fn name(&self) -> &str {
        "liar"
    }

    fn arguments(&self) -> &[DataType] {
        &[]
    }

    fn returns(&self) -> &DataType {
        &DataType::Int64
    }

    fn usage(&self) -> String {
        "`liar()` lies".into()
    }

    fn call(
        &self,
        _arguments: &[ArrayRef],
        rows: usize,
    ) -> Result<ArrayRef, Box<dyn Help + Send + Sync>> {
        Ok(Arc::new(StringArray::from(vec!["x"; rows])))
    }
}

#[test]
fn a_function_is_called_with_columns_and_converts_what_it_can() {
    let world = World::new();
    world.session.bind("t", flownote_data::Frame::from(numbers("n", [1, 2, 3])));
    world.session.register(Arc::new(Double));
    world.check("SELECT doubleIt(n) FROM t", &["2.0", "4.0", "6.0"]);
    world.check("SELECT DOUBLEIT(2) + 1", &["5.0"]);
    world.check("SELECT sum(doubleIt(n)) FROM t WHERE doubleIt(n) > 2", &["10.0"]);
    world.check("SELECT doubleIt(nullif(n, 2)) FROM t", &["2.0", "", "6.0"]);
    world.session.deregister("doubleIt");
    assert!(matches!(world.fail("SELECT doubleIt(1)"), Error::UnknownFunction { .. }));
}

#[test]
fn what_a_function_says_reaches_the_user() {
    let world = World::new();
    world.session.bind("t", flownote_data::Frame::from(numbers("n", 0..100_000)));
    world.session.register(Arc::new(Double));
    world.session.register(Arc::new(Liar));
    for sql in
        ["SELECT doubleIt(13)", "SELECT max(doubleIt(n)) FROM t", "SELECT doubleIt(n) FROM t"]
    {
        let error = world.fail(sql);
        assert_eq!(error.to_string(), "`doubleIt`: 13 is not allowed", "{sql}");
        assert_eq!(error.hint().as_deref(), Some("use 12"), "{sql}");
    }
    let error = world.fail("SELECT liar() FROM t").to_string();
    assert_eq!(error, "`liar`: the function returned Utf8, and promised Int64");
}

#[test]
fn a_call_that_is_wrong_says_how_it_is_right() {
    let world = World::new();
    world.session.bind("t", flownote_data::Frame::from(numbers("n", 0..3)));
    world.session.register(Arc::new(Double));
    for (sql, message) in [
        ("SELECT doubleIt(n, 1) FROM t", "it takes 1 argument, and is given 2"),
        ("SELECT n FROM t WHERE doubleIt() > 1", "it takes 1 argument, and is given 0"),
        (
            "SELECT doubleIt(interval '1 day') FROM t",
            "it takes columns of Float64, and is given Interval(MonthDayNano)",
        ),
        ("SELECT doubleIt(struct(n, 1), 2, 3) FROM t", "it takes 1 argument, and is given 3"),
    ] {
        let error = world.fail(sql);
        assert_eq!(error.to_string(), format!("`doubleIt`: {message}"), "{sql}");
        assert_eq!(error.hint().as_deref(), Some("`doubleIt(x)` doubles"), "{sql}");
        assert!(error.place_in(sql).is_some(), "{sql}");
    }
}

/// The notebook's list of SQL's own functions, which a value of a cell doesn't stand in for.
#[test]
fn the_functions_of_sql_are_known_to_notebooks() {
    let own: String = World::new().session.functions().iter().map(|it| format!("{it}\n")).collect();
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../core/notebook/src/facts/sql_functions.txt");
    if std::env::var_os("FLOWNOTE_TEST_ACCEPT").is_some() {
        std::fs::write(path, &own).expect("a file of this repository");
    }
    let known = std::fs::read_to_string(path).expect("the list");
    assert_eq!(known, own, "FLOWNOTE_TEST_ACCEPT=1 writes it anew");
}
