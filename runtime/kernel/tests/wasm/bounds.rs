//! Time, fuel, memory, stack and pointers have limits, and errors that name the function.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flownote_kernel::wasm::{Argument, Error};

use crate::support::{add_one, cell, f64s, function, in_words};

fn scalar(settings: &str, body: &str) -> String {
    format!(
        ";; export: f(x: f64) -> f64\n{settings}\n(module (memory (export \"memory\") 1)\n\
         (func $inner (param f64) (result f64)\n{body})\n\
         (func $f (export \"f\") (param f64) (result f64) (call $inner (local.get 0))))"
    )
}

#[track_caller]
fn check(text: &str, parts: &[&str]) {
    let error = match cell(text) {
        Ok(module) => module.functions()[0].call(&[f64s(&[1.0, 2.0])]).expect_err(text),
        Err(error) => error,
    };
    let said = in_words(&error);
    for part in parts {
        assert!(said.contains(part), "{part}\n---\n{said}");
    }
}

#[test]
fn a_trap_names_the_function_and_the_line() {
    check(
        &scalar("", "(drop (f64.load (i32.const -8)))\n(local.get 0)"),
        &["`f` failed: it read or wrote outside its memory, in `inner` at cell 3, line 5"],
    );
    check(&scalar("", "unreachable"), &["`f` failed: it gave up (`unreachable`)", "line 5"]);
    check(&scalar("", "(call $inner (local.get 0))"), &["its calls nest too deeply"]);
}

#[test]
fn a_loop_ends_at_its_deadline() {
    check(
        &scalar(";; limits: deadline=30ms", "(loop $l (br $l)) (local.get 0)"),
        &["`f` did not end within its deadline of 30ms, in `inner`", "`limits: deadline=30s`"],
    );
}

#[test]
fn fuel_strikes_at_the_same_place_each_time() {
    let enough = |fuel: u64| {
        let text = scalar(&format!(";; limits: fuel={fuel}"), "(local.get 0)");
        cell(&text).is_ok_and(|module| module.functions()[0].call(&[f64s(&[1.0; 100])]).is_ok())
    };
    // The least fuel that is enough is found, and is the same again.
    let least = || {
        let (mut short, mut enough_at) = (0, 10_000);
        while enough_at - short > 1 {
            let middle = (short + enough_at) / 2;
            if enough(middle) { enough_at = middle } else { short = middle }
        }
        enough_at
    };
    assert!(least() > 100 && least() < 10_000);
    assert_eq!(least(), least());
    check(
        &scalar(";; limits: fuel=1_000", "(loop $l (br $l)) (local.get 0)"),
        &["`f` burnt its 1000 units of fuel"],
    );
}

#[test]
fn memory_is_refused_beyond_the_limit() {
    // It doesn't look at what `memory.grow` says.
    check(
        &scalar(
            ";; limits: memory=1MiB",
            "(drop (memory.grow (i32.const 16)))\n(drop (f64.load (i32.const 0x100000)))\n(local.get 0)",
        ),
        &["`f` needs 1.1 MiB of memory, and its limit is 1 MiB", "memory=512MiB"],
    );
    check(
        &add_one(";; limits: memory=64KiB").replace("\"memory\") 1)", "\"memory\") 2)"),
        &["`f` needs 128 KiB of memory, and its limit is 64 KiB"],
    );
}

#[test]
fn a_guest_that_cannot_grow_uses_its_heap_or_says_that_there_is_none() {
    let fixed = add_one("").replace("\"memory\") 1)", "\"memory\") 1 1)");
    let text = in_words(&function(&fixed).call(&[f64s(&[1.0])]).unwrap_err());
    assert!(
        text.contains("no room for the columns of `f`: the module's memory can't grow"),
        "{text}"
    );
    let heap = fixed.replace(
        "\"memory\") 1 1)",
        "\"memory\") 1 1) (global (export \"__heap_base\") i32 (i32.const 1000))",
    );
    let x: Vec<f64> = (0..20_000).map(f64::from).collect();
    let expected: Vec<f64> = x.iter().map(|x| x + 1.0).collect();
    assert_eq!(&function(&heap).call(&[f64s(&x)]).unwrap(), &f64s(&expected));
}

#[test]
fn a_guests_own_allocator_is_used_and_not_believed() {
    let with = |body: &str| {
        add_one("").replace(
            "(memory (export",
            &format!(
                "(global $top (mut i32) (i32.const 4096))\n\
                 (func (export \"flownote_alloc\") (param $bytes i32) (result i32)\n{body})\n\
                 (memory (export"
            ),
        )
    };
    let bump = with(
        "(local $old i32) (local.set $old (global.get $top))
         (drop (memory.grow (i32.add (i32.const 1) (i32.div_u (local.get $bytes) (i32.const 65536)))))
         (global.set $top (i32.add (global.get $top) (local.get $bytes))) (local.get $old)",
    );
    assert_eq!(&function(&bump).call(&[f64s(&[1.0, 5.0])]).unwrap(), &f64s(&[2.0, 6.0]));
    check(&with("(i32.const 0)"), &["`flownote_alloc` gave 0x0", "it has no room"]);
    check(&with("(i32.const -1)"), &["gave 0xffffffff", "not all inside the memory"]);
    check(&with("(i32.const 65530)"), &["gave 0xfffa", "not all inside the memory"]);
    check(&with("(i32.const 64)"), &["part of that was given before"]);
    check(&with("unreachable"), &["`f` failed: it gave up"]);
}

#[test]
fn a_function_may_say_that_it_failed() {
    let failing = add_one("").replace("(i32.const 0)))", "(i32.const 7)))");
    check(&failing, &["`f` returned 7, which means that it failed"]);
}

#[test]
fn a_module_that_cannot_start_fails_when_its_cell_runs() {
    let start = |body: &str, settings: &str| {
        cell(&format!(
            ";; export: f() -> i32\n{settings}\n(module (memory 1)\n(func $s {body})\n(start $s)\n\
             (func (export \"f\") (result i32) (i32.const 1)))"
        ))
        .unwrap_err()
    };
    let endless = start("(loop $l (br $l))", ";; limits: deadline=20ms");
    assert!(matches!(endless, Error::Deadline { .. }), "{endless}");
    let trap = start("unreachable", "");
    assert!(matches!(trap, Error::Trap { .. }), "{trap}");
}

#[test]
fn a_call_can_be_interrupted() {
    let f = function(&scalar("", "(loop $l (br $l)) (local.get 0)"));
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let interrupt = Arc::new(move || counter.fetch_add(1, Ordering::Relaxed) >= 1);
    let error = f.call_with(&[Argument::Column(f64s(&[1.0]))], Some(interrupt)).unwrap_err();
    assert!(matches!(error, Error::Interrupted { .. }), "{error}");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[test]
fn calls_at_the_same_time_do_not_meet() {
    let f = function(&add_one(""));
    std::thread::scope(|scope| {
        for start in 0..8 {
            let f = f.clone();
            scope.spawn(move || {
                for round in 0..50 {
                    let x = f64::from(start * 1000 + round);
                    assert_eq!(&f.call(&[f64s(&[x])]).unwrap(), &f64s(&[x + 1.0]));
                }
            });
        }
    });
}
