//! Arrow's C interfaces: structures by which libraries hand each other columns without
//! copying (<https://arrow.apache.org/docs/format/CDataInterface.html> and
//! `CStreamInterface.html`).

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

/// A column's type: `struct ArrowSchema`.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowSchema {
    /// The type as a short text: `g` is float64.
    pub format: *const c_char,
    /// The column's name.
    pub name: *const c_char,
    /// Pairs of keys and values, in a binary form.
    pub metadata: *const c_char,
    /// 1: a dictionary's order has a meaning; 2: there may be nulls; 4: sorted keys.
    pub flags: i64,
    /// How many types it is made of.
    pub n_children: i64,
    /// Those types.
    pub children: *mut *mut ArrowSchema,
    /// The type of a dictionary's values.
    pub dictionary: *mut ArrowSchema,
    /// Frees it; null when that was done, or when it was moved.
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    /// The producer's own.
    pub private_data: *mut c_void,
}

/// A column's memory: `struct ArrowArray`.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowArray {
    /// Values.
    pub length: i64,
    /// Nulls among them; -1 when nobody counted.
    pub null_count: i64,
    /// Values to leave out at the beginning of each buffer.
    pub offset: i64,
    /// How many buffers there are.
    pub n_buffers: i64,
    /// How many arrays it is made of.
    pub n_children: i64,
    /// The buffers: validity first, for most types.
    pub buffers: *mut *const c_void,
    /// The arrays it is made of.
    pub children: *mut *mut ArrowArray,
    /// The values of a dictionary.
    pub dictionary: *mut ArrowArray,
    /// Frees it; null when that was done, or when it was moved.
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    /// The producer's own.
    pub private_data: *mut c_void,
}

/// Record batches, one after the other: `struct ArrowArrayStream`.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowArrayStream {
    /// Gives the type of all batches.
    pub get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    /// Gives the next batch; a released one after the last.
    pub get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    /// Says why the last call failed.
    pub get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    /// Frees it; null when that was done, or when it was moved.
    pub release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    /// The producer's own.
    pub private_data: *mut c_void,
}

// SAFETY: the interface allows a structure to be used and released by any thread, one at a
// time.
unsafe impl Send for ArrowArray {}
// SAFETY: what can be reached through a shared reference is only ever read.
unsafe impl Sync for ArrowArray {}

impl ArrowSchema {
    /// A place for a producer to write to.
    pub const fn empty() -> Self {
        Self {
            format: ptr::null(),
            name: ptr::null(),
            metadata: ptr::null(),
            flags: 0,
            n_children: 0,
            children: ptr::null_mut(),
            dictionary: ptr::null_mut(),
            release: None,
            private_data: ptr::null_mut(),
        }
    }
}

impl ArrowArray {
    /// A place for a producer to write to.
    pub const fn empty() -> Self {
        Self {
            length: 0,
            null_count: 0,
            offset: 0,
            n_buffers: 0,
            n_children: 0,
            buffers: ptr::null_mut(),
            children: ptr::null_mut(),
            dictionary: ptr::null_mut(),
            release: None,
            private_data: ptr::null_mut(),
        }
    }
}

impl ArrowArrayStream {
    /// A place for a producer to write to.
    pub const fn empty() -> Self {
        Self {
            get_schema: None,
            get_next: None,
            get_last_error: None,
            release: None,
            private_data: ptr::null_mut(),
        }
    }
}

macro_rules! release_when_dropped {
    ($($name:ident),*) => {$(
        impl Drop for $name {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: it wasn't released before, and nothing uses it any more.
                    unsafe { release(self) }
                }
            }
        }
    )*};
}

release_when_dropped!(ArrowSchema, ArrowArray, ArrowArrayStream);
