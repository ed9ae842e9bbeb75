//! The flow model: what a flow is, and what should happen next.
//!
//! A [`FlowDescription`] is what the source says, right or wrong. [`lint`] finds what is
//! wrong with it, all at once; a [`FlowGraph`] is made of what is right: [`Step`]s, and
//! which join closes which split. A [`Schedule`] turns [`RunEvent`]s into [`Action`]s; the
//! engine performs them and reports back. A [`TaskDone`] is what a task leaves behind, with
//! the [`Provenance`] of its result. People name all of these by [`Pathspec`]s.
//!
//! **Invariant:** nothing here reads a clock, a file or a socket, starts a process or
//! knows of Python or async. What a schedule does is a function of its graph, its policy
//! and the events: so a log replayed is the run itself.
//!
//! ```
//! use std::sync::Arc;
//!
//! use flownote_flow::event::{AttemptResult, Policy};
//! use flownote_flow::manifest::Next;
//! use flownote_flow::{Action, FlowGraph, RunEvent, Schedule};
//!
//! let flow = serde_json::from_str(r#"{
//!     "name": "Hello", "file": "hello.py", "line": 4,
//!     "steps": [
//!         {"name": "start", "file": "hello.py", "line": 6, "arguments": ["self"],
//!          "transitions": [{"line": 8, "targets": ["end"], "literal": true, "last": true}]},
//!         {"name": "end", "file": "hello.py", "line": 11, "arguments": ["self"]}
//!     ]}"#)?;
//! let graph = FlowGraph::new(&flow).map_err(|problems| problems[0].clone())?;
//! let mut schedule = Schedule::new(Arc::new(graph), Policy::default());
//!
//! // A scheduler takes the run: `start` is to be launched.
//! let actions = schedule.apply(&RunEvent::Epoch { epoch: 1, owner: "ana@box:4711".into() })?;
//! let Action::Launch(launch) = &actions[0] else { panic!("a launch") };
//! assert_eq!(launch.attempt.to_string(), "start/0.0");
//!
//! // It committed: `end` is next.
//! let next = Next::Steps { steps: vec!["end".into()] };
//! let (attempt, result) = (launch.attempt.clone(), AttemptResult::Ok { next });
//! let actions = schedule.apply(&RunEvent::AttemptFinished { attempt, result })?;
//! let Action::Launch(launch) = &actions[0] else { panic!("a launch") };
//! assert_eq!(launch.attempt.to_string(), "end/0.0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// Words that everything else uses.
pub mod exact;
pub mod help;
pub mod id;
pub mod pathspec;

// What a flow is.
pub mod cache;
pub mod decorators;
pub mod description;
pub mod graph;
pub mod lint;

// What happens to it.
pub mod event;
pub mod schedule;

// What it leaves behind.
pub mod manifest;
pub mod provenance;
pub mod run;

pub use description::FlowDescription;
pub use event::{Action, RunEvent};
pub use graph::{FlowGraph, Step};
pub use manifest::TaskDone;
pub use pathspec::Pathspec;
pub use provenance::Provenance;
pub use schedule::Schedule;

#[cfg(test)]
mod fixture;
