//! What a notebook was: a copy without outputs for every two minutes in which it was saved,
//! and for what another program's file replaced. Outputs are in the store's runs.
//!
//! Copies are `.flownote/history/<notebook>/<time>-<why>.ipynb`.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use flownote_notebook::{Document, ipynb};

use super::entry::NotebookSave;
use super::folder::{Folder, Relative};

/// Saves within so many milliseconds are one.
const COALESCED: i64 = 120_000;
/// So many copies of a notebook are kept.
const KEPT: usize = 500;

/// Why a copy is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The notebook was saved.
    Saved,
    /// Another program's file, or an earlier save, took the place of this.
    Replaced,
    /// An earlier save was restored.
    Restored,
}

impl Why {
    fn name(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Replaced => "replaced",
            Self::Restored => "restored",
        }
    }
}

/// Keeps a copy of a document.
///
/// # Errors
/// When it can't be written.
pub fn keep(folder: &Folder, path: &Relative, document: &Document, why: Why) -> io::Result<()> {
    keep_at(folder, path, document, why, jiff::Timestamp::now().as_millisecond())
}

fn keep_at(
    folder: &Folder,
    path: &Relative,
    document: &Document,
    why: Why,
    now: i64,
) -> io::Result<()> {
    let mut document = document.clone();
    document.strip();
    let text = ipynb::write(&document);
    let place = place(folder, path);
    fs::create_dir_all(&place)?;
    let all = copies(&place);
    let newest = all.last();
    let repeats = newest.is_some_and(|it| {
        fs::read(place.join(it.name())).is_ok_and(|there| there == text.as_bytes())
    });
    if repeats {
        // What was saved is what was replaced: no later save is joined to it.
        return match newest.filter(|it| why != Why::Saved && it.why == "saved") {
            Some(saved) => {
                let marked = Copy { at: saved.at, why: why.name().to_owned() };
                fs::rename(place.join(saved.name()), place.join(marked.name()))
            }
            None => Ok(()),
        };
    }
    let joined =
        newest.filter(|it| why == Why::Saved && it.why == "saved" && now - it.at < COALESCED);
    let name = match joined {
        Some(joined) => joined.name(),
        None => Copy { at: now, why: why.name().to_owned() }.name(),
    };
    let mut file = tempfile::NamedTempFile::new_in(&place)?;
    file.write_all(text.as_bytes())?;
    file.persist(place.join(name)).map_err(|error| error.error)?;
    let surplus = (all.len() + 1).saturating_sub(KEPT);
    all.iter().take(surplus).for_each(|old| drop(fs::remove_file(place.join(old.name()))));
    Ok(())
}

/// The copies of a notebook, the newest first.
pub fn list(folder: &Folder, path: &Relative) -> Vec<NotebookSave> {
    let place = place(folder, path);
    let told = |copy: &Copy| {
        let size = fs::metadata(place.join(copy.name())).ok()?.len();
        let at = jiff::Timestamp::from_millisecond(copy.at).ok()?.to_string();
        let name = copy.name();
        let save = name.strip_suffix(".ipynb")?.to_owned();
        Some(NotebookSave { save, at, size, why: copy.why.clone() })
    };
    copies(&place).iter().rev().filter_map(told).collect()
}

/// One copy of a notebook, by its name in the list.
pub fn read(folder: &Folder, path: &Relative, save: &str) -> Option<Document> {
    let place = place(folder, path);
    // Only names of the list are names of files.
    let copy =
        copies(&place).into_iter().find(|it| it.name().strip_suffix(".ipynb") == Some(save))?;
    ipynb::read(&fs::read(place.join(copy.name())).ok()?).ok()
}

/// A notebook has another path now: its history goes along.
///
/// # Errors
/// When it can't be moved.
pub fn rename(folder: &Folder, path: &Relative, to: &Relative) -> io::Result<()> {
    match fs::rename(place(folder, path), place(folder, to)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn place(folder: &Folder, path: &Relative) -> PathBuf {
    let digest = blake3::hash(path.as_str().as_bytes()).to_hex();
    folder.root().join(".flownote/history").join(&digest[..24])
}

/// A copy, as its file's name says it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Copy {
    /// Milliseconds since 1970.
    at: i64,
    why: String,
}

impl Copy {
    fn name(&self) -> String {
        format!("{:013}-{}.ipynb", self.at, self.why)
    }

    fn of(name: &str) -> Option<Self> {
        let (at, why) = name.strip_suffix(".ipynb")?.split_once('-')?;
        let copy = Self { at: at.parse().ok()?, why: why.to_owned() };
        (copy.name() == name).then_some(copy)
    }
}

fn copies(place: &std::path::Path) -> Vec<Copy> {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let mut all: Vec<Copy> = entries.filter_map(|it| Copy::of(it.file_name().to_str()?)).collect();
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use flownote_notebook::{Cell, Language, Output};

    use super::*;

    fn document(source: &str) -> Document {
        let mut cell = Cell::new("a", Language::Python, source);
        cell.outputs.push(Output::stdout("shown"));
        Document::new(vec![cell]).expect("a document")
    }

    #[test]
    fn saves_close_to_one_another_are_one_and_what_was_replaced_stays() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path()).expect("open");
        let path = Relative::new("a.ipynb").expect("a path");
        let keep = |source: &str, why, at| {
            keep_at(&folder, &path, &document(source), why, at).expect("kept");
        };
        keep("1", Why::Saved, 1_000_000);
        keep("2", Why::Saved, 1_050_000);
        keep("3", Why::Replaced, 1_060_000);
        keep("4", Why::Saved, 1_070_000);
        keep("4", Why::Saved, 2_000_000);
        keep("5", Why::Saved, 3_000_000);
        keep("5", Why::Replaced, 3_000_500);
        keep("6", Why::Saved, 3_001_000);
        let saves = list(&folder, &path);
        let sources: Vec<String> = (saves.iter())
            .map(|it| read(&folder, &path, &it.save).expect("a copy").cells()[0].source.clone())
            .collect();
        assert_eq!(sources, ["6", "5", "4", "3", "2"]);
        assert_eq!((&*saves[1].why, &*saves[3].why), ("replaced", "replaced"));
        assert_eq!(saves[1].at, "1970-01-01T00:50:00Z");
        assert!(
            read(&folder, &path, &saves[0].save).expect("a copy").cells()[0].outputs.is_empty()
        );
        for wrong in ["", "../x", "0000000000001-saved", "0003001000000-saved.ipynb"] {
            assert_eq!(read(&folder, &path, wrong), None, "{wrong}");
        }
    }
}
