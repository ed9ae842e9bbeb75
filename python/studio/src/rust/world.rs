//! The user's world: libraries that the user's own compiler made, met through C functions
//! only (`runtime/kernel/prelude/src/abi.rs` specifies them).

use std::ffi::{CString, c_void};
use std::path::Path;
use std::ptr;

use arrow::ffi_stream::FFI_ArrowArrayStream;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW, Symbol};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

/// The version of the functions that is spoken here.
const ABI: u32 = 1;

/// A value in the user's world.
pub type Handle = u64;

type Sink = extern "C" fn(*mut c_void, *const u8, usize);

/// What the user's world calls.
#[repr(C)]
pub struct HostFunctions {
    abi: u32,
    host: *mut c_void,
    output: extern "C" fn(*mut c_void, *const u8, usize),
    interrupted: extern "C" fn(*mut c_void) -> bool,
}

/// What a cell tells its host while it runs, from any thread.
pub trait Listener: Send + Sync {
    /// It shows something: an output of the protocol as JSON.
    fn output(&self, json: &[u8]);
    /// Whether it is to stop.
    fn interrupted(&self) -> bool;
}

#[repr(C)]
struct RawPiece {
    data: *const u8,
    length: usize,
}

#[repr(C)]
struct RawExport {
    form: u32,
    stream: FFI_ArrowArrayStream,
    pieces: *const RawPiece,
    count: usize,
    record: *const u8,
    record_length: usize,
    owner: *mut c_void,
    release: Option<extern "C" fn(*mut c_void)>,
}

type Release = extern "C" fn(*mut c_void);
type ValueArrow =
    unsafe extern "C" fn(*mut FFI_ArrowArrayStream, *const u8, usize, Sink, *mut c_void) -> Handle;
type ValueBytes = unsafe extern "C" fn(
    u32,
    *const u8,
    usize,
    *const u8,
    usize,
    *mut c_void,
    Option<Release>,
    Sink,
    *mut c_void,
) -> Handle;
type Describe = unsafe extern "C" fn(Handle, Sink, *mut c_void);
type ExportValue = unsafe extern "C" fn(Handle, *mut RawExport, Sink, *mut c_void) -> i32;
type DropValue = unsafe extern "C" fn(Handle);
type Run = unsafe extern "C" fn(*const c_void, *const Handle, usize, Sink, *mut c_void) -> i32;

/// The user's world. Nothing of it is ever closed, and all of it is called by one thread.
pub struct World {
    value_arrow: ValueArrow,
    value_bytes: ValueBytes,
    describe: Describe,
    export: ExportValue,
    drop_value: DropValue,
    run: Run,
}

/// The compiled lines of a cell.
#[derive(Clone, Copy)]
pub struct Body(*const c_void);

/// What is known of a value.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Described {
    /// For people: `Vec<f64>`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// As code names it, where that is possible.
    pub path: Option<String>,
    /// The form that it can leave Rust in; `opaque` for none.
    pub form: String,
    /// Whether it is of the same type when it comes back from there.
    pub restores: bool,
    /// A few words.
    pub summary: Option<String>,
    /// Why it has no form or no name.
    pub why: Option<String>,
}

/// How a body ended.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// `ok`, `error`, `panic`, `interrupted`.
    pub status: String,
    /// What went wrong.
    pub error: Option<Fault>,
    /// What it leaves, by name.
    pub values: std::collections::BTreeMap<String, Handle>,
    /// The tables that it showed, by the names of their outputs (`table 1`).
    pub shown: std::collections::BTreeMap<String, ShownTable>,
}

/// A table that a body showed.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct ShownTable {
    pub handle: Handle,
    /// About how much memory it takes.
    pub bytes: u64,
}

/// An error of a cell.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fault {
    pub name: String,
    pub message: String,
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub notes: Vec<String>,
    pub hint: Option<String>,
}

/// Why something isn't possible.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Refused {
    pub message: String,
    pub hint: Option<String>,
}

/// A value on its way out.
pub struct Exported {
    raw: RawExport,
}

