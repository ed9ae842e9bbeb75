//! One ffmpeg child that writes pixels into a pipe.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{ErrorKind, Read};
use std::process::{Child, ChildStdout, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::command::{command, input, not_started};
use super::probe::Film;
use super::request::Wanted;
use super::{Result, VideoError, said};

const DECODER: &str = "ffmpeg";

/// How many frames H.264 and H.265 may hold back, and one more.
const MOST_REORDERED: f64 = 17.0;

/// How often a child that closed its pipe is asked whether it has ended.
const LOOK: Duration = Duration::from_millis(2);

/// The child, where somebody else than its reader can end it.
#[derive(Clone, Debug, Default)]
pub struct Handle(Arc<Mutex<Slot>>);

#[derive(Debug, Default)]
struct Slot {
    child: Option<Child>,
    closed: bool,
}

impl Handle {
    /// Ends the child, and any that would be started later.
    pub fn close(&self) {
        let mut slot = self.slot();
        slot.closed = true;
        end(&mut slot.child);
    }

    /// Whether it was ended from outside.
    pub fn is_closed(&self) -> bool {
        self.slot().closed
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn end(child: &mut Option<Child>) {
    if let Some(child) = child {
        // It may have ended by itself.
        let _ = child.kill();
    }
}

/// A child that decodes, and what it says.
pub struct Decoder {
    handle: Handle,
    pixels: ChildStdout,
    times: Receiver<Option<f64>>,
    listener: Option<JoinHandle<VecDeque<said::Complaint>>>,
}

impl Decoder {
    /// Starts ffmpeg. `seek`: from the key frame before the first wanted one, else from the
    /// film's start.
    pub fn start(arguments: &Arguments, seek: bool, handle: Handle) -> Result<Self> {
        let mut decoder = command(DECODER);
        decoder.args(["-hide_banner", "-nostdin", "-nostats", "-loglevel", said::LEVEL]);
        // Stamps stay the file's, and damage ends it.
        decoder.args(["-copyts", "-xerror", "-noaccurate_seek"]);
        if let Some(second) = arguments.seek.filter(|_| seek) {
            decoder.args(["-ss", &format!("{second:.6}")]);
        }
        decoder.args(&arguments.input).args(["-map", "0:V:0", "-vf", &arguments.filters]);
        decoder.args(["-fps_mode", "passthrough", "-c:v", "rawvideo", "-f", "rawvideo", "pipe:1"]);
        let mut slot = handle.slot();
        let mut child = decoder.spawn().map_err(|error| not_started(DECODER, &error))?;
        let (pixels, stderr) = (child.stdout.take(), child.stderr.take());
        slot.child = Some(child);
        if slot.closed {
            end(&mut slot.child);
        }
        drop(slot);
        let (send, times) = channel();
        let clock = arguments.clock;
        let listener = thread::Builder::new()
            .name("video-said".into())
            .spawn(move || match stderr {
                Some(stderr) => said::listen(stderr, clock, &send),
                None => VecDeque::new(),
            })
            .map_err(|error| not_started(DECODER, &error));
        let listener = match (pixels, listener) {
            (Some(pixels), Ok(listener)) => {
                return Ok(Self { handle, pixels, times, listener: Some(listener) });
            }
            (_, Err(error)) => Err(error),
            (None, _) => {
                Err(VideoError::ToolFailed { program: DECODER, message: "it has no pipe".into() })
            }
        };
        end(&mut handle.slot().child);
        reap(&handle);
        listener
    }

    /// Waits for a frame, writes its pixels into `frame` and says when it is: `None` at the
    /// end, `Some(None)` where the film doesn't say when.
    pub fn frame(&mut self, frame: &mut [u8]) -> Option<Option<f64>> {
        let mut filled = 0;
        while filled < frame.len() {
            match self.pixels.read(&mut frame[filled..]) {
                Ok(0) => return None,
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
        // It was said before the first pixel was written.
        self.times.recv().ok()
    }

    /// Waits for the child's end and returns how it ended, and its last complaints.
    pub fn finish(mut self) -> (Option<ExitStatus>, VecDeque<said::Complaint>) {
        let status = reap(&self.handle);
        let complaints = self.listener.take().and_then(|listener| listener.join().ok());
        (status, complaints.unwrap_or_default())
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // Also when it was finished: then there is no child any more.
        end(&mut self.handle.slot().child);
        reap(&self.handle);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

/// Waits until the child has ended; the handle isn't held meanwhile, so that it can be closed.
fn reap(handle: &Handle) -> Option<ExitStatus> {
    loop {
        let mut slot = handle.slot();
        match slot.child.as_mut()?.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => {
                slot.child = None;
                return Some(status);
            }
            Err(_) => {
                slot.child = None;
                return None;
            }
        }
        drop(slot);
        thread::sleep(LOOK);
    }
}

/// What a film and a request are to ffmpeg.
pub struct Arguments {
    input: [OsString; 6],
    filters: String,
    /// Where to begin to decode, in the container's seconds.
    pub seek: Option<f64>,
    clock: super::probe::Clock,
}

impl Arguments {
    pub fn new(film: &Film, wanted: &Wanted) -> Self {
        let begins = film.clock.begins() - film.container_clock;
        // Containers seek in the order of decoding, in which frames may be this much later.
        let reordered = f64::max(1.0, MOST_REORDERED / film.rate().per_second());
        let seek = wanted.from.filter(|_| film.sought).map(|from| from + begins - reordered);
        Self {
            input: input(film.path()),
            filters: wanted.filters(film),
            seek: seek.filter(|second| *second > 0.0),
            clock: film.clock,
        }
    }
}
