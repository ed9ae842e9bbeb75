//! What users type to name things: `Flow/run/step/task/artifact` and its parts.

mod attempt_name;
mod error;
mod names;
mod spec;

pub use attempt_name::AttemptName;
pub use error::Error;
pub use names::{is_name, parse_artifact, parse_flow, parse_run, parse_step, parse_task};
pub use spec::Pathspec;
