//! The supervisor of one notebook: performs what its [`Session`] wants done.
//!
//! [`Options`] → [`Service::new`] → [`Service::run`]; a [`Handle`] asks [`Request`]s and
//! reads numbered [`Event`]s. The service owns the session, the interpreters and the values
//! that crossed; everything happens on its one task, in the order in which it came in.
//!
//! [`Session`]: flownote_notebook::session::Session

mod clocks;
mod commands;
mod diagnose;
mod error;
mod event;
mod handle;
mod hear;
mod keeping;
mod log;
mod look_up;
mod meant;
mod modules;
mod options;
mod pending;
mod perform;
mod processes;
mod request;
mod running;
mod service;
pub mod socket;
mod tables;

pub use clocks::Clocks;
pub use diagnose::diagnose;
pub use error::Error;
pub use event::{Event, InterpreterState, Numbered};
pub use flownote_store::notebooks::FLOW;
pub use handle::Handle;
pub use log::Subscription;
pub use options::{Limits, Options, Patience};
pub use request::{Manner, Prompt, Reply, Request, Seen, Standing};
pub use service::Service;
pub use tables::shown_as;
