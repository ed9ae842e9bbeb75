//! What the page does rather than shows: tags, runs that go on, tasks as notebooks. What
//! runs is started as the shell would, in a process of its own that outlives the server.

pub mod form;
pub mod launch;
pub mod open;
pub mod resume;
pub mod stop;
pub mod tags;

mod shell;
