//! What an execution printed, as lines with their ends and times: what `flownote logs` shows.

use bytes::Bytes;
use flownote_flow::manifest::StreamLog;
use flownote_notebook::output::Stream;
use flownote_store::lines::{Line, encode};

/// Longer logs are objects of their own.
const INLINE: usize = 16 << 10;

/// What an execution printed on its two streams.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    stdout: OfStream,
    stderr: OfStream,
}

#[derive(Clone, Debug, Default)]
struct OfStream {
    bytes: u64,
    lines: Vec<Line>,
    /// Whether the last line has no end yet.
    open: bool,
}

impl Lines {
    /// Adds text that was printed so many milliseconds after the beginning.
    pub fn push(&mut self, stream: Stream, at: u64, text: &str) {
        let of = match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        of.bytes += text.len() as u64;
        for piece in text.split_inclusive('\n') {
            match of.lines.last_mut().filter(|_| of.open) {
                Some((_, last)) => last.push_str(piece),
                None => of.lines.push((at, piece.to_owned())),
            }
            of.open = !piece.ends_with('\n');
        }
    }

    /// The record of one stream, and the object that holds its lines if they are many.
    pub(super) fn of(&self, stream: flownote_store::Stream) -> (StreamLog, Option<Bytes>) {
        let of = match stream {
            flownote_store::Stream::Stdout => &self.stdout,
            flownote_store::Stream::Stderr => &self.stderr,
        };
        let mut log =
            StreamLog { bytes: of.bytes, lines: of.lines.len() as u64, ..StreamLog::default() };
        if of.bytes <= INLINE as u64 {
            log.inline.clone_from(&of.lines);
            return (log, None);
        }
        log.segments = 1;
        (log, Some(encode(&of.lines)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_line_are_one_line_of_the_time_of_its_beginning() {
        let mut lines = Lines::default();
        lines.push(Stream::Stdout, 1, "a");
        lines.push(Stream::Stderr, 2, "x\n");
        lines.push(Stream::Stdout, 3, "b\n\nc");
        let (log, segment) = lines.of(flownote_store::Stream::Stdout);
        assert_eq!(log.inline, [(1, "ab\n".into()), (3, "\n".into()), (3, "c".into())]);
        assert_eq!((log.bytes, log.lines, segment), (5, 3, None));
        lines.push(Stream::Stdout, 4, &"long\n".repeat(10_000));
        let (log, segment) = lines.of(flownote_store::Stream::Stdout);
        assert!(log.inline.is_empty() && log.segments == 1 && segment.is_some());
    }
}
