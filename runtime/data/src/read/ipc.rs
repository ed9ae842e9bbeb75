//! Arrow IPC files, their buffers used where they lie.

use std::sync::Arc;

use arrow::buffer::Buffer;
use arrow::ipc::convert::fb_to_schema;
use arrow::ipc::reader::{FileDecoder, StreamReader, read_footer_length};
use arrow::ipc::{Block, root_as_footer};

use super::{Bytes, damaged};
use crate::error::Error;
use crate::frame::Frame;

const WHAT: &str = "Arrow file";
const MAGIC: &[u8] = b"ARROW1";

/// Reads an Arrow IPC file, or a stream that was saved as one.
pub(crate) fn ipc(bytes: &Bytes) -> Result<Frame, Error> {
    if bytes.slice().starts_with(MAGIC) { file(bytes) } else { stream(bytes) }
}

fn file(bytes: &Bytes) -> Result<Frame, Error> {
    let buffer = bytes.buffer();
    let cut = || damaged(WHAT, &"it ends early");
    let trailer = buffer.len().checked_sub(10).ok_or_else(cut)?;
    let trailer_bytes = buffer[trailer..].try_into().expect("ten bytes");
    let length = read_footer_length(trailer_bytes).map_err(|error| damaged(WHAT, &error))?;
    let start = trailer.checked_sub(length).ok_or_else(cut)?;
    let footer = root_as_footer(&buffer[start..trailer]).map_err(|error| damaged(WHAT, &error))?;
    let schema = footer.schema().ok_or_else(|| damaged(WHAT, &"it has no schema"))?;
    let schema = Arc::new(fb_to_schema(schema));
    let mut decoder = FileDecoder::new(Arc::clone(&schema), footer.version());
    for block in footer.dictionaries().iter().flatten() {
        let part = part(buffer, block)?;
        decoder.read_dictionary(block, &part).map_err(|error| damaged(WHAT, &error))?;
    }
    let mut batches = Vec::new();
    for block in footer.recordBatches().iter().flatten() {
        let part = part(buffer, block)?;
        let batch = decoder.read_record_batch(block, &part);
        batches.extend(batch.map_err(|error| damaged(WHAT, &error))?);
    }
    Ok(Frame::new(schema, batches))
}

fn stream(bytes: &Bytes) -> Result<Frame, Error> {
    let reader =
        StreamReader::try_new(bytes.slice(), None).map_err(|error| damaged(WHAT, &error))?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<_, _>>().map_err(|error| damaged(WHAT, &error))?;
    Ok(Frame::new(schema, batches))
}

fn part(buffer: &Buffer, block: &Block) -> Result<Buffer, Error> {
    let length = usize::try_from(block.bodyLength())
        .ok()
        .zip(usize::try_from(block.metaDataLength()).ok())
        .and_then(|(body, meta)| body.checked_add(meta));
    let place = usize::try_from(block.offset()).ok().zip(length);
    match place {
        Some((start, length))
            if start.checked_add(length).is_some_and(|end| end <= buffer.len()) =>
        {
            Ok(buffer.slice_with_length(start, length))
        }
        _ => Err(damaged(WHAT, &"it ends early")),
    }
}
