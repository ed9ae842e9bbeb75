//! A thousand modules that mean harm: each fails by itself, and the process stays well.

use std::fs;
use std::path::Path;

use flownote_kernel::wasm::{Engine, Error, Function, Options, compile};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::support::{add_one, f64s, function};

const MODULES: u64 = 1000;

/// What must become of a module.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Deadline,
    Memory,
    Trap,
    Import,
    Table,
    Pointer,
    Failed,
    /// It does no harm, whatever it does: a result or an error.
    Any,
}

/// A module with one column function `f`.
fn module(items: &str, body: &str) -> String {
    format!(
        ";; export: f(x: f64[]) -> f64[]\n;; limits: memory=2MiB deadline=20s\n\
         (module (memory (export \"memory\") 1)\n{items}\n\
         (func $f (export \"f\") (param $n i32) (param $x i32) (param $out i32) (result i32)\n\
         (local $i i32) (local $v i64)\n{body}\n(i32.const 0)))"
    )
}

/// The number of kinds that [`generate`] knows.
const KINDS: u64 = 24;

fn generate(seed: u64) -> (String, End) {
    let mut random = StdRng::seed_from_u64(seed);
    let number: i32 = random.random();
    let small = random.random_range(1..200);
    let alloc = |body: &str| {
        module(&format!("(func (export \"flownote_alloc\") (param i32) (result i32) {body})"), "")
    };
    let table = "(table 4 funcref) (type $t (func (param i64))) (elem (i32.const 1) $f)";
    match seed % KINDS {
        0 => (module("", "(loop $l (br $l))"), End::Deadline),
        1 => {
            let body =
                format!("(loop $l (i64.store (i32.const {small}) (i64.const {number})) (br $l))");
            (module("", &body), End::Deadline)
        }
        2 => {
            let body = format!(
                "(loop $l (br_if $l (i32.ne (i32.const -1) (memory.grow (i32.const {small}))))) unreachable"
            );
            (module("", &body), End::Memory)
        }
        3 => {
            // Touches all that it gets.
            let body = "(loop $l (drop (memory.grow (i32.const 1))) (memory.fill (i32.const 0) \
                        (i32.const 7) (i32.mul (memory.size) (i32.const 65536))) (br $l))";
            (module("", body), End::Deadline)
        }
        4 => {
            let locals = "(local i64 i64 i64 i64 i64 i64 i64 i64)".repeat(small % 20);
            let items = format!(
                "(func $deep (param i32) (result i32) {locals} (i32.add (i32.const 1) \
                 (call $deep (i32.add (local.get 0) (i32.const {number})))))"
            );
            (module(&items, "(drop (call $deep (i32.const 0)))"), End::Trap)
        }
        5 => {
            let what = [
                "(func)",
                "(func (param i32 i64) (result f32))",
                "(global i32)",
                "(table 1 funcref)",
            ];
            let what = what[small % what.len()];
            let text = format!(
                ";; export: f(x: f64) -> f64\n(module (import \"env{small}\" \"x{number}\" {what}) \
                 (func (export \"f\") (param f64) (result f64) (local.get 0)))"
            );
            (text, End::Import)
        }
        6 => {
            let text = ";; export: f(x: f64) -> f64\n(module (import \"env\" \"memory\" (memory 1)) \
                        (func (export \"f\") (param f64) (result f64) (local.get 0)))";
            (text.into(), End::Import)
        }
        7 => (module(&format!("(table {} funcref)", 100_001 + small * 40_000), ""), End::Table),
        8 => {
            let body = format!(
                "(loop $l (br_if $l (i32.ne (i32.const -1) \
                 (table.grow (ref.null func) (i32.const {}))))) unreachable",
                small * 100
            );
            (module("(table 1 funcref)", &body), End::Table)
        }
        9 => {
            let large = format!("(memory (export \"memory\") {})", small + 33);
            let text = module("", "").replace("(memory (export \"memory\") 1)", &large);
            (text, End::Memory)
        }
        10 => (module("", "unreachable"), End::Trap),
        11 => (module("", "(drop (i32.div_s (local.get $n) (i32.const 0)))"), End::Trap),
        12 => (module("", "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))"), End::Trap),
        13 => (module("", "(drop (i32.trunc_f64_s (f64.const nan)))"), End::Trap),
        14 => {
            let far = i64::from(number as u32).max(3 << 20);
            let body = format!("(i64.store (i32.const {far}) (i64.const -1))");
            (module("", &body), End::Trap)
        }
        15 => {
            let place = [0, 1, 2, 3, 4, number][small % 6];
            let body = format!("(call_indirect (type $t) (i64.const 1) (i32.const {place}))");
            (module(table, &body), End::Trap)
        }
        16 => {
            let pointer = [0, -1, 65_529, i32::MIN, 0x7fff_ffff, -8][small % 6];
            (alloc(&format!("(i32.const {pointer})")), End::Pointer)
        }
        17 => (alloc(&format!("(i32.const {})", small)), End::Pointer),
        18 => (alloc("(loop $l (br $l)) (i32.const 8)"), End::Deadline),
        19 => (module("(func $s (loop $l (br $l))) (start $s)", ""), End::Deadline),
        20 => (module("(func (export \"_initialize\") unreachable)", ""), End::Trap),
        21 => (module(&format!("(data (i32.const {}) \"x\")", 65_536 + small), ""), End::Trap),
        22 => (module("", &format!("(return (i32.const {}))", small)), End::Failed),
        // Writes over all of its memory, inputs, output and stack of its own.
        _ => {
            let body = format!(
                "(memory.fill (i32.const 0) (i32.const {number}) (i32.mul (memory.size) (i32.const 65536)))"
            );
            (module("", &body), End::Any)
        }
    }
}

