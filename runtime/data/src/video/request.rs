//! [`Request`]: which frames, how large, how many at once; and what ffmpeg is told for it.

use super::{Film, Result, VideoError};

/// What is read of a film.
#[derive(Clone, Debug)]
pub struct Request {
    /// The first frame, or the first at that time or later; the film's first by default.
    pub start: Option<Position>,
    /// What comes behind the last frame; the film's end by default.
    pub end: Option<Position>,
    /// Which of the frames between.
    pub pick: Pick,
    /// Pixels from left to right that frames are scaled to; the height follows.
    pub width: Option<u32>,
    /// How many frames a chunk has.
    pub chunk: usize,
}

/// A place in a film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Position {
    /// Seconds after the first frame.
    Seconds(f64),
    /// Frames before this one.
    Frame(u64),
}

/// A choice among frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pick {
    /// The first, and then each that is so many later.
    Every(u64),
    /// Of each second's so many parts the first frame.
    PerSecond(f64),
}

impl Default for Request {
    fn default() -> Self {
        Self { start: None, end: None, pick: Pick::Every(1), width: None, chunk: 32 }
    }
}

/// A [`Request`] that makes sense for its film.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Frames from this second on, and before that one.
    pub from: Option<f64>,
    pub until: Option<f64>,
    /// No frame is between them.
    pub nothing: bool,
    pub pick: Pick,
    pub width: u32,
    pub height: u32,
    pub chunk: usize,
}

/// Frames that are wider are nobody's.
const WIDEST: u32 = 16_384;

/// The most bytes that a chunk may have.
const LARGEST: u64 = 2 << 30;

impl Request {
    pub(super) fn see(&self, film: &Film) -> Result<Wanted> {
        let width = self.width.unwrap_or(film.width());
        if !(1..=WIDEST).contains(&width) {
            return Err(wrong("width", format!("is {width}"), "give 1 to 16384 pixels"));
        }
        let scaled = f64::from(film.height()) * f64::from(width) / f64::from(film.width());
        let height = scaled.round().max(1.0) as u32;
        match self.pick {
            Pick::Every(0) => {
                return Err(wrong("every", "is 0".into(), "give 1 for each frame, 2 for half"));
            }
            Pick::PerSecond(rate) if !(rate.is_finite() && rate > 0.0) => {
                return Err(wrong("rate", format!("is {rate}"), "give frames per second, 2.0 say"));
            }
            _ => {}
        }
        let bytes = u64::from(width) * u64::from(height) * 3;
        let most = LARGEST / bytes;
        if self.chunk == 0 || self.chunk as u64 > most {
            let hint = format!("give 1 to {most} frames of {width} × {height} pixels");
            return Err(wrong("chunk", format!("is {}", self.chunk), &hint));
        }
        let (from, none_from) = place(film, "start", self.start)?;
        let (until, _) = place(film, "end", self.end)?;
        let nothing = none_from
            || matches!((from, until), (Some(from), Some(until)) if until <= from)
            || self.end == Some(Position::Frame(0));
        Ok(Wanted { from, until, nothing, pick: self.pick, width, height, chunk: self.chunk })
    }
}

/// A place in seconds, between frames where it is a frame's; and whether it is behind the last.
fn place(
    film: &Film,
    name: &'static str,
    position: Option<Position>,
) -> Result<(Option<f64>, bool)> {
    match position {
        None | Some(Position::Frame(0)) => Ok((None, false)),
        Some(Position::Seconds(second)) if !(second.is_finite() && second >= 0.0) => {
            Err(wrong(name, format!("is {second}"), "give seconds after the first frame"))
        }
        Some(Position::Seconds(second)) => Ok((Some(second), false)),
        Some(Position::Frame(frame)) => {
            let times = film.times()?;
            let frame = usize::try_from(frame).unwrap_or(usize::MAX);
            Ok(match times.get(frame) {
                Some(time) => (Some(f64::midpoint(times[frame - 1], *time)), false),
                None => (None, true),
            })
        }
    }
}

fn wrong(name: &'static str, problem: String, hint: &str) -> VideoError {
    VideoError::Request { name, problem, hint: hint.into() }
}

impl Wanted {
    /// The filters between decoder and pipe; the last one says on stderr when each frame is.
    pub fn filters(&self, film: &Film) -> String {
        let mut filters = Vec::new();
        let begins = film.clock.begins();
        let bound = |name, second: Option<f64>| {
            second.map(|second: f64| format!("{name}={:.6}", second + begins))
        };
        let bounds: Vec<_> =
            [bound("start", self.from), bound("end", self.until)].into_iter().flatten().collect();
        if !bounds.is_empty() {
            filters.push(format!("trim={}", bounds.join(":")));
        }
        match self.pick {
            Pick::Every(1) => {}
            Pick::Every(step) => filters.push(format!("select=not(mod(n\\,{step}))")),
            Pick::PerSecond(rate) => {
                // A frame that begins a part isn't before it by a rounding.
                let part = |time: &str| format!("floor(({time}-{begins:.6})*{rate}+1e-6)");
                filters.push(format!(
                    "select=isnan(prev_selected_t)+gt({}\\,{})",
                    part("t"),
                    part("prev_selected_t")
                ));
            }
        }
        let (width, height) = (self.width, self.height);
        filters.push(format!("scale={width}:{height}:flags=bicubic+accurate_rnd+full_chroma_int"));
        filters.push("format=rgb24".into());
        filters.push("showinfo=checksum=0".into());
        filters.join(",")
    }

    /// The last frame that is picked of a film whose frames are shown at `times`, if the film goes
    /// on behind what is wanted: who knows less can't tell a pause in it from its end.
    pub fn last_of(&self, times: &[f64]) -> Option<f64> {
        let until = self.until.filter(|until| times.last().is_some_and(|last| last >= until))?;
        let from = self.from.unwrap_or(f64::NEG_INFINITY);
        let between = times.iter().copied().filter(|time| (from..until).contains(time));
        match self.pick {
            Pick::Every(step) => {
                let step = usize::try_from(step).unwrap_or(usize::MAX);
                between.step_by(step).last()
            }
            Pick::PerSecond(rate) => {
                let part = |time: f64| (time * rate + 1e-6).floor();
                let new = |last: Option<f64>, time| match last {
                    Some(last) if part(time) <= part(last) => Some(last),
                    _ => Some(time),
                };
                between.fold(None, new)
            }
        }
    }

    /// How long it is from a frame that is picked to the next.
    pub fn spacing(&self, film: &Film) -> f64 {
        match self.pick {
            Pick::Every(step) => step as f64 / film.rate().per_second(),
            Pick::PerSecond(rate) => f64::max(1.0 / rate, 1.0 / film.rate().per_second()),
        }
    }

    /// How many bytes a frame has.
    pub fn frame_bytes(&self) -> usize {
        self.width as usize * self.height as usize * 3
    }
}
