//! The C functions by which the host and the cells meet, version 1.
//!
//! The host is a program of its own, with its own copy of the standard library; no Rust type
//! crosses here. Everything is called by one thread, the cells', except the functions in
//! [`Host`], which any thread of a cell's may call. A *sink* takes a text once, during the call.
//!
//! ```c
//! typedef void (*Sink)(void *context, const uint8_t *text, size_t length);
//! typedef struct { uint32_t abi; void *host;
//!                  void (*output)(void *host, const uint8_t *json, size_t length);
//!                  bool (*interrupted)(void *host); } FlownoteHost;
//! int32_t  flownote_init(const FlownoteHost *host);
//! uint64_t flownote_value_arrow(struct ArrowArrayStream *stream, const uint8_t *meta,
//!                               size_t meta_length, Sink sink, void *context);
//! uint64_t flownote_value_bytes(uint32_t form, const uint8_t *bytes, size_t length,
//!                               const uint8_t *meta, size_t meta_length, void *owner,
//!                               void (*release)(void *owner), Sink sink, void *context);
//! void     flownote_value_describe(uint64_t handle, Sink sink, void *context);
//! int32_t  flownote_value_export(uint64_t handle, FlownoteExport *out, Sink sink, void *context);
//! void     flownote_value_drop(uint64_t handle);
//! int32_t  flownote_run(void (*body)(void *), const uint64_t *inputs, size_t count,
//!                       Sink sink, void *context);
//! ```
//!
//! Forms are those of [`crate::value::Form`] by number. What fails gives 0 as a handle, or a
//! number other than 0, and the sink `{"message": …, "hint": …}`.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use serde_json::{Value as Json, json};

use crate::bytes::Lent;
use crate::codec::{Encoding, Piece};
use crate::ffi::ArrowArrayStream;
use crate::given::{self, Refused};
use crate::host::{self, Host};
use crate::value::{self, Form, Value};
use crate::{cell, names, panics};

/// The version of these functions.
pub const VERSION: u32 = 1;

/// Takes a text.
pub type Sink = extern "C" fn(*mut c_void, *const u8, usize);

/// A part of an encoding: `FlownotePiece`.
#[repr(C)]
pub struct RawPiece {
    /// The bytes.
    pub data: *const u8,
    /// How many.
    pub length: usize,
}

/// A value on its way out: `FlownoteExport`.
#[repr(C)]
pub struct Export {
    /// The form.
    pub form: u32,
    /// Record batches, when the form is 0; the host releases it.
    pub stream: ArrowArrayStream,
    /// The encoding in other forms: pieces, one after the other.
    pub pieces: *const RawPiece,
    /// How many pieces.
    pub count: usize,
    /// The value's record as JSON: `codec`, `type`, `meta`, `preview`.
    pub record: *const u8,
    /// Its length.
    pub record_length: usize,
    /// What the pieces and the record are part of.
    pub owner: *mut c_void,
    /// Frees them.
    pub release: Option<extern "C" fn(*mut c_void)>,
}

/// Tells the host's functions, and begins to watch panics. 0 is well.
///
/// # Safety
/// `host` points to a `FlownoteHost` whose functions stay for as long as the process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flownote_init(host: *const Host) -> i32 {
    if host.is_null() {
        return 1;
    }
    // SAFETY: the caller says so.
    let host = unsafe { *host };
    if host.abi != VERSION {
        return 2;
    }
    host::install(host);
    panics::install();
    0
}

/// Takes a table over; returns its handle.
///
/// # Safety
/// `stream` points to an Arrow stream, `meta` to `meta_length` bytes or nowhere.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flownote_value_arrow(
    stream: *mut ArrowArrayStream,
    meta: *const u8,
    meta_length: usize,
    sink: Sink,
    context: *mut c_void,
) -> u64 {
    // SAFETY: the caller hands it over; what stays there is released, by the interface.
    let stream = unsafe { std::mem::replace(&mut *stream, ArrowArrayStream::empty()) };
    // SAFETY: the caller says so.
    let meta = unsafe { json_at(meta, meta_length) };
    keep(|| given::from_stream(stream, &meta), sink, context)
}

/// Takes bytes in one of the forms 1 to 5, or 7; returns the value's handle.
///
/// # Safety
/// `bytes` points to `length` bytes which stay until `release` is called, `meta` to
/// `meta_length` bytes or nowhere.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flownote_value_bytes(
    form: u32,
    bytes: *const u8,
    length: usize,
    meta: *const u8,
    meta_length: usize,
    owner: *mut c_void,
    release: Option<extern "C" fn(*mut c_void)>,
    sink: Sink,
    context: *mut c_void,
) -> u64 {
    let lent = Lent { pointer: bytes, length, owner, release };
    // SAFETY: the caller says so.
    let meta = unsafe { json_at(meta, meta_length) };
    keep(|| given::from_bytes(form, lent, &meta), sink, context)
}

/// Describes a value: `{"type", "path", "copy", "form", "restores", "summary", "why"}`.
#[unsafe(no_mangle)]
pub extern "C" fn flownote_value_describe(handle: u64, sink: Sink, context: *mut c_void) {
    let description = match value::get(handle) {
        Some(value) => describe(&value),
        None => json!({"message": unknown(handle)}),
    };
    say(&description, sink, context);
}

