//! The engine over a real datastore, with workers that are scripted instead of forked: they
//! speak the same protocol over the same sockets, so that hundreds of runs take seconds.

mod bad_store;
mod flow;
mod remembered;
mod resumed;
mod reuse;
mod runs;
mod scripted;
mod seeds;
mod shared;
mod takeover;
