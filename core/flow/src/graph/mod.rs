//! A flow that makes sense: its steps, what each leads to, which join closes which split.
//!
//! `outline` reads a description and forgives its mistakes, `balance` pairs splits with
//! joins; both serve [`crate::lint`] too. [`FlowGraph`] exists for flawless flows only.

pub(crate) mod balance;
mod flow_graph;
mod next;
pub(crate) mod outline;
mod render;
mod step;

pub use flow_graph::FlowGraph;
pub use next::{UnknownTask, WrongNext};
pub use step::{Step, StepKind, Transition};

#[cfg(test)]
mod tests;
