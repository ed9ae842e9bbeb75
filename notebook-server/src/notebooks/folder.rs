//! The served folder. Every path that a browser names is looked up below an open directory,
//! component by component (cap-std): neither `..` nor a symbolic link leads out of it.

use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt, OpenOptions, Permissions, PermissionsExt};
use flownote_flow::help::Help;

/// Notebooks and uploads are no larger.
pub const LARGEST: u64 = 256 << 20;
/// How often a file that is being replaced is looked up.
const TRIES: usize = 100;
/// Where deleted notebooks go.
pub const TRASH: &str = ".trash";

/// Why something can't be done with a path.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path can't be meant.
    #[error("`{}` is no path of the served folder", path.escape_default())]
    Path {
        /// As it was given.
        path: String,
    },
    /// It isn't there.
    #[error("`{path}` is not there")]
    Missing {
        /// Which.
        path: String,
    },
    /// Something is there already.
    #[error("`{path}` is there already")]
    Taken {
        /// Which.
        path: String,
    },
    /// The name says no format of notebooks.
    #[error("`{path}` names no notebook: those are called `something.ipynb` or `something.py`")]
    Format {
        /// Which.
        path: String,
    },
    /// It is too large.
    #[error("`{path}` is larger than {} MB", LARGEST >> 20)]
    Large {
        /// Which.
        path: String,
    },
    /// The system refuses.
    #[error("`{path}` can't be {done}: {source}")]
    Io {
        /// Which.
        path: String,
        /// `read`, `written`, `moved`.
        done: &'static str,
        /// Its word.
        source: io::Error,
    },
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Path { .. } => {
                "paths go down from the served folder, with `/` between names".into()
            }
            Self::Missing { .. } => "someone may have moved it: look at the list again".into(),
            Self::Taken { .. } => "choose another name".into(),
            Self::Format { .. } => "name a file that ends in .ipynb or .py".into(),
            Self::Large { .. } => "keep data in files beside the notebook".into(),
            Self::Io { .. } => return None,
        })
    }
}

/// A path below the served folder, all of whose components are plain names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Relative(String);

impl Relative {
    /// Takes a path as a browser gives it, percent-decoded.
    ///
    /// # Errors
    /// When it isn't one that goes down from the folder.
    pub fn new(path: &str) -> Result<Self, Error> {
        // Hidden names are the system's and ours: `.git`, `.flownote`, `.trash`.
        let plain = |name: &str| {
            !name.is_empty() && !name.starts_with('.') && name.len() <= 255 && name.trim() == name
        };
        let odd = |character: char| character.is_control() || character == '\\';
        let fits = path.len() <= 4096 && path.split('/').all(plain) && !path.contains(odd);
        if fits { Ok(Self(path.to_owned())) } else { Err(Error::Path { path: path.to_owned() }) }
    }

    /// The same of a notebook.
    ///
    /// # Errors
    /// When it isn't the path of one.
    pub fn of_notebook(path: &str) -> Result<Self, Error> {
        let found = Self::new(path)?;
        if found.ending().is_some() { Ok(found) } else { Err(Error::Format { path: found.0 }) }
    }

    /// `ipynb` or `py`.
    pub fn ending(&self) -> Option<&str> {
        let (stem, ending) = self.name().rsplit_once('.')?;
        (!stem.is_empty() && matches!(ending, "ipynb" | "py")).then_some(ending)
    }

    /// The last component.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder that it is in; empty for the served one.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a file looks without being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<std::time::SystemTime>,
    length: u64,
    /// Which file it is: a program that saves by renaming makes a new one each time.
    file: u64,
}

impl From<cap_std::fs::Metadata> for Stamp {
    fn from(found: cap_std::fs::Metadata) -> Self {
        let modified = found.modified().ok().map(cap_std::time::SystemTime::into_std);
        Self { modified, length: found.len(), file: found.ino() }
    }
}

/// The served folder. Clones share it.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
    dir: Arc<Dir>,
}

