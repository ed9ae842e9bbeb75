//! [`Film`]: what a file says of its pictures before any is decoded.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Deserialize;

use super::command::{command, input, not_started};
use super::{Frames, Request, Result, VideoError, index, said};

const PROBE: &str = "ffprobe";

/// Containers that know where their key frames are. Others are decoded from the start.
const SOUGHT: [&str; 2] = ["mov", "matroska"];

/// Codecs that pack pictures which are never shown, so that packets don't count frames.
const HIDING: [&str; 1] = ["vp8"];

/// A film's file, looked at.
#[derive(Clone, Debug)]
pub struct Film {
    path: PathBuf,
    width: u32,
    height: u32,
    rate: Rate,
    duration: Option<f64>,
    frame_count: Option<u64>,
    rotation: i32,
    pub(super) clock: Clock,
    /// Where the file's clock stands at the first of anything, in seconds.
    pub(super) container_clock: f64,
    /// What ffmpeg calls the kind of the file.
    pub(super) container: String,
    pub(super) sought: bool,
    pub(super) hiding: bool,
    /// How long the pictures last, when the file says so of them alone.
    pub(super) lasts: Option<f64>,
    times: OnceLock<Vec<f64>>,
}

/// Frames in seconds, as a ratio: 30000 in 1001.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many frames …
    pub frames: u32,
    /// … in so many seconds; never zero.
    pub seconds: u32,
}

impl Rate {
    /// Frames in one second.
    pub fn per_second(self) -> f64 {
        f64::from(self.frames) / f64::from(self.seconds)
    }
}

/// What turns the time stamps of a film's file into seconds after its first frame.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// A tick in seconds, as a ratio.
    tick: (u32, u32),
    /// The first frame's time stamp in ticks.
    first: i64,
}

impl Clock {
    #[cfg(test)]
    pub fn new(tick: (u32, u32), first: i64) -> Self {
        Self { tick, first }
    }

    /// The seconds of a time stamp that counts ticks of the file.
    pub fn seconds(self, stamp: i64) -> f64 {
        self.seconds_in(stamp, self.tick)
    }

    /// As [`Self::seconds`], of another tick: a decoder may have one of its own.
    pub fn seconds_in(self, stamp: i64, tick: (u32, u32)) -> f64 {
        if tick == self.tick {
            return stamp.saturating_sub(self.first) as f64 * f64::from(tick.0) / f64::from(tick.1);
        }
        stamp as f64 * f64::from(tick.0) / f64::from(tick.1) - self.begins()
    }

    /// Where the file's clock stands at the first frame, in seconds.
    pub fn begins(self) -> f64 {
        self.first as f64 * f64::from(self.tick.0) / f64::from(self.tick.1)
    }
}

