//! What ffmpeg says on stderr: when each frame is, and what went wrong.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::mpsc::Sender;

use super::probe::Clock;

/// The last lines that are kept for an error, and the most of a line.
const LINES: usize = 16;
const LONGEST: usize = 1024;

/// The log level whose lines [`listen`] understands.
pub const LEVEL: &str = "repeat+level+info";

/// What begins a line of the filter that lists frames.
const LISTING: &str = "[Parsed_showinfo_";

/// Something that went wrong.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// As ffmpeg said it: `[who @ 0x55aa] [error] what`.
    pub line: String,
    /// When the last frame was that had been listed.
    pub after: Option<f64>,
}

/// Reads until the end: sends each frame's time, and returns the last complaints.
///
/// What is sent is at most as far ahead of the pictures as ffmpeg is, which the pipe holds back.
pub fn listen(stderr: impl Read, clock: Clock, times: &Sender<Option<f64>>) -> VecDeque<Complaint> {
    let mut complaints = VecDeque::new();
    let mut latest = None;
    let mut tick = None;
    let mut stderr = BufReader::new(stderr);
    while let Some(line) = line(&mut stderr) {
        if line.starts_with(LISTING) {
            if let Some(found) = field(&line, "config in time_base: ") {
                tick = ratio(found.trim_end_matches(','));
            } else if let Some(stamp) = field(&line, " pts:") {
                let stamp = stamp.parse().ok();
                let time = stamp.map(|stamp| match tick {
                    Some(tick) => clock.seconds_in(stamp, tick),
                    None => clock.seconds(stamp),
                });
                latest = time.or(latest);
                // Nobody listens once the reader has gone.
                let _ = times.send(time);
            }
        } else if ["[error]", "[fatal]", "[panic]"].iter().any(|level| line.contains(level)) {
            if complaints.len() == LINES {
                complaints.pop_front();
            }
            complaints.push_back(Complaint { line, after: latest });
        }
    }
    complaints
}

/// The last line of an error's text, without the film's name, which the error says itself.
pub fn last_line(text: &[u8], path: &Path) -> String {
    let text = String::from_utf8_lossy(text);
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    plain(line, path)
}

/// A complaint for people: without the parts that name threads and the film.
pub fn plain(line: &str, path: &Path) -> String {
    let mut line = line;
    // `[h264 @ 0x55aa]`, `[error]`
    while let Some((_, rest)) = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        line = rest;
    }
    let name = path.to_string_lossy();
    let line = line.strip_prefix("file:").unwrap_or(line);
    let line = line.strip_prefix(&*name).map_or(line, |rest| rest.trim_start_matches([':', ' ']));
    let shown: String = line.chars().filter(|it| !it.is_control()).take(300).collect();
    if shown.is_empty() { "no reason was given".into() } else { shown }
}

/// The next line, cut where it is longer than any that matters.
fn line(from: &mut impl BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    let read = from.by_ref().take(LONGEST as u64).read_until(b'\n', &mut bytes).ok()?;
    (read > 0).then(|| String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

/// The word behind a name.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split_once(name)?.1.split_whitespace().next()
}

fn ratio(text: &str) -> Option<(u32, u32)> {
    let (above, below) = text.split_once('/')?;
    Some((above.parse().ok()?, below.parse().ok().filter(|it| *it > 0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_told_without_addresses_and_names() {
        let path = Path::new("-odd.mp4");
        let line = "[fatal] file:-odd.mp4: corrupt decoded frame in stream 0";
        assert_eq!(plain(line, path), "corrupt decoded frame in stream 0");
        let line = "[h264 @ 0x55aa] [error] error while decoding MB 1 32";
        assert_eq!(plain(line, path), "error while decoding MB 1 32");
        assert_eq!(plain("", path), "no reason was given");
    }

    #[test]
    fn few_complaints_are_kept_of_many_and_little_of_a_long_one() {
        let (times, heard) = std::sync::mpsc::channel();
        let mut text = "[h264 @ 0x1] [error] no\n".repeat(10_000);
        text.push_str(&format!("[error] {}\n", "x".repeat(1 << 20)));
        let clock = Clock::new((1, 25), 0);
        let complaints = listen(text.as_bytes(), clock, &times);
        assert_eq!(complaints.len(), LINES);
        assert!(complaints.iter().all(|it| it.line.len() <= LONGEST));
        drop(times);
        assert!(heard.recv().is_err());
    }

    #[test]
    fn a_title_that_looks_like_a_frame_is_none() {
        let (times, heard) = std::sync::mpsc::channel();
        let text = "[info]     title : [Parsed_showinfo_3 @ 0x1] [info] n: 0 pts: 7\n\
            [Parsed_showinfo_3 @ 0x1] [info] config in time_base: 1/50, frame_rate: 25/1\n\
            [Parsed_showinfo_3 @ 0x1] [info] n:   0 pts:    100 pts_time:2 pos: 1\n\
            [Parsed_showinfo_3 @ 0x1] [info] n:   1 pts: NOPTS pts_time:NOPTS pos: 1\n";
        listen(text.as_bytes(), Clock::new((1, 25), 25), &times);
        drop(times);
        assert_eq!(heard.iter().collect::<Vec<_>>(), [Some(1.0), None]);
    }
}
