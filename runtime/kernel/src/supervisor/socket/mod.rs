//! A supervisor that others attach to through a Unix socket: the browser's server, which may
//! end and begin again while cells run (notebook rule 14).
//!
//! Frames are those of [`crate::protocol`]: a length and JSON. Who attaches says the secret
//! and from which event on it wants to read; then requests and their answers go by numbers,
//! and events come as they happen:
//!
//! ```
//! # use flownote_kernel::supervisor::socket::{ToClient, ToServer};
//! # let dialogue = [(">", r#"
//! {"hello": {"version": 1, "secret": "5f0c…", "from": 12}}
//! # "#), ("<", r#"
//! {"welcome": {"version": 1, "session": "20261122T101512345-8f2c9a", "next": 14}}
//! # "#), ("<", r#"
//! {"event": {"seq": 12, "event": "busy"}}
//! # "#), (">", r#"
//! {"ask": {"id": 1, "request": {"request": "run", "run": {"run": "stale"}}}}
//! # "#), ("<", r#"
//! {"answer": {"id": 1, "reply": {"reply": "done"}}}
//! # "#), ("<", r#"
//! {"answer": {"id": 2, "problem": {"message": "no cell waits for a line"}}}
//! # "#), ("<", r#"
//! {"refused": {"message": "the secret is wrong"}}
//! # "#)];
//! # for (direction, text) in dialogue {
//! #     match direction {
//! #         ">" => drop(serde_json::from_str::<ToServer>(text)?),
//! #         _ => drop(serde_json::from_str::<ToClient>(text)?),
//! #     }
//! # }
//! # Ok::<(), serde_json::Error>(())
//! ```

mod client;
mod place;
mod server;
mod sole;
mod words;

pub use client::{Asking, Attached, Heard, Hearing, attach};
pub use place::{Claim, Error, Holder};
pub use server::Server;
pub use sole::Sole;
pub use words::{ToClient, ToServer, VERSION};