impl World {
    /// Opens the library that all cells share.
    pub fn open(library: &Path, listener: Box<dyn Listener>) -> Result<Self, String> {
        let library = open(library)?;
        // SAFETY: the library is of the version that `flownote_init` checks below, whose
        // functions have these types; it is never closed.
        let world = unsafe {
            let init: unsafe extern "C" fn(*const HostFunctions) -> i32 =
                function(&library, "flownote_init")?;
            let host = Box::into_raw(Box::new(listener)).cast();
            let functions = HostFunctions { abi: ABI, host, output, interrupted };
            let status = init(&raw const functions);
            if status != 0 {
                return Err(format!("the prelude speaks another version ({status})"));
            }
            Self {
                value_arrow: function(&library, "flownote_value_arrow")?,
                value_bytes: function(&library, "flownote_value_bytes")?,
                describe: function(&library, "flownote_value_describe")?,
                export: function(&library, "flownote_value_export")?,
                drop_value: function(&library, "flownote_value_drop")?,
                run: function(&library, "flownote_run")?,
            }
        };
        std::mem::forget(library);
        Ok(world)
    }

    /// Opens the compiled lines of a cell.
    pub fn load(&self, body: &Path) -> Result<Body, String> {
        let library = open(body)?;
        // SAFETY: it is called by `run` alone, which the prelude checks.
        let body: *const c_void = unsafe { function(&library, "flownote_cell")? };
        std::mem::forget(library);
        Ok(Body(body))
    }

    /// Opens a library of items with state: cells that use it find it opened.
    pub fn preload(&self, library: &Path) -> Result<(), String> {
        open(library).map(std::mem::forget)
    }

    /// Takes a table over.
    pub fn table(
        &self,
        mut stream: FFI_ArrowArrayStream,
        meta: &Map<String, Json>,
    ) -> Result<Handle, Refused> {
        let meta = serde_json::to_vec(meta).unwrap_or_default();
        let (handle, said) = listen(|sink, context| {
            // SAFETY: the stream is moved out by the callee; the texts outlive the call.
            unsafe { (self.value_arrow)(&raw mut stream, meta.as_ptr(), meta.len(), sink, context) }
        });
        handle_or(handle, &said)
    }

    /// Takes bytes in a form: 1 npy, 2 csr, 3 JSON, 4 text, 5 bytes.
    pub fn bytes<O: AsRef<[u8]> + 'static>(
        &self,
        form: u32,
        owner: O,
        meta: &Map<String, Json>,
    ) -> Result<Handle, Refused> {
        extern "C" fn release<O>(owner: *mut c_void) {
            // SAFETY: it was made below, and is released once.
            drop(unsafe { Box::from_raw(owner.cast::<O>()) });
        }
        let meta = serde_json::to_vec(meta).unwrap_or_default();
        let owner = Box::into_raw(Box::new(owner));
        // SAFETY: it was just made; what it holds stays until it is released.
        let bytes = unsafe { (*owner).as_ref() };
        let (handle, said) = listen(|sink, context| {
            // SAFETY: the bytes stay until `release` is called, the meta during the call.
            unsafe {
                (self.value_bytes)(
                    form,
                    bytes.as_ptr(),
                    bytes.len(),
                    meta.as_ptr(),
                    meta.len(),
                    owner.cast(),
                    Some(release::<O>),
                    sink,
                    context,
                )
            }
        });
        handle_or(handle, &said)
    }

    /// Describes a value.
    pub fn describe(&self, handle: Handle) -> Described {
        let ((), said) = listen(|sink, context| {
            // SAFETY: any handle may be asked for.
            unsafe { (self.describe)(handle, sink, context) }
        });
        read(&said)
    }

    /// Encodes a value.
    pub fn export(&self, handle: Handle) -> Result<Exported, Refused> {
        let mut raw = RawExport {
            form: 0,
            stream: FFI_ArrowArrayStream::empty(),
            pieces: ptr::null(),
            count: 0,
            record: ptr::null(),
            record_length: 0,
            owner: ptr::null_mut(),
            release: None,
        };
        let (status, said) = listen(|sink, context| {
            // SAFETY: `raw` is such a structure.
            unsafe { (self.export)(handle, &raw mut raw, sink, context) }
        });
        if status == 0 { Ok(Exported { raw }) } else { Err(read(&said)) }
    }

    /// Forgets a value.
    pub fn forget(&self, handle: Handle) {
        // SAFETY: any handle may be dropped.
        unsafe { (self.drop_value)(handle) }
    }

    /// Runs a body.
    pub fn run(&self, body: Body, inputs: &[Handle]) -> Outcome {
        let (_, said) = listen(|sink, context| {
            // SAFETY: the body was compiled against this library: the path of its file says
            // so (`Kit::digest`).
            unsafe { (self.run)(body.0, inputs.as_ptr(), inputs.len(), sink, context) }
        });
        read(&said)
    }
}

