//! The flow model: what a flow is, and what should happen next.
//!
//! A [`description::FlowDescription`] is what the source says; `lint` finds what is wrong
//! with it and `graph` holds what is right. A `Schedule` turns [`event::RunEvent`]s into
//! [`event::Action`]s; the engine performs them and reports back. A
//! [`manifest::TaskDone`] is what a task leaves behind.
//!
//! **Invariant:** nothing here reads a clock, a file or a socket, starts a process or
//! knows of Python or async.

pub mod decorators;
pub mod description;
pub mod event;
pub mod graph;
pub mod help;
pub mod id;
pub mod lint;
pub mod manifest;
pub mod pathspec;
pub mod provenance;
pub mod run;
pub mod schedule;

#[cfg(test)]
mod fixture;
