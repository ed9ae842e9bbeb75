//! Writes a session's run: its record, its log, the `done` objects.

use flownote_flow::event::{AttemptResult, RunEvent, RunStatus};
use flownote_flow::manifest::{ArtifactRecord, FailureKind, Logs, Next, Outcome, SCHEMA, TaskDone};
use flownote_flow::run::LogBatch;
use flownote_notebook::Document;
use flownote_store::{Alive, Appended, RunKey, Store, Stream};

use super::done::{attempt_at, attempt_of, done_of, inline, json_record, notebook_done};
use super::{About, Executed, NOTEBOOK};
use crate::cache;

/// A result that defines nothing is kept for others when it took at least so long.
const WORTH_MS: u64 = 5;

/// Writes one session's run.
pub(super) struct Writer {
    pub store: Store,
    pub about: About,
    key: RunKey,
    begun: bool,
    next: u64,
    waiting: Vec<RunEvent>,
    touched: u64,
    /// How the newest execution of each cell ended.
    outcomes: std::collections::HashMap<String, Outcome>,
}

type Result<T> = std::result::Result<T, flownote_store::Error>;

impl Writer {
    pub fn new(store: Store, about: About) -> Self {
        let key = RunKey::new(about.flow.clone(), about.run.clone());
        Self {
            store,
            about,
            key,
            begun: false,
            next: 0,
            waiting: Vec::new(),
            touched: 0,
            outcomes: Default::default(),
        }
    }

    /// An execution begins.
    pub fn started(&mut self, cell: &str, execution: u64) {
        self.waiting.push(RunEvent::AttemptStarted { attempt: attempt_at(cell, execution) });
    }

    /// Records an execution that ended.
    pub async fn record(&mut self, document: &Document, executed: &Executed) -> Result<()> {
        self.begin(document, executed).await?;
        for (digest, path) in &executed.files {
            self.upload(path, digest).await?;
        }
        let outputs = self.outputs(executed).await?;
        let logs = self.logs(executed).await?;
        let done = done_of(&self.about, executed, outputs, logs);
        self.store.commit_done(&self.key, &done).await?;
        let attempt = attempt_of(executed);
        let result = match done.outcome {
            Outcome::Ok => AttemptResult::Ok { next: Next::End },
            Outcome::Cancelled => AttemptResult::Cancelled,
            Outcome::Failed | Outcome::Lost => AttemptResult::Failed {
                kind: done.failure.as_ref().map_or(FailureKind::Exception, |it| it.kind),
                retryable: false,
            },
        };
        self.waiting.push(RunEvent::AttemptFinished { attempt, result });
        self.outcomes.insert(done.step.to_string(), done.outcome);
        self.offer(executed, &done).await
    }

    /// Offers a result to the cache, under what it read and under how all was computed.
    async fn offer(&self, executed: &Executed, done: &TaskDone) -> Result<()> {
        // `1 + 1` is sooner computed than looked for.
        let worth = !executed.defined.is_empty() || executed.elapsed_ms >= WORTH_MS;
        if worth && executed.question.unkeepable.is_none() && executed.is_whole() {
            cache::keep(&self.store, executed, done).await?;
        }
        Ok(())
    }

    async fn begin(&mut self, document: &Document, executed: &Executed) -> Result<()> {
        if self.begun {
            return Ok(());
        }
        let record = self.about.record(document, executed);
        self.store.create_run(&record).await?;
        self.begun = true;
        let owner = format!("{}@{}:{}", record.user, record.host, record.pid);
        self.waiting.insert(0, RunEvent::Epoch { epoch: 1, owner });
        self.touch().await
    }

    /// A remote store takes a copy of the file's name: interpreters map the file itself.
    async fn upload(&self, path: &std::path::Path, digest: &str) -> Result<()> {
        let copy = path.with_extension("upload");
        let linked = std::fs::hard_link(path, &copy);
        linked.map_err(|source| {
            let what = format!("linking {}", path.display());
            flownote_store::Error::Io { what, source }
        })?;
        self.store.publish_blob(&copy, digest).await
    }