impl Exported {
    /// The record without digest and size.
    pub fn record(&self) -> Json {
        // SAFETY: the record stays until it is released.
        serde_json::from_slice(unsafe { slice(self.raw.record, self.raw.record_length) })
            .unwrap_or_default()
    }

    /// The table, when it is one.
    pub fn stream(&mut self) -> Option<FFI_ArrowArrayStream> {
        (self.raw.form == 0)
            .then(|| std::mem::replace(&mut self.raw.stream, FFI_ArrowArrayStream::empty()))
    }

    /// The bytes, one part after the other.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let pieces: &[RawPiece] = if self.raw.count == 0 {
            &[]
        } else {
            // SAFETY: the pieces stay until they are released.
            unsafe { std::slice::from_raw_parts(self.raw.pieces, self.raw.count) }
        };
        // SAFETY: as above.
        pieces.iter().map(|piece| unsafe { slice(piece.data, piece.length) })
    }
}

impl Drop for Exported {
    fn drop(&mut self) {
        if let Some(release) = self.raw.release {
            release(self.raw.owner);
        }
    }
}

/// # Safety
/// `start` points to `length` bytes that live as long as is said, or nowhere.
unsafe fn slice<'a>(start: *const u8, length: usize) -> &'a [u8] {
    if length == 0 || start.is_null() {
        return &[];
    }
    // SAFETY: the caller says so.
    unsafe { std::slice::from_raw_parts(start, length) }
}

fn open(path: &Path) -> Result<Library, String> {
    // SAFETY: what its initializers do is what the user's own code does.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map_err(|error| error.to_string())
}

/// # Safety
/// `T` is the type of the function.
unsafe fn function<T: Copy>(library: &Library, name: &str) -> Result<T, String> {
    let name = CString::new(name).map_err(|error| error.to_string())?;
    // SAFETY: the caller says so.
    let symbol: Symbol<T> =
        unsafe { library.get(name.as_bytes_with_nul()) }.map_err(|error| error.to_string())?;
    // SAFETY: a symbol is the function's address, as is `T`.
    let address = symbol.into_raw();
    // SAFETY: both are addresses.
    Ok(unsafe { std::mem::transmute_copy::<*mut c_void, T>(&address) })
}

extern "C" fn output(host: *mut c_void, json: *const u8, length: usize) {
    // SAFETY: it is what `open` handed over, and stays for ever.
    let listener = unsafe { &*host.cast::<Box<dyn Listener>>() };
    // SAFETY: the text stays during the call.
    listener.output(unsafe { slice(json, length) });
}

extern "C" fn interrupted(host: *mut c_void) -> bool {
    // SAFETY: as above.
    unsafe { &*host.cast::<Box<dyn Listener>>() }.interrupted()
}

/// Calls something that gives a text to a sink.
fn listen<T>(call: impl FnOnce(Sink, *mut c_void) -> T) -> (T, Vec<u8>) {
    extern "C" fn sink(context: *mut c_void, text: *const u8, length: usize) {
        // SAFETY: the context is the buffer below, the text stays during the call.
        unsafe { (*context.cast::<Vec<u8>>()).extend_from_slice(slice(text, length)) };
    }
    let mut said = Vec::new();
    let result = call(sink, (&raw mut said).cast());
    (result, said)
}

fn read<T: DeserializeOwned + Default>(said: &[u8]) -> T {
    serde_json::from_slice(said).unwrap_or_default()
}

fn handle_or(handle: Handle, said: &[u8]) -> Result<Handle, Refused> {
    if handle == 0 { Err(read(said)) } else { Ok(handle) }
}
