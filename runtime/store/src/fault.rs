//! A store that fails as stores do, for tests: error before the effect, error after it
//! (a lost acknowledgement), delay, torn write, stale list, full and read-only disk.
//!
//! ```
//! use flownote_store::fault::{Fault, Faults, Op};
//! let faults = Faults::default();
//! faults.add(Op::Create, "/log/", Fault::ErrorAfter).times(1);
//! ```

mod upload;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use upload::FaultUpload;

/// What the store is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Create: put if absent.
    Create,
    /// Any other put, and the beginning of an upload in parts.
    Put,
    /// Sending a part of an upload.
    Part,
    /// Ending an upload in parts.
    Complete,
    /// Reading an object.
    Get,
    /// Listing.
    List,
    /// Deleting.
    Delete,
    /// Copying.
    Copy,
    /// Everything.
    Any,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The store does nothing and answers with an error.
    ErrorBefore,
    /// The store does its work and the answer is lost.
    ErrorAfter,
    /// The store is slow.
    Delay(Duration),
    /// Half of the bytes arrive, as after a power cut; then an error.
    Torn,
    /// A listing doesn't show what was written in the last while.
    Stale(Duration),
    /// The store overwrites although it was asked to create.
    Overwrites,
    /// The store says that the object exists, which isn't so (S3's 409).
    Conflict,
    /// The disk is full.
    DiskFull,
    /// The disk is read-only.
    ReadOnly,
}

struct Rule {
    op: Op,
    part: String,
    fault: Fault,
    left: usize,
}

/// The faults of a [`FaultStore`]; clones share them.
#[derive(Clone, Default)]
pub struct Faults {
    shared: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    rules: Vec<Rule>,
    fired: usize,
    uploads: usize,
    written: HashMap<Path, Instant>,
}

/// The rule that was just added.
pub struct Added {
    faults: Faults,
    place: usize,
}

impl Added {
    /// Lets the rule strike so often and no more.
    pub fn times(self, times: usize) {
        self.faults.lock().rules[self.place].left = times;
    }
}

impl Faults {
    /// Strikes every operation of this kind on keys with this part, until told otherwise.
    pub fn add(&self, op: Op, part: &str, fault: Fault) -> Added {
        let mut state = self.lock();
        state.rules.push(Rule { op, part: part.to_owned(), fault, left: usize::MAX });
        Added { faults: self.clone(), place: state.rules.len() - 1 }
    }

    /// Ends all faults.
    pub fn clear(&self) {
        for rule in &mut self.lock().rules {
            rule.left = 0;
        }
    }

    /// How often a fault struck.
    pub fn fired(&self) -> usize {
        self.lock().fired
    }

    /// How many uploads in parts were neither completed nor aborted.
    pub fn open_uploads(&self) -> usize {
        self.lock().uploads
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn strike(&self, op: Op, key: &str) -> Option<Fault> {
        let mut state = self.lock();
        let rule = state.rules.iter_mut().find(|rule| {
            rule.left > 0 && (rule.op == Op::Any || rule.op == op) && key.contains(&rule.part)
        })?;
        rule.left = rule.left.saturating_sub(usize::from(rule.left != usize::MAX));
        let fault = rule.fault;
        state.fired += 1;
        Some(fault)
    }

    fn is_hidden(&self, path: &Path, lag: Option<Duration>) -> bool {
        let written = self.lock().written.get(path).copied();
        matches!((written, lag), (Some(at), Some(lag)) if at.elapsed() < lag)
    }
}

/// An [`ObjectStore`] with [`Faults`].
pub struct FaultStore {
    inner: Arc<dyn ObjectStore>,
    faults: Faults,
}

impl FaultStore {
    /// Puts faults around a store.
    pub fn new(inner: Arc<dyn ObjectStore>, faults: Faults) -> Self {
        Self { inner, faults }
    }

    async fn before(&self, op: Op, key: &str) -> Result<Option<Fault>> {
        let fault = self.faults.strike(op, key);
        match fault {
            Some(Fault::ErrorBefore) => Err(lost("before")),
            Some(Fault::DiskFull) => Err(system(nix::errno::Errno::ENOSPC)),
            Some(Fault::ReadOnly) => Err(system(nix::errno::Errno::EROFS)),
            Some(Fault::Delay(time)) => {
                tokio::time::sleep(time).await;
                Ok(None)
            }
            other => Ok(other),
        }
    }

