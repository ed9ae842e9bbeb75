//! Rows with a null give null, and are never shown to a function that doesn't ask.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int32Array, NullArray};
use flownote_kernel::wasm::{Argument, Function};

use crate::support::{add_one, column, function};

fn divide() -> [Function; 2] {
    let scalar = function(
        ";; export: f(a: i32, b: i32) -> i32\n(module (func (export \"f\") \
         (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1))))",
    );
    let at = "(i32.mul (local.get $at) (i32.const 4))";
    let columns = function(&column(
        ";; export: f(a: i32[], b: i32[]) -> i32[]",
        2,
        &format!(
            "(i32.store (i32.add (local.get $out) {at}) (i32.div_s
               (i32.load (i32.add (local.get $in0) {at}))
               (i32.load (i32.add (local.get $in1) {at}))))"
        ),
    ));
    [scalar, columns]
}

fn ints(values: Vec<Option<i32>>) -> ArrayRef {
    Arc::new(Int32Array::from(values))
}

#[test]
fn a_null_in_any_column_gives_null_and_its_row_is_not_computed() {
    let a = ints(vec![Some(6), None, Some(8), Some(9), Some(10)]);
    // Zeros lie under the nulls of `b`: dividing by them would be a trap.
    let b = ints(vec![Some(3), Some(1), None, None, Some(5)]);
    for f in divide() {
        let result = f.call(&[a.clone(), b.clone()]).unwrap();
        assert_eq!(&result, &ints(vec![Some(2), None, None, None, Some(2)]));
    }
}

#[test]
fn columns_of_nothing_but_nulls_need_no_call() {
    let b = ints(vec![Some(0), Some(0)]);
    for f in divide() {
        let nothing: ArrayRef = Arc::new(NullArray::new(2));
        assert_eq!(&f.call(&[nothing, b.clone()]).unwrap(), &ints(vec![None, None]));
        let constant = Argument::Constant(ints(vec![None]));
        let result = f.call_with(&[Argument::Column(b.clone()), constant], None).unwrap();
        assert_eq!(&result, &ints(vec![None, None]));
    }
}

#[test]
fn nulls_stay_where_they_were_over_many_portions() {
    let rows = 200_003;
    let values: Vec<Option<f64>> =
        (0..rows).map(|row| (row % 7 != 3).then_some(f64::from(row))).collect();
    let expected: Vec<Option<f64>> = values.iter().map(|x| x.map(|x| x + 1.0)).collect();
    let column: ArrayRef = Arc::new(Float64Array::from(values));
    let expected: ArrayRef = Arc::new(Float64Array::from(expected));
    let f = function(&add_one(""));
    assert_eq!(&f.call(std::slice::from_ref(&column)).unwrap(), &expected);
    let (slice, part) = (column.slice(5, 1000), expected.slice(5, 1000));
    assert_eq!(&f.call(&[slice]).unwrap(), &part);
}

#[test]
fn a_guest_that_asks_sees_and_makes_nulls() {
    // Says which rows are null, and makes a null of each row that holds 5.
    let f = function(
        r#";; export: f(x: i32[]) -> bool[]
;; nulls: guest
(module
  (memory (export "memory") 1)
  (func (export "f") (param $rows i32) (param $x i32) (param $valid i32)
      (param $out i32) (param $out_valid i32) (result i32)
    (local $at i32)
    (block $end (loop $next
      (br_if $end (i32.ge_u (local.get $at) (local.get $rows)))
      (i32.store8 (i32.add (local.get $out) (local.get $at))
        (i32.eqz (i32.load8_u (i32.add (local.get $valid) (local.get $at)))))
      (if (i32.eq (i32.const 5) (i32.load
            (i32.add (local.get $x) (i32.mul (local.get $at) (i32.const 4)))))
        (then (i32.store8 (i32.add (local.get $out_valid) (local.get $at)) (i32.const 0))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
    (i32.const 0)))"#,
    );
    let x = ints(vec![Some(1), None, Some(5), Some(7)]);
    let expected: ArrayRef =
        Arc::new(BooleanArray::from(vec![Some(false), Some(true), None, Some(false)]));
    assert_eq!(&f.call(std::slice::from_ref(&x)).unwrap(), &expected);
    assert_eq!(&f.call(&[x.slice(1, 2)]).unwrap(), &expected.slice(1, 2));
    let none = Argument::Constant(ints(vec![None]));
    assert_eq!(f.call_batch(&[none], 3, None).unwrap().len(), 3);
}
