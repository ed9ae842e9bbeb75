//! One execution of a cell's body: what it reads, what it leaves, how it ended.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Rc;

use serde_json::{Map, Value as Json, json};

use crate::error::{Error, Result};
use crate::export::common;
use crate::frame::Frame;
use crate::host::Stop;
use crate::panics;
use crate::value::{self, Kind, Value};

/// What a body's lines are given.
pub struct Cell {
    inputs: Vec<Rc<Value>>,
    exports: RefCell<Vec<(String, u64)>>,
}

/// What waits for a body to run.
pub(crate) struct Env {
    cell: Cell,
    ended: Option<Ended>,
}

/// How a body ended.
enum Ended {
    Well,
    Error(Error),
    Panic(Error),
    Interrupted,
}

thread_local! {
    static CURRENT: std::cell::Cell<*mut Env> = const { std::cell::Cell::new(ptr::null_mut()) };
    static SHOWN: RefCell<Shown> = const { RefCell::new(Shown::new()) };
}

/// Bytes of a table that is kept because it was shown, and of all that a body showed.
const LARGEST: usize = 64 << 20;
const ROOM: usize = 256 << 20;

/// Tables that the body showed, as far as there is room.
struct Shown {
    count: usize,
    /// The number of each, and about how many bytes it takes; the latest at the end.
    kept: VecDeque<(usize, Frame, usize)>,
}

impl Shown {
    const fn new() -> Self {
        Self { count: 0, kept: VecDeque::new() }
    }
}

/// Keeps a table that a body shows; returns the name by which all of its rows can be asked for as
/// long as there is room, or nothing when it is too large. Its columns aren't copied.
pub(crate) fn keep_shown(table: &Frame) -> Option<String> {
    let bytes = table.about_bytes();
    if CURRENT.get().is_null() || bytes > LARGEST {
        return None;
    }
    let (number, older) = SHOWN.with_borrow_mut(|shown| {
        shown.count += 1;
        shown.kept.push_back((shown.count, table.clone(), bytes));
        let mut older = Vec::new();
        while shown.kept.iter().map(|it| it.2).sum::<usize>() > ROOM {
            older.extend(shown.kept.pop_front());
        }
        (shown.count, older)
    });
    drop(older);
    Some(shown_name(number))
}

fn shown_name(number: usize) -> String {
    format!("table {number}")
}

/// Runs a body's lines; `env` is what [`crate::abi::flownote_run`] called the body with. Does
/// nothing for anything else.
pub fn run(env: *mut c_void, body: impl FnOnce(&Cell) -> Result<()>) {
    let mut body = Some(body);
    run_once(env, &mut |cell| body.take().map_or(Ok(()), |body| body(cell)));
}

/// What of [`run`] is the same for every body: compiled here, so that no cell has to.
#[inline(never)]
fn run_once(env: *mut c_void, body: &mut dyn FnMut(&Cell) -> Result<()>) {
    let current = CURRENT.get();
    if current.is_null() || current.cast() != env {
        return;
    }
    // SAFETY: `execute` set it for the time of this call, and nothing else refers to it.
    let env = unsafe { &mut *current };
    let cell = &env.cell;
    env.ended = Some(match catch_unwind(AssertUnwindSafe(|| body(cell))) {
        Ok(Ok(())) => Ended::Well,
        Ok(Err(error)) if error.is_interrupt() => Ended::Interrupted,
        Ok(Err(error)) => Ended::Error(error),
        Err(payload) if payload.is::<Stop>() => Ended::Interrupted,
        Err(payload) => Ended::Panic(panics::error(payload)),
    });
}

impl Cell {
    pub(crate) fn input(&self, index: usize) -> Option<&Rc<Value>> {
        self.inputs.get(index)
    }

    /// Keeps a value under a name. `module` is the body's `module_path!()`, whose first part
    /// is its crate.
    pub fn export<T: Any>(
        &self,
        name: &str,
        value: T,
        kind: Kind,
        copy: bool,
        module: &'static str,
    ) {
        self.keep(name, Value::new(value, Kind { copy, ..kind }, module, false));
    }

    #[inline(never)]
    fn keep(&self, name: &str, mut value: Value) {
        value.body = value.body.split("::").next().unwrap_or(value.body);
        self.exports.borrow_mut().push((name.to_owned(), value::keep(value)));
    }
}

/// Runs a body with the values of its inputs; returns the outcome for the host.
pub(crate) fn execute(body: fn(*mut c_void), inputs: Vec<Rc<Value>>) -> Json {
    let cell = Cell { inputs, exports: RefCell::default() };
    let mut env = Env { cell, ended: None };
    let pointer: *mut Env = &raw mut env;
    let before = CURRENT.replace(pointer);
    panics::forget();
    // A body is `run` and nothing else, which lets no panic out.
    body(pointer.cast());
    CURRENT.set(before);
    crate::host::flush();
    // SAFETY: `env` is still here; the compiler must see that the call may have changed it.
    let ended = unsafe { (*pointer).ended.take() };
    let shown = SHOWN.replace(Shown::new());
    let (mut values, mut tables) = (Map::new(), Map::new());
    // However it ended: what it showed is seen.
    for (number, table, bytes) in shown.kept {
        let value = Value::new(table, common::<Frame>(), "", false);
        let table = json!({"handle": value::keep(value), "bytes": bytes});
        tables.insert(shown_name(number), table);
    }
    let (status, error) = match ended {
        Some(Ended::Well) => {
            for (name, handle) in env.cell.exports.take() {
                let older = values.insert(name, handle.into());
                if let Some(older) = older.and_then(|older| older.as_u64()) {
                    value::forget_guarded(older);
                }
            }
            ("ok", None)
        }
        Some(Ended::Error(error)) => ("error", Some(error)),
        Some(Ended::Panic(error)) => ("panic", Some(error)),
        Some(Ended::Interrupted) => ("interrupted", None),
        None => ("error", Some(Error::new("the cell's body did not run"))),
    };
    for (_, handle) in env.cell.exports.take() {
        value::forget_guarded(handle);
    }
    let mut outcome = json!({"status": status, "values": values, "shown": tables});
    if let Some(error) = error {
        outcome["error"] = error.to_json();
    }
    outcome
}
