//! What can go wrong in a datastore: what, where, and what to do now.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

use flownote_flow::help::Help;

/// The result of a store's operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the datastore.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text that should name a store doesn't.
    #[error("`{url}` does not name a store: {reason}")]
    Url {
        /// The text.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A configuration file can't be read or understood.
    #[error("`{path}` can't be read: {reason}", path = path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The store was written by a newer version.
    #[error("the store {store} has format {found}; this version reads up to format {supported}")]
    NewerFormat {
        /// The store.
        store: String,
        /// Its format.
        found: u64,
        /// The newest that is understood.
        supported: u64,
    },
    /// The store lets two writers win (engine rule 1).
    #[error("the store {store} can't be used: this store cannot exclude two writers")]
    NoExclusion {
        /// The store.
        store: String,
    },
    /// The disk under the store is full.
    #[error("no space left on the disk of the store, while writing {what}")]
    DiskFull {
        /// The object or file.
        what: String,
        /// The system's word.
        source: io::Error,
    },
    /// The disk under the store is read-only.
    #[error("the store is on a read-only disk, so {what} can't be written")]
    ReadOnly {
        /// The object or file.
        what: String,
        /// The system's word.
        source: io::Error,
    },
    /// The store forbids the access.
    #[error("access to {what} is denied")]
    Denied {
        /// The object or file.
        what: String,
        /// The system's or server's word.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// No credentials were found for the store, or they are not accepted.
    #[error("the store {store} can't be opened: {reason}")]
    Credentials {
        /// The store.
        store: String,
        /// What was tried and what came of it.
        reason: String,
    },
    /// The bucket doesn't exist.
    #[error("the bucket of the store {store} does not exist")]
    NoBucket {
        /// The store.
        store: String,
    },
    /// A file operation failed.
    #[error("{what} failed: {source}")]
    Io {
        /// What was tried, with the path.
        what: String,
        /// The system's word.
        source: io::Error,
    },
    /// The store answered with an error, also when asked again.
    #[error("the store failed on {what}: {source}")]
    Backend {
        /// The object and the operation.
        what: String,
        /// The store's word.
        source: object_store::Error,
    },
    /// A name or a text is not allowed where it was given.
    #[error("`{name}` is refused: {reason}")]
    Name {
        /// The name.
        name: String,
        /// Why not.
        reason: String,
    },
    /// An object can't be decoded.
    #[error("the object `{key}` is damaged: {reason}")]
    Undecodable {
        /// The object.
        key: String,
        /// What the decoder says.
        reason: String,
    },
    /// A blob's bytes don't match its digest.
    #[error(
        "artifact `{artifact}` of `{producer}` is damaged: its bytes don't match digest {digest}"
    )]
    Damaged {
        /// The digest that the bytes should have.
        digest: String,
        /// Who made it (`step/task.attempt`).
        producer: String,
        /// The artifact's name.
        artifact: String,
        /// The file that holds it, or its key.
        place: String,
    },
    /// A blob is gone.
    #[error("artifact `{artifact}` of `{producer}` is missing: the store has no blob {digest}")]
    MissingBlob {
        /// Its digest.
        digest: String,
        /// Who made it (`step/task.attempt`).
        producer: String,
        /// The artifact's name.
        artifact: String,
    },
    /// There is no such run, task or artifact.
    #[error("{what} does not exist in the store {store}")]
    Missing {
        /// What was looked for (`run Hello/2026…`).
        what: String,
        /// The store.
        store: String,
    },
}

