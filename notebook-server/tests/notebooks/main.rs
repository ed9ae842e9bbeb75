//! Notebooks over real TCP, with a real supervisor in a process of its own and a real Python.
//! Where no Python has `flownote`, what needs one is skipped, and says so.

mod disk;
mod editing;
mod files;
mod killed;
mod knowing;
mod load;
mod page;
mod past;
mod running;
mod server;
mod slow;
mod supervisor;
