//! [`Frames`]: chunks of frames, made by a thread that is one chunk ahead.

use std::path::PathBuf;
use std::process;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::decoder::{Arguments, Decoder, Handle};
use super::request::Wanted;
use super::{Film, Request, Result, VideoError, said};

/// How often a reader that waits is asked whether to stop.
const LOOK: Duration = Duration::from_millis(50);

/// Frames one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// Frame by frame, row by row: red, green, blue.
    pub pixels: Vec<u8>,
    /// When each frame is shown, in seconds after the film's first.
    pub times: Vec<f64>,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

/// The frames of a [`Request`], chunk by chunk. After an error there are none.
#[derive(Debug)]
pub struct Frames {
    /// What reads; nothing when all is read, or nothing was wanted.
    reading: Option<Reading>,
    /// The process that reads: one that is forked from it has its memory without its threads.
    owner: u32,
}

#[derive(Debug)]
struct Reading {
    chunks: Receiver<Result<Chunk>>,
    thread: JoinHandle<()>,
    decoder: Handle,
}

impl Frames {
    pub(super) fn begin(film: &Film, request: &Request) -> Result<Self> {
        let wanted = request.see(film)?;
        let owner = process::id();
        if wanted.nothing {
            return Ok(Self { reading: None, owner });
        }
        let decoder = Handle::default();
        // Nothing waits in it: a chunk is handed over.
        let (send, chunks) = sync_channel(0);
        let work = Work {
            path: film.path().into(),
            demuxer: format!("[{} @ ", film.container),
            arguments: Arguments::new(film, &wanted),
            wanted,
            spacing: wanted.spacing(film),
            lasts: film.lasts,
            film: film.clone(),
            guess: 1.0 / film.rate().per_second(),
            handle: decoder.clone(),
            latest: None,
        };
        let thread =
            thread::Builder::new().name("video".into()).spawn(move || work.run(&send)).map_err(
                |error| VideoError::ToolFailed { program: "ffmpeg", message: error.to_string() },
            )?;
        Ok(Self { reading: Some(Reading { chunks, thread, decoder }), owner })
    }

    /// The next chunk. While there is none yet, `stop` is asked now and then; once it says
    /// yes, the child is ended and there is no more.
    pub fn next_unless(&mut self, mut stop: impl FnMut() -> bool) -> Option<Result<Chunk>> {
        let reading = self.reading.as_ref()?;
        if self.owner != process::id() {
            self.close();
            return Some(Err(VideoError::Forked));
        }
        let next = loop {
            match reading.chunks.recv_timeout(LOOK) {
                Ok(next) => break Some(next),
                Err(RecvTimeoutError::Timeout) if stop() => break None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break None,
            }
        };
        if !matches!(next, Some(Ok(_))) {
            self.close();
        }
        next
    }

    /// Ends the child, now: no chunk comes any more.
    pub fn close(&mut self) {
        let Some(reading) = self.reading.take() else { return };
        if self.owner != process::id() {
            // The child is another's, and the thread isn't here.
            std::mem::forget(reading);
            return;
        }
        reading.decoder.close();
        drop(reading.chunks);
        let _ = reading.thread.join();
    }
}

impl Iterator for Frames {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_unless(|| false)
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.close();
    }
}

/// What the thread does.
struct Work {
    path: PathBuf,
    /// How complaints about the container begin.
    demuxer: String,
    arguments: Arguments,
    wanted: Wanted,
    /// From one frame that is picked to the next, and from one frame to the next, in seconds.
    spacing: f64,
    guess: f64,
    lasts: Option<f64>,
    film: Film,
    handle: Handle,
    /// When the last frame was.
    latest: Option<f64>,
}

impl Work {
    fn run(mut self, to: &SyncSender<Result<Chunk>>) {
        if let Err(error) = self.read(to)
            && !self.handle.is_closed()
        {
            // Who doesn't read any more needn't know.
            let _ = to.send(Err(error));
        }
    }

    fn read(&mut self, to: &SyncSender<Result<Chunk>>) -> Result<()> {
        let (mut decoder, mut first) = self.start()?;
        loop {
            let (chunk, is_last) = self.chunk(&mut decoder, first.take());
            if !chunk.times.is_empty() && to.send(Ok(chunk)).is_err() {
                return Ok(());
            }
            if is_last {
                return self.end(decoder);
            }
        }
    }

