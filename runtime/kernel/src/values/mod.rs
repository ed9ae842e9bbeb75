//! Values outside of their interpreters: files that one wrote and others map.
//!
//! An interpreter writes into the session's [`Folder`], on the datastore's disk; [`Values`]
//! moves the file to its place among the blobs, under the digest that the writer computed,
//! and knows from then on where each version of each name is. Nothing is copied: the file
//! that others map is the one that was written (notebook rule 12).

mod error;
mod folder;
mod kept;

pub use error::Error;
pub use folder::Folder;
pub use kept::{Form, Values, is_common, is_exact, is_table};
