//! The datastore: blobs, runs, logs and their read side, on one object store.
//!
//! A [`location::StoreUrl`] names a folder, a bucket or memory; [`Store::open`] gives a
//! [`Store`]. Writers [`Store::create`] objects that only one of them wins: a run's record,
//! the batches of its log, the `done` of each attempt. Workers leave files in
//! [`Store::staging`] and [`Store::publish_blob`] moves them under their digests. Readers
//! use [`client`]; [`gc`], [`check`], [`info`] and [`doctor`] keep a store in order.
//!
//! **Invariant:** exclusion rests on create-if-absent alone; no decision compares the
//! clocks of two machines, and nothing half-written is ever visible. Nothing here knows of
//! Python, of processes to start, or of what a value means.

pub mod error;
pub mod location;
pub mod options;
pub mod store;

pub mod blob;
pub mod keys;
pub mod object;
pub mod verify;

pub mod cache;
pub mod lease;
pub mod lines;
pub mod process;
pub mod run;
pub mod time;

pub mod client;
pub mod notebooks;
pub mod reference;
pub mod serve_log;

pub mod check;
pub mod doctor;
pub mod gc;
pub mod info;

#[cfg(any(test, feature = "testing"))]
pub mod fault;

mod backend;
mod credentials;
mod files;
mod first_use;
mod index;
mod many;
mod names;
mod s3;
mod trash;

pub use error::{Error, Result};
pub use first_use::FORMAT;
pub use index::TaskCounts;
pub use keys::{RunKey, Stream};
pub use location::StoreUrl;
pub use object::Created;
pub use options::{S3Options, StoreOptions};
pub use process::{ALIVE_TTL, Alive, Presence};
pub use run::{Appended, Committed};
pub use store::Store;
