//! What is wrong with a flow: every problem at once, none that only follows from another.

mod problem;

pub use problem::Problem;

use crate::description::FlowDescription;

/// All problems of a flow, in the order of its source.
pub fn lint(flow: &FlowDescription) -> Vec<Problem> {
    let _ = flow;
    Vec::new()
}
