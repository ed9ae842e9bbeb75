//! When each frame of a film is shown, from what its container says of its packets.

use super::command::{command, input, not_started};
use super::{Film, Result, VideoError, said};

const PROBE: &str = "ffprobe";

/// The times of all frames in seconds after the first, in the order in which they are shown.
///
/// Packets are asked, which takes no decoding. Where they don't say it, the decoded frames are.
pub fn times(film: &Film) -> Result<Vec<f64>> {
    let by_packets = if film.hiding { None } else { ask(film, Entry::Packets)? };
    let times = match by_packets {
        Some(times) => times,
        None => ask(film, Entry::Frames)?.unwrap_or_default(),
    };
    if times.is_empty() {
        return Err(VideoError::NoFrames { path: film.path().into() });
    }
    Ok(times)
}

/// What ffprobe lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    Packets,
    Frames,
}

/// The times that ffprobe lists; nothing when a packet has none.
fn ask(film: &Film, entry: Entry) -> Result<Option<Vec<f64>>> {
    let entries = match entry {
        Entry::Packets => "packet=pts,flags",
        Entry::Frames => "frame=best_effort_timestamp",
    };
    let mut probe = command(PROBE);
    probe.args(["-v", "error", "-select_streams", "V:0", "-of", "csv=p=0"]);
    probe.args(["-show_entries", entries]).args(input(film.path()));
    let done = probe.output().map_err(|error| not_started(PROBE, &error))?;
    if !done.status.success() {
        let message = said::last_line(&done.stderr, film.path());
        return Err(VideoError::Damaged { path: film.path().into(), second: None, message });
    }
    let listed = String::from_utf8_lossy(&done.stdout);
    let mut times = Vec::new();
    for line in listed.lines().filter(|line| !line.is_empty()) {
        let mut fields = line.split(',');
        let stamp = fields.next().and_then(|text| text.parse().ok());
        let time = match (stamp, entry) {
            (Some(stamp), _) => film.clock.seconds(stamp),
            (None, Entry::Packets) => return Ok(None),
            // As the decoder guesses.
            (None, Entry::Frames) => {
                times.last().map_or(0.0, |latest| latest + 1.0 / film.rate().per_second())
            }
        };
        // `D`: decoded for the sake of others, and not shown.
        if !fields.next().is_some_and(|flags| flags.contains('D')) {
            times.push(time);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(Some(times))
}