    fn lag(fault: Option<Fault>) -> Option<Duration> {
        match fault {
            Some(Fault::Stale(lag)) => Some(lag),
            _ => None,
        }
    }
}

fn after<T>(fault: Option<Fault>, result: Result<T>) -> Result<T> {
    match fault {
        Some(Fault::ErrorAfter) => result.and_then(|_| Err(lost("after"))),
        _ => result,
    }
}

fn lost(when: &str) -> object_store::Error {
    let source = format!("the connection broke {when} the effect").into();
    object_store::Error::Generic { store: "faulty", source }
}

fn system(code: nix::errno::Errno) -> object_store::Error {
    let source = Box::new(io::Error::from_raw_os_error(code as i32));
    object_store::Error::Generic { store: "faulty", source }
}

#[async_trait]
impl ObjectStore for FaultStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult> {
        let op = if opts.mode == PutMode::Create { Op::Create } else { Op::Put };
        let fault = self.before(op, location.as_ref()).await?;
        if fault == Some(Fault::Torn) {
            let whole: Vec<u8> = payload.iter().flatten().copied().collect();
            let half = Bytes::copy_from_slice(&whole[..whole.len() / 2]);
            self.inner.put_opts(location, half.into(), opts).await?;
            return Err(lost("in the middle of"));
        }
        if fault == Some(Fault::Conflict) {
            let (path, source) = (location.to_string(), "409".into());
            return Err(object_store::Error::AlreadyExists { path, source });
        }
        let opts = match fault {
            Some(Fault::Overwrites) => PutOptions::from(PutMode::Overwrite),
            _ => opts,
        };
        let result = self.inner.put_opts(location, payload, opts).await;
        if result.is_ok() {
            self.faults.lock().written.insert(location.clone(), Instant::now());
        }
        after(fault, result)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let fault = self.before(Op::Put, location.as_ref()).await?;
        let upload = self.inner.put_multipart_opts(location, opts).await?;
        let upload = FaultUpload::new(upload, self.faults.clone(), location.clone());
        after(fault, Ok(Box::new(upload) as _))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let fault = self.before(Op::Get, location.as_ref()).await?;
        after(fault, self.inner.get_opts(location, options).await)
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let (inner, faults) = (self.inner.clone(), self.faults.clone());
        locations
            .and_then(move |path| {
                let one = Self::new(inner.clone(), faults.clone());
                async move {
                    let fault = one.before(Op::Delete, path.as_ref()).await?;
                    let only = futures::stream::once(async move { Ok(path) }).boxed();
                    let mut deleted = one.inner.delete_stream(only);
                    let result = deleted.next().await.unwrap_or_else(|| Err(lost("before")));
                    after(fault, result)
                }
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let key = prefix.map(ToString::to_string).unwrap_or_default();
        let one = Self::new(self.inner.clone(), self.faults.clone());
        let listed = self.inner.list(prefix);
        async move {
            match one.before(Op::List, &key).await {
                Ok(fault) => {
                    let lag = Self::lag(fault);
                    let hidden = move |meta: &ObjectMeta| one.faults.is_hidden(&meta.location, lag);
                    listed.try_filter(move |meta| std::future::ready(!hidden(meta))).boxed()
                }
                Err(error) => futures::stream::once(async { Err(error) }).boxed(),
            }
        }
        .flatten_stream()
        .boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let key = prefix.map(ToString::to_string).unwrap_or_default();
        let fault = self.before(Op::List, &key).await?;
        let mut result = self.inner.list_with_delimiter(prefix).await?;
        result.objects.retain(|meta| !self.faults.is_hidden(&meta.location, Self::lag(fault)));
        after(fault, Ok(result))
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let fault = self.before(Op::Copy, to.as_ref()).await?;
        after(fault, self.inner.copy_opts(from, to, options).await)
    }
}

impl fmt::Display for FaultStore {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FaultStore({})", self.inner)
    }
}

impl fmt::Debug for FaultStore {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}
