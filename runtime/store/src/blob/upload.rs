//! Uploading a blob to a remote store: at once, or in parts when it is large.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use object_store::{MultipartUpload, ObjectStoreExt};

use super::RENEW_AFTER;
use crate::error::{Error, Result};
use crate::keys;
use crate::object::{blocking, retrying};
use crate::store::Store;

/// Uploads of more than this go in parts.
const ONE_PUT: u64 = 16 << 20;
const PART: usize = 8 << 20;
const PARTS_AT_ONCE: usize = 4;

impl Store {
    pub(super) async fn upload(&self, staged: &Path, digest: &str) -> Result<()> {
        if self.blob_age(digest).await?.is_some_and(|age| age < RENEW_AFTER) {
            return Ok(());
        }
        let objects = self.writable().await?;
        let path = keys::path(&keys::blob(digest)?)?;
        let failed = |error| Error::io(format!("reading {}", staged.display()), error);
        let size = fs::metadata(staged).map_err(failed)?.len();
        if size <= ONE_PUT {
            let file = staged.to_owned();
            let bytes = blocking(move || {
                let what = format!("reading {}", file.display());
                fs::read(&file).map(Bytes::from).map_err(|error| Error::io(what, error))
            })
            .await?;
            return retrying(
                || format!("uploading blob {digest}"),
                || async { objects.put(&path, bytes.clone().into()).await.map(drop) },
            )
            .await;
        }
        let file = fs::File::open(staged).map_err(failed)?;
        let wrong = |error| Error::backend(format!("uploading blob {digest}"), error);
        let mut upload = objects.put_multipart(&path).await.map_err(wrong)?;
        let sent = match send(&mut *upload, file, digest).await {
            Ok(()) => upload.complete().await.map(drop).map_err(wrong),
            Err(error) => Err(error),
        };
        if sent.is_err() {
            // A store keeps the parts of an upload that nobody ends, unseen and paid for.
            // The error to tell is the first one.
            let _ = upload.abort().await;
        }
        sent
    }
}

/// Sends the parts, a few at once.
async fn send(upload: &mut dyn MultipartUpload, mut file: fs::File, digest: &str) -> Result<()> {
    let wrong = |error| Error::backend(format!("uploading blob {digest}"), error);
    let mut under_way = FuturesUnordered::new();
    loop {
        let (back, piece) = blocking(move || {
            let piece = read_piece(&mut file).map_err(|e| Error::io("reading a blob", e))?;
            Ok((file, piece))
        })
        .await?;
        file = back;
        if piece.is_empty() {
            break;
        }
        under_way.push(upload.put_part(piece.into()));
        if under_way.len() == PARTS_AT_ONCE
            && let Some(part) = under_way.next().await
        {
            part.map_err(wrong)?;
        }
    }
    while let Some(part) = under_way.next().await {
        part.map_err(wrong)?;
    }
    Ok(())
}

fn read_piece(file: &mut fs::File) -> io::Result<Bytes> {
    let mut piece = Vec::with_capacity(PART);
    file.take(PART as u64).read_to_end(&mut piece)?;
    Ok(piece.into())
}
