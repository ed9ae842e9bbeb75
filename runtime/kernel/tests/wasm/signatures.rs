//! Each type goes in and comes out as it was, by either way of calling.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, StringArray, TimestampMicrosecondArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use flownote_kernel::wasm::{Argument, Element};

use crate::support::{cell, column, f64s, function, in_words};

/// The least and the greatest of each type, and something between.
fn extremes() -> Vec<(Element, ArrayRef)> {
    vec![
        (Element::Bool, Arc::new(BooleanArray::from(vec![true, false, true]))),
        (Element::I8, Arc::new(Int8Array::from(vec![i8::MIN, -1, i8::MAX]))),
        (Element::I16, Arc::new(Int16Array::from(vec![i16::MIN, -1, i16::MAX]))),
        (Element::I32, Arc::new(Int32Array::from(vec![i32::MIN, -1, i32::MAX]))),
        (Element::I64, Arc::new(Int64Array::from(vec![i64::MIN, -1, i64::MAX]))),
        (Element::U8, Arc::new(UInt8Array::from(vec![0, 1, u8::MAX]))),
        (Element::U16, Arc::new(UInt16Array::from(vec![0, 1, u16::MAX]))),
        (Element::U32, Arc::new(UInt32Array::from(vec![0, 1, u32::MAX]))),
        (Element::U64, Arc::new(UInt64Array::from(vec![0, 1, u64::MAX]))),
        (Element::F32, Arc::new(Float32Array::from(vec![f32::MIN, -0.0, f32::INFINITY]))),
        (Element::F64, Arc::new(Float64Array::from(vec![f64::MIN, -0.0, f64::INFINITY]))),
    ]
}

#[test]
fn scalars_of_each_type_come_back_as_they_were() {
    for (element, values) in extremes() {
        let guest = match element {
            Element::I64 | Element::U64 => "i64",
            Element::F32 => "f32",
            Element::F64 => "f64",
            _ => "i32",
        };
        let same = function(&format!(
            ";; export: f(x: {element}) -> {element}\n(module (func (export \"f\") \
             (param {guest}) (result {guest}) (local.get 0)))"
        ));
        assert_eq!(&same.call(std::slice::from_ref(&values)).unwrap(), &values, "{element}");
    }
}

#[test]
fn columns_of_each_type_come_back_as_they_were() {
    for (element, values) in extremes() {
        let width = element.width();
        let (load, store) = match width {
            1 => ("i32.load8_u", "i32.store8"),
            2 => ("i32.load16_u", "i32.store16"),
            4 => ("i32.load", "i32.store"),
            _ => ("i64.load", "i64.store"),
        };
        let offset = format!("(i32.mul (local.get $at) (i32.const {width}))");
        let body = format!(
            "({store} (i32.add (local.get $out) {offset}) \
             ({load} (i32.add (local.get $in0) {offset})))"
        );
        let same =
            function(&column(&format!(";; export: f(x: {element}[]) -> {element}[]"), 1, &body));
        assert_eq!(&same.call(std::slice::from_ref(&values)).unwrap(), &values, "{element}");
        // A slice starts elsewhere in its buffer.
        let slice = values.slice(1, 2);
        assert_eq!(&same.call(std::slice::from_ref(&slice)).unwrap(), &slice, "{element}");
    }
}

#[test]
fn narrow_results_are_their_lowest_bits() {
    for (kind, expected) in [
        ("u8", Arc::new(UInt8Array::from(vec![0x34])) as ArrayRef),
        ("i16", Arc::new(Int16Array::from(vec![0x1234]))),
        ("bool", Arc::new(BooleanArray::from(vec![true]))),
    ] {
        let wide = function(&format!(
            ";; export: f() -> {kind}\n(module (func (export \"f\") (result i32) \
             (i32.const 0x7ff1234)))"
        ));
        assert_eq!(&wide.call(&[]).unwrap(), &expected);
    }
}

const F: &str = r#"(module (func (export "f") (param f64 i32) (result f64)
    (f64.add (local.get 0) (f64.convert_i32_s (local.get 1)))))"#;

