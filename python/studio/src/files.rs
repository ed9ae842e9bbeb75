//! Notebooks as files: the format is told by the name.

use std::io::Write;
use std::path::Path;

use flownote_notebook::ipynb::Bounds;
use flownote_notebook::{Document, NotebookId, ipynb, percent};
use flownote_store::notebooks;

use crate::shell::Error;

/// Reads an `.ipynb` or a percent file.
pub fn read(path: &Path) -> Result<Document, Error> {
    let failed = |source| Error::File { path: path.to_owned(), done: "read", source };
    let bytes = std::fs::read(path).map_err(failed)?;
    let document = match ending(path) {
        "ipynb" => ipynb::read(&bytes),
        "py" => percent::read(&bytes),
        _ => return Err(Error::Format { path: path.to_owned() }),
    };
    let document = document.map_err(|source| Error::Notebook { path: path.to_owned(), source })?;
    Ok(named(path, document))
}

/// A notebook that has no name of its own yet goes by its place: so its runs are found
/// again, and nothing is written into a file that somebody only runs.
fn named(path: &Path, mut document: Document) -> Document {
    if document.id.is_none() {
        document.id = Some(NotebookId::new(notebooks::id_at(path)));
    }
    document
}

/// The text of a notebook in a file's format.
pub fn text(path: &Path, document: &Document) -> Result<String, Error> {
    match ending(path) {
        // Who converts or strips a file wants all of it.
        "ipynb" => Ok(ipynb::write_within(document, Bounds::NONE)),
        "py" => {
            // A file that is there keeps its own habits.
            let style = std::fs::read_to_string(path).map(|file| percent::Style::of(&file));
            Ok(percent::write(document, style.unwrap_or_default()))
        }
        _ => Err(Error::Format { path: path.to_owned() }),
    }
}

/// Writes a notebook: whole or not at all.
pub fn write(path: &Path, document: &Document) -> Result<(), Error> {
    let text = text(path, document)?;
    let failed = |source| Error::File { path: path.to_owned(), done: "written", source };
    let folder = folder_of(path);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    if let Ok(there) = std::fs::metadata(path) {
        // The new file takes the place of the old one, with its permissions.
        std::fs::set_permissions(file.path(), there.permissions()).map_err(failed)?;
    } else {
        use std::os::unix::fs::PermissionsExt;
        let usual = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(file.path(), usual).map_err(failed)?;
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Says so when there is no folder to write a file in.
pub fn check_folder(path: &Path) -> Result<(), Error> {
    if folder_of(path).is_dir() {
        return Ok(());
    }
    let source = std::io::Error::from(std::io::ErrorKind::NotFound);
    Err(Error::File { path: path.to_owned(), done: "written", source })
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(|it| it.to_str()).unwrap_or_default()
}
