//! What was done to a notebook since its file was written, a line for each operation: edits
//! outlive this server and the machine's power.
//!
//! ```json
//! {"notebook":"a/tour.py","base":"5f0c…","cells":["a1","b2"]}
//! {"op":"splice","cell":"b2","from":7,"to":8,"text":"2"}
//! ```
//!
//! `base` is the digest of the file that the operations apply to, and `cells` are the ids of its
//! cells where the file doesn't name them: operations do. When the file is another by now, the
//! file wins and the journal is put aside.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use flownote_notebook::{CellId, Operation};
use serde::{Deserialize, Serialize};

use super::folder::Relative;

/// The journal of one notebook.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    notebook: String,
    file: Option<File>,
    /// Lines since the last [`Journal::begin`].
    lines: Vec<String>,
    unsynced: bool,
}

#[derive(Serialize, Deserialize)]
struct Head {
    notebook: String,
    base: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cells: Vec<CellId>,
}

/// What a journal says.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    /// The digest of the file that was last known.
    pub base: Option<String>,
    /// The ids of the file's cells, where it doesn't name them all itself.
    pub cells: Vec<CellId>,
    /// What was done since.
    pub operations: Vec<Operation>,
    /// Whether something that can't be read stands before its end.
    pub damaged: bool,
}

impl Journal {
    /// The journal of a notebook in a folder. Nothing is written yet.
    pub fn new(folder: &Path, notebook: &Relative) -> Self {
        let digest = blake3::hash(notebook.as_str().as_bytes()).to_hex();
        Self {
            path: folder.join(format!("{}.jsonl", &digest[..24])),
            notebook: notebook.as_str().to_owned(),
            file: None,
            lines: Vec::new(),
            unsynced: false,
        }
    }

    /// What it says, as far as it can be read: the last line may be cut.
    pub fn read(&self) -> Found {
        let Ok(file) = File::open(&self.path) else { return Found::default() };
        let mut lines = BufReader::new(file).split(b'\n');
        let head = lines.next().and_then(Result::ok);
        let head = head.and_then(|line| serde_json::from_slice::<Head>(&line).ok());
        let Some(head) = head.filter(|it| it.notebook == self.notebook) else {
            // Of a journal that was begun and no more, nothing is lost.
            return Found { damaged: lines.next().is_some(), ..Found::default() };
        };
        let mut operations = Vec::new();
        let mut damaged = false;
        while let Some(line) = lines.next() {
            match line.map(|line| serde_json::from_slice(&line)) {
                Ok(Ok(operation)) => operations.push(operation),
                // The last may be cut, by the end of the power.
                Ok(Err(_)) => {
                    damaged = lines.next().is_some();
                    break;
                }
                Err(_) => {
                    damaged = true;
                    break;
                }
            }
        }
        Found { base: Some(head.base), cells: head.cells, operations, damaged }
    }

    /// Puts what is there aside, where nothing writes over it: it can't be applied, or not all
    /// of it. Returns where it is; nothing when there was none.
    pub fn put_aside(&self) -> Option<PathBuf> {
        let name = |number: u32| match number {
            1 => self.path.with_extension("lost.jsonl"),
            _ => self.path.with_extension(format!("lost-{number}.jsonl")),
        };
        let place = (1..).map(name).find(|it| !it.exists())?;
        fs::rename(&self.path, &place).ok().map(|()| place)
    }

    /// Begins anew after a file with a digest, with operations that the file doesn't have.
    /// `cells` are the ids of the file's cells; none where it names them itself.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn begin(&mut self, base: &str, cells: &[CellId], done: usize) -> io::Result<()> {
        self.lines.drain(..done.min(self.lines.len()));
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let head = Head {
            notebook: self.notebook.clone(),
            base: base.to_owned(),
            cells: cells.to_owned(),
        };
        let mut text = serde_json::to_string(&head)?;
        text.push('\n');
        self.lines.iter().for_each(|line| text.push_str(line));
        let beside = self.path.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        fs::rename(&beside, &self.path)?;
        self.file = Some(file);
        self.unsynced = true;
        Ok(())
    }

    /// Adds an operation to one that was begun.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add(&mut self, operation: &Operation) -> io::Result<()> {
        let mut line = serde_json::to_string(operation)?;
        line.push('\n');
        let written = match &mut self.file {
            Some(file) => file.write_all(line.as_bytes()),
            None => Err(io::ErrorKind::NotFound.into()),
        };
        self.lines.push(line);
        self.unsynced = true;
        written
    }

    /// Whether it was begun.
    pub fn is_begun(&self) -> bool {
        self.file.is_some()
    }

    /// How many operations it has.
    pub fn length(&self) -> usize {
        self.lines.len()
    }

    /// The file, when the disk doesn't have all of it yet.
    pub fn unsynced_file(&mut self) -> Option<File> {
        let unsynced = std::mem::take(&mut self.unsynced);
        self.file.as_ref().filter(|_| unsynced)?.try_clone().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(at: usize) -> Operation {
        Operation::Splice { cell: "a".into(), from: at, to: at, text: "x".into() }
    }

    #[test]
    fn what_was_done_is_read_again_up_to_a_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = Relative::new("a/b.ipynb").expect("a path");
        let mut journal = Journal::new(folder.path(), &path);
        assert_eq!(journal.read(), Found::default());
        journal.begin("base", &["a".into()], 0).expect("begun");
        (0..3).for_each(|at| journal.add(&operation(at)).expect("written"));

        let read = Journal::new(folder.path(), &path).read();
        assert_eq!(read.base.as_deref(), Some("base"));
        assert_eq!(read.cells, ["a".into()]);
        assert_eq!(read.operations, [operation(0), operation(1), operation(2)]);

        let text = fs::read(&journal.path).expect("read");
        fs::write(&journal.path, &text[..text.len() - 3]).expect("cut");
        let cut = journal.read();
        assert_eq!((cut.operations, cut.damaged), (vec![operation(0), operation(1)], false));
    }

    #[test]
    fn what_is_put_aside_is_never_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::new(folder.path(), &Relative::new("a.py").expect("a path"));
        assert_eq!(journal.put_aside(), None);
        let mut places = Vec::new();
        for base in ["first", "second", "third"] {
            journal.begin(base, &[], 0).expect("begun");
            places.push(journal.put_aside().expect("there"));
        }
        for (place, base) in places.iter().zip(["first", "second", "third"]) {
            assert!(fs::read_to_string(place).expect("kept").contains(base));
        }
    }

    #[test]
    fn damage_in_its_middle_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::new(folder.path(), &Relative::new("a.py").expect("a path"));
        journal.begin("base", &[], 0).expect("begun");
        (0..3).for_each(|at| journal.add(&operation(at)).expect("written"));
        let text = fs::read_to_string(&journal.path).expect("read");
        fs::write(&journal.path, text.replace(r#""from":1"#, r#""from":"#)).expect("damaged");
        let read = journal.read();
        assert_eq!((read.operations, read.damaged), (vec![operation(0)], true));
    }

    #[test]
    fn a_save_takes_what_it_has_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = Relative::new("b.ipynb").expect("a path");
        let mut journal = Journal::new(folder.path(), &path);
        journal.begin("first", &[], 0).expect("begun");
        (0..2).for_each(|at| journal.add(&operation(at)).expect("written"));
        let saved = journal.length();
        journal.add(&operation(2)).expect("written");
        journal.begin("second", &[], saved).expect("begun");
        journal.add(&operation(3)).expect("written");
        let read = journal.read();
        assert_eq!(read.base.as_deref(), Some("second"));
        assert_eq!(read.operations, [operation(2), operation(3)]);
    }
}