impl Error {
    /// Tells whether asking the store again could help.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Backend { source, .. } => !matches!(
                source,
                object_store::Error::NotFound { .. }
                    | object_store::Error::NotSupported { .. }
                    | object_store::Error::NotImplemented { .. }
                    | object_store::Error::InvalidPath { .. }
            ),
            _ => false,
        }
    }

    /// Sorts a file operation's error.
    pub(crate) fn io(what: impl Into<String>, source: io::Error) -> Self {
        let what = what.into();
        match source.raw_os_error() {
            Some(code) if is_full(code) => Self::DiskFull { what, source },
            Some(code) if code == nix::errno::Errno::EROFS as i32 => {
                Self::ReadOnly { what, source }
            }
            _ if source.kind() == io::ErrorKind::PermissionDenied => {
                Self::Denied { what, source: Box::new(source) }
            }
            _ => Self::Io { what, source },
        }
    }

    /// Sorts an object store's error by what lies at its root.
    pub(crate) fn backend(what: impl Into<String>, source: object_store::Error) -> Self {
        let what = what.into();
        if let Some(found) = root_io(&source) {
            let sorted = Self::io(what.clone(), found);
            if !matches!(sorted, Self::Io { .. }) {
                return sorted;
            }
        }
        match source {
            object_store::Error::PermissionDenied { .. }
            | object_store::Error::Unauthenticated { .. } => {
                Self::Denied { what, source: Box::new(source) }
            }
            _ => Self::Backend { what, source },
        }
    }

    /// The operating system's number for what went wrong, when it is known.
    pub(crate) fn os_code(&self) -> Option<i32> {
        match self {
            Self::DiskFull { source, .. }
            | Self::ReadOnly { source, .. }
            | Self::Io { source, .. } => source.raw_os_error(),
            Self::Denied { source, .. } => {
                source.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error)
            }
            Self::Backend { source, .. } => root_io(source).and_then(|error| error.raw_os_error()),
            _ => None,
        }
    }

    pub(crate) fn undecodable(key: &str, source: &serde_json::Error) -> Self {
        Self::Undecodable { key: key.to_owned(), reason: source.to_string() }
    }
}

fn is_full(code: i32) -> bool {
    code == nix::errno::Errno::ENOSPC as i32 || code == nix::errno::Errno::EDQUOT as i32
}

/// Finds the operating system's error under an object store's, as a fresh value.
fn root_io(error: &object_store::Error) -> Option<io::Error> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(code) = error.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error) {
            return Some(io::Error::from_raw_os_error(code));
        }
        next = error.source();
    }
    None
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Url { .. } => {
                "give a folder, `s3://bucket/prefix` or `memory:` by --store, FLOWNOTE_STORE or \
                 `store = \"…\"` in flownote.toml"
            }
            Self::Config { .. } => "correct the file; it may say `store = \"s3://bucket/prefix\"`",
            Self::NewerFormat { .. } => "install a newer Flownote, or use another store",
            Self::NoExclusion { .. } => {
                "use a folder on a disk with hard links, or an S3 service that honours \
                 `If-None-Match: *` on PUT (AWS, MinIO, Ceph, R2)"
            }
            Self::DiskFull { .. } => {
                "free some space (`flownote gc --dry-run` shows what can go), then \
                 `flownote run --continue RUN`"
            }
            Self::ReadOnly { .. } => "choose a writable store by --store or FLOWNOTE_STORE",
            Self::Denied { .. } => {
                "check the permissions of the folder or the policy of the bucket; \
                 `flownote store doctor` says which credentials are used"
            }
            Self::Credentials { .. } => {
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run \
                 `aws sso login`; `flownote store doctor` says which credentials are used"
            }
            Self::NoBucket { .. } => "create the bucket first, or correct its name",
            Self::Undecodable { .. } => {
                "`flownote store check --repair` moves damaged objects aside; then \
                 `flownote resume` computes again what is missing (`flownote run --continue RUN` \
                 if the run isn't over)"
            }
            Self::Damaged { .. } | Self::MissingBlob { .. } => {
                "run the step again (`flownote resume`); `flownote store check` lists all damage"
            }
            Self::Missing { .. } => "`flownote runs` lists what there is",
            Self::Backend { .. } => "`flownote store doctor` tests the store",
            Self::Io { source, .. }
                if matches!(
                    source.kind(),
                    io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory
                ) =>
            {
                "a file stands in its way; choose another folder by --store or FLOWNOTE_STORE"
            }
            Self::Name { .. } | Self::Io { .. } => return None,
        };
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: i32, expect: &str) {
        let source = object_store::Error::Generic {
            store: "test",
            source: Box::new(io::Error::from_raw_os_error(code)),
        };
        assert_eq!(Error::backend("`runs/x`", source).to_string(), expect);
    }

    #[test]
    fn the_systems_word_decides() {
        check(28, "no space left on the disk of the store, while writing `runs/x`");
        check(30, "the store is on a read-only disk, so `runs/x` can't be written");
        check(13, "access to `runs/x` is denied");
    }

    #[test]
    fn only_the_backend_is_asked_again() {
        let source = object_store::Error::Generic { store: "test", source: "reset".into() };
        assert!(Error::backend("x", source).is_transient());
        assert!(!Error::io("x", io::Error::from_raw_os_error(28)).is_transient());
    }
}
