//! A look into a stored value, by its codec: nothing is unpickled and no code runs.

mod json;
mod npy;
mod sparse;
mod table;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flownote_flow::manifest::ArtifactRecord;
use flownote_store::Store;
use flownote_store::client::Artifact;

use crate::api::Preview;

/// So many rows of a table are shown, and so many characters of a text.
const ROWS: usize = 200;
const TEXT: usize = 64 << 10;
/// So many rows and columns of an array.
const CORNER: usize = 12;
/// Larger pictures aren't sent.
const PICTURE: u64 = 8 << 20;

/// Why nothing is shown.
type Reason = String;

/// Looks into an artifact.
pub async fn preview(store: &Store, artifact: &Artifact) -> Preview {
    look(store, artifact).await.unwrap_or_else(|why| Preview::None { why })
}

async fn look(store: &Store, artifact: &Artifact) -> Result<Preview, Reason> {
    let record = artifact.record.clone();
    if matches!(record.codec.as_str(), "pickle") {
        return Err(
            "it is a pickle, and looking into one would run its code: `flownote dump` loads it"
                .into(),
        );
    }
    let source = if record.is_blob() && record.size > 0 {
        let file = store.fetch_blob(&record.digest, artifact.producer_name(), &artifact.name).await;
        Source::File(file.map_err(|error| error.to_string())?)
    } else {
        let bytes = store.read_record_of(&record, artifact.producer_name(), &artifact.name).await;
        Source::Bytes(bytes.map_err(|error| error.to_string())?.to_vec())
    };
    let looking = tokio::task::spawn_blocking(move || by_codec(&record, &source));
    // What panics is a file that its codec never wrote.
    looking.await.unwrap_or_else(|_| Err("its bytes aren't what its codec writes".into()))
}

fn by_codec(record: &ArtifactRecord, source: &Source) -> Result<Preview, Reason> {
    match record.codec.as_str() {
        "utf8" => Ok(source.text()?),
        "json" => json::look(source),
        "npy" => npy::look(source),
        "csr" | "csc" => sparse::look(record, source),
        "arrow" | "pandas" => table::look(record, source),
        "bytes" => match picture(source)? {
            Some(picture) => Ok(picture),
            None => Err("plain bytes: `flownote dump` writes them to a file".into()),
        },
        other => Err(format!("there is no preview of `{other}` yet; `flownote dump` loads it")),
    }
}

/// Where a value's encoding is.
enum Source {
    Bytes(Vec<u8>),
    File(PathBuf),
}

impl Source {
    fn head(&self, most: u64) -> Result<Vec<u8>, Reason> {
        match self {
            Self::Bytes(bytes) => Ok(bytes
                .iter()
                .copied()
                .take(usize::try_from(most).unwrap_or(usize::MAX))
                .collect()),
            Self::File(path) => {
                let mut bytes = Vec::new();
                let file = open(path)?;
                file.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
                Ok(bytes)
            }
        }
    }

    fn len(&self) -> Result<u64, Reason> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
            Self::File(path) => {
                open(path)?.metadata().map(|about| about.len()).map_err(|error| error.to_string())
            }
        }
    }

    /// Bytes from within.
    fn at(&self, from: u64, length: usize) -> Result<Vec<u8>, Reason> {
        use std::os::unix::fs::FileExt;
        let short = || "its bytes end too soon".to_owned();
        match self {
            Self::Bytes(bytes) => {
                let from = usize::try_from(from).map_err(|_| short())?;
                let to = from.checked_add(length).ok_or_else(short)?;
                bytes.get(from..to).map(<[u8]>::to_vec).ok_or_else(short)
            }
            Self::File(path) => {
                let mut bytes = vec![0; length];
                open(path)?.read_exact_at(&mut bytes, from).map_err(|_| short())?;
                Ok(bytes)
            }
        }
    }

    fn text(&self) -> Result<Preview, Reason> {
        let bytes = self.head(TEXT as u64)?;
        let is_cut = self.len()? > bytes.len() as u64;
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        if is_cut {
            // Half a character at the end.
            while text.ends_with('\u{fffd}') {
                text.pop();
            }
        }
        Ok(Preview::Text { text, is_cut })
    }
}

fn open(path: &Path) -> Result<File, Reason> {
    File::open(path).map_err(|error| error.to_string())
}

/// Pictures by their first bytes. SVG isn't among them: it may hold scripts.
fn picture(source: &Source) -> Result<Option<Preview>, Reason> {
    let head = source.head(12)?;
    let media_type = match head.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => "image/webp",
        _ => return Ok(None),
    };
    if source.len()? > PICTURE {
        return Err("the picture is larger than 8 MB: `flownote dump` writes it to a file".into());
    }
    let base64 = BASE64_STANDARD.encode(source.head(PICTURE)?);
    Ok(Some(Preview::Image { media_type: media_type.to_owned(), base64 }))
}
