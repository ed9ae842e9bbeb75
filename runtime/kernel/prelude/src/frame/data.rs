//! A column's type and memory, as Arrow lays them out: what all of [`super::Frame`] rests on
//! (<https://arrow.apache.org/docs/format/Columnar.html>).

use std::any::Any;
use std::ptr;
use std::sync::Arc;

/// A type, by the C interface's format (`g` is float64), with what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub name: String,
    pub format: String,
    pub metadata: Option<Vec<u8>>,
    pub flags: i64,
    pub children: Vec<Field>,
    pub dictionary: Option<Box<Field>>,
}

impl Field {
    /// Values may be null (the C interface's flag 2).
    pub const NULLABLE: i64 = 2;

    /// A type without parts.
    pub fn plain(name: &str, format: &str) -> Self {
        Self {
            name: name.to_owned(),
            format: format.to_owned(),
            metadata: None,
            flags: Self::NULLABLE,
            children: Vec::new(),
            dictionary: None,
        }
    }
}

/// Memory that somebody owns: another library, or we.
#[derive(Clone)]
pub(super) struct Buffer {
    pub pointer: *const u8,
    pub _owner: Option<Arc<dyn Any + Send + Sync>>,
}

// SAFETY: memory of Arrow's is never written after it was handed out; owners are both.
unsafe impl Send for Buffer {}
// SAFETY: as above.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// Nothing, as for a column without nulls.
    pub fn none() -> Self {
        Self { pointer: ptr::null(), _owner: None }
    }

    /// Our own elements.
    pub fn own<T: Send + Sync + 'static>(elements: Arc<Vec<T>>) -> Self {
        Self { pointer: elements.as_ptr().cast(), _owner: Some(elements) }
    }
}

/// A piece of a column.
#[derive(Clone)]
pub(super) struct Data {
    pub length: usize,
    /// None when nobody counted.
    pub nulls: Option<usize>,
    pub offset: usize,
    pub buffers: Vec<Buffer>,
    pub children: Vec<Data>,
    pub dictionary: Option<Arc<Data>>,
}

impl Data {
    /// Values, all there.
    pub fn full<T: Send + Sync + 'static>(elements: Arc<Vec<T>>) -> Self {
        Self {
            length: elements.len(),
            nulls: Some(0),
            offset: 0,
            buffers: vec![Buffer::none(), Buffer::own(elements)],
            children: Vec::new(),
            dictionary: None,
        }
    }

    /// A part of it.
    pub fn slice(&self, start: usize, length: usize) -> Self {
        debug_assert!(start + length <= self.length);
        let whole = start == 0 && length == self.length;
        let nulls = if whole { self.nulls } else { self.nulls.filter(|nulls| *nulls == 0) };
        Self { length, nulls, offset: self.offset + start, ..self.clone() }
    }

    /// Whether the value at a place is null. `format` is the column's.
    pub fn is_null(&self, format: &str, place: usize) -> bool {
        debug_assert!(place < self.length);
        format == "n" || !format.starts_with("+u") && !self.bit_or_set(0, self.offset + place)
    }

    /// How many values are null.
    pub fn count_nulls(&self, format: &str) -> usize {
        match self.nulls {
            _ if format == "n" => self.length,
            Some(nulls) => nulls,
            None => (0..self.length).filter(|place| self.is_null(format, *place)).count(),
        }
    }

    /// A bit of a buffer; set, where there is no buffer.
    pub fn bit_or_set(&self, buffer: usize, bit: usize) -> bool {
        let Some(buffer) = self.buffers.get(buffer).filter(|it| !it.pointer.is_null()) else {
            return true;
        };
        // SAFETY: by the format, the bitmap is as long as offset and length say.
        let byte = unsafe { *buffer.pointer.add(bit / 8) };
        byte >> (bit % 8) & 1 == 1
    }

    /// The values as numbers, when their memory is aligned for them.
    ///
    /// # Safety
    /// The column's format says that buffer 1 holds elements of that width, all of whose bit
    /// patterns are valid.
    pub unsafe fn elements<T>(&self) -> Option<&[T]> {
        // SAFETY: the caller says it of just this buffer.
        unsafe { self.elements_of(1, self.offset, self.length) }
    }

    /// Elements of a buffer, when its memory is aligned for them.
    ///
    /// # Safety
    /// The buffer holds `start + length` elements of that width, all of whose bit patterns
    /// are valid.
    pub unsafe fn elements_of<T>(
        &self,
        buffer: usize,
        start: usize,
        length: usize,
    ) -> Option<&[T]> {
        if length == 0 {
            return Some(&[]);
        }
        let pointer = self.buffers.get(buffer)?.pointer.cast::<T>();
        if pointer.is_null() || !pointer.is_aligned() {
            return None;
        }
        // SAFETY: the caller says so.
        Some(unsafe { std::slice::from_raw_parts(pointer.add(start), length) })
    }

    /// One element of a buffer, aligned or not.
    ///
    /// # Safety
    /// As for [`Self::elements_of`], with `place` among the elements.
    pub unsafe fn element<T: Copy>(&self, buffer: usize, place: usize) -> T {
        // SAFETY: the caller says so.
        unsafe { self.buffers[buffer].pointer.cast::<T>().add(place).read_unaligned() }
    }
}
