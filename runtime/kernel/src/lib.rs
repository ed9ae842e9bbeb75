//! The kernel: what evaluates a notebook.
//!
//! A [`supervisor::Service`] owns one notebook's session. It feeds a
//! [`flownote_notebook::session::Session`] with what users ask and interpreters say, and
//! performs the actions that come back. An [`interpreter::Interpreter`] is a process that
//! speaks the [`protocol`]; what one exports, [`values`] keeps for the others. A session is
//! a run of the datastore, [`record`], and its results are found again by the [`cache`]. A
//! [`supervisor::Handle`] is the way in, also over a [`supervisor::socket`]. [`wasm`] compiles,
//! checks and calls the functions of WASM cells, in whichever process hosts them; [`rust`] takes
//! Rust cells apart and compiles them.
//!
//! **Invariant:** what should happen is decided in `flownote_notebook::session`; here it
//! happens. Only the supervisor writes to the datastore; interpreters write plain files to
//! the session's folder.

pub mod cache;
pub mod interpreter;
pub mod protocol;
pub mod record;
pub mod rust;
pub mod supervisor;
pub mod values;
pub mod wasm;
