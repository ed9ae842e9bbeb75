//! One stream of an attempt's output, from its pipe to the datastore: cut into lines,
//! stamped, masked, shown, and kept within bounds however much the step prints.
//!
//! Small logs stand in the `done` object. Past 16 KiB or 2 seconds they become segment
//! objects of JSON lines, `[milliseconds, text]`, where the text keeps its line end. Past
//! the cap the head is in the datastore already and only a tail is remembered; a visible
//! line says how much was cut out between them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use flownote_flow::manifest::StreamLog;
use flownote_store::lines::{self, Line};

/// Where lines are cut when no line end comes.
const MAX_LINE: usize = 64 * 1024;
/// What may stand in the `done` object.
const INLINE_BYTES: usize = 16 * 1024;
/// After which time lines go to a segment even if they are few.
const INLINE_TIME: Duration = Duration::from_secs(2);
/// The size at which a segment is written.
const SEGMENT_BYTES: usize = 1024 * 1024;

/// How much of a stream is kept.
#[derive(Clone, Copy, Debug)]
pub struct Cap {
    /// Bytes from the beginning.
    pub head: u64,
    /// Bytes from the end.
    pub tail: usize,
}

impl Default for Cap {
    /// 100 MiB in all, 4 MiB of which are the end.
    fn default() -> Self {
        Self { head: 96 << 20, tail: 4 << 20 }
    }
}

/// The values to hide in an attempt's output and messages: added to when the worker names
/// them, read by both streams and by whoever words its failure.
#[derive(Clone, Debug, Default)]
pub struct Masks(Rc<RefCell<Vec<String>>>);

impl Masks {
    /// Hides these values in whatever comes from now on.
    pub fn add(&self, values: Vec<String>) {
        let mut masks = self.0.borrow_mut();
        masks.extend(values.into_iter().filter(|value| !value.is_empty()));
        // A secret that contains another must be hidden first.
        masks.sort_by_key(|value| std::cmp::Reverse(value.len()));
    }

    /// The text without the values.
    pub fn hide(&self, text: String) -> String {
        let masks = self.0.borrow();
        masks.iter().fold(text, |text, mask| {
            if text.contains(mask.as_str()) { text.replace(mask.as_str(), "***") } else { text }
        })
    }
}

/// Collects one stream. It does no input or output: bytes go in, and out come lines to
/// show and segments to store.
#[derive(Debug)]
pub struct Capture {
    started: Instant,
    cap: Cap,
    masks: Masks,
    partial: Vec<u8>,
    pending: Vec<Line>,
    pending_bytes: usize,
    pending_since: Option<Instant>,
    tail: VecDeque<Line>,
    tail_bytes: usize,
    kept: u64,
    log: StreamLog,
}

impl Capture {
    /// A stream of an attempt that began at `started`.
    pub fn new(started: Instant, cap: Cap, masks: Masks) -> Self {
        Self {
            started,
            cap,
            masks,
            partial: Vec::new(),
            pending: Vec::new(),
            pending_bytes: 0,
            pending_since: None,
            tail: VecDeque::new(),
            tail_bytes: 0,
            kept: 0,
            log: StreamLog::default(),
        }
    }

    /// Takes what the pipe gave, and hands each whole line to `show`.
    pub fn push(&mut self, bytes: &[u8], mut show: impl FnMut(&str)) {
        self.log.bytes += bytes.len() as u64;
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = MAX_LINE - self.partial.len();
            let window = &rest[..rest.len().min(room)];
            let (taken, complete) = match window.iter().position(|&byte| byte == b'\n') {
                Some(end) => (end + 1, true),
                None => (window.len(), window.len() == room),
            };
            self.partial.extend_from_slice(&rest[..taken]);
            rest = &rest[taken..];
            if complete {
                self.line(&mut show);
            }
        }
    }

    fn line(&mut self, show: &mut impl FnMut(&str)) {
        let ends = self.partial.ends_with(b"\n");
        // A piece of a long line may end inside a character: that belongs to the next.
        let keep = if ends { 0 } else { incomplete_suffix(&self.partial) };
        let whole = self.partial.len() - keep;
        let text = String::from_utf8_lossy(&self.partial[..whole]).into_owned();
        let text = self.masks.hide(text);
        self.partial.drain(..whole);
        if ends {
            self.log.lines += 1;
        }
        show(&text);
        let at = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.keep((at, text));
    }

    fn keep(&mut self, entry: Line) {
        let size = entry.1.len();
        if self.kept < self.cap.head {
            self.kept += size as u64;
            self.pending_bytes += size;
            self.pending_since.get_or_insert_with(Instant::now);
            self.pending.push(entry);
            return;
        }
        self.tail_bytes += size;
        self.tail.push_back(entry);
        while self.tail_bytes > self.cap.tail {
            let Some((_, cut)) = self.tail.pop_front() else { break };
            self.tail_bytes -= cut.len();
            self.log.cut_bytes += cut.len() as u64;
        }
    }

    /// A segment to store now, as its number and its bytes, if one is due.
    pub fn due_segment(&mut self) -> Option<(u32, Bytes)> {
        let full = self.pending_bytes >= SEGMENT_BYTES;
        let spilled = self.log.segments > 0 || self.pending_bytes > INLINE_BYTES;
        let old = self.pending_since.is_some_and(|since| since.elapsed() >= INLINE_TIME);
        (full || (old && (spilled || self.started.elapsed() >= INLINE_TIME)))
            .then(|| self.segment())
    }

    fn segment(&mut self) -> (u32, Bytes) {
        let bytes = lines::encode(&std::mem::take(&mut self.pending));
        self.pending_bytes = 0;
        self.pending_since = None;
        self.log.segments += 1;
        (self.log.segments - 1, bytes)
    }

    /// Ends the stream: the segments still to store and the summary for the `done` object.
    pub fn finish(mut self, mut show: impl FnMut(&str)) -> (Vec<(u32, Bytes)>, StreamLog) {
        while !self.partial.is_empty() {
            let before = self.partial.len();
            self.line(&mut show);
            if self.partial.len() == before {
                // Only the beginning of a character is left: show it as what it is.
                self.partial = "\u{fffd}".into();
            }
        }
        if self.log.cut_bytes > 0 {
            let at = self.tail.front().map_or(0, |entry| entry.0);
            let line = format!("[flownote: {} bytes were cut out here]\n", self.log.cut_bytes);
            self.pending.push((at, line));
        }
        self.pending.extend(std::mem::take(&mut self.tail));
        self.pending_bytes = self.pending.iter().map(|entry| entry.1.len()).sum();
        let mut segments = Vec::new();
        if self.log.segments == 0 && self.pending_bytes <= INLINE_BYTES {
            self.log.inline = std::mem::take(&mut self.pending);
        } else if !self.pending.is_empty() {
            segments.push(self.segment());
        }
        (segments, self.log)
    }
}

