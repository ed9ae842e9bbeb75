//! The engine: performs a flow's schedule with worker processes over one datastore.
//!
//! [`RunService`] owns one run. It feeds a [`flownote_flow::schedule::Schedule`] with
//! events and performs the actions that come back: a [`launcher::Launcher`] starts a
//! worker, an `attempt` follows it from its launch to its `done` object, a `journal`
//! keeps the log that is also the lock, and [`Progress`] tells whoever watches. A
//! [`Handle`] cancels it from outside. [`memo`] is the cache of single functions.
//!
//! **Invariant:** only the engine writes to the datastore; workers write plain files to
//! staging. Nothing here knows Python: a worker is whatever speaks [`wire`].

mod attempt;
mod capture;
mod context;
mod error;
mod failpoint;
mod journal;
pub mod launcher;
pub mod memo;
mod options;
mod progress;
mod recover;
mod reuse;
mod service;
mod stop;
mod stream;
mod verdict;
pub mod wire;

pub use capture::Cap;
pub use error::Error;
pub use options::{Options, Owner, Pace, Patience, Start};
pub use progress::{Progress, Reporter};
pub use reuse::{ResumeFrom, ReuseOptions, StepNow, World};
pub use service::{Cancel, Handle, RunService, Summary};