    async fn outputs(&self, executed: &Executed) -> Result<ArtifactRecord> {
        let text = serde_json::to_string(&executed.outputs).unwrap_or_else(|_| "[]".to_owned());
        let digest = blake3::hash(text.as_bytes()).to_hex();
        let type_name = "flownote.Outputs";
        if let Some(record) = inline(type_name, &digest, &text) {
            return Ok(record);
        }
        let length = text.len();
        let digest = self.store.put_blob(text.into()).await?;
        Ok(json_record(type_name, &digest, length))
    }

    async fn logs(&self, executed: &Executed) -> Result<Logs> {
        let mut logs = Logs::default();
        for stream in [Stream::Stdout, Stream::Stderr] {
            let (log, segment) = executed.lines.of(stream);
            if let Some(segment) = segment {
                let attempt = attempt_of(executed);
                self.store.put_log_segment(&self.key, &attempt, stream, 0, segment).await?;
            }
            match stream {
                Stream::Stdout => logs.stdout = log,
                Stream::Stderr => logs.stderr = log,
            }
        }
        Ok(logs)
    }

    /// Keeps the notebook as it is now, outputs and all, as the artifact [`NOTEBOOK`] of a
    /// step of that name.
    pub async fn keep_document(&mut self, document: &Document) -> Result<()> {
        if !self.begun {
            return Ok(());
        }
        let text = flownote_notebook::ipynb::write(document);
        let digest = self.store.put_blob(text.clone().into()).await?;
        let record =
            ArtifactRecord { codec: "utf8".to_owned(), ..json_record("str", &digest, text.len()) };
        let done = notebook_done(&self.about, record);
        self.store.commit_done(&self.key, &done).await?;
        let attempt = attempt_at(NOTEBOOK, 0);
        self.waiting.push(RunEvent::AttemptStarted { attempt: attempt.clone() });
        let result = AttemptResult::Ok { next: Next::End };
        self.waiting.push(RunEvent::AttemptFinished { attempt, result });
        Ok(())
    }

    /// Writes the events that wait, once there is a run.
    pub async fn flush(&mut self) -> Result<()> {
        if !self.begun || self.waiting.is_empty() {
            return Ok(());
        }
        let batch = LogBatch {
            schema: SCHEMA,
            nonce: flownote_store::time::new_nonce(),
            epoch: 1,
            written_at: flownote_store::time::now(),
            events: self.waiting.clone(),
        };
        match self.store.append_log(&self.key, self.next, &batch).await? {
            Appended::Won => {
                self.next += 1;
                self.waiting.clear();
                Ok(())
            }
            Appended::Taken => Err(flownote_store::Error::Name {
                name: self.key.to_string(),
                reason: "another process writes this session's run".to_owned(),
            }),
        }
    }

    /// Says that the session lives.
    pub async fn touch(&mut self) -> Result<()> {
        if !self.begun {
            return Ok(());
        }
        self.touched += 1;
        self.store.touch_alive(&self.key, &Alive::of_this_process(1, self.touched)).await
    }

    /// Ends the run: well, unless a cell's newest execution failed or was stopped.
    pub async fn finish(&mut self) -> Result<()> {
        if !self.begun {
            return Ok(());
        }
        let any = |outcome| self.outcomes.values().any(|it| *it == outcome);
        let status = if any(Outcome::Failed) {
            RunStatus::Failed
        } else if any(Outcome::Cancelled) {
            RunStatus::Cancelled
        } else {
            RunStatus::Succeeded
        };
        self.waiting.push(RunEvent::RunFinished { status });
        self.flush().await?;
        self.store.finish_run(&self.key, status, &flownote_store::time::now(), None).await
    }
}