/// How many bytes at the end begin a UTF-8 character that isn't complete.
fn incomplete_suffix(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        let needs = match byte {
            0b1100_0000..=0b1101_1111 => 2,
            0b1110_0000..=0b1110_1111 => 3,
            0b1111_0000..=0b1111_0111 => 4,
            0b1000_0000..=0b1011_1111 => continue,
            _ => return 0,
        };
        return if needs > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(entries: &[Line]) -> String {
        entries.iter().map(|entry| entry.1.as_str()).collect()
    }

    fn capture(cap: Cap, chunks: &[&[u8]]) -> (String, StreamLog) {
        let mut capture = Capture::new(Instant::now(), cap, Masks::default());
        let mut stored = String::new();
        let mut store = |(_, bytes): (u32, Bytes)| {
            stored.push_str(&text(&lines::decode_segment("a segment", &bytes).expect("lines")));
        };
        for chunk in chunks {
            capture.push(chunk, |_| {});
            if let Some(segment) = capture.due_segment() {
                store(segment);
            }
        }
        let (segments, log) = capture.finish(|_| {});
        segments.into_iter().for_each(&mut store);
        stored.push_str(&text(&log.inline));
        (stored, log)
    }

    #[test]
    fn keeps_lines_whole_over_chunks_and_the_last_one_without_its_end() {
        let (kept, log) = capture(Cap::default(), &[b"a", b"b\nc", b"d"]);
        assert_eq!(kept, "ab\ncd");
        assert_eq!((log.bytes, log.lines, log.inline.len()), (5, 1, 2));
    }

    #[test]
    fn never_splits_a_character_even_where_a_long_line_is_cut() {
        let long = format!("{}{}\n", "x".repeat(MAX_LINE - 1), "é".repeat(40));
        let (kept, log) = capture(Cap::default(), &[long.as_bytes()]);
        assert_eq!(kept, long);
        assert_eq!(log.lines, 1);
    }

    #[test]
    fn shows_bytes_that_are_not_text_as_replacement_characters() {
        assert_eq!(
            capture(Cap::default(), &[b"\xff\xfe ok\n\xc3"]).0,
            "\u{fffd}\u{fffd} ok\n\u{fffd}"
        );
    }

    #[test]
    fn cuts_the_middle_out_and_says_so() {
        let lines: Vec<String> = (0..40_000).map(|n| format!("line {n:05}\n")).collect();
        let chunks: Vec<&[u8]> = lines.iter().map(String::as_bytes).collect();
        let (kept, log) = capture(Cap { head: 50_000, tail: 10_000 }, &chunks);
        assert!(kept.starts_with("line 00000\n"));
        assert!(kept.ends_with("line 39999\n"));
        assert!(kept.contains(&format!("[flownote: {} bytes were cut out here]\n", log.cut_bytes)));
        assert!(kept.len() < 61_000);
        assert_eq!(log.bytes, 440_000);
    }

    #[test]
    fn hides_secrets_the_longest_first() {
        let masks = Masks::default();
        masks.add(vec!["abc".into(), "abcdef".into(), String::new()]);
        let mut capture = Capture::new(Instant::now(), Cap::default(), masks);
        capture.push(b"key=abcdef short=abc\n", |_| {});
        let (_, log) = capture.finish(|_| {});
        assert_eq!(log.inline[0].1, "key=*** short=***\n");
    }
}
