//! [`Bytes`]: an encoding, mapped from its file or held in memory.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use arrow::buffer::Buffer;
use base64::Engine as _;
use flownote_flow::manifest::ArtifactRecord;
use memmap2::Mmap;

use crate::error::Error;
use crate::memory::size;

/// The bytes of a value. Cloning shares them; arrays over them keep them.
#[derive(Clone, Debug)]
pub struct Bytes(Buffer);

impl Bytes {
    /// The bytes of a value: those in its record, or the file at `path`.
    ///
    /// # Errors
    /// When they are nowhere.
    pub fn of(record: &ArtifactRecord, path: Option<&Path>) -> Result<Self, Error> {
        if let Some(text) = &record.inline {
            return Ok(Self(Buffer::from(text.as_bytes())));
        }
        if let Some(text) = &record.inline_base64 {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text);
            let bytes = bytes.map_err(|error| super::damaged("value", &error))?;
            return Ok(Self(Buffer::from_vec(bytes)));
        }
        match path {
            Some(path) => Self::map(path),
            None => Err(super::damaged("value", &"it has no bytes")),
        }
    }

    /// Maps a file.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn map(path: &Path) -> Result<Self, Error> {
        let fail = |error: std::io::Error| Error::File {
            path: path.display().to_string(),
            message: error.to_string(),
            hint: None,
        };
        let file = File::open(path).map_err(fail)?;
        if file.metadata().map_err(fail)?.len() == 0 {
            return Ok(Self(Buffer::from_vec(Vec::<u8>::new())));
        }
        // SAFETY: values are written once and never changed; a user's own file that another
        // program truncates meanwhile ends this process, as it would any that maps it.
        let map = unsafe { Mmap::map(&file) }.map_err(fail)?;
        Ok(Self(Buffer::from(bytes::Bytes::from_owner(map))))
    }

    /// Reads a file, unless it is larger than `most` bytes.
    pub(crate) fn copy(path: &Path, most: u64) -> Result<Self, Error> {
        let fail = |message: String, hint: Option<&str>| Error::File {
            path: path.display().to_string(),
            message,
            hint: hint.map(str::to_owned),
        };
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
        read.map_err(|error| fail(error.to_string(), None))?;
        if bytes.len() as u64 > most {
            let hint = "query it in a notebook, which maps it";
            return Err(fail(format!("it is larger than {}", size(most)), Some(hint)));
        }
        Ok(Self(Buffer::from_vec(bytes)))
    }

    pub(crate) fn buffer(&self) -> &Buffer {
        &self.0
    }

    pub(crate) fn slice(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Buffer::from_vec(bytes))
    }
}
