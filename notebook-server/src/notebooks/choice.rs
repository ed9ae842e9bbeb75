//! Which Python a notebook's cells run in, where somebody chose another than the server's.
//!
//! It isn't in the notebook: another machine has other Pythons. Nor is it beside it: a folder
//! from elsewhere mustn't say what runs here. A choice is a line in a file of its own in the
//! server's state, `python/<digest of the notebook's path>`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The choices of the notebooks of a folder.
#[derive(Clone, Debug)]
pub struct Choices(PathBuf);

impl Choices {
    /// Those in a folder of this user's alone.
    pub fn of(state: &Path) -> Self {
        Self(state.join("python"))
    }

    /// What was chosen for a notebook, by its file.
    pub fn get(&self, file: &Path) -> Option<String> {
        let text = fs::read_to_string(self.place(file)).ok()?;
        text.lines().next().map(str::to_owned).filter(|line| !line.is_empty())
    }

    /// Chooses a Python for a notebook; or the server's.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn set(&self, file: &Path, python: Option<&str>) -> io::Result<()> {
        let place = self.place(file);
        let Some(python) = python else {
            return match fs::remove_file(place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        };
        fs::create_dir_all(&self.0)?;
        let mut written = tempfile::NamedTempFile::new_in(&self.0)?;
        writeln!(written, "{python}\n{}", file.display())?;
        written.persist(place).map_err(|error| error.error)?;
        Ok(())
    }

    /// A notebook has another file now: the choice goes along.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn rename(&self, file: &Path, to: &Path) -> io::Result<()> {
        self.set(to, self.get(file).as_deref())?;
        self.set(file, None)
    }

    fn place(&self, file: &Path) -> PathBuf {
        let digest = blake3::hash(file.as_os_str().as_encoded_bytes()).to_hex();
        self.0.join(&digest[..24])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_stays_until_another_and_goes_with_its_notebook() {
        let root = tempfile::tempdir().expect("a folder");
        let choices = Choices::of(root.path());
        let (a, b) = (root.path().join("a.ipynb"), root.path().join("b.ipynb"));
        assert_eq!(choices.get(&a), None);
        choices.set(&a, None).expect("nothing to forget");
        choices.set(&a, Some("/one/python")).expect("chosen");
        choices.set(&a, Some("/two/python")).expect("chosen");
        assert_eq!(choices.get(&a).as_deref(), Some("/two/python"));
        assert_eq!(choices.get(&b), None);
        choices.rename(&a, &b).expect("renamed");
        assert_eq!((choices.get(&a), choices.get(&b).as_deref()), (None, Some("/two/python")));
        choices.rename(&a, &b).expect("renamed");
        assert_eq!(choices.get(&b), None, "what was chosen for another of that name is gone");
        choices.set(&b, None).expect("forgotten");
        assert_eq!(choices.get(&b), None);
    }
}
