//! The program that runs the cells: where outputs go, and whether the user wants to stop.

use std::ffi::c_void;
use std::io::Write as _;
use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::error::{Error, Result};

/// What the host hands over: `FlownoteHost`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Host {
    /// [`crate::abi::VERSION`].
    pub abi: u32,
    /// The host's own.
    pub host: *mut c_void,
    /// Takes one output as JSON. It may be called by any thread of a cell's.
    pub output: Option<extern "C" fn(*mut c_void, *const u8, usize)>,
    /// Whether the user stopped the cell.
    pub interrupted: Option<extern "C" fn(*mut c_void) -> bool>,
}

// SAFETY: the host promises that its functions may be called by any thread.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

static HOST: OnceLock<Host> = OnceLock::new();

/// Takes what the host hands over; the first one stays.
pub(crate) fn install(host: Host) {
    let _ = HOST.set(host);
}

/// Gives an output to the host, after all that was printed before.
pub(crate) fn output(output: &Json) {
    flush();
    if let Some(host) = HOST.get()
        && let Some(function) = host.output
    {
        let text = output.to_string();
        function(host.host, text.as_ptr(), text.len());
    }
}

/// Writes out what was printed. When nobody reads it, that isn't the cell's fault.
pub(crate) fn flush() {
    let _ = std::io::stdout().flush();
    let _ = std::io::stderr().flush();
}

/// Whether the user wants the cell to stop. Long loops ask now and then.
///
/// ```ignore
/// while !interrupted() && error > tolerance {
///     error = improve(&mut weights);
/// }
/// ```
pub fn interrupted() -> bool {
    HOST.get().is_some_and(|host| host.interrupted.is_some_and(|function| function(host.host)))
}

/// Ends the cell when the user wants it to stop: `check()?` in a long loop.
///
/// # Errors
/// When the user stopped the cell.
#[track_caller]
pub fn check() -> Result<()> {
    if interrupted() { Err(Error::stopped()) } else { Ok(()) }
}

/// Ends the cell from within an iterator, which can't return an error.
pub(crate) fn stop_if_interrupted() {
    if interrupted() {
        std::panic::resume_unwind(Box::new(Stop));
    }
}

/// What unwinds when the user stops a cell.
pub(crate) struct Stop;
