//! What users type to name a run or a part of one, and what in the datastore they mean.
//!
//! A run is named by its id, the beginning or the end of it, `latest`, a flow's name (its
//! latest run) or `Flow/run` with any of these; a step, a task and an artifact may follow:
//! `latest/train/3/model`, `8f2c9a/end/scores`. A notebook's file means its latest run:
//! `notes/tour.ipynb`, `tour.ipynb/3`, `tour.ipynb/latest/top/best` ([`crate::notebooks::newest`]).

mod error;
mod resolve;
mod target;

pub use error::Error;
pub use resolve::{resolve, resolve_from, resolve_run};
pub use target::Target;
