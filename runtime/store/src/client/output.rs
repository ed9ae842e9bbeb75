//! What tasks printed: both streams of an attempt as one, in the order of time.

use flownote_flow::id::{AttemptKey, StepName, TaskId};
use flownote_flow::manifest::{Logs, Outcome, StreamLog, TaskDone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::keys::{RunKey, Stream};
use crate::lines::{Line, decode_segment};
use crate::run::decode;
use crate::store::Store;
use crate::time;

/// One line of output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// The attempt that printed it.
    pub attempt: u32,
    /// The stream.
    pub stream: Stream,
    /// When, RFC 3339; absent when nobody saw the attempt's start.
    pub at: Option<String>,
    /// Milliseconds since the attempt began.
    pub ms: u64,
    /// The line, without its end.
    pub text: String,
}

/// How far a reader has come who follows what a task prints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogCursor {
    attempt: u32,
    /// Segments read of standard output and of standard error.
    segments: [u32; 2],
    is_over: bool,
}

impl LogCursor {
    /// The attempt whose output comes next.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether the task committed, and all that it printed was read.
    pub fn is_over(&self) -> bool {
        self.is_over
    }
}

impl Store {
    /// Reads what a task printed since the cursor's place, and moves it on. What is read
    /// once isn't asked for again.
    pub async fn log_since(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
        cursor: &mut LogCursor,
    ) -> Result<Vec<LogLine>> {
        let mut lines = Vec::new();
        while !cursor.is_over {
            let attempt = cursor.attempt;
            // Asked before the segments: all that there will be exist once it does.
            let key = run.key(&format!("tasks/{step}/{task}.{attempt}.done"));
            let done: Option<TaskDone> =
                self.get(&key).await?.map(|body| decode(&key, &body)).transpose()?;
            let begun = begun(done.as_ref());
            let mut of_attempt = Vec::new();
            for (place, stream) in [Stream::Stdout, Stream::Stderr].into_iter().enumerate() {
                let log = done.as_ref().map(|done| stream_of(done, stream));
                let folder = run.key(&format!("tasks/{step}/{task}.{attempt}.log/{stream}"));
                let from = cursor.segments[place];
                let (read, found) = self.stream_lines(&folder, log, from).await?;
                cursor.segments[place] = read;
                of_attempt.extend(found.into_iter().map(|(ms, text)| LogLine {
                    attempt,
                    stream,
                    at: begun.map(|it| after(it, ms)),
                    ms,
                    text,
                }));
            }
            of_attempt.sort_by_key(|line| line.ms);
            lines.append(&mut of_attempt);
            match done {
                Some(done) => {
                    cursor.is_over = done.outcome == Outcome::Ok;
                    cursor.attempt += 1;
                    cursor.segments = [0, 0];
                }
                None => break,
            }
        }
        Ok(lines)
    }

    /// Reads what a task printed: every attempt or one, both streams or one. Lines of the
    /// two streams are merged by their times; within a stream their order stays.
    pub async fn log_lines(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
        attempt: Option<u32>,
        stream: Option<Stream>,
    ) -> Result<Vec<LogLine>> {
        let dones = self.attempts(run, step, task).await?;
        let mut numbers: Vec<u32> = dones.iter().map(|done| done.attempt).collect();
        // The attempt under way has no `done` yet; its segments are there already.
        numbers.push(numbers.last().map_or(0, |last| last + 1));
        numbers.retain(|number| attempt.is_none_or(|attempt| attempt == *number));
        let mut lines = Vec::new();
        for number in numbers {
            let done = dones.iter().find(|done| done.attempt == number);
            let begun = begun(done);
            let mut of_attempt = Vec::new();
            for wanted in [Stream::Stdout, Stream::Stderr] {
                if stream.is_some_and(|stream| stream != wanted) {
                    continue;
                }
                let log = done.map(|done| stream_of(done, wanted));
                let folder = format!("tasks/{step}/{task}.{number}.log/{wanted}");
                for (ms, text) in self.stream_lines(&run.key(&folder), log, 0).await?.1 {
                    let at = begun.map(|begun| after(begun, ms));
                    of_attempt.push(LogLine { attempt: number, stream: wanted, at, ms, text });
                }
            }
            of_attempt.sort_by_key(|line| line.ms);
            lines.append(&mut of_attempt);
        }
        Ok(lines)
    }

    /// Sums up the output that an attempt left whose scheduler died before it could, and tells
    /// when its last line came, if the attempt's start is known. A stream that can't be read
    /// counts as empty.
    pub async fn output_left(
        &self,
        run: &RunKey,
        attempt: &AttemptKey,
        started_at: Option<&str>,
    ) -> Result<(Logs, Option<String>)> {
        let mut logs = Logs::default();
        let mut last = None;
        for stream in [Stream::Stdout, Stream::Stderr] {
            let folder = run.key(&format!("tasks/{attempt}.log/{stream}"));
            let (segments, lines) = match self.stream_lines(&folder, None, 0).await {
                // Half a segment must not keep the run from going on.
                Err(Error::Undecodable { .. }) => continue,
                read => read?,
            };
            last = last.max(lines.last().map(|(ms, _)| *ms));
            let log = match stream {
                Stream::Stdout => &mut logs.stdout,
                Stream::Stderr => &mut logs.stderr,
            };
            log.segments = segments;
            log.bytes = lines.iter().map(|(_, text)| text.len() as u64).sum();
            log.lines = lines.iter().filter(|(_, text)| text.ends_with('\n')).count() as u64;
        }
        let begun: Option<Timestamp> = started_at.and_then(|at| at.parse().ok());
        Ok((logs, begun.zip(last).map(|(begun, ms)| after(begun, ms))))
    }

    /// Reads a stream's lines from a segment on, and tells how many segments are read then.
    async fn stream_lines(
        &self,
        folder: &str,
        log: Option<&StreamLog>,
        from: u32,
    ) -> Result<(u32, Vec<Line>)> {
        let mut lines = Vec::new();
        let segments = log.map_or(u32::MAX, |log| log.segments);
        let mut read = from;
        for seq in from..segments {
            let key = format!("{folder}/{seq:06}");
            match self.get(&key).await? {
                Some(body) => lines.append(&mut decode_segment(&key, &body)?),
                None => break,
            }
            read = seq + 1;
        }
        if let Some(log) = log {
            lines.extend(log.inline.iter().cloned());
        }
        Ok((read, lines))
    }
}

fn stream_of(done: &TaskDone, stream: Stream) -> &StreamLog {
    match stream {
        Stream::Stdout => &done.logs.stdout,
        Stream::Stderr => &done.logs.stderr,
    }
}

fn begun(done: Option<&TaskDone>) -> Option<Timestamp> {
    done?.started_at.as_ref()?.parse().ok()
}

fn after(begun: Timestamp, ms: u64) -> String {
    let ms = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
    time::rfc3339(begun.saturating_add(ms).unwrap_or(Timestamp::MAX))
}
