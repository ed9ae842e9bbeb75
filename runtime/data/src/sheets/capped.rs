//! A file that is written once, no larger than it may be, mapped, and gone with its map.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Error;
use crate::memory::size;
use crate::read::Bytes;

/// The file. Its name goes when this is dropped.
pub(super) struct Capped {
    path: PathBuf,
    file: File,
    most: u64,
    written: Arc<AtomicU64>,
}

impl Capped {
    /// Begins a file that may have so many bytes.
    pub(super) fn new(path: PathBuf, most: u64) -> Result<Self, Error> {
        let file = File::options().write(true).create_new(true).open(&path);
        let file = file.map_err(|error| Error::Scratch {
            folder: path.parent().unwrap_or(Path::new(".")).to_owned(),
            message: error.to_string(),
        })?;
        Ok(Self { path, file, most, written: Arc::default() })
    }

    /// What writes it.
    pub(super) fn writer(&self) -> impl Write + Send + 'static {
        let to = self.file.try_clone();
        Writer { to: to.map(BufWriter::new), most: self.most, written: Arc::clone(&self.written) }
    }

    /// Maps what was written; the size, too.
    pub(super) fn map(self) -> Result<(Bytes, u64), Error> {
        Ok((Bytes::map(&self.path)?, self.written.load(Ordering::Relaxed)))
    }
}

impl Drop for Capped {
    fn drop(&mut self) {
        // A map keeps its bytes, name or no name.
        let _ = fs::remove_file(&self.path);
    }
}

struct Writer {
    to: io::Result<BufWriter<File>>,
    most: u64,
    written: Arc<AtomicU64>,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let before = self.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if before + bytes.len() as u64 > self.most {
            return Err(io::Error::new(
                ErrorKind::FileTooLarge,
                format!("it takes more than {}: select fewer rows or columns", size(self.most)),
            ));
        }
        match &mut self.to {
            Ok(file) => file.write_all(bytes).map(|()| bytes.len()),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            Ok(file) => file.flush(),
            Err(_) => Ok(()),
        }
    }
}