    /// Starts to decode and waits for the first frame. Where seeking led to none, or behind the
    /// place, it starts anew from the film's start.
    fn start(&self) -> Result<(Decoder, Option<First>)> {
        let sought = self.arguments.seek.is_some();
        let mut decoder = Decoder::start(&self.arguments, sought, self.handle.clone())?;
        let mut first = self.first(&mut decoder);
        let near = self.wanted.from.unwrap_or(0.0) + 1.5 * self.guess;
        let is_near = matches!(&first, Some(first) if first.time.is_some_and(|it| it <= near));
        if sought && !is_near && !self.handle.is_closed() {
            drop(decoder);
            decoder = Decoder::start(&self.arguments, false, self.handle.clone())?;
            first = self.first(&mut decoder);
        }
        Ok((decoder, first))
    }

    fn first(&self, decoder: &mut Decoder) -> Option<First> {
        let mut pixels = vec![0; self.wanted.frame_bytes()];
        let time = decoder.frame(&mut pixels)?;
        Some(First { pixels, time })
    }

    /// Reads a chunk, and says whether it is the last.
    fn chunk(&mut self, decoder: &mut Decoder, first: Option<First>) -> (Chunk, bool) {
        let bytes = self.wanted.frame_bytes();
        let mut pixels = vec![0; bytes * self.wanted.chunk];
        let mut times = Vec::with_capacity(self.wanted.chunk);
        let mut first = first;
        let mut is_last = false;
        for frame in pixels.chunks_exact_mut(bytes) {
            let time = match first.take() {
                Some(first) => {
                    frame.copy_from_slice(&first.pixels);
                    Some(first.time)
                }
                None => decoder.frame(frame),
            };
            let Some(time) = time else {
                is_last = true;
                break;
            };
            let next = self.latest.map_or(0.0, |latest| latest + self.guess);
            self.latest = Some(time.unwrap_or(next));
            times.extend(self.latest);
        }
        pixels.truncate(bytes * times.len());
        let (width, height) = (self.wanted.width, self.wanted.height);
        (Chunk { pixels, times, width, height }, is_last)
    }

    /// Sees whether the end is the film's, or what was wanted of it.
    fn end(&self, decoder: Decoder) -> Result<()> {
        let (status, complaints) = decoder.finish();
        let damaged = |second: Option<f64>, message: &str| VideoError::Damaged {
            path: self.path.clone(),
            second,
            message: said::plain(message, &self.path),
        };
        if let Some(old) = complaints.iter().find(|it| it.line.contains("fps_mode")) {
            let message = said::plain(&old.line, &self.path);
            return Err(VideoError::ToolFailed { program: "ffmpeg", message });
        }
        if !status.is_some_and(|status| status.success()) {
            let last = complaints.back().map_or("", |complaint| &complaint.line);
            return Err(damaged(self.latest, last));
        }
        // A demuxer that stumbles goes on where it finds its feet again, or ends, content. What
        // it says before the first frame is of other streams, too.
        let stumbled =
            complaints.iter().find(|it| it.after.is_some() && it.line.starts_with(&self.demuxer));
        if let Some(stumbled) = stumbled {
            return Err(damaged(stumbled.after, &stumbled.line));
        }
        let Some(latest) = self.latest else {
            return match self.wanted {
                Wanted { from: None, until: None, .. } => {
                    Err(VideoError::NoFrames { path: self.path.clone() })
                }
                _ => Ok(()),
            };
        };
        let expected = match (self.lasts, self.wanted.until) {
            (Some(lasts), Some(until)) => lasts.min(until),
            (Some(lasts), None) => lasts,
            (None, _) => return Ok(()),
        };
        let stops_early = latest + f64::max(1.0, 2.0 * self.spacing) < expected;
        // Between frames there may be pauses of any length: the film knows when it has some.
        let is_last = || {
            let times = self.film.times().ok()?;
            Some(self.wanted.last_of(times)? <= latest + 0.5 * self.guess)
        };
        if stops_early && !is_last().unwrap_or(false) {
            let message = format!("its pictures should last {expected:.2} seconds");
            return Err(damaged(self.latest, &message));
        }
        Ok(())
    }
}

/// A frame that was read to see whether it is the right one.
struct First {
    pixels: Vec<u8>,
    time: Option<f64>,
}
