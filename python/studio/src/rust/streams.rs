//! What cells print: standard output and error of this process are pipes that are read here,
//! so that all text comes between the displays that it was printed between.

use std::io::{self, PipeReader};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flownote_kernel::protocol::{Answer, Output, Stream};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::interpreter::serve::Say;

/// How much a pipe holds.
const PIPE: i32 = 1 << 20;
/// How much is read at once.
const PIECE: usize = 64 << 10;
/// How much may wait to be sent before a cell that prints must wait.
const WAITING: usize = 16 << 20;

/// The two streams.
pub struct Streams {
    pipes: Mutex<[Pipe; 2]>,
    /// The execution that is running, or ran last.
    execution: AtomicU64,
    say: Say,
}

struct Pipe {
    from: PipeReader,
    stream: Stream,
    /// The beginning of a letter whose end hasn't come.
    rest: Vec<u8>,
}

/// Descriptors that a dying process writes its last words with.
#[derive(Clone, Copy)]
pub struct Raw {
    /// Where the pipes are read: what was printed last may still be in them.
    pub from: [RawFd; 2],
    /// What was standard output and error before.
    pub to: [RawFd; 2],
}

impl Streams {
    /// Takes standard output and error over.
    pub fn take(say: Say) -> io::Result<(Arc<Self>, Raw)> {
        let mut raw = Raw { from: [-1; 2], to: [-1; 2] };
        let mut pipe = |index: usize, number: RawFd, stream| -> io::Result<Pipe> {
            let (from, to) = io::pipe()?;
            // A small one does, too.
            let _ = fcntl(&to, FcntlArg::F_SETPIPE_SZ(PIPE));
            fcntl(&from, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
            let before = replace(number, to.into())?;
            raw.from[index] = from.as_raw_fd();
            raw.to[index] = before.as_raw_fd();
            std::mem::forget(before);
            Ok(Pipe { from, stream, rest: Vec::new() })
        };
        let pipes = [pipe(0, 1, Stream::Stdout)?, pipe(1, 2, Stream::Stderr)?];
        let (out, error) = (pipes[0].from.try_clone()?, pipes[1].from.try_clone()?);
        let streams =
            Arc::new(Self { pipes: Mutex::new(pipes), execution: AtomicU64::new(0), say });
        let own = Arc::clone(&streams);
        std::thread::Builder::new().name("flownote-streams".to_owned()).spawn(move || {
            let mut open = vec![out, error];
            while !open.is_empty() {
                let mut ready: Vec<PollFd<'_>> = open.iter().map(watch).collect();
                if poll(&mut ready, PollTimeout::NONE).is_ok() {
                    own.pass();
                }
                // A cell closed it, and nothing is left in it: it would be ready for ever.
                let is_over = |it: &PollFd<'_>| {
                    it.revents().is_some_and(|found| {
                        found.intersects(PollFlags::POLLHUP | PollFlags::POLLNVAL)
                            && !found.contains(PollFlags::POLLIN)
                    })
                };
                let over: Vec<bool> = ready.iter().map(is_over).collect();
                let mut over = over.into_iter();
                open.retain(|_| over.next() != Some(true));
                while own.say.waiting() > WAITING {
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
        })?;
        Ok((streams, raw))
    }

    /// What is printed from now on is this execution's.
    pub fn begin(&self, execution: u64) {
        self.pass();
        self.execution.store(execution, Ordering::Relaxed);
    }

    /// Shows something after all that was printed before it.
    pub fn show(&self, output: Output) {
        self.pass();
        let execution = self.execution();
        self.say.say(&Answer::Output { execution, output });
    }

    /// Passes on what was printed until now.
    pub fn pass(&self) {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = vec![0; PIECE];
        for pipe in pipes.iter_mut() {
            // As much as a pipe holds: one who prints for ever must not keep us here.
            for _ in 0..(PIPE as usize / PIECE) {
                let Ok(length @ 1..) = nix::unistd::read(&pipe.from, &mut buffer) else { break };
                pipe.rest.extend_from_slice(&buffer[..length]);
                let text = take_text(&mut pipe.rest);
                if !text.is_empty() {
                    let output = Output::Stream { name: pipe.stream, text };
                    self.say.say(&Answer::Output { execution: self.execution(), output });
                }
            }
        }
    }

    fn execution(&self) -> Option<u64> {
        Some(self.execution.load(Ordering::Relaxed)).filter(|number| *number > 0)
    }
}

fn watch(pipe: &PipeReader) -> PollFd<'_> {
    PollFd::new(pipe.as_fd(), PollFlags::POLLIN)
}

/// Takes whole letters; what can't be one is replaced.
fn take_text(bytes: &mut Vec<u8>) -> String {
    let whole = match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        // Up to three bytes may wait for the rest of their letter.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => {
            let last = bytes.iter().rposition(|byte| *byte < 0x80).map_or(0, |at| at + 1);
            if bytes.len() - last < 4 { last } else { bytes.len() }
        }
    };
    let text = String::from_utf8_lossy(&bytes[..whole]).into_owned();
    bytes.drain(..whole);
    text
}

/// Puts a descriptor in the place of a standard one; gives back what was there.
fn replace(number: RawFd, with: OwnedFd) -> io::Result<OwnedFd> {
    // SAFETY: standard output and error are open for as long as the process.
    let place = unsafe { std::os::fd::BorrowedFd::borrow_raw(number) };
    let before = place.try_clone_to_owned()?;
    match number {
        1 => nix::unistd::dup2_stdout(with)?,
        _ => nix::unistd::dup2_stderr(with)?,
    }
    Ok(before)
}
