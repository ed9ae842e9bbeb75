//! Errors as every Flownote error is printed: what, where, what now.

use std::path::{Path, PathBuf};

use flownote_flow::help::{Help, resembling};

use super::output::talk;
use super::{colours, exit};

/// Why a verb could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file can't be read or written.
    #[error("`{}` cannot be {done}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        done: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// It isn't a notebook, or a damaged one.
    #[error("`{}`: {source}", path.display())]
    Notebook {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: flownote_notebook::ipynb::Error,
    },
    /// The name of a file says nothing about its format.
    #[error("`{}` is neither a notebook (.ipynb) nor a percent file (.py)", path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// There is no run to go on from.
    #[error("there is no earlier run of `{notebook}` in the store {store} to resume from")]
    NoOrigin {
        /// The notebook.
        notebook: String,
        /// Where it was looked for.
        store: String,
    },
    /// Something that was asked for doesn't fit.
    #[error("{message}")]
    Asked {
        /// What.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The output can't be written.
    #[error("the output can't be written: {source}")]
    Output {
        /// Why.
        source: std::io::Error,
    },
    /// Whoever read the output has seen enough (`| head`).
    #[error("the output was closed")]
    Closed,
    /// The datastore.
    #[error(transparent)]
    Store(#[from] flownote_store::Error),
    /// The kernel.
    #[error(transparent)]
    Kernel(#[from] flownote_kernel::supervisor::Error),
    /// The kernel's socket.
    #[error(transparent)]
    Socket(#[from] flownote_kernel::supervisor::socket::Error),
    /// The browser's server.
    #[error(transparent)]
    Server(#[from] flownote_server::Error),
    /// The document.
    #[error(transparent)]
    Document(#[from] flownote_notebook::Error),
    /// What Rust cells need isn't there and can't be made.
    #[error("{message}")]
    Setup {
        /// Why.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// A runtime can't be made, a folder not be found.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: std::io::Error,
    },
}

impl Error {
    /// An error with a hint.
    pub fn asked(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Asked { message: message.into(), hint: Some(hint.into()) }
    }

    /// Prints it to standard error, unless it is none.
    pub fn print(&self) {
        if matches!(self, Self::Closed) {
            return;
        }
        talk!("{} {self}", colours::label("error:"));
        if let Some(hint) = self.hint() {
            talk!("{} {hint}", colours::label("hint:"));
        }
    }

    /// The exit code that it ends the program with.
    pub fn exit_code(&self) -> i32 {
        match self {
            Self::Closed => exit::OK,
            // The same as for a flow's file that isn't there, or that can't be loaded.
            Self::Asked { .. }
            | Self::Format { .. }
            | Self::Notebook { .. }
            | Self::File { done: "read", .. } => exit::USAGE,
            Self::NoOrigin { .. } => exit::MISSING,
            Self::Store(error) => match error {
                flownote_store::Error::Missing { .. } => exit::MISSING,
                flownote_store::Error::Name { .. } | flownote_store::Error::Url { .. } => {
                    exit::USAGE
                }
                _ => exit::STORE,
            },
            _ => exit::FAILED,
        }
    }
}

const CHECK: &str = "check the path; it is looked up from the current folder";

/// What may have been meant by a file that isn't there.
fn missing_hint(path: &Path) -> String {
    near_file(path).unwrap_or_else(|| CHECK.to_owned())
}

/// A notebook or a flow beside a path that has nearly its name: `nb.ipynb` of `nb.ipnb`.
fn near_file(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = files_in(folder);
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    let given = path.file_name().and_then(|it| it.to_str())?;
    let stems: Vec<String> = names.iter().map(|it| stem(it)).collect();
    let near = resembling(&stem(given), stems.iter().map(String::as_str))?;
    let name = names.iter().find(|it| stem(it) == near)?;
    let near = folder.join(name).display().to_string();
    Some(format!("did you mean `{}`?", near.trim_start_matches("./")))
}

/// What to name instead of a folder.
fn folder_hint(path: &Path) -> String {
    let mut names = files_in(path).into_iter().filter(|it| it.ends_with(".ipynb"));
    match names.next() {
        Some(name) => format!("name a notebook in it: `{}`", path.join(name).display()),
        None => "it is a folder, and no notebook (.ipynb) is in it".to_owned(),
    }
}

/// The names of the notebooks and Python files of a folder.
fn files_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> =
        names.filter(|it| it.ends_with(".ipynb") || it.ends_with(".py")).collect();
    names.sort_unstable();
    names
}

fn is_missing(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::NotFound
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Asked { hint, .. } | Self::Setup { hint, .. } => hint.clone(),
            Self::Notebook { source, .. } => source.hint(),
            Self::Store(error) => error.hint(),
            Self::Socket(error) => error.hint(),
            Self::Document(error) => error.hint(),
            Self::Server(error) => error.hint(),
            Self::Format { path } => Some(
                near_file(path).unwrap_or_else(|| "name a file that ends in .ipynb or .py".into()),
            ),
            Self::NoOrigin { notebook, .. } => {
                Some(format!("run it first: `flownote run {notebook}`"))
            }
            Self::File { path, source, done: "read" }
                if source.kind() == std::io::ErrorKind::IsADirectory =>
            {
                Some(folder_hint(path))
            }
            Self::File { path, source, done } if *done == "read" && is_missing(source) => {
                Some(missing_hint(path))
            }
            Self::File { source, .. } if is_missing(source) => Some(CHECK.to_owned()),
            _ => None,
        }
    }
}
