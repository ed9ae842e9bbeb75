//! Many small objects read at once. On this machine's disk a piece of them is one trip to
//! another thread, which decodes them too; elsewhere some are asked for at a time.

use std::fs;
use std::io;
use std::path::Path;

use flownote_flow::id::AttemptKey;
use flownote_flow::manifest::TaskDone;
use futures::{Stream, StreamExt, TryStreamExt, stream};

use crate::client::AT_ONCE;
use crate::error::{Error, Result};
use crate::keys::{self, RunKey};
use crate::object::blocking;
use crate::run::decode;
use crate::store::Store;

/// So many files are read by one trip to another thread, and so many trips go on at once: a
/// disk that must look for them is asked for several.
const PIECE: usize = 32;
const TRIPS: usize = 8;
/// So many of a row of numbers are read by one trip.
const LONG_PIECE: u64 = 1024;

/// What is made of an object's key and body.
pub(crate) type Make<T> = fn(&str, &[u8]) -> Result<T>;

impl Store {
    /// Reads how attempts of a run ended, in their order; none for those that are open.
    pub async fn dones_of(
        &self,
        run: &RunKey,
        attempts: &[AttemptKey],
    ) -> Result<Vec<Option<TaskDone>>> {
        let keys = attempts.iter().map(|attempt| run.done(attempt)).collect();
        self.read_all(keys, decode).try_concat().await
    }

    /// Reads objects in the order of their keys, some at a time; none for those that don't
    /// exist.
    pub(crate) fn read_all<T: Send + 'static>(
        &self,
        keys: Vec<String>,
        make: Make<T>,
    ) -> impl Stream<Item = Result<Vec<Option<T>>>> {
        let on_disk = self.names_root().is_some();
        let (piece, at_once) = if on_disk { (PIECE, TRIPS) } else { (1, AT_ONCE) };
        let pieces: Vec<Vec<String>> = keys.chunks(piece).map(<[_]>::to_vec).collect();
        stream::iter(pieces).map(move |keys| self.read_piece(keys, make)).buffered(at_once)
    }

    /// Reads objects that are numbered without gaps, up to the first that doesn't exist; none
    /// where they aren't files, or must be asked of something that stands before those.
    pub(crate) async fn read_numbered<T: Send + 'static>(
        &self,
        from: u64,
        key: impl Fn(u64) -> String,
        make: Make<T>,
    ) -> Result<Option<Vec<(u64, T)>>> {
        let Some(root) = self.names_root() else { return Ok(None) };
        let mut found = Vec::new();
        if self.readable().await?.is_none() {
            return Ok(Some(found));
        }
        // One at first: who follows a log asks for what isn't there yet.
        let mut piece = 1;
        loop {
            let first = from + found.len() as u64;
            let keys: Vec<String> = (first..first + piece).map(&key).collect();
            let root = root.to_owned();
            let read = blocking(move || {
                let read = keys.iter().map(|key| read_file(&root, key, make));
                read.take_while(|read| !matches!(read, Ok(None))).collect::<Result<Vec<_>>>()
            });
            let read: Vec<T> = read.await?.into_iter().flatten().collect();
            let is_whole = read.len() as u64 == piece;
            found.extend((first..).zip(read));
            if !is_whole {
                return Ok(Some(found));
            }
            piece = LONG_PIECE;
        }
    }

    async fn read_piece<T: Send + 'static>(
        &self,
        keys: Vec<String>,
        make: Make<T>,
    ) -> Result<Vec<Option<T>>> {
        if self.readable().await?.is_none() {
            return Ok(keys.iter().map(|_| None).collect());
        }
        if let Some(root) = self.names_root() {
            let root = root.to_owned();
            return blocking(move || {
                keys.iter().map(|key| read_file(&root, key, make)).collect::<Result<_>>()
            })
            .await;
        }
        let mut found = Vec::with_capacity(keys.len());
        for key in &keys {
            let body = self.get(key).await?;
            found.push(body.map(|body| make(key, &body)).transpose()?);
        }
        Ok(found)
    }
}

fn read_file<T>(root: &Path, key: &str, make: Make<T>) -> Result<Option<T>> {
    keys::path(key)?;
    match fs::read(root.join(key)) {
        Ok(body) => make(key, &body).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(format!("reading `{key}`"), error)),
    }
}
