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
            Self::Asked { .. } | Self::Format { .. } => exit::USAGE,
            // The same as for a flow's file that isn't there.
            Self::File { source, done: "read", .. } if is_missing(source) => exit::USAGE,
            _ => exit::FAILED,
        }
    }
}

const CHECK: &str = "check the path; it is looked up from the current folder";

/// What may have been meant by a file that isn't there.
fn missing_hint(path: &Path) -> String {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let names: Vec<String> =
        names.filter(|it| it.ends_with(".ipynb") || it.ends_with(".py")).collect();
    let stem = |name: &str| name.rsplit_once('.').map_or("", |(stem, _)| stem).to_owned();
    let given = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
    let stems: Vec<String> = names.iter().map(|it| stem(it)).collect();
    match resembling(&stem(given), stems.iter().map(String::as_str)) {
        Some(near) => {
            let name = names.iter().find(|it| stem(it) == near).map_or("", String::as_str);
            format!(
                "did you mean `{}`?",
                folder.join(name).display().to_string().trim_start_matches("./")
            )
        }
        None => CHECK.to_owned(),
    }
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
            Self::Format { .. } => Some("name a file that ends in .ipynb or .py".to_owned()),
            Self::File { path, source, done } if *done == "read" && is_missing(source) => {
                Some(missing_hint(path))
            }
            Self::File { source, .. } if is_missing(source) => Some(CHECK.to_owned()),
            _ => None,
        }
    }
}
