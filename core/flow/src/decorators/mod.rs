//! Decorators as data: what those mean that the schedule heeds, and `--with`, which adds
//! more of them on the command line.

mod policy;
mod with;

pub use policy::policy;
pub(crate) use policy::{KNOWN, timeout_ms};
pub use with::{WithError, merge, parse};