#[test]
fn columns_become_the_types_of_the_header_where_nothing_is_lost() {
    let f = function(&format!(";; export: f(x: f64, n: i32) -> f64\n{F}"));
    let days: ArrayRef = Arc::new(Date32Array::from(vec![3, 4]));
    let longs: ArrayRef = Arc::new(Int64Array::from(vec![3, 4]));
    let shorts: ArrayRef = Arc::new(UInt16Array::from(vec![3, 4]));
    let floats: ArrayRef = Arc::new(Float32Array::from(vec![1.0, 2.0]));
    for n in [&days, &longs, &shorts] {
        for x in [&f64s(&[1.0, 2.0]), &floats] {
            assert_eq!(&f.call(&[x.clone(), n.clone()]).unwrap(), &f64s(&[4.0, 6.0]));
        }
    }
    // Integers may stand where floats are wanted.
    assert_eq!(&f.call(&[longs, shorts]).unwrap(), &f64s(&[6.0, 8.0]));
}

#[test]
fn columns_that_do_not_fit_are_refused_with_a_way_out() {
    let f = function(&format!(";; export: f(x: f64, n: i32) -> f64\n{F}"));
    let x = f64s(&[1.0, 2.0]);
    let large: ArrayRef = Arc::new(Int64Array::from(vec![1, 5_000_000_000]));
    let moments: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![1, 2]));
    let decimals: ArrayRef = Arc::new(Decimal128Array::from(vec![1, 2]));
    let words: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
    let truths: ArrayRef = Arc::new(BooleanArray::from(vec![true, false]));
    for (arguments, message) in [
        (vec![x.clone(), large], "takes `n` as i32, and row 1 holds 5000000000"),
        (vec![x.clone(), x.clone()], "takes `n` as i32, and was given Float64\nhint: round it"),
        (vec![words, x.clone()], "takes `x` as f64, and was given Utf8\nhint: WASM functions"),
        (vec![x.clone(), moments], "hint: declare `n` as i64"),
        (vec![x.clone(), decimals], "hint: convert it to floats"),
        (vec![truths, x.clone()], "hint: convert it to integers"),
        (vec![x.clone()], "takes 2 columns, and was given 1"),
        (vec![x.clone(), f64s(&[1.0])], "was given 2 rows, and 1 of `n`"),
    ] {
        let text = in_words(&f.call(&arguments).unwrap_err());
        assert!(text.contains(message), "{text}");
    }
}

#[test]
fn a_constant_stands_for_each_row() {
    let one: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let scalar = function(&format!(";; export: f(x: f64, n: i32) -> f64\n{F}"));
    let columns = function(&column(
        ";; export: f(x: f64[], n: i32[]) -> f64[]",
        2,
        "(f64.store (i32.add (local.get $out) (i32.mul (local.get $at) (i32.const 8)))
           (f64.add
             (f64.load (i32.add (local.get $in0) (i32.mul (local.get $at) (i32.const 8))))
             (f64.convert_i32_s (i32.load
               (i32.add (local.get $in1) (i32.mul (local.get $at) (i32.const 4)))))))",
    ));
    let x: Vec<f64> = (0..100_001).map(f64::from).collect();
    let expected: Vec<f64> = x.iter().map(|x| x + 1.0).collect();
    for f in [scalar, columns] {
        let arguments = [Argument::Column(f64s(&x)), Argument::Constant(one.clone())];
        assert_eq!(&f.call_with(&arguments, None).unwrap(), &f64s(&expected));
        let constants = [Argument::Constant(f64s(&[2.0])), Argument::Constant(one.clone())];
        assert_eq!(&f.call_with(&constants, None).unwrap(), &f64s(&[3.0]));
        // A batch of constants has as many rows as it is said to have.
        assert_eq!(f.call_batch(&constants, 3, None).unwrap().len(), 3);
    }
}

#[test]
fn several_functions_of_one_cell_share_its_module() {
    let module = cell(
        ";; export: one() -> i32\n;; export: two(x: i32) -> i32\n(module \
         (func (export \"one\") (result i32) (i32.const 1)) \
         (func (export \"two\") (param i32) (result i32) (i32.const 2)))",
    )
    .unwrap();
    let names: Vec<&str> = module.functions().iter().map(|f| f.signature().name.as_str()).collect();
    assert_eq!(names, ["one", "two"]);
    let one: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    assert_eq!(&module.function("one").unwrap().call(&[]).unwrap(), &one);
}
