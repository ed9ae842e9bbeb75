//! Python's buffer protocol for a wheel that serves 3.10 and newer.
//!
//! `PyObject_GetBuffer` is exported by every CPython, but entered the limited API only in
//! 3.11, so pyo3 hides it from an abi3-py310 build. The functions and the struct are
//! declared here; their layout is the same in 3.10 through 3.14 (PEP 3118, and frozen
//! since the limited API of 3.11 includes them).

use std::ffi::{c_char, c_int, c_void};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use pyo3::prelude::*;

/// CPython's `Py_buffer` (`Include/pybuffer.h`).
#[repr(C)]
struct RawBuffer {
    data: *mut c_void,
    object: *mut pyo3::ffi::PyObject,
    length: isize,
    item_size: isize,
    read_only: c_int,
    dimensions: c_int,
    format: *mut c_char,
    shape: *mut isize,
    strides: *mut isize,
    suboffsets: *mut isize,
    internal: *mut c_void,
}

/// `PyBUF_SIMPLE`: contiguous bytes, nothing else asked. A buffer that is not contiguous
/// in C order refuses it with a `BufferError`.
const SIMPLE: c_int = 0;

unsafe extern "C" {
    fn PyObject_GetBuffer(
        object: *mut pyo3::ffi::PyObject,
        view: *mut RawBuffer,
        flags: c_int,
    ) -> c_int;
    fn PyBuffer_Release(view: *mut RawBuffer);
}

/// The bytes of a Python object, held until dropped.
///
/// The view is released when it is dropped, which needs the GIL: hence the lifetime.
pub struct Bytes<'py> {
    // Boxed, because some exporters (`bytes` among them) let `shape` point into it.
    raw: Box<RawBuffer>,
    py: PhantomData<Python<'py>>,
}

impl<'py> Bytes<'py> {
    /// Asks `object` for its bytes; a `BufferError` or `TypeError` when it has none that
    /// are contiguous.
    pub fn of(object: &Bound<'py, PyAny>) -> PyResult<Self> {
        let mut raw = Box::new(MaybeUninit::<RawBuffer>::uninit());
        // SAFETY: the GIL is held (`object` is bound to it), the object pointer is valid,
        // and the struct has the size and layout that CPython writes.
        let status = unsafe { PyObject_GetBuffer(object.as_ptr(), raw.as_mut_ptr(), SIMPLE) };
        if status != 0 {
            return Err(PyErr::fetch(object.py()));
        }
        // SAFETY: a status of 0 means that every field was written; the box has the same
        // layout with and without `MaybeUninit`.
        let raw = unsafe { Box::from_raw(Box::into_raw(raw).cast::<RawBuffer>()) };
        Ok(Self { raw, py: PhantomData })
    }

    /// The bytes.
    ///
    /// Somebody else may write to them while they are read (a bytearray in another
    /// thread); a digest is then of neither content, as it would be in Python.
    pub fn as_slice(&self) -> &[u8] {
        if self.raw.length <= 0 {
            return &[];
        }
        // SAFETY: the exporter keeps `length` bytes at `data` alive and in place until
        // the view is released, which happens on drop only.
        unsafe {
            std::slice::from_raw_parts(self.raw.data.cast::<u8>(), self.raw.length.unsigned_abs())
        }
    }
}

impl Drop for Bytes<'_> {
    fn drop(&mut self) {
        // SAFETY: the view was filled by `PyObject_GetBuffer` and is released once, with
        // the GIL held.
        unsafe { PyBuffer_Release(&raw mut *self.raw) };
    }
}
