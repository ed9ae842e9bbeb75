//! What a session leaves behind: a run whose steps are cells and whose tasks are
//! executions, like any other run of the datastore (notebook rule 2).
//!
//! The service hands over what happened and goes on; a [`Recorder`] writes it on a task of
//! its own. The run begins with the first execution: looking at a notebook leaves nothing.
//! The task of an execution has its number as id; what its cell showed is the artifact
//! [`OUTPUTS`]; what a later session wants to know beside is `cell` in its provenance.

mod about;
mod done;
mod executed;
mod known;
mod lines;
mod past;
mod recorder;
mod writer;

pub use about::{About, base_of};
pub use executed::Executed;
pub use flownote_store::notebooks::{EXECUTED, OUTPUTS};
pub use known::recognise;
pub use lines::Lines;
pub use past::{Remembered, remembered};
pub use recorder::Recorder;

/// Encodings up to this size stand in the manifest.
const INLINE: usize = 16 << 10;
