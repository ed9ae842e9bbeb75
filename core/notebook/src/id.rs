//! The names of a notebook and of its cells.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// How long the id of a cell may be; nbformat 4.5 sets it.
const LONGEST: usize = 64;

/// The id of a cell: 1–64 of `a-z A-Z 0-9 - _`, unique in its notebook, the same for
/// the cell's whole life. It names the step of the cell's tasks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CellId(Arc<str>);

impl CellId {
    /// Takes the id as it is; see [`CellId::is_valid`] for what comes from outside.
    pub fn new(id: impl AsRef<str>) -> Self {
        Self(Arc::from(id.as_ref()))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the text can be the id of a cell (nbformat 4.5's schema).
    pub fn is_valid(text: &str) -> bool {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=LONGEST).contains(&text.len()) && text.bytes().all(allowed)
    }

    /// Makes an id of what tells the cell from others: the same parts give the same id.
    /// `taken` says which ids are in use.
    pub fn derive(parts: &[&str], taken: impl Fn(&str) -> bool) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            // The length keeps ("ab", "c") and ("a", "bc") apart.
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        let mut digits = hasher.finalize_xof();
        loop {
            let mut bytes = [0; 4];
            digits.fill(&mut bytes);
            let id = format!("{:08x}", u32::from_be_bytes(bytes));
            if !taken(&id) {
                return Self::new(id);
            }
        }
    }
}

/// The id of a notebook, kept in the file's own metadata (`metadata.flownote.id`), so
/// that it survives a rename. A copy of the file gets a new one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NotebookId(Arc<str>);

impl NotebookId {
    /// Takes the id as it is.
    pub fn new(id: impl AsRef<str>) -> Self {
        Self(Arc::from(id.as_ref()))
    }

    /// Composes an id of 64 random bits.
    pub fn compose(random: u64) -> Self {
        Self::new(format!("{random:016x}"))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text_like {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{:?}", &*self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self::new(id)
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(Arc::from(id))
            }
        }
    };
}

text_like!(CellId);
text_like!(NotebookId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_what_nbformat_allows() {
        assert!(CellId::is_valid("a"));
        assert!(CellId::is_valid("Load_the-data-2"));
        assert!(CellId::is_valid(&"x".repeat(64)));
        for wrong in ["", "a b", "é", "a.b", &"x".repeat(65)] {
            assert!(!CellId::is_valid(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_derived_id_depends_on_its_parts_alone_and_avoids_those_taken() {
        let first = CellId::derive(&["code", "x = 1"], |_| false);
        assert_eq!(CellId::derive(&["code", "x = 1"], |_| false), first);
        assert_ne!(CellId::derive(&["cod", "ex = 1"], |_| false), first);
        assert_ne!(CellId::derive(&["code", "x = 1"], |id| id == first.as_str()), first);
        assert!(CellId::is_valid(first.as_str()));
    }
}
