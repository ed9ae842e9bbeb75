//! Columns of any length: none, one, and more than are passed at a time.

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;
use flownote_kernel::wasm::Argument;

use crate::support::{add_one, f64s, function, in_words};

#[test]
fn lengths_around_a_portion_are_whole() {
    let f = function(&add_one(""));
    // 512 KiB hold 32,768 rows of two f64 columns.
    for rows in [0, 1, 2, 63, 32_767, 32_768, 32_769, 65_536, 65_537, 100_000] {
        let x: Vec<f64> = (0..rows).map(f64::from).collect();
        let expected: Vec<f64> = x.iter().map(|x| x + 1.0).collect();
        assert_eq!(&f.call(&[f64s(&x)]).unwrap(), &f64s(&expected), "{rows} rows");
    }
}

#[test]
fn little_memory_makes_small_portions() {
    let f = function(&add_one(";; limits: memory=128KiB"));
    let x: Vec<f64> = (0..50_000).map(f64::from).collect();
    let result = f.call(&[f64s(&x)]).unwrap();
    assert_eq!(result.as_primitive::<Float64Type>().value(49_999), 50_000.0);
}

/// Each row less the mean of those that it is called with.
fn centre(settings: &str) -> String {
    let at = "(i32.mul (local.get $at) (i32.const 8))";
    let each = |body: &str| {
        format!(
            "(local.set $at (i32.const 0)) (block $end (loop $next
               (br_if $end (i32.ge_u (local.get $at) (local.get $rows))) {body}
               (local.set $at (i32.add (local.get $at) (i32.const 1))) (br $next)))"
        )
    };
    format!(
        r#";; export: f(x: f64[]) -> f64[]
{settings}
(module (memory (export "memory") 1)
  (func (export "f") (param $rows i32) (param $x i32) (param $out i32) (result i32)
    (local $at i32) (local $sum f64) {} {} (i32.const 0)))"#,
        each(&format!(
            "(local.set $sum (f64.add (local.get $sum) (f64.load (i32.add (local.get $x) {at}))))"
        )),
        each(&format!(
            "(f64.store (i32.add (local.get $out) {at}) (f64.sub
               (f64.load (i32.add (local.get $x) {at}))
               (f64.div (local.get $sum) (f64.convert_i32_u (local.get $rows)))))"
        )),
    )
}

#[test]
fn rows_that_depend_on_one_another_are_noticed_before_they_give_wrong_results() {
    let x: Vec<f64> = (0..100_000).map(f64::from).collect();
    let careless = function(&centre(""));
    let text = in_words(&careless.call(&[f64s(&x)]).unwrap_err());
    assert!(text.contains("`f` gives other results when its columns are split"), "{text}");
    assert!(text.contains("`rows: whole`"), "{text}");
    // What fits at once is right as it is; a batch is a part of something larger.
    let short = [f64s(&[1.0, 2.0, 3.0])];
    assert_eq!(&careless.call(&short).unwrap(), &f64s(&[-1.0, 0.0, 1.0]));
    let batch = [Argument::Column(short[0].clone())];
    assert!(careless.call_batch(&batch, 3, None).is_err());

    let whole = function(&centre(";; rows: whole"));
    let result = whole.call(&[f64s(&x)]).unwrap();
    assert_eq!(result.as_primitive::<Float64Type>().value(0), -49_999.5);
    let text = in_words(&whole.call_batch(&batch, 3, None).unwrap_err());
    assert!(text.contains("works on whole columns"), "{text}");
}

#[test]
fn a_batch_says_how_many_rows_it_has() {
    let f = function(&add_one(""));
    let batch = [Argument::Column(f64s(&[1.0, 2.0]))];
    assert_eq!(f.call_batch(&batch, 2, None).unwrap().len(), 2);
    assert!(f.call_batch(&batch, 3, None).is_err());
    assert_eq!(f.call_batch(&[Argument::Column(f64s(&[]))], 0, None).unwrap().len(), 0);
}

#[test]
fn whole_columns_that_do_not_fit_say_what_they_need() {
    let whole = function(&centre(";; rows: whole\n;; limits: memory=1MiB"));
    let text = in_words(&whole.call(&[f64s(&vec![0.0; 100_000])]).unwrap_err());
    assert!(text.contains("`f` needs 1.6 MiB of memory, and its limit is 1 MiB"), "{text}");
}

#[test]
fn each_call_starts_anew() {
    let counter = function(
        ";; export: f() -> i32\n(module (global $calls (mut i32) (i32.const 0)) \
         (func (export \"f\") (result i32) \
         (global.set $calls (i32.add (global.get $calls) (i32.const 1))) (global.get $calls)))",
    );
    assert_eq!(&counter.call(&[]).unwrap(), &counter.call(&[]).unwrap());
}
