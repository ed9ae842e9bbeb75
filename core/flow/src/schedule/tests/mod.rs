//! The schedule, table by table: what it launches for each event.

mod fixture;

mod failures;
mod joins;
mod order;
mod takeover;
