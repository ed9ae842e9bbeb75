//! What starts workers. A [`Launcher`] takes a [`LaunchRequest`] and reports
//! [`WorkerEvent`]s; everything else about an attempt is the same for each of them.

use std::io;
use std::os::fd::OwnedFd;

use flownote_flow::manifest::Usage;
use tokio::sync::mpsc;

mod zygote;

pub use zygote::Zygote;

/// The number of a launch, unique within one engine.
pub type LaunchId = u64;

/// A worker to start.
#[derive(Debug)]
pub struct LaunchRequest {
    /// The number under which its events come.
    pub id: LaunchId,
    /// A fresh interpreter instead of a fork.
    pub spawn: bool,
    /// The write end of its standard output.
    pub stdout: OwnedFd,
    /// The write end of its standard error.
    pub stderr: OwnedFd,
    /// Its end of the task socket.
    pub socket: OwnedFd,
}

/// What a launcher saw of its workers.
#[derive(Debug)]
pub enum WorkerEvent {
    /// A worker runs.
    Started {
        /// Which.
        id: LaunchId,
        /// Its process.
        pid: u32,
    },
    /// A worker's process was reaped.
    Exited {
        /// Which.
        id: LaunchId,
        /// The raw wait status.
        status: i32,
        /// What it used.
        usage: Usage,
    },
    /// Something that users should know.
    Notice(String),
    /// The launcher itself is gone, and its workers with it.
    Gone,
}

/// Starts and signals workers.
pub trait Launcher {
    /// Starts a worker; its events follow.
    fn launch(&self, request: LaunchRequest) -> io::Result<()>;

    /// Signals the process group of a worker. Unknown and ended workers are ignored.
    fn kill(&self, id: LaunchId, signal: i32) -> io::Result<()>;

    /// The stream of events; taken once, by the engine.
    fn events(&mut self) -> mpsc::UnboundedReceiver<WorkerEvent>;
}
