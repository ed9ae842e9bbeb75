//! The server over real sockets: who gets in, and what it says of runs.

mod client;
mod doors;
mod events;
mod health;
mod models;
mod page;
mod runs;
mod security;
mod serve;
mod serve_troubles;
mod support;
mod writer;