impl Folder {
    /// Opens it.
    ///
    /// # Errors
    /// When it can't be.
    pub fn open(root: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        let dir = Dir::open_ambient_dir(&root, ambient_authority())?;
        Ok(Self { root, dir: Arc::new(dir) })
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directory itself.
    pub(crate) fn dir(&self) -> &Dir {
        &self.dir
    }

    /// The whole path, for processes that work there.
    pub fn whole(&self, path: &Relative) -> PathBuf {
        self.root.join(path.as_str())
    }

    /// The one path of a file that may have several, by links within the folder.
    ///
    /// # Errors
    /// When it isn't there, or a link leads out.
    pub fn canonical(&self, path: &Relative) -> Result<Relative, Error> {
        let found = self.dir.symlink_metadata(path.as_str()).map_err(failed(path, "read"))?;
        if found.is_symlink() {
            return self.resolve(path, path.as_str());
        }
        // The file itself isn't resolved: while it is saved, another takes its place.
        if path.folder().is_empty() {
            return Ok(path.clone());
        }
        let folder = self.resolve(path, path.folder())?;
        Relative::new(&format!("{}/{}", folder.as_str(), path.name()))
    }

    fn resolve(&self, path: &Relative, what: &str) -> Result<Relative, Error> {
        let wrong = || Error::Path { path: path.0.clone() };
        for _ in 0..TRIES {
            let found = self.dir.canonicalize(what).map_err(failed(path, "read"))?;
            // What Linux calls a file whose place another took just now.
            let found = found.to_str().ok_or_else(wrong)?;
            if !found.ends_with(" (deleted)") || self.dir.symlink_metadata(found).is_ok() {
                return Relative::new(found);
            }
        }
        Err(Error::Missing { path: path.0.clone() })
    }

    /// How a file looks; none when it isn't there.
    pub fn stamp(&self, path: &Relative) -> Option<Stamp> {
        self.dir.metadata(path.as_str()).ok().map(Stamp::from)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it isn't there, is too large, or can't be read.
    pub fn read(&self, path: &Relative) -> Result<Vec<u8>, Error> {
        Ok(self.look(path)?.0)
    }

    /// Reads a file, and how it looked before: what is written to it meanwhile or later is a
    /// difference from that.
    ///
    /// # Errors
    /// As [`read`](Self::read)'s.
    pub fn look(&self, path: &Relative) -> Result<(Vec<u8>, Stamp), Error> {
        let file = self.dir.open(path.as_str()).map_err(failed(path, "read"))?;
        let found = file.metadata().map_err(failed(path, "read"))?;
        if !found.is_file() {
            return Err(Error::Missing { path: path.0.clone() });
        }
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed(path, "read"))?;
        if bytes.len() as u64 > LARGEST {
            return Err(Error::Large { path: path.0.clone() });
        }
        Ok((bytes, found.into()))
    }

    /// Writes a file whole or not at all: beside, then in its place. Tells how it looks now.
    ///
    /// # Errors
    /// When it can't be written; what was there is as it was.
    pub fn write(&self, path: &Relative, bytes: &[u8]) -> Result<Stamp, Error> {
        let parent = self.parent(path)?;
        let beside = format!(".{}.{:016x}", short(path.name()), rand::random::<u64>());
        let wrote = || {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            let mut file = parent.open_with(&beside, &options)?;
            // The new file takes the place of the old one, with its permissions.
            let mode = parent.metadata(path.name()).map_or(0o644, |it| it.permissions().mode());
            file.set_permissions(Permissions::from_mode(mode & 0o777))?;
            file.write_all(bytes)?;
            file.sync_all()?;
            parent.rename(&beside, &parent, path.name())?;
            Ok(file.metadata()?.into())
        };
        wrote().map_err(|error| {
            let _ = parent.remove_file(&beside);
            failed(path, "written")(error)
        })
    }

    /// Makes a new file, with the folders that it is in.
    ///
    /// # Errors
    /// When something is there already.
    pub fn create(&self, path: &Relative, bytes: &[u8]) -> Result<(), Error> {
        self.make_parent(path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // A name is taken at once, then filled: two who create it don't both succeed.
        self.dir.open_with(path.as_str(), &options).map_err(failed(path, "written"))?;
        self.write(path, bytes).map(drop)
    }

    /// Gives a file another path.
    ///
    /// # Errors
    /// When something is there already, or it isn't there.
    pub fn rename(&self, path: &Relative, to: &Relative) -> Result<(), Error> {
        self.make_parent(to)?;
        let (from_parent, to_parent) = (self.parent(path)?, self.parent(to)?);
        if from_parent.metadata(path.name()).map_err(failed(path, "moved"))?.is_dir() {
            return Err(Error::Missing { path: path.0.clone() });
        }
        // A link fails where a rename would take something's place.
        from_parent.hard_link(path.name(), &to_parent, to.name()).map_err(failed(to, "moved"))?;
        from_parent.remove_file(path.name()).map_err(failed(path, "moved"))
    }

    /// Moves a file into the trash of the folder that it is in; gives its path there.
    ///
    /// # Errors
    /// When it isn't there.
    pub fn delete(&self, path: &Relative, now: &str) -> Result<String, Error> {
        let parent = self.parent(path)?;
        if !parent.metadata(path.name()).map_err(failed(path, "moved"))?.is_file() {
            return Err(Error::Missing { path: path.0.clone() });
        }
        self.dir.create_dir_all(TRASH).map_err(failed(path, "moved"))?;
        let trash = self.dir.open_dir(TRASH).map_err(failed(path, "moved"))?;
        let name = format!(
            "{}-{:04x}-{}",
            now.replace(':', ""),
            rand::random::<u16>(),
            short(path.name())
        );
        parent.rename(path.name(), &trash, &name).map_err(failed(path, "moved"))?;
        Ok(format!("{TRASH}/{name}"))
    }

    fn make_parent(&self, path: &Relative) -> Result<(), Error> {
        if path.folder().is_empty() {
            return Ok(());
        }
        match self.dir.create_dir_all(path.folder()) {
            // Something is there: whether it is a folder, and within, is seen when it is used.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            other => other.map_err(failed(path, "written")),
        }
    }

    fn parent(&self, path: &Relative) -> Result<Dir, Error> {
        let folder = if path.folder().is_empty() { "." } else { path.folder() };
        self.dir.open_dir(folder).map_err(failed(path, "read"))
    }
}

/// So much of a name that more can be put around it.
fn short(name: &str) -> &str {
    let begin = name.len().saturating_sub(180);
    let fits = (begin..name.len()).find(|at| name.is_char_boundary(*at));
    &name[fits.unwrap_or(0)..]
}

fn failed(path: &Relative, done: &'static str) -> impl Fn(io::Error) -> Error {
    let path = path.0.clone();
    move |source| match source.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
            Error::Missing { path: path.clone() }
        }
        ErrorKind::AlreadyExists => Error::Taken { path: path.clone() },
        // So cap-std says that a link leads out.
        ErrorKind::PermissionDenied if source.raw_os_error().is_none() => {
            Error::Path { path: path.clone() }
        }
        _ => Error::Io { path: path.clone(), done, source },
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn relative(path: &str) -> Relative {
        Relative::new(path).expect(path)
    }

    #[test]
    fn a_path_goes_down_by_plain_names() {
        for good in ["a.ipynb", "a/b c/d.ipynb", "é/…x.py", "a..b/x.ipynb", "%2e%2e/x.ipynb"] {
            Relative::new(good).expect(good);
        }
        let long = "x".repeat(256);
        for wrong in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../x",
            "a/../b",
            "a/..",
            "./a",
            "a/./b",
            "a//b",
            "a/",
            ".git/config",
            "a/.flownote/x",
            "a\0b",
            "a\\..\\b",
            "a\nb",
            " a",
            "a ",
            "a/ ",
            &long,
        ] {
            assert!(matches!(Relative::new(wrong), Err(Error::Path { .. })), "{wrong:?}");
        }
        for no_notebook in ["a", "a.txt", "ipynb", "a.ipynb.bak", "py"] {
            assert!(Relative::of_notebook(no_notebook).is_err(), "{no_notebook}");
        }
    }

