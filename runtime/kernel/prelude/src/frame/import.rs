//! Tables that come in through Arrow's C stream interface.

use std::any::Any;
use std::ffi::{CStr, c_char};
use std::sync::Arc;

use super::Frame;
use super::column::Column;
use super::data::{Buffer, Data, Field};
use crate::ffi::{ArrowArray, ArrowArrayStream, ArrowSchema};

impl Frame {
    /// Takes all record batches of a stream; their memory stays where it is.
    pub(crate) fn import(mut stream: ArrowArrayStream) -> Result<Self, String> {
        let released = || "a table's stream was released before it was read".to_owned();
        stream.release.ok_or_else(released)?;
        let (get_schema, get_next) = stream.get_schema.zip(stream.get_next).ok_or_else(released)?;
        let mut schema = ArrowSchema::empty();
        // SAFETY: the stream wasn't released.
        if unsafe { get_schema(&raw mut stream, &raw mut schema) } != 0 {
            return Err(last_error(&mut stream));
        }
        // SAFETY: the producer has just filled it.
        let table = unsafe { field(&schema) }?;
        if table.format != "+s" {
            return Err(format!("a stream of `{}` is no table", table.format));
        }
        let mut columns: Vec<Vec<Data>> = table.children.iter().map(|_| Vec::new()).collect();
        let mut rows = 0;
        loop {
            let mut batch = ArrowArray::empty();
            // SAFETY: the stream wasn't released.
            if unsafe { get_next(&raw mut stream, &raw mut batch) } != 0 {
                return Err(last_error(&mut stream));
            }
            if batch.release.is_none() {
                break;
            }
            rows += split(batch, &table, &mut columns)?;
        }
        let columns = table.children.into_iter().zip(columns);
        let columns = columns.map(|(field, chunks)| Arc::new(Column::new(field, chunks))).collect();
        Ok(Self { columns, rows })
    }
}

/// Gives each column its part of a batch; returns how many rows that has.
fn split(batch: ArrowArray, table: &Field, columns: &mut [Vec<Data>]) -> Result<usize, String> {
    let batch = Arc::new(batch);
    let owner: Arc<dyn Any + Send + Sync> = Arc::<ArrowArray>::clone(&batch);
    let rows = usize::try_from(batch.length).map_err(|_| damaged())?;
    let skipped = usize::try_from(batch.offset).map_err(|_| damaged())?;
    if usize::try_from(batch.n_children) != Ok(columns.len()) {
        return Err(damaged());
    }
    for (place, (chunks, field)) in columns.iter_mut().zip(&table.children).enumerate() {
        // SAFETY: there are as many children, and the producer filled them.
        let mut data = unsafe { data(&**batch.children.add(place), field, &owner) }?;
        if data.length < skipped + rows {
            return Err(damaged());
        }
        // An empty piece is worth keeping when it is the first: it may have a dictionary.
        if rows > 0 || chunks.is_empty() {
            data = data.slice(skipped, rows);
            chunks.push(data);
        }
    }
    Ok(rows)
}

fn damaged() -> String {
    "a table's record batch doesn't fit its schema".to_owned()
}

/// # Safety
/// The schema was filled by a producer and not released.
unsafe fn field(schema: &ArrowSchema) -> Result<Field, String> {
    let count = usize::try_from(schema.n_children).map_err(|_| damaged())?;
    let mut children = Vec::with_capacity(count);
    for place in 0..count {
        // SAFETY: there are as many children.
        children.push(unsafe { field(&**schema.children.add(place)) }?);
    }
    let dictionary = if schema.dictionary.is_null() {
        None
    } else {
        // SAFETY: it is there.
        Some(Box::new(unsafe { field(&*schema.dictionary) }?))
    };
    // SAFETY: texts end with a zero, as the interface says.
    let (name, format) = unsafe { (text(schema.name), text(schema.format)) };
    Ok(Field {
        name,
        format,
        // SAFETY: it has the interface's form.
        metadata: unsafe { metadata(schema.metadata) },
        flags: schema.flags,
        children,
        dictionary,
    })
}

/// # Safety
/// The array was filled by a producer for that type, and lives as long as `owner`.
unsafe fn data(
    array: &ArrowArray,
    field: &Field,
    owner: &Arc<dyn Any + Send + Sync>,
) -> Result<Data, String> {
    let number = |number: i64| usize::try_from(number).map_err(|_| damaged());
    let (count, parts) = (number(array.n_buffers)?, number(array.n_children)?);
    if parts != field.children.len() || array.dictionary.is_null() != field.dictionary.is_none() {
        return Err(damaged());
    }
    let buffer = |place: usize| {
        // SAFETY: there are as many buffers.
        let pointer = unsafe { *array.buffers.add(place) }.cast();
        Buffer { pointer, _owner: Some(Arc::clone(owner)) }
    };
    let mut children = Vec::with_capacity(parts);
    for (place, field) in field.children.iter().enumerate() {
        // SAFETY: there are as many children.
        children.push(unsafe { data(&**array.children.add(place), field, owner) }?);
    }
    let dictionary = match &field.dictionary {
        // SAFETY: it is there, as was compared.
        Some(field) => Some(Arc::new(unsafe { data(&*array.dictionary, field, owner) }?)),
        None => None,
    };
    Ok(Data {
        length: number(array.length)?,
        nulls: usize::try_from(array.null_count).ok(),
        offset: number(array.offset)?,
        buffers: (0..count).map(buffer).collect(),
        children,
        dictionary,
    })
}

/// # Safety
/// It ends with a zero, or is null.
unsafe fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: the caller says so.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}

/// The bytes of metadata: a count of pairs, then for each of both texts its length and itself.
///
/// # Safety
/// They have that form, or the pointer is null.
unsafe fn metadata(pointer: *const c_char) -> Option<Vec<u8>> {
    if pointer.is_null() {
        return None;
    }
    let start = pointer.cast::<u8>();
    let number = |at: usize| {
        // SAFETY: the caller says so.
        let number = unsafe { start.add(at).cast::<i32>().read_unaligned() };
        usize::try_from(number).unwrap_or(0)
    };
    let mut end = 4;
    for _ in 0..2 * number(0) {
        end += 4 + number(end);
    }
    // SAFETY: those are all bytes of it.
    Some(unsafe { std::slice::from_raw_parts(start, end) }.to_vec())
}

fn last_error(stream: &mut ArrowArrayStream) -> String {
    let Some(get_last_error) = stream.get_last_error else {
        return "a table can't be read".to_owned();
    };
    // SAFETY: the stream wasn't released; the text stays until the next call.
    let why = unsafe { text(get_last_error(stream)) };
    if why.is_empty() {
        "a table can't be read".to_owned()
    } else {
        format!("a table can't be read: {why}")
    }
}
