//! Tables and the `arrow` crate's record batches: through the C interface, without copying.

use arrow::array::{RecordBatch, RecordBatchIterator, RecordBatchReader as _};
use arrow::compute::concat_batches;
use arrow::ffi_stream::{ArrowArrayStreamReader, FFI_ArrowArrayStream};

use super::Frame;
use crate::codec::Encoding;
use crate::error::{Error, Result};
use crate::export::Common;
use crate::ffi::ArrowArrayStream;
use crate::value::Form;

impl Frame {
    /// The table's record batches, for the `arrow` crate; they share its memory.
    ///
    /// # Errors
    /// When it has a type that the `arrow` crate doesn't know.
    #[track_caller]
    pub fn to_record_batches(&self) -> Result<Vec<RecordBatch>> {
        let mut reader = self.reader()?;
        let mut batches = Vec::new();
        for batch in &mut reader {
            batches.push(batch.map_err(Error::from)?);
        }
        Ok(batches)
    }

    /// The whole table as one record batch; several pieces are joined.
    ///
    /// # Errors
    /// As [`Frame::to_record_batches`].
    #[track_caller]
    pub fn to_record_batch(&self) -> Result<RecordBatch> {
        let schema = self.reader()?.schema();
        let mut batches = self.to_record_batches()?;
        match batches.len() {
            1 => Ok(batches.remove(0)),
            _ => concat_batches(&schema, &batches).map_err(Error::from),
        }
    }

    fn reader(&self) -> Result<ArrowArrayStreamReader> {
        let stream = std::mem::ManuallyDrop::new(self.to_stream());
        let stream = std::ptr::from_ref(&*stream).cast::<FFI_ArrowArrayStream>();
        // SAFETY: both are the interface's structure; it is moved out and not used again.
        let stream = unsafe { stream.read() };
        ArrowArrayStreamReader::try_new(stream).map_err(Error::from)
    }
}

impl TryFrom<Vec<RecordBatch>> for Frame {
    type Error = Error;

    /// # Errors
    /// When the batches aren't of one schema, or there are none.
    #[track_caller]
    fn try_from(batches: Vec<RecordBatch>) -> Result<Self> {
        let Some(first) = batches.first() else {
            return Err(Error::new("a frame can't be made of no record batches"));
        };
        let schema = first.schema();
        let batches: Vec<_> = batches.into_iter().map(Ok).collect();
        let reader = RecordBatchIterator::new(batches, schema);
        let stream = std::mem::ManuallyDrop::new(FFI_ArrowArrayStream::new(Box::new(reader)));
        let stream = std::ptr::from_ref(&*stream).cast::<ArrowArrayStream>();
        // SAFETY: both are the interface's structure; it is moved out and not used again.
        Self::import(unsafe { stream.read() }).map_err(Error::new)
    }
}

impl From<RecordBatch> for Frame {
    /// The memory is shared.
    ///
    /// # Panics
    /// When the batch can't be handed over by Arrow's C interface.
    #[track_caller]
    fn from(batch: RecordBatch) -> Self {
        match Self::try_from(vec![batch]) {
            Ok(frame) => frame,
            Err(error) => panic!("{}", error.message()),
        }
    }
}

impl Common for RecordBatch {
    const FORM: Form = Form::Arrow;

    fn encode(&self) -> Result<Encoding> {
        Frame::try_from(vec![self.clone()])?.encode()
    }

    fn summary(&self) -> Option<String> {
        Frame::from(self.clone()).summary()
    }
}