impl Film {
    /// Looks at a file.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        see_file(&path)?;
        let mut probe = command(PROBE);
        probe.args(["-v", "error", "-select_streams", "V:0", "-of", "json"]);
        probe.args(["-read_intervals", FIRST, "-show_entries", ENTRIES]).args(input(&path));
        let done = probe.output().map_err(|error| not_started(PROBE, &error))?;
        let refused = |message: String| VideoError::NotAVideo { path: path.clone(), message };
        if !done.status.success() {
            return Err(refused(said::last_line(&done.stderr, &path)));
        }
        let found: Found = serde_json::from_slice(&done.stdout).map_err(|error| {
            VideoError::ToolFailed { program: PROBE, message: error.to_string() }
        })?;
        // Any text is a "film" of a terminal to ffmpeg.
        let Some(stream) = found.streams.into_iter().next().filter(|_| found.format.name != "tty")
        else {
            return Err(refused("there is no video stream in it".into()));
        };
        let first = found.frames.iter().find_map(|frame| frame.best_effort_timestamp);
        Self::from_found(path, &stream, &found.format, first)
    }

    fn from_found(
        path: PathBuf,
        stream: &Stream,
        format: &Format,
        first: Option<i64>,
    ) -> Result<Self> {
        let (Some(stored), Some(height)) = (stream.width, stream.height) else {
            let message = "its pictures have no size".into();
            return Err(VideoError::NotAVideo { path, message });
        };
        let turned = stream.side_data_list.iter().find_map(|data| data.rotation);
        let rotation = turned.map_or(0, |turned| (turned.round() as i32).rem_euclid(360));
        let shape = ratio(stream.sample_aspect_ratio.as_deref(), ':');
        let width = match shape {
            Some((wide, high)) => f64::from(stored) * f64::from(wide) / f64::from(high),
            None => f64::from(stored),
        };
        let width = width.round().max(1.0) as u32;
        let lying = rotation % 180 == 90;
        let rate = [&stream.avg_frame_rate, &stream.r_frame_rate]
            .into_iter()
            .find_map(|text| ratio(text.as_deref(), '/'))
            .map_or(Rate { frames: 25, seconds: 1 }, |(frames, seconds)| Rate { frames, seconds });
        let container_clock = number(format.start_time.as_deref()).unwrap_or(0.0);
        let lasts = number(stream.duration.as_deref());
        let name = format.name.split(',').next().unwrap_or_default();
        Ok(Self {
            width: if lying { height } else { width },
            height: if lying { width } else { height },
            rate,
            duration: lasts.or(number(format.duration.as_deref())),
            frame_count: stream.nb_frames.as_deref().and_then(|text| text.parse().ok()),
            rotation,
            clock: Clock {
                tick: ratio(stream.time_base.as_deref(), '/').unwrap_or((1, 1_000_000)),
                first: first.or(stream.start_pts).unwrap_or(0),
            },
            container_clock,
            container: format.name.clone(),
            sought: SOUGHT.contains(&name),
            hiding: HIDING.contains(&stream.codec_name.as_str()),
            lasts,
            times: OnceLock::new(),
            path,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How wide it is shown, in square pixels: turned and stretched as the file says.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// How high it is shown.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// How many frames it has in a second, on average.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// How many seconds it lasts, when the file says so.
    pub fn duration(&self) -> Option<f64> {
        self.duration
    }

    /// How many frames it has, when the file says so; [`Self::times`] counts them.
    pub fn frame_count(&self) -> Option<u64> {
        self.frame_count
    }

    /// By how many degrees (0, 90, 180, 270) its pictures are turned against the clock to show
    /// them; frames come turned already.
    pub fn rotation(&self) -> i32 {
        self.rotation
    }

    /// When each frame is shown, in seconds after the first; found once, mostly without
    /// decoding.
    pub fn times(&self) -> Result<&[f64]> {
        if let Some(times) = self.times.get() {
            return Ok(times);
        }
        let times = index::times(self)?;
        Ok(self.times.get_or_init(|| times))
    }

    /// Begins to read frames.
    pub fn frames(&self, request: &Request) -> Result<Frames> {
        Frames::begin(self, request)
    }
}

/// Says what is wrong with a file that ffprobe needn't be asked of.
fn see_file(path: &Path) -> Result<()> {
    let about = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => VideoError::Missing { path: path.into() },
        _ => VideoError::Unreadable { path: path.into(), message: error.to_string() },
    })?;
    let unreadable = |message: String| VideoError::Unreadable { path: path.into(), message };
    if about.is_dir() {
        return Err(unreadable("it is a folder".into()));
    }
    // A pipe would be waited for until somebody writes.
    if !about.is_file() {
        return Err(unreadable("it is not a regular file".into()));
    }
    if about.len() == 0 {
        return Err(VideoError::Empty { path: path.into() });
    }
    fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
    Ok(())
}

/// Two numbers above zero, as in `30000/1001`.
fn ratio(text: Option<&str>, between: char) -> Option<(u32, u32)> {
    let (above, below) = text?.split_once(between)?;
    let (above, below) = (above.parse().ok()?, below.parse().ok()?);
    (above > 0 && below > 0).then_some((above, below))
}

fn number(text: Option<&str>) -> Option<f64> {
    text?.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Of so many packets the frames are decoded: where containers don't say when frames are shown
/// (AVI), the first is later than the file's start.
const FIRST: &str = "%+#8";

/// What ffprobe is asked for.
const ENTRIES: &str = "stream=codec_name,width,height,sample_aspect_ratio,avg_frame_rate,\
    r_frame_rate,nb_frames,duration,time_base,start_pts:stream_side_data=rotation:\
    frame=best_effort_timestamp:format=format_name,start_time,duration";

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    frames: Vec<Frame>,
    format: Format,
}

#[derive(Deserialize)]
struct Frame {
    best_effort_timestamp: Option<i64>,
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    codec_name: String,
    width: Option<u32>,
    height: Option<u32>,
    sample_aspect_ratio: Option<String>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
    nb_frames: Option<String>,
    duration: Option<String>,
    time_base: Option<String>,
    start_pts: Option<i64>,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

#[derive(Deserialize)]
struct Format {
    #[serde(rename = "format_name", default)]
    name: String,
    start_time: Option<String>,
    duration: Option<String>,
}