    #[test]
    fn no_link_leads_out_of_the_folder() {
        let place = tempfile::tempdir().expect("a folder");
        let (root, beside) = (place.path().join("work"), place.path().join("work-secret"));
        std::fs::create_dir_all(root.join("sub")).expect("made");
        std::fs::create_dir_all(&beside).expect("made");
        std::fs::write(beside.join("s.ipynb"), "secret").expect("written");
        std::fs::write(root.join("sub/a.ipynb"), "mine").expect("written");
        symlink(&beside, root.join("out")).expect("linked");
        symlink(beside.join("s.ipynb"), root.join("s.ipynb")).expect("linked");
        symlink("../../work-secret/s.ipynb", root.join("sub/t.ipynb")).expect("linked");
        symlink("sub/a.ipynb", root.join("b.ipynb")).expect("linked");
        let folder = Folder::open(&root).expect("open");
        for way in ["out/s.ipynb", "s.ipynb", "sub/t.ipynb"] {
            let way = relative(way);
            assert!(folder.read(&way).is_err(), "{way:?}");
            assert!(folder.canonical(&way).is_err(), "{way:?}");
        }
        for new in ["out/new.ipynb", "out/deep/new.ipynb"] {
            assert!(folder.create(&relative(new), b"x").is_err(), "{new}");
            assert!(folder.rename(&relative("sub/a.ipynb"), &relative(new)).is_err(), "{new}");
        }
        assert!(folder.delete(&relative("out/s.ipynb"), "now").is_err());
        // Writing to a link takes the link's place, and leaves what it led to as it was.
        folder.write(&relative("s.ipynb"), b"mine").expect("written");
        assert_eq!(std::fs::read(beside.join("s.ipynb")).expect("read"), b"secret");
        assert_eq!(std::fs::read_dir(&beside).expect("listed").count(), 1);
        // A link within the folder is another name of the same notebook.
        assert_eq!(folder.read(&relative("b.ipynb")).expect("read"), b"mine");
        assert_eq!(folder.canonical(&relative("b.ipynb")).expect("found"), relative("sub/a.ipynb"));
    }

