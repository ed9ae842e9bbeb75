//! A notebook's file and the document that it holds.

use std::path::Path;

use flownote_notebook::{Document, NotebookId, ipynb, percent};

use super::folder::{Error, Folder, Relative, Stamp};

/// What is on disk, as far as this server knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Of its bytes.
    pub digest: blake3::Hash,
    /// How it looked then.
    pub stamp: Option<Stamp>,
}

impl Known {
    /// Of bytes that were read or written just now.
    pub fn of(folder: &Folder, path: &Relative, bytes: &[u8]) -> Self {
        Self { digest: blake3::hash(bytes), stamp: folder.stamp(path) }
    }
}

/// What became of a save.
#[derive(Debug)]
pub enum Outcome {
    /// The file says what the document said.
    Written(Known),
    /// Another program wrote the file meanwhile: it wins.
    Overtaken(Vec<u8>),
    /// It could not be written.
    Failed(Error),
}

/// Reads the document in a file's bytes.
///
/// # Errors
/// When they hold no notebook.
pub fn decode(folder: &Folder, path: &Relative, bytes: &[u8]) -> Result<Document, ipynb::Error> {
    let mut document = match path.ending() {
        Some("py") => percent::read(bytes)?,
        // An empty file is what an editor makes of a new one.
        _ if bytes.is_empty() => Document::default(),
        _ => ipynb::read(bytes)?,
    };
    if document.id.is_none() {
        document.id = Some(id_of(&folder.whole(path)));
    }
    Ok(document)
}

/// A notebook that has no name of its own yet goes by its place, as it does in a shell: so its
/// runs are found again.
fn id_of(place: &Path) -> NotebookId {
    let digest = blake3::hash(place.as_os_str().as_encoded_bytes()).to_hex();
    NotebookId::new(&digest[..16])
}

/// The bytes of a document in a file's format.
pub fn encode(path: &Relative, document: &Document, there: Option<&[u8]>) -> Vec<u8> {
    let text = match path.ending() {
        Some("py") => {
            // A file that is there keeps its own habits.
            let there = there.and_then(|bytes| std::str::from_utf8(bytes).ok());
            percent::write(document, there.map(percent::Style::of).unwrap_or_default())
        }
        _ => ipynb::write(document),
    };
    text.into_bytes()
}

/// What another program wrote since the file was last known; none when nothing did, or the
/// file is gone.
pub fn overtaken(folder: &Folder, path: &Relative, known: &mut Known) -> Option<Vec<u8>> {
    let stamp = folder.stamp(path)?;
    if Some(stamp) == known.stamp {
        return None;
    }
    let bytes = folder.read(path).ok()?;
    if blake3::hash(&bytes) == known.digest {
        known.stamp = Some(stamp);
        return None;
    }
    Some(bytes)
}

/// Writes a document, unless another program wrote the file meanwhile.
pub fn save(folder: &Folder, path: &Relative, mut known: Known, document: &Document) -> Outcome {
    if let Some(bytes) = overtaken(folder, path, &mut known) {
        return Outcome::Overtaken(bytes);
    }
    let there = if path.ending() == Some("py") { folder.read(path).ok() } else { None };
    let bytes = encode(path, document, there.as_deref());
    if blake3::hash(&bytes) == known.digest && folder.stamp(path).is_some() {
        return Outcome::Written(known);
    }
    match folder.write(path, &bytes) {
        Ok(()) => Outcome::Written(Known::of(folder, path, &bytes)),
        Err(error) => Outcome::Failed(error),
    }
}
