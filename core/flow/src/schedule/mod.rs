//! What should happen next in a run: [`Schedule`] takes events and returns actions.
//!
//! The files follow the life of a task: `machine` receives events, `advance` settles what
//! finished and finds what follows, `launch` fills the free workers, `stop` ends the run.
//! All that it knows is [`State`], a function of the graph, the policy and the events.

mod advance;
mod counts;
mod error;
mod launch;
mod machine;
mod state;
mod stop;

#[cfg(test)]
mod tests;

pub use counts::StepCounts;
pub use error::Error;
pub use machine::Schedule;
pub use state::State;
