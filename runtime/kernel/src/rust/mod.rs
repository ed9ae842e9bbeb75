//! Rust cells (notebook rules 16–18), apart from the process that runs them.
//!
//! A cell is [`split`](Split) into items and statements, [assembled](Assembled) into a crate
//! of its items and a body, and [compiled](Compiler) by the user's own rustc; what that says
//! is led back to the lines of the cell by [`Texts`].

mod assemble;
mod built;
mod cargo;
mod check;
mod compile;
mod completeness;
mod deps;
mod diagnostics;
mod hints;
mod imports;
mod kit;
mod rewrite;
mod setup;
mod setup_error;
mod sources;
mod split;
mod sweep;
mod toolchain;
mod unkept;
mod unused;

pub use assemble::{Assembled, Input, Scope, Sight, Visible, crates_in};
pub use built::{Built, size_of};
pub use check::{CheckError, Checker};
pub use compile::{Compiler, Failure, Output, Unit};
pub use completeness::{Completeness, completeness};
pub use deps::Dependencies;
pub use diagnostics::{Diagnostic, Span, Text, Texts, frame_of, headline};
pub use hints::{Knowledge, hint};
pub use imports::Import;
pub use kit::{Extras, Kit};
pub use rewrite::{Edit, Rewritten, place};
pub use setup::{Level, Prelude, Progress, Setup};
pub use setup_error::SetupError;
pub use sources::GUIDE;
pub use split::{Part, Split};
pub use toolchain::{MissingToolchain, Toolchain};
pub use unkept::{BODY, ROUNDS, unexportable, unused};
pub use unused::InUse;
