//! The browser's door: one page with four places, over one datastore.
//!
//! A [`Service`] is bound with [`Options`] and runs until it is told to stop; its [`Handle`]
//! makes links, each good for one login. What travels is in [`api`]: plain types whose
//! TypeScript twins are generated (`web/src/api/types.ts`). [`routes`] is the one table of
//! what can be asked, and `security` the gate before it.
//!
//! ```no_run
//! # async fn serve(store: flownote_store::Store) -> Result<(), flownote_server::Error> {
//! use flownote_server::{Options, Service};
//!
//! let (service, handle) = Service::bind(Options::new(store, "ana")).await?;
//! println!("{}", handle.link());
//! service.run(std::future::pending()).await
//! # }
//! ```
//!
//! [`serve`] is another server, for programs: models of the store answer their requests.
//!
//! **Invariant:** HTTP is known here and nowhere else, and nothing is decided here: what
//! runs, caches and kernels do is said by the crates below. Every route but the login
//! denies by default, in the outermost layer.

pub mod api;
pub mod options;
pub mod route;
pub mod routes;
pub mod serve;

mod act;
mod answer;
mod compress;
mod data;
mod error;
mod health;
mod links;
mod me;
mod notebooks;
mod page;
mod place;
mod prompt;
mod query;
mod runs;
mod security;
mod service;
mod state;
mod tables;

pub use error::Error;
pub use links::{Asked, ask as ask_for_link};
pub use options::{Base, Options};
pub use place::Place;
pub use service::{Handle, Service};
pub use tables::{Openable, Tables, Trouble};
