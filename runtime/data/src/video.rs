//! The frames of a film, as raw pixels.
//!
//! A [`Film`] is a file that [`Film::open`] looked at; [`Film::frames`] reads it in chunks.
//! Decoding is done by `ffmpeg` and looking by `ffprobe`, child processes of the caller's.
//!
//! ```no_run
//! use flownote_data::video::{Film, Request};
//!
//! let film = Film::open("film.mp4")?;
//! for chunk in film.frames(&Request { width: Some(320), ..Request::default() })? {
//!     let chunk = chunk?;
//!     println!("{} frames from second {}", chunk.times.len(), chunk.times[0]);
//! }
//! # Ok::<(), flownote_data::video::VideoError>(())
//! ```
//!
//! Memory is bounded whatever the reader does: one chunk is made ahead, and then `ffmpeg` waits
//! at its full pipe. A reader that stops early ends the child. Plain processes and threads
//! only, no runtime: this runs in tasks, which are forked.
//!
//! **Invariant:** a frame comes with the time that its file gives it, and which frames come
//! never depends on how they were sought: where a container can't be trusted with that, the
//! film is decoded from its start.

mod command;
mod decoder;
mod error;
mod frames;
mod index;
mod probe;
mod request;
mod said;

pub use error::VideoError;
pub use frames::{Chunk, Frames};
pub use probe::{Film, Rate};
pub use request::{Pick, Position, Request};

/// The result of everything here that can fail.
pub type Result<T, E = VideoError> = std::result::Result<T, E>;
