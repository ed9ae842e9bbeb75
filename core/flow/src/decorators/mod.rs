//! Decorators as data: what those mean that the schedule heeds, and `--with`, which adds
//! more of them on the command line.

mod policy;
mod with;

pub(crate) use policy::KNOWN;
pub use policy::policy;
pub use with::{WithError, merge, parse};
