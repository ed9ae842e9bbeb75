//! A notebook's file and the document that it holds.

use std::thread;
use std::time::Duration;

use flownote_notebook::{Document, NotebookId, ipynb, percent};
use flownote_store::notebooks;

use super::folder::{Error, Folder, Relative, Stamp};

/// Programs that write a file in place empty it first: one that changes is looked at again after
/// so long.
const UNREST: Duration = Duration::from_millis(30);
/// One that never rests is read at last: what comes later is seen later.
const LOOKS: u32 = 20;

/// What is on disk, as far as this server knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Of its bytes.
    pub digest: blake3::Hash,
    /// How it looked before it was read, or after it was written.
    pub stamp: Stamp,
}

impl Known {
    /// Of bytes, and how their file looked.
    pub fn new(bytes: &[u8], stamp: Stamp) -> Self {
        Self { digest: blake3::hash(bytes), stamp }
    }
}

/// What another program wrote.
#[derive(Debug)]
pub struct Theirs {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// The same, in short.
    pub known: Known,
}

/// What became of a save.
#[derive(Debug)]
pub enum Outcome {
    /// The file says what the document said.
    Written(Known),
    /// Another program wrote the file meanwhile: it wins.
    Overtaken(Theirs),
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
        // As in a shell: so its runs are found again.
        document.id = Some(NotebookId::new(notebooks::id_at(&folder.whole(path))));
    }
    Ok(document)
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
pub fn overtaken(folder: &Folder, path: &Relative, known: &mut Known) -> Option<Theirs> {
    let mut stamp = folder.stamp(path)?;
    if stamp == known.stamp {
        return None;
    }
    for _ in 0..LOOKS {
        thread::sleep(UNREST);
        let later = folder.stamp(path)?;
        if later == stamp {
            break;
        }
        stamp = later;
    }
    let (bytes, stamp) = folder.look(path).ok()?;
    let found = Known::new(&bytes, stamp);
    if found.digest == known.digest {
        *known = found;
        return None;
    }
    Some(Theirs { bytes, known: found })
}

/// Writes a document, unless another program wrote the file meanwhile.
pub fn save(folder: &Folder, path: &Relative, mut known: Known, document: &Document) -> Outcome {
    if let Some(theirs) = overtaken(folder, path, &mut known) {
        return Outcome::Overtaken(theirs);
    }
    let there = if path.ending() == Some("py") { folder.read(path).ok() } else { None };
    let bytes = encode(path, document, there.as_deref());
    if blake3::hash(&bytes) == known.digest && folder.stamp(path).is_some() {
        return Outcome::Written(known);
    }
    match folder.write(path, &bytes) {
        Ok(stamp) => Outcome::Written(Known::new(&bytes, stamp)),
        Err(error) => Outcome::Failed(error),
    }
}
