//! Interpreters: processes that evaluate cells, each startable and endable alone.
//!
//! [`Launch`] says how one is started, [`Interpreter`] is one that was, [`Heard`] is what
//! comes from it, the last time with how it [`End`]ed.

mod connection;
mod end;
mod launch;
mod process;
pub mod python;

pub use connection::{Heard, Instance, Interpreter, Said};
pub use end::{End, Ending};
pub use launch::Launch;
