//! What can be wrong with a value that an interpreter exported.

use flownote_flow::help::Help;

/// What can be wrong with a value that an interpreter exported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its file is named so that it could stand elsewhere.
    #[error("`{file}` can't be the name of a value's file")]
    FileName {
        /// The name.
        file: String,
    },
    /// Its file isn't there, or has another length.
    #[error("the file of `{name}` is not what its writer said: {why}")]
    File {
        /// The value.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// It has neither a file nor bytes.
    #[error("`{name}` came without its bytes")]
    Empty {
        /// The value.
        name: String,
    },
    /// It is larger than the session may keep.
    #[error("`{name}` has {size} bytes, and values of this session may have {limit}")]
    TooLarge {
        /// The value.
        name: String,
        /// Its size.
        size: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The folder can't be made or used.
    #[error("the folder of values {folder} can't be used: {why}")]
    Folder {
        /// Which.
        folder: String,
        /// Why not.
        why: std::io::Error,
    },
    /// The datastore refused it.
    #[error(transparent)]
    Store(#[from] flownote_store::Error),
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Self::FileName { .. } | Self::File { .. } | Self::Empty { .. } => {
                Some("run its cell again".into())
            }
            Self::TooLarge { .. } => Some("keep only the rows and columns that are needed".into()),
            Self::Folder { .. } => Some("check that the disk of the datastore has room".into()),
            Self::Store(error) => error.hint(),
        }
    }
}
