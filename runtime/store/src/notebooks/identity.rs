//! What a notebook is known by: the id that its file carries, else one that is made of its
//! place. Runs have it as a tag, `notebook:ID`; nothing is written into a file for it.

use std::fs;
use std::path::Path;

use serde::Deserialize;

/// The id of a notebook whose file carries none: of its place, links followed.
pub fn id_at(place: &Path) -> String {
    let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
    let digest = blake3::hash(place.as_os_str().as_encoded_bytes()).to_hex();
    digest[..16].to_owned()
}

/// The id of the notebook in a file; nothing where there is no file.
pub fn id_of(file: &Path) -> Option<String> {
    if !file.is_file() {
        return None;
    }
    Some(carried(file).unwrap_or_else(|| id_at(file)))
}

/// The id in the metadata of an `.ipynb` file, as `{"metadata": {"flownote": {"id": …}}}`.
fn carried(file: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Notebook {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        flownote: Own,
    }
    #[derive(Deserialize)]
    struct Own {
        id: String,
    }
    if file.extension()? != "ipynb" {
        return None;
    }
    let notebook: Notebook = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    Some(notebook.metadata.flownote.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_what_it_carries_or_by_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let check = |name: &str, text: &str, expect: Option<&str>| {
            let file = folder.path().join(name);
            fs::write(&file, text).unwrap();
            assert_eq!(id_of(&file).unwrap(), expect.map_or(id_at(&file), str::to_owned), "{name}");
        };
        check("a.ipynb", r#"{"cells": [], "metadata": {"flownote": {"id": "n1"}}}"#, Some("n1"));
        check("b.ipynb", r#"{"cells": [], "metadata": {"flownote": {"mode": "lazy"}}}"#, None);
        check("c.ipynb", r#"{"cells": []}"#, None);
        check("d.ipynb", "", None);
        check("e.py", "# %%\n", None);
        assert_eq!(id_of(&folder.path().join("nope.ipynb")), None);
        assert_ne!(id_at(&folder.path().join("a.ipynb")), id_at(&folder.path().join("b.ipynb")));
    }
}
