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
