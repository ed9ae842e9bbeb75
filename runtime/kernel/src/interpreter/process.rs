//! A child process: signalled only while it is there, reaped by a thread of its own.

use std::os::unix::process::ExitStatusExt;
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use tokio::sync::oneshot;

/// A child and its process group. Clones mean the same one.
#[derive(Clone, Debug)]
pub struct Process {
    pid: Pid,
    /// Whether it was reaped: its number may be another's now. Held while signalling and
    /// while reaping, so that neither meets the other.
    reaped: Arc<Mutex<bool>>,
}

impl Process {
    /// Takes a child over; the raw wait status comes when it has ended.
    pub fn watch(mut child: Child) -> (Self, oneshot::Receiver<i32>) {
        let pid = Pid::from_raw(child.id().cast_signed());
        let process = Self { pid, reaped: Arc::default() };
        let (sender, receiver) = oneshot::channel();
        let own = process.clone();
        let watch = move || {
            let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
            while waitid(Id::Pid(own.pid), flags) == Err(Errno::EINTR) {}
            let mut reaped = own.reaped.lock().unwrap_or_else(PoisonError::into_inner);
            // What the interpreter left behind goes with it. Its own number isn't free yet.
            let _ = killpg(own.pid, Signal::SIGKILL);
            let status = child.wait();
            *reaped = true;
            drop(reaped);
            // Nobody may be left to be told.
            let _ = sender.send(status.map_or(-1, ExitStatusExt::into_raw));
        };
        // Without a thread it is never reaped, and still killed with this process.
        let _ = thread::Builder::new().name("flownote-reaper".to_owned()).spawn(watch);
        (process, receiver)
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.pid.as_raw().cast_unsigned()
    }

    /// Signals it and what it started, unless it is gone.
    pub fn signal(&self, signal: Signal) {
        let reaped = self.reaped.lock().unwrap_or_else(PoisonError::into_inner);
        if !*reaped {
            // The group exists as soon as the child runs; a moment before, it alone does.
            if killpg(self.pid, signal).is_err() {
                let _ = kill(self.pid, signal);
            }
        }
    }
}
