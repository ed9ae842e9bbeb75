//! Memory that a value lies in: its own, or a file that the host has mapped.

use std::ffi::c_void;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// What the host lends: it is given back when nothing refers to it any more.
pub(crate) struct Lent {
    pub pointer: *const u8,
    pub length: usize,
    pub owner: *mut c_void,
    pub release: Option<extern "C" fn(*mut c_void)>,
}

// SAFETY: what the host lends is only read, and may be given back by any thread.
unsafe impl Send for Lent {}
// SAFETY: as above.
unsafe impl Sync for Lent {}

impl Lent {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: the host keeps them readable and unchanged until it is given them back.
        unsafe { std::slice::from_raw_parts(self.pointer, self.length) }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            release(self.owner);
        }
    }
}

/// Elements: one's own, or a part of what the host lends. Clones share them.
#[derive(Clone)]
pub(crate) enum Memory<T> {
    /// One's own.
    Own(Arc<Vec<T>>),
    /// The host's.
    Lent(Part<T>),
}

/// Elements within what the host lends.
#[derive(Clone)]
pub(crate) struct Part<T> {
    pointer: *const T,
    length: usize,
    _lent: Arc<Lent>,
}

// SAFETY: the elements are only read, and stay as long as `Lent` does, which is both.
unsafe impl<T: Sync> Send for Part<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Part<T> {}

impl<T> Memory<T> {
    /// Elements that begin at a byte of what the host lends.
    ///
    /// # Safety
    /// The bytes are within it, aligned, and valid as elements.
    pub unsafe fn lent(lent: &Arc<Lent>, start: usize, length: usize) -> Self {
        // SAFETY: the caller says that it is inside.
        let pointer = unsafe { lent.pointer.add(start) }.cast();
        Self::Lent(Part { pointer, length, _lent: Arc::clone(lent) })
    }
}

impl<T> From<Vec<T>> for Memory<T> {
    fn from(elements: Vec<T>) -> Self {
        Self::Own(Arc::new(elements))
    }
}

impl<T> Deref for Memory<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Own(elements) => elements,
            // SAFETY: whoever made it said so, and `Lent` is still there.
            Self::Lent(part) => unsafe { std::slice::from_raw_parts(part.pointer, part.length) },
        }
    }
}

/// Bytes: Python's `bytes`, read where they lie. A slice of them.
#[derive(Clone)]
pub struct Bytes(Memory<u8>);

impl Bytes {
    pub(crate) fn lent(lent: &Arc<Lent>) -> Self {
        if lent.length == 0 {
            return Self(Vec::new().into());
        }
        // SAFETY: all of what is lent; every byte is one.
        Self(unsafe { Memory::lent(lent, 0, lent.length) })
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = &self[..self.len().min(24)];
        let more = if self.len() > 24 { "…" } else { "" };
        write!(formatter, "{} bytes b\"{}{more}\"", self.len(), first.escape_ascii())
    }
}
