//! `flownote serve`: models of the store answer requests of programs.
//!
//! A [`Server`] reads the models of runs ([`Source`]) by their typed codecs, without Python, and
//! swaps them for those of newer runs while it answers (`place`). `recommender` and `policy` are
//! the models as they are served; `live` is what happened since they were fitted, `journal` the
//! log of every decision with its propensity: rows wait in a `queue` and are written to a `run`. [`routes`] is the table of what can be asked,
//! `openapi` says it to programs, and `gate` stands before all of it: these are not the routes
//! of the page, and nobody logs in here.

pub mod routes;

mod api;
mod ask;
mod error;
mod event;
mod gate;
mod journal;
mod live;
mod name;
mod npy;
mod openapi;
mod options;
mod place;
mod policy;
mod queue;
mod recommender;
mod rows;
mod run;
mod service;
mod state;
mod stored;
mod tell;

pub use error::Unservable;
pub use options::{Options, PORT, Tell};
pub use place::Source;
pub use service::Server;
