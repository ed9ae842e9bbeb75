//! Tables that leave through Arrow's C stream interface, without being copied.

use std::collections::VecDeque;
use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr;

use serde_json::json;

use super::Frame;
use super::data::{Data, Field};
use crate::codec::{Encoding, Record, clip};
use crate::error::Result;
use crate::export::{Common, grouped};
use crate::ffi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::value::Form;

impl Common for Frame {
    const FORM: Form = Form::Arrow;

    fn encode(&self) -> Result<Encoding> {
        Ok(Encoding::Stream(self.to_stream(), self.record()))
    }

    fn summary(&self) -> Option<String> {
        Some(format!("{} × {}", grouped(self.num_rows()), self.num_columns()))
    }
}

impl Frame {
    fn record(&self) -> Record {
        let columns: Vec<_> = self.types().into_iter().take(100).collect();
        let names: Vec<&str> = self.names().into_iter().take(20).collect();
        let (rows, width) = self.shape();
        let preview = format!("{}: {}", self.shape_in_words(), names.join(", "));
        Record {
            codec: "arrow",
            type_name: "flownote.Table",
            meta: json!({"rows": rows, "width": width, "columns": columns}),
            preview: Some(clip(&preview)),
        }
    }

    /// A stream of the table's record batches; they share its memory.
    pub(crate) fn to_stream(&self) -> ArrowArrayStream {
        let fields = self.columns.iter().map(|column| column.field.clone()).collect();
        let table = Field { children: fields, flags: 0, ..Field::plain("", "+s") };
        let stream = Box::new(Stream { table, batches: self.batches() });
        ArrowArrayStream {
            get_schema: Some(get_schema),
            get_next: Some(get_next),
            get_last_error: Some(get_last_error),
            release: Some(release_stream),
            private_data: Box::into_raw(stream).cast(),
        }
    }

    /// Cuts the columns wherever one of them is in two pieces.
    fn batches(&self) -> VecDeque<Data> {
        let mut cuts: Vec<usize> =
            self.columns.iter().flat_map(|column| column.starts().iter().copied()).collect();
        cuts.push(self.rows);
        cuts.sort_unstable();
        cuts.dedup();
        let batch = |ends: &[usize]| {
            let (start, length) = (ends[0], ends[1] - ends[0]);
            let part = |column: &std::sync::Arc<super::Column>| {
                let (chunk, place) = column.at(start);
                chunk.slice(place, length)
            };
            Data {
                length,
                nulls: Some(0),
                offset: 0,
                buffers: vec![super::data::Buffer::none()],
                children: self.columns.iter().map(part).collect(),
                dictionary: None,
            }
        };
        if self.rows == 0 || self.columns.is_empty() {
            return VecDeque::new();
        }
        cuts.windows(2).map(batch).collect()
    }
}

struct Stream {
    table: Field,
    batches: VecDeque<Data>,
}

unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int {
    // SAFETY: it is one of ours, and not released.
    let stream = unsafe { &*(*stream).private_data.cast::<Stream>() };
    // SAFETY: what is there isn't dropped, as the interface says.
    unsafe { out.write(schema(&stream.table)) };
    0
}

unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    // SAFETY: it is one of ours, and not released; one thread at a time uses it.
    let stream = unsafe { &mut *(*stream).private_data.cast::<Stream>() };
    let next = stream.batches.pop_front().map_or_else(ArrowArray::empty, array);
    // SAFETY: what is there isn't dropped, as the interface says.
    unsafe { out.write(next) };
    0
}

unsafe extern "C" fn get_last_error(_stream: *mut ArrowArrayStream) -> *const c_char {
    ptr::null()
}

unsafe extern "C" fn release_stream(stream: *mut ArrowArrayStream) {
    // SAFETY: it is one of ours, released once.
    unsafe {
        drop(Box::from_raw((*stream).private_data.cast::<Stream>()));
        (*stream).release = None;
    }
}

/// What an exported schema refers to.
struct HeldSchema {
    _texts: [CString; 2],
    _metadata: Option<Vec<u8>>,
    children: Vec<*mut ArrowSchema>,
    dictionary: *mut ArrowSchema,
}

fn schema(field: &Field) -> ArrowSchema {
    let text = |text: &str| CString::new(text.replace('\0', "")).unwrap_or_default();
    let boxed = |field: &Field| Box::into_raw(Box::new(schema(field)));
    let texts = [text(&field.format), text(&field.name)];
    let (format, name) = (texts[0].as_ptr(), texts[1].as_ptr());
    let metadata = field.metadata.clone();
    let mut held = Box::new(HeldSchema {
        _texts: texts,
        children: field.children.iter().map(boxed).collect(),
        dictionary: field.dictionary.as_deref().map_or(ptr::null_mut(), boxed),
        _metadata: metadata,
    });
    ArrowSchema {
        format,
        name,
        metadata: held._metadata.as_ref().map_or(ptr::null(), |bytes| bytes.as_ptr().cast()),
        flags: field.flags,
        n_children: held.children.len() as i64,
        children: held.children.as_mut_ptr(),
        dictionary: held.dictionary,
        release: Some(release_schema),
        private_data: Box::into_raw(held).cast(),
    }
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: it is one of ours, released once; parts that weren't moved away release
    // themselves when they are dropped.
    unsafe {
        let held = Box::from_raw((*schema).private_data.cast::<HeldSchema>());
        held.children.iter().for_each(|child| drop(Box::from_raw(*child)));
        if !held.dictionary.is_null() {
            drop(Box::from_raw(held.dictionary));
        }
        (*schema).release = None;
    }
}

/// What an exported array refers to.
struct HeldArray {
    _data: Data,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    dictionary: *mut ArrowArray,
}

fn array(data: Data) -> ArrowArray {
    let boxed = |data: &Data| Box::into_raw(Box::new(array(data.clone())));
    let mut held = Box::new(HeldArray {
        buffers: data.buffers.iter().map(|buffer| buffer.pointer.cast()).collect(),
        children: data.children.iter().map(boxed).collect(),
        dictionary: data.dictionary.as_deref().map_or(ptr::null_mut(), boxed),
        _data: data,
    });
    let data = &held._data;
    ArrowArray {
        length: data.length as i64,
        null_count: data.nulls.map_or(-1, |nulls| nulls as i64),
        offset: data.offset as i64,
        n_buffers: held.buffers.len() as i64,
        n_children: held.children.len() as i64,
        buffers: held.buffers.as_mut_ptr(),
        children: held.children.as_mut_ptr(),
        dictionary: held.dictionary,
        release: Some(release_array),
        private_data: Box::into_raw(held).cast(),
    }
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: as in `release_schema`.
    unsafe {
        let held = Box::from_raw((*array).private_data.cast::<HeldArray>());
        held.children.iter().for_each(|child| drop(Box::from_raw(*child)));
        if !held.dictionary.is_null() {
            drop(Box::from_raw(held.dictionary));
        }
        (*array).release = None;
    }
}
