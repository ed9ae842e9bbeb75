//! What only a whole session shows: interpreters that are processes, a datastore that is a
//! folder, requests and events through a [`flownote_kernel::supervisor::Handle`].

mod fake;
mod killed;
mod modules;
mod outage;
mod python;
mod record;
mod reopen;
mod session;
mod socket;
mod supervisor;
mod support;
mod tables;