    #[test]
    fn a_file_that_is_being_saved_has_its_path() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path()).expect("open");
        let path = relative("a.ipynb");
        folder.create(&path, b"1").expect("made");
        symlink("a.ipynb", place.path().join("b.ipynb")).expect("linked");
        std::thread::scope(|scope| {
            let saving =
                scope.spawn(|| (0..200).try_for_each(|_| folder.write(&path, b"2").map(drop)));
            while !saving.is_finished() {
                assert_eq!(folder.canonical(&path).expect("found"), path);
                assert_eq!(folder.canonical(&relative("b.ipynb")).expect("found"), path);
            }
            saving.join().expect("joined").expect("saved");
        });
    }

    #[test]
    fn nothing_takes_the_place_of_what_is_there() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path()).expect("open");
        folder.create(&relative("a.ipynb"), b"1").expect("made");
        folder.create(&relative("x/b.ipynb"), b"2").expect("made");
        let (a, b) = (relative("a.ipynb"), relative("x/b.ipynb"));
        assert!(matches!(folder.create(&a, b"3"), Err(Error::Taken { .. })));
        assert!(matches!(folder.rename(&a, &b), Err(Error::Taken { .. })));
        assert_eq!(folder.read(&a).expect("read"), b"1");
        folder.rename(&a, &relative("y/c.ipynb")).expect("moved");
        assert!(matches!(folder.read(&a), Err(Error::Missing { .. })));
        let trashed = folder.delete(&b, "2026-11-22T10:15:00Z").expect("deleted");
        assert_eq!(std::fs::read(place.path().join(trashed)).expect("read"), b"2");
        assert!(matches!(folder.delete(&b, "now"), Err(Error::Missing { .. })));
    }

    #[test]
    fn a_file_is_written_whole_with_the_permissions_that_it_had() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path()).expect("open");
        let path = relative("a.ipynb");
        folder.create(&path, b"1").expect("made");
        let file = place.path().join("a.ipynb");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("set");
        folder.write(&path, b"22").expect("written");
        let mode = std::fs::metadata(&file).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode, std::fs::read(&file).expect("read")), (0o600, b"22".to_vec()));
        assert_eq!(std::fs::read_dir(place.path()).expect("listed").count(), 1);
    }
    #[test]
    fn what_is_written_while_a_file_is_read_is_a_difference_later() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path()).expect("open");
        let (path, file) = (relative("a.ipynb"), place.path().join("a.ipynb"));
        folder.create(&path, b"").expect("made");
        let mut looks = Vec::new();
        std::thread::scope(|scope| {
            // Emptied, then written: as most programs do.
            let write =
                || (1..500).try_for_each(|length| std::fs::write(&file, vec![b'1'; length]));
            let writing = scope.spawn(write);
            while !writing.is_finished() {
                looks.push(folder.look(&path).expect("looked"));
            }
            writing.join().expect("joined").expect("written");
        });
        let (last, stamp) = folder.look(&path).expect("looked");
        assert_eq!(last.len(), 499);
        let same = looks.iter().filter(|(_, seen)| *seen == stamp);
        assert!(same.into_iter().all(|(bytes, _)| *bytes == last));
    }
}
