//! Why Rust cells can't be checked, with what to do about it.

use std::io;

use flownote_flow::help::Help;

use crate::rust::setup_error::SetupError;
use crate::rust::toolchain::MissingToolchain;

/// Why Rust cells can't be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is no compiler.
    #[error(transparent)]
    Toolchain(#[from] MissingToolchain),
    /// What all cells are compiled with isn't there yet.
    #[error("what Rust cells need isn't built yet")]
    NotSetUp,
    /// It can't be kept in use.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Files can't be written.
    #[error("Rust cells can't be checked: {0}")]
    Io(#[from] io::Error),
    /// The compiler failed.
    #[error("rustc can't check the cells: {0}")]
    Broken(String),
    /// It was stopped.
    #[error("rustc takes too long with the cells")]
    Stopped,
}

impl Help for CheckError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Toolchain(MissingToolchain::NoRustc | MissingToolchain::NoCargo { .. }) => {
                let hint = "install Rust with rustup (https://rustup.rs), then \
                            `flownote rust setup`";
                Some(hint.to_owned())
            }
            Self::Toolchain(error) => error.hint(),
            Self::NotSetUp => {
                let hint = "`flownote rust setup` in a shell builds it once; the first Rust cell \
                            that runs does, too";
                Some(hint.to_owned())
            }
            Self::Setup(error) => error.hint(),
            Self::Io(_) => {
                Some("set FLOWNOTE_RUST_CACHE to a folder that can be written".to_owned())
            }
            Self::Broken(_) => Some("run the cell: it says more".to_owned()),
            Self::Stopped => Some("check again: what was looked at is kept".to_owned()),
        }
    }
}
