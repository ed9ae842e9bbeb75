//! Why what Rust cells need can't be built, with what to do about it.

use std::io;
use std::path::PathBuf;

use flownote_flow::help::Help;

/// Why the prelude, or crates that cells ask for, can't be built.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Cargo failed.
    #[error("cargo can't build what Rust cells need:\n{output}")]
    Cargo {
        /// The end of what it said.
        output: String,
    },
    /// Packages are missing and can't be downloaded.
    #[error("packages that Rust cells need can't be downloaded:\n{output}")]
    Network {
        /// The end of what cargo said.
        output: String,
    },
    /// A file or a program.
    #[error("`{}` {what}: {source}", path.display())]
    Io {
        /// `can't be written`.
        what: &'static str,
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Cargo made something else than it was told to.
    #[error("cargo built no `{name}`")]
    Absent {
        /// The crate.
        name: String,
    },
    /// A line that asks for a crate can't be understood.
    #[error("`{name} = {wanted}` names no crate")]
    Wanted {
        /// The crate.
        name: String,
        /// What is said of it.
        wanted: String,
    },
    /// A crate whose code may change while what is said of it stays the same.
    #[error("`{name}` {why}")]
    Moves {
        /// The crate.
        name: String,
        /// `is a folder, …`.
        why: &'static str,
        /// What to write instead.
        instead: &'static str,
    },
    /// The user stopped it.
    #[error("the build was stopped")]
    Stopped,
}

impl Help for SetupError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Cargo { output } if output.contains("linker") && output.contains("not found") => {
                Some("install a C compiler: apt-get install build-essential".to_owned())
            }
            Self::Cargo { output } if output.contains("No space left") => {
                Some("make room, or set FLOWNOTE_RUST_CACHE to a folder on another disk".to_owned())
            }
            Self::Cargo { .. } | Self::Absent { .. } => {
                Some("`flownote rust setup` tries again and shows more".to_owned())
            }
            Self::Network { .. } => Some(
                "connect to the internet once and run `flownote rust setup`; afterwards it \
                 works without"
                    .to_owned(),
            ),
            Self::Io { .. } => {
                Some("set FLOWNOTE_RUST_CACHE to a folder that can be written".to_owned())
            }
            Self::Wanted { .. } => {
                Some("write it as in Cargo.toml: `//! dep: rand = \"0.9\"`".to_owned())
            }
            Self::Moves { instead, .. } => Some((*instead).to_owned()),
            Self::Stopped => Some("what was built until then is kept".to_owned()),
        }
    }
}