/// Encodes a value. 0 is well.
///
/// # Safety
/// `out` points to a `FlownoteExport`, whose content doesn't matter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flownote_value_export(
    handle: u64,
    out: *mut Export,
    sink: Sink,
    context: *mut c_void,
) -> i32 {
    let Some(value) = value::get(handle) else {
        say(&json!({"message": unknown(handle)}), sink, context);
        return 1;
    };
    // Serialize is the user's code.
    let encoded = catch_unwind(AssertUnwindSafe(|| (value.kind.encode)(&*value.data)));
    match encoded.unwrap_or_else(|payload| Err(panics::error(payload))) {
        Ok(encoding) => {
            let export = hand_out(value, encoding);
            // SAFETY: the caller says so; what was there isn't dropped.
            unsafe { out.write(export) };
            0
        }
        Err(error) => {
            say(&json!({"message": error.message(), "hint": error.hint()}), sink, context);
            1
        }
    }
}

/// Forgets a value.
#[unsafe(no_mangle)]
pub extern "C" fn flownote_value_drop(handle: u64) {
    value::forget_guarded(handle);
}

/// Runs a cell's body, a Rust function; the sink gets the outcome:
/// `{"status": "ok|error|panic|interrupted", "error": {…}?, "values": {name: handle}}`.
///
/// # Safety
/// `body` is a function `fn(*mut c_void)` that this compiler compiled against this library,
/// `inputs` points to `count` handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flownote_run(
    body: *const c_void,
    inputs: *const u64,
    count: usize,
    sink: Sink,
    context: *mut c_void,
) -> i32 {
    let handles = if count == 0 {
        &[]
    } else {
        // SAFETY: the caller says so.
        unsafe { std::slice::from_raw_parts(inputs, count) }
    };
    let mut values = Vec::with_capacity(count);
    for handle in handles {
        match value::get(*handle) {
            Some(value) => values.push(value),
            None => {
                let error = crate::Error::new(unknown(*handle));
                let error = error.with_hint("run the cell that makes it again").to_json();
                say(&json!({"status": "error", "error": error, "values": {}}), sink, context);
                return 1;
            }
        }
    }
    // SAFETY: the caller says so.
    let body = unsafe { std::mem::transmute::<*const c_void, fn(*mut c_void)>(body) };
    let outcome = cell::execute(body, values);
    say(&outcome, sink, context);
    0
}

fn keep(make: impl FnOnce() -> Result<Value, Refused>, sink: Sink, context: *mut c_void) -> u64 {
    let made = catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|payload| {
        Err(format!("a value is damaged: {}", panics::error(payload).message()).into())
    });
    match made {
        Ok(value) => value::keep(value),
        Err(refused) => {
            say(&json!({"message": refused.message, "hint": refused.hint}), sink, context);
            0
        }
    }
}

fn describe(value: &Value) -> Json {
    let path = names::public(value.type_name, value.body);
    let summary = catch_unwind(AssertUnwindSafe(|| (value.kind.summary)(&*value.data)));
    json!({
        "type": names::short(value.type_name),
        "path": path.as_ref().ok(),
        "copy": value.kind.copy,
        "form": value.kind.form.name(),
        "restores": value.kind.restores && path.is_ok(),
        "summary": summary.ok().flatten(),
        "why": match (&path, value.kind.form) {
            (Err(why), _) => Some((*why).to_owned()),
            (Ok(_), Form::Opaque) => Some(format!(
                "`{}` has no form that other languages read: derive `Serialize` for it",
                names::short(value.type_name)
            )),
            _ => None,
        },
    })
}

/// What pieces and record are part of, until the host has read them.
struct Owner {
    _value: Rc<Value>,
    _pieces: Vec<Piece>,
    raw: Vec<RawPiece>,
    record: String,
}

fn hand_out(value: Rc<Value>, encoding: Encoding) -> Export {
    let form = value.kind.form as u32;
    let (stream, pieces, record) = match encoding {
        Encoding::Stream(stream, record) => (stream, Vec::new(), record),
        Encoding::Bytes(pieces, record) => (ArrowArrayStream::empty(), pieces, record),
    };
    let raw = pieces.iter().map(Piece::place);
    let raw = raw.map(|(data, length)| RawPiece { data, length }).collect();
    let record = record.to_json().to_string();
    let owner = Box::new(Owner { _value: value, _pieces: pieces, raw, record });
    Export {
        form,
        stream,
        pieces: owner.raw.as_ptr(),
        count: owner.raw.len(),
        record: owner.record.as_ptr(),
        record_length: owner.record.len(),
        owner: Box::into_raw(owner).cast(),
        release: Some(release),
    }
}

extern "C" fn release(owner: *mut c_void) {
    // SAFETY: it was made by `hand_out`, and is released once.
    let owner = unsafe { Box::from_raw(owner.cast::<Owner>()) };
    // The value may have been kept for this alone.
    value::guard(|| drop(owner));
}

fn unknown(handle: u64) -> String {
    format!("there is no value {handle} any more")
}

fn say(json: &Json, sink: Sink, context: *mut c_void) {
    let text = json.to_string();
    sink(context, text.as_ptr(), text.len());
}

/// # Safety
/// `text` points to `length` bytes, or nowhere.
unsafe fn json_at(text: *const u8, length: usize) -> Json {
    if text.is_null() || length == 0 {
        return Json::Null;
    }
    // SAFETY: the caller says so.
    let bytes = unsafe { std::slice::from_raw_parts(text, length) };
    serde_json::from_slice(bytes).unwrap_or_default()
}
