//! [`Options`]: what a session is made with.

use std::path::PathBuf;

use crate::memory::default_limit;

/// What a [`crate::SqlSession`] is made with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where relative paths begin: the notebook's folder.
    pub folder: PathBuf,
    /// Where it may write: what doesn't fit in memory, and tables that cells make.
    pub scratch: PathBuf,
    /// How many bytes a query may hold; what can be spilled goes to `scratch` before.
    pub memory: u64,
    /// How many threads share a query.
    pub partitions: usize,
    /// Whether queries only read, and of files only those below `folder`.
    pub contained: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            folder: PathBuf::from("."),
            scratch: std::env::temp_dir(),
            memory: default_limit(),
            partitions: std::thread::available_parallelism().map_or(1, usize::from),
            contained: false,
        }
    }
}
