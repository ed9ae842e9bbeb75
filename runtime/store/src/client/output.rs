//! What tasks printed: both streams of an attempt as one, in the order of time.

use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::StreamLog;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::keys::{RunKey, Stream};
use crate::lines::{Line, decode_segment};
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

impl Store {
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
            let begun: Option<Timestamp> =
                done.and_then(|done| done.started_at.as_ref()?.parse().ok());
            let mut of_attempt = Vec::new();
            for wanted in [Stream::Stdout, Stream::Stderr] {
                if stream.is_some_and(|stream| stream != wanted) {
                    continue;
                }
                let log = done.map(|done| match wanted {
                    Stream::Stdout => &done.logs.stdout,
                    Stream::Stderr => &done.logs.stderr,
                });
                let folder = format!("tasks/{step}/{task}.{number}.log/{wanted}");
                for (ms, text) in self.stream_lines(&run.key(&folder), log).await? {
                    let at = begun.map(|begun| after(begun, ms));
                    of_attempt.push(LogLine { attempt: number, stream: wanted, at, ms, text });
                }
            }
            of_attempt.sort_by_key(|line| line.ms);
            lines.append(&mut of_attempt);
        }
        Ok(lines)
    }

    async fn stream_lines(&self, folder: &str, log: Option<&StreamLog>) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        let segments = log.map_or(u32::MAX, |log| log.segments);
        for seq in 0..segments {
            let key = format!("{folder}/{seq:06}");
            match self.get(&key).await? {
                Some(body) => lines.append(&mut decode_segment(&key, &body)?),
                None => break,
            }
        }
        if let Some(log) = log {
            lines.extend(log.inline.iter().cloned());
        }
        Ok(lines)
    }
}

fn after(begun: Timestamp, ms: u64) -> String {
    let ms = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
    time::rfc3339(begun.saturating_add(ms).unwrap_or(Timestamp::MAX))
}
