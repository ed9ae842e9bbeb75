//! The output of a task, page by page, searched.

use flownote_flow::id::{StepName, TaskId};
use flownote_store::client::TaskStatus;
use flownote_store::{RunKey, Stream};

use super::Runs;
use crate::answer::Failure;
use crate::api::{LogPage, LogRow};
use crate::query::Asked;

/// So many lines are given when nobody says how many.
const USUAL: u64 = 1_000;
/// And so many at most.
const MOST: u64 = 20_000;

/// Which lines are asked for.
pub struct Wanted {
    stream: Option<Stream>,
    attempt: Option<u64>,
    from: u64,
    limit: u64,
    text: Option<String>,
    /// Whether the last `limit` lines are meant, and not those from `from` on.
    last: bool,
}

impl Wanted {
    /// Reads a query.
    pub fn of(asked: &Asked) -> Result<Self, Failure> {
        let stream = match asked.one("stream") {
            None | Some("both") => None,
            Some("stdout") => Some(Stream::Stdout),
            Some("stderr") => Some(Stream::Stderr),
            Some(other) => {
                let hint = "there are stdout, stderr and both";
                return Err(Failure::wrong(format!("there is no stream `{other}`"), hint));
            }
        };
        Ok(Self {
            stream,
            attempt: asked.number("attempt")?,
            from: asked.number("from")?.unwrap_or(0),
            limit: asked.number("limit")?.unwrap_or(USUAL).clamp(1, MOST),
            text: asked.one("text").map(str::to_lowercase),
            last: asked.one("last").is_some(),
        })
    }

    fn is_printed(&self, row: &LogRow) -> bool {
        self.stream.is_none_or(|stream| row.stream == stream.to_string())
            && self.attempt.is_none_or(|attempt| u64::from(row.attempt) == attempt)
    }

    fn is_found(&self, row: &LogRow) -> bool {
        self.text.as_ref().is_none_or(|text| row.text.to_lowercase().contains(text))
    }
}

impl Runs {
    /// Reads a page of a task's output.
    pub async fn logs(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
        wanted: &Wanted,
    ) -> Result<LogPage, Failure> {
        let found = self.store().task(run, step, task).await?;
        let is_over = !matches!(found.status, TaskStatus::Running | TaskStatus::Failed)
            || self.store().run_status(run).await?.1.is_some();
        // What was cut off may be gone on with.
        let is_kept =
            is_over && !matches!(found.status, TaskStatus::Interrupted | TaskStatus::Lost);
        let rows = self.printed.of(self.store(), run, step, task, is_kept).await?;
        let printed = rows.rows.iter().filter(|row| wanted.is_printed(row)).zip(0..);
        let numbered = printed.map(|(row, number)| LogRow { number, ..row.clone() });
        let fitting: Vec<LogRow> = numbered.filter(|row| wanted.is_found(row)).collect();
        let total = fitting.len() as u64;
        let from = if wanted.last { total.saturating_sub(wanted.limit) } else { wanted.from };
        let at = usize::try_from(from).unwrap_or(usize::MAX);
        let limit = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
        let lines: Vec<LogRow> = fitting.into_iter().skip(at).take(limit).collect();
        let next = from.min(total) + lines.len() as u64;
        let next = (next < total || !is_over).then_some(next);
        Ok(LogPage { lines, next, total, cut_bytes: self.cut(run, step, task, wanted).await? })
    }

    async fn cut(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
        wanted: &Wanted,
    ) -> Result<u64, Failure> {
        let dones = self.store().attempts(run, step, task).await?;
        let asked = dones
            .iter()
            .filter(|done| wanted.attempt.is_none_or(|it| it == u64::from(done.attempt)));
        let cut = asked.map(|done| match wanted.stream {
            Some(Stream::Stdout) => done.logs.stdout.cut_bytes,
            Some(Stream::Stderr) => done.logs.stderr.cut_bytes,
            None => done.logs.stdout.cut_bytes + done.logs.stderr.cut_bytes,
        });
        Ok(cut.sum())
    }

    /// Everything that a task printed, or one stream or attempt of it, as it was.
    pub async fn whole_log(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
        wanted: &Wanted,
    ) -> Result<String, Failure> {
        self.store().task(run, step, task).await?;
        let rows = self.printed.of(self.store(), run, step, task, false).await?;
        let mut text = String::new();
        for row in rows.rows.iter().filter(|row| wanted.is_printed(row)) {
            text.push_str(&row.text);
            text.push('\n');
        }
        Ok(text)
    }
}
