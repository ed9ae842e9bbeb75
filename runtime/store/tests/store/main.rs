//! What only the whole store shows, one behaviour a module.

mod support;

mod client;
mod damage;
mod exclusion;
mod faults;
mod first_use;
mod gc;
mod listing;
mod s3;
