//! Panics of a cell: what they say, and in which of its lines.
//!
//! A panic of the cell's own thread ends the cell, which says so; it isn't printed, too. One
//! of another thread is printed as ever.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};
use std::path::Path;
use std::sync::OnceLock;
use std::thread::{self, ThreadId};

use crate::error::{Error, Place};

/// The cell's thread: the one that installed the hook.
static THREAD: OnceLock<ThreadId> = OnceLock::new();

thread_local! {
    static LAST: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

struct Seen {
    place: Place,
    notes: Vec<String>,
}

/// Watches panics from now on.
pub(crate) fn install() {
    if THREAD.set(thread::current().id()).is_err() {
        return;
    }
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if THREAD.get() == Some(&thread::current().id()) {
            LAST.with(|last| *last.borrow_mut() = Some(look(info)));
        } else {
            before(info);
        }
    }));
}

/// Forgets the panic that was seen last.
pub(crate) fn forget() {
    LAST.with(|last| last.borrow_mut().take());
}

/// The error that a panic is.
pub(crate) fn error(payload: Box<dyn Any + Send>) -> Error {
    let message = match payload.downcast_ref::<&str>() {
        Some(text) => (*text).to_owned(),
        None => match payload.downcast_ref::<String>() {
            Some(text) => text.clone(),
            None => "a value that isn't text was thrown".to_owned(),
        },
    };
    // The payload may be of a type whose drop panics in turn.
    std::mem::forget(payload);
    let seen = LAST.with(|last| last.borrow_mut().take());
    let seen = seen.unwrap_or_else(|| Seen { place: Place::default(), notes: Vec::new() });
    Error::named("panic", message, seen.place).with_notes(seen.notes)
}

fn look(info: &PanicHookInfo<'_>) -> Seen {
    let place = info.location().map(Place::from).unwrap_or_default();
    if is_of_cell(&place.file) {
        return Seen { place, notes: Vec::new() };
    }
    // Somewhere below: the cell's line is up the stack.
    let notes = vec![format!("at {}:{}:{}", place.file, place.line, place.column)];
    let stack = Backtrace::force_capture().to_string();
    let own = stack.lines().filter_map(|line| place_of(line.trim().strip_prefix("at ")?));
    match own.into_iter().find(|place| is_of_cell(&place.file)) {
        Some(place) => Seen { place, notes },
        None => Seen { place, notes: Vec::new() },
    }
}

/// Whether a file is a cell's.
fn is_of_cell(file: &str) -> bool {
    let name = Path::new(file).file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with("cell-") && name.ends_with(".rs"))
}

/// Reads `file:line:column`.
fn place_of(text: &str) -> Option<Place> {
    let mut parts = text.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some(Place { file: parts.next()?.to_owned(), line, column })
}
