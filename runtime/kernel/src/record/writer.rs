//! Writes a session's run: its record, its log, the `done` objects.

use std::collections::HashMap;

use flownote_flow::event::{AttemptResult, RunEvent, RunStatus};
use flownote_flow::manifest::{ArtifactRecord, FailureKind, Logs, Next, Outcome, SCHEMA, TaskDone};
use flownote_flow::run::{LogBatch, RunRecord};
use flownote_notebook::Document;
use flownote_store::{Alive, Appended, RunKey, Store, Stream};

use super::done::{attempt_at, attempt_of, done_of, inline, json_record, notebook_done};
use super::{About, EXECUTED, Executed};
use crate::cache;

/// Writes one session's run.
pub(super) struct Writer {
    pub store: Store,
    pub about: About,
    key: RunKey,
    /// What the run is, once that is known.
    record: Option<Box<RunRecord>>,
    begun: bool,
    next: u64,
    /// The batch that is to be the next of the log: the same one, however often it is tried.
    batch: Option<LogBatch>,
    waiting: Vec<RunEvent>,
    touched: u64,
    /// How the newest execution of each cell ended.
    outcomes: HashMap<String, Outcome>,
    lately: cache::Lately,
    /// How the run ended, and when.
    end: Option<(RunStatus, String)>,
}

/// An execution on its way into the datastore: what of it is there isn't written again.
pub(super) struct Writing {
    executed: Box<Executed>,
    done: Option<TaskDone>,
    is_committed: bool,
}

impl Writing {
    pub fn new(executed: Box<Executed>) -> Self {
        Self { executed, done: None, is_committed: false }
    }
}

type Result<T> = std::result::Result<T, flownote_store::Error>;

impl Writer {
    pub fn new(store: Store, about: About) -> Self {
        let key = RunKey::new(about.flow.clone(), about.run.clone());
        Self {
            store,
            about,
            key,
            record: None,
            begun: false,
            next: 0,
            batch: None,
            waiting: Vec::new(),
            touched: 0,
            outcomes: HashMap::new(),
            lately: cache::Lately::default(),
            end: None,
        }
    }

    /// An execution begins.
    pub fn started(&mut self, cell: &str, execution: u64) {
        self.waiting.push(RunEvent::AttemptStarted { attempt: attempt_at(cell, execution) });
    }

    /// Says what the run is, should it begin.
    pub fn describe(&mut self, record: Box<RunRecord>) {
        self.record = Some(record);
    }

    /// A cell was to run and didn't: the run isn't whole unless it runs later.
    pub fn not_run(&mut self, cell: String, outcome: Outcome) {
        self.outcomes.insert(cell, outcome);
    }

    /// Records an execution that ended. To be tried again with the same `writing`.
    pub async fn record(&mut self, writing: &mut Writing) -> Result<()> {
        self.begin().await?;
        let executed = &writing.executed;
        if writing.done.is_none() {
            for (digest, path) in &executed.files {
                self.upload(path, digest).await?;
            }
            let outputs = self.outputs(executed).await?;
            let logs = self.logs(executed).await?;
            writing.done = Some(done_of(&self.about, executed, outputs, logs));
        }
        let Some(done) = &writing.done else { return Ok(()) };
        if !writing.is_committed {
            self.store.commit_done(&self.key, done).await?;
            writing.is_committed = true;
            self.note_end(executed, done);
        }
        self.offer(executed, done).await
    }

    fn note_end(&mut self, executed: &Executed, done: &TaskDone) {
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
    }

    /// Offers a result to the cache, under what it read and under how all was computed; however
    /// quick it was: what runs again mustn't depend on how busy the machine is.
    async fn offer(&mut self, executed: &Executed, done: &TaskDone) -> Result<()> {
        if executed.question.unkeepable.is_none() && executed.is_whole() {
            cache::keep(&self.store, &mut self.lately, executed, done).await?;
        }
        Ok(())
    }

    async fn begin(&mut self) -> Result<()> {
        let Some(record) = self.record.as_ref().filter(|_| !self.begun) else { return Ok(()) };
        self.store.create_run(record).await?;
        self.begun = true;
        let owner = format!("{}@{}:{}", record.user, record.host, record.pid);
        self.waiting.insert(0, RunEvent::Epoch { epoch: 1, owner });
        self.touch().await
    }

    /// A remote store takes a copy of the file's name: interpreters map the file itself.
    async fn upload(&self, path: &std::path::Path, digest: &str) -> Result<()> {
        let copy = path.with_extension("upload");
        // One of an attempt that was cut short.
        let _ = std::fs::remove_file(&copy);
        let linked = std::fs::hard_link(path, &copy);
        linked.map_err(|source| {
            let what = format!("linking {}", path.display());
            flownote_store::Error::Io { what, source }
        })?;
        let published = self.store.publish_blob(&copy, digest).await;
        if published.is_err() {
            let _ = std::fs::remove_file(&copy);
        }
        published
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

    /// Keeps the notebook as it is now, outputs and all, as the artifact [`EXECUTED`] of a
    /// step of that name.
    pub async fn keep_document(&mut self, document: &Document) -> Result<()> {
        if !self.begun {
            return Ok(());
        }
        let mut document = document.clone();
        document.name_kernel();
        let text = flownote_notebook::ipynb::write(&document);
        let digest = self.store.put_blob(text.clone().into()).await?;
        let record =
            ArtifactRecord { codec: "utf8".to_owned(), ..json_record("str", &digest, text.len()) };
        let done = notebook_done(&self.about, record);
        self.store.commit_done(&self.key, &done).await?;
        let attempt = attempt_at(EXECUTED, 0);
        self.waiting.push(RunEvent::AttemptStarted { attempt: attempt.clone() });
        let result = AttemptResult::Ok { next: Next::End };
        self.waiting.push(RunEvent::AttemptFinished { attempt, result });
        Ok(())
    }

    /// Writes the events that wait, once there is a run.
    pub async fn flush(&mut self) -> Result<()> {
        while self.begun && (self.batch.is_some() || !self.waiting.is_empty()) {
            let batch = self.batch.get_or_insert_with(|| LogBatch {
                schema: SCHEMA,
                nonce: flownote_store::time::new_nonce(),
                epoch: 1,
                written_at: flownote_store::time::now(),
                events: std::mem::take(&mut self.waiting),
            });
            match self.store.append_log(&self.key, self.next, batch).await? {
                Appended::Won => {
                    self.next += 1;
                    self.batch = None;
                }
                Appended::Taken => {
                    return Err(flownote_store::Error::Name {
                        name: self.key.to_string(),
                        reason: "another process writes this session's run".to_owned(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Says that the session lives.
    pub async fn touch(&mut self) -> Result<()> {
        if !self.begun {
            return Ok(());
        }
        self.touched += 1;
        self.store.touch_alive(&self.key, &Alive::of_this_process(1, self.touched)).await
    }

    /// Ends the run: well, unless a cell's newest execution failed or was stopped, or it
    /// couldn't run.
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
        if self.end.is_none() {
            self.waiting.push(RunEvent::RunFinished { status });
            self.end = Some((status, flownote_store::time::now()));
        }
        self.flush().await?;
        let Some((status, at)) = &self.end else { return Ok(()) };
        self.store.finish_run(&self.key, *status, at, None).await
    }
}
