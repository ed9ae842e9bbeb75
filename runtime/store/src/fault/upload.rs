//! An upload in parts that fails on the way. Parts that a store was sent and that nobody
//! completes or aborts are kept, and paid for, without being seen.

use std::fmt;

use async_trait::async_trait;
use futures::FutureExt;
use object_store::path::Path;
use object_store::{MultipartUpload, PutPayload, PutResult, Result, UploadPart};

use super::{Fault, Faults, Op, after, lost};

/// A [`MultipartUpload`] with [`Faults`].
pub(super) struct FaultUpload {
    inner: Box<dyn MultipartUpload>,
    faults: Faults,
    key: Path,
}

impl FaultUpload {
    pub(super) fn new(inner: Box<dyn MultipartUpload>, faults: Faults, key: Path) -> Self {
        faults.lock().uploads += 1;
        Self { inner, faults, key }
    }
}

#[async_trait]
impl MultipartUpload for FaultUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let fault = self.faults.strike(Op::Part, self.key.as_ref());
        let part = self.inner.put_part(data);
        async move {
            if fault == Some(Fault::ErrorBefore) {
                return Err(lost("before"));
            }
            after(fault, part.await)
        }
        .boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let fault = self.faults.strike(Op::Complete, self.key.as_ref());
        if fault == Some(Fault::ErrorBefore) {
            return Err(lost("before"));
        }
        let completed = self.inner.complete().await?;
        self.faults.lock().uploads -= 1;
        after(fault, Ok(completed))
    }

    async fn abort(&mut self) -> Result<()> {
        self.inner.abort().await?;
        self.faults.lock().uploads -= 1;
        Ok(())
    }
}

impl fmt::Debug for FaultUpload {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FaultUpload({})", self.key)
    }
}