fn end_of(error: &Error) -> Option<End> {
    Some(match error {
        Error::Deadline { .. } => End::Deadline,
        Error::Memory { .. } => End::Memory,
        Error::Trap { .. } => End::Trap,
        Error::Import { .. } => End::Import,
        Error::Table { .. } => End::Table,
        Error::Pointer { .. } => End::Pointer,
        Error::Failed { .. } => End::Failed,
        _ => return None,
    })
}

/// The memory of this process that is in use, in bytes.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
fn a_thousand_hostile_modules_leave_the_process_well_and_its_memory_flat() {
    let engine = Engine::new().unwrap();
    let options = Options { folder: Path::new("."), python: Path::new("python3"), label: "cell 3" };
    let x = f64s(&[1.5; 1000]);
    let mut settled = 0;
    for seed in 0..MODULES {
        // The kinds that a full memory is made of have all run several times.
        if seed == MODULES / 4 {
            settled = resident();
        }
        let (mut text, expected) = generate(seed);
        // The others are to fail by themselves, however busy the machine is.
        if matches!(expected, End::Deadline | End::Any) {
            text = text.replace("deadline=20s", "deadline=20ms");
        }
        let result = compile(&engine, &text, &options)
            .and_then(|module| module.functions()[0].call(std::slice::from_ref(&x)));
        match (result, expected) {
            (_, End::Any) => {}
            (Ok(_), _) => panic!("{expected:?} was expected of\n{text}"),
            (Err(error), _) => assert_eq!(end_of(&error), Some(expected), "{error}\n{text}"),
        }
    }
    let grown = resident().saturating_sub(settled);
    assert!(grown < 48 << 20, "{} MiB more than after a quarter of them", grown >> 20);
    let well = compile(&engine, &add_one(""), &options).unwrap();
    assert_eq!(&well.functions()[0].call(&[f64s(&[1.0])]).unwrap(), &f64s(&[2.0]));
}

#[test]
fn damaged_modules_are_refused_or_harmless() {
    let good = function(&add_one(";; limits: memory=1MiB deadline=20ms")).to_stored();
    let engine = Engine::new().unwrap();
    let mut random = StdRng::seed_from_u64(1);
    for _ in 0..500 {
        let mut bytes = good.bytes.to_vec();
        for _ in 0..random.random_range(1..4) {
            let at = random.random_range(0..bytes.len());
            bytes[at] = random.random();
        }
        if random.random_bool(0.3) {
            bytes.truncate(random.random_range(0..bytes.len()));
        }
        if let Ok(f) = Function::from_stored(&engine, &bytes, &good.meta) {
            let _ = f.call(&[f64s(&[1.0; 100])]);
        }
    }
    let f = Function::from_stored(&engine, &good.bytes, &good.meta).unwrap();
    assert_eq!(&f.call(&[f64s(&[1.0])]).unwrap(), &f64s(&[2.0]));
}
