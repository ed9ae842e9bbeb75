//! The log: what was decided and told waits here, and is written in batches, as tasks of a run of
//! the flow `Serve` whose artifact `rows` is a table. So whatever reads runs reads the log.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use flownote_flow::description::{FlowDescription, StepDescription};
use flownote_flow::event::{AttemptResult, Policy, RunEvent, RunStatus};
use flownote_flow::id::{AttemptKey, StepName, TaskKey};
use flownote_flow::manifest::{
    ArtifactRecord, Logs, Next, Outcome, SCHEMA, TaskDone, TaskManifest,
};
use flownote_flow::run::{LogBatch, RunRecord};
use flownote_store::time::{new_nonce, new_run_id, now};
use flownote_store::{Alive, Committed, RunKey, Store, TaskCounts};
use serde_json::json;

use super::error::Unservable;
use super::rows::{self, Decision, Table, Told};

/// The flow whose runs are logs.
pub const FLOW: &str = "Serve";
/// Its steps.
const DECISIONS: &str = "decisions";
const EVENTS: &str = "events";
/// The artifact of their tasks.
const ROWS: &str = "rows";

/// A run has so many tasks at most; then the next begins.
const TASKS: u32 = 2_000;
/// So many rows wait at most, should the store fail; later ones are lost.
const WAITING: usize = 1_000_000;
/// So many rows are worth writing at once.
pub const MANY: usize = 20_000;

/// What isn't written yet.
#[derive(Default)]
struct Rows {
    decisions: Vec<Decision>,
    events: Vec<Told>,
    lost: u64,
}

/// The log.
pub struct Journal {
    store: Store,
    user: String,
    command: Vec<String>,
    waiting: Mutex<Rows>,
    /// One writer at a time.
    run: tokio::sync::Mutex<Option<Run>>,
    /// The run's name, for those who ask while it is written.
    named: Mutex<Option<RunKey>>,
}

/// A run that is open.
struct Run {
    key: RunKey,
    next: u64,
    events: Vec<RunEvent>,
    tasks: BTreeMap<&'static str, u32>,
    touched: u64,
}

impl Journal {
    /// An empty log. A run begins with its first rows.
    pub fn new(store: Store, user: String, command: Vec<String>) -> Self {
        Self {
            store,
            user,
            command,
            waiting: Mutex::default(),
            run: tokio::sync::Mutex::new(None),
            named: Mutex::default(),
        }
    }

    /// Notes an answer. Returns how many rows wait.
    pub fn decided(&self, row: Decision) -> usize {
        let mut rows = self.rows();
        if rows.decisions.len() < WAITING {
            rows.decisions.push(row);
        } else {
            rows.lost += 1;
        }
        rows.decisions.len()
    }

    /// Notes events.
    pub fn told(&self, events: impl IntoIterator<Item = Told>) {
        let mut rows = self.rows();
        for event in events {
            if rows.events.len() < WAITING {
                rows.events.push(event);
            } else {
                rows.lost += 1;
            }
        }
    }

    /// How many rows aren't written, and how many were lost for good.
    pub fn unwritten(&self) -> (usize, u64) {
        let rows = self.rows();
        (rows.decisions.len() + rows.events.len(), rows.lost)
    }

    /// The run that is written.
    pub fn run(&self) -> Option<RunKey> {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// When the store fails: then what waited still waits.
    pub async fn write(&self) -> Result<(), Unservable> {
        let mut run = self.run.lock().await;
        let (decisions, events) = {
            let mut rows = self.rows();
            (std::mem::take(&mut rows.decisions), std::mem::take(&mut rows.events))
        };
        let written = self.write_rows(&mut run, &decisions).await;
        if written.is_err() {
            self.give_back(decisions, events);
            return written;
        }
        let written = self.write_events(&mut run, &events).await;
        if written.is_err() {
            self.give_back(Vec::new(), events);
        }
        written
    }

    async fn write_rows(&self, run: &mut Option<Run>, rows: &[Decision]) -> Result<(), Unservable> {
        match rows.is_empty() {
            true => Ok(()),
            false => self.write_table(run, DECISIONS, rows::decisions(rows)).await,
        }
    }

    async fn write_events(&self, run: &mut Option<Run>, rows: &[Told]) -> Result<(), Unservable> {
        match rows.is_empty() {
            true => Ok(()),
            false => self.write_table(run, EVENTS, rows::events(rows)).await,
        }
    }

    fn give_back(&self, mut decisions: Vec<Decision>, mut events: Vec<Told>) {
        let mut rows = self.rows();
        decisions.append(&mut rows.decisions);
        events.append(&mut rows.events);
        (rows.decisions, rows.events) = (decisions, events);
    }

    async fn write_table(
        &self,
        run: &mut Option<Run>,
        step: &'static str,
        table: Result<Table, arrow::error::ArrowError>,
    ) -> Result<(), Unservable> {
        let table = table.map_err(|_| Unservable::Broken { run: FLOW.to_owned() })?;
        let record = record_of(&self.store, table).await?;
        if run.as_ref().is_some_and(|run| run.tasks.values().sum::<u32>() >= TASKS) {
            self.close(run).await?;
        }
        let open = match run {
            Some(open) => open,
            None => run.insert(self.begin().await?),
        };
        loop {
            let number = open.tasks.get(step).copied().unwrap_or_default();
            open.tasks.insert(step, number + 1);
            let task = TaskKey::new(StepName::new(step), &[number]);
            let attempt = AttemptKey { task, attempt: 0 };
            let done = self.done(open, &attempt, record.clone());
            let committed = self.store.commit_done(&open.key, &done).await?;
            open.events.push(RunEvent::AttemptStarted { attempt: attempt.clone() });
            let result = AttemptResult::Ok { next: Next::End };
            open.events.push(RunEvent::AttemptFinished { attempt, result });
            // One that failed before may have been written all the same: with fewer rows.
            if committed == Committed::Won {
                break;
            }
        }
        // The rows are kept: what the log doesn't say now it says with the next.
        let _ = self.append(open).await;
        Ok(())
    }

    async fn begin(&self) -> Result<Run, Unservable> {
        let Alive { host, pid, process_start, .. } = Alive::of_this_process(1, 0);
        let record = RunRecord {
            schema: SCHEMA,
            flow: FLOW.into(),
            run: new_run_id(),
            nonce: new_nonce(),
            created_at: now(),
            user: self.user.clone(),
            host,
            pid,
            process_start,
            description: description(),
            parameters: BTreeMap::default(),
            constants: BTreeMap::default(),
            sources: BTreeMap::default(),
            environment: json!({}),
            tags: Vec::new(),
            system_tags: vec![format!("user:{}", self.user)],
            policy: Policy { max_workers: 1, ..Policy::default() },
            command: self.command.clone(),
            origin: None,
        };
        let key = RunKey::new(record.flow.clone(), record.run.clone());
        self.store.create_run(&record).await?;
        let owner = format!("{}@{}:{}", record.user, record.host, record.pid);
        let events = vec![RunEvent::Epoch { epoch: 1, owner }];
        let mut run = Run { key: key.clone(), next: 0, events, tasks: BTreeMap::new(), touched: 0 };
        self.touch_run(&mut run).await?;
        *self.named.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
        Ok(run)
    }

    fn done(&self, run: &Run, attempt: &AttemptKey, rows: ArtifactRecord) -> TaskDone {
        let at = now();
        let artifacts = BTreeMap::from([(ROWS.to_owned(), rows)]);
        TaskDone {
            schema: SCHEMA,
            flow: run.key.flow.clone(),
            run: run.key.run.clone(),
            step: attempt.task.step.clone(),
            task: attempt.task.id(),
            attempt: attempt.attempt,
            nonce: new_nonce(),
            outcome: Outcome::Ok,
            started_at: Some(at.clone()),
            finished_at: at,
            user: self.user.clone(),
            host: flownote_store::process::host(),
            pid: std::process::id(),
            usage: Default::default(),
            parents: Vec::new(),
            foreach: Vec::new(),
            manifest: TaskManifest { artifacts, ..TaskManifest::default() },
            failure: None,
            logs: Logs::default(),
            reused: None,
        }
    }

    async fn append(&self, run: &mut Run) -> Result<(), Unservable> {
        if run.events.is_empty() {
            return Ok(());
        }
        let events = run.events.clone();
        let batch =
            LogBatch { schema: SCHEMA, nonce: new_nonce(), epoch: 1, written_at: now(), events };
        self.store.append_log(&run.key, run.next, &batch).await?;
        run.next += 1;
        run.events.clear();
        Ok(())
    }

    /// Says that the log's run is still written.
    pub async fn touch(&self) {
        if let Some(run) = self.run.lock().await.as_mut() {
            // A sign of life that is missed is followed by another.
            let _ = self.touch_run(run).await;
        }
    }

    async fn touch_run(&self, run: &mut Run) -> Result<(), Unservable> {
        run.touched += 1;
        let alive = Alive::of_this_process(1, run.touched);
        Ok(self.store.touch_alive(&run.key, &alive).await?)
    }

    /// Writes what is left, and ends the run.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn finish(&self) -> Result<(), Unservable> {
        self.write().await?;
        self.close(&mut *self.run.lock().await).await
    }

    async fn close(&self, run: &mut Option<Run>) -> Result<(), Unservable> {
        let Some(open) = run else { return Ok(()) };
        let status = RunStatus::Succeeded;
        open.events.push(RunEvent::RunFinished { status });
        self.append(open).await?;
        let done = open.tasks.values().map(|it| u64::from(*it)).sum();
        let tasks = Some(TaskCounts { done, reused: 0 });
        self.store.finish_run(&open.key, status, &now(), tasks).await?;
        *run = None;
        Ok(())
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a table as an artifact that Python, SQL and Rust read.
async fn record_of(store: &Store, table: Table) -> Result<ArtifactRecord, Unservable> {
    let size = table.bytes.len() as u64;
    let digest = store.put_blob(table.bytes.into()).await?;
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
    let rows = if table.rows == 1 { "row" } else { "rows" };
    let preview = format!("{} {rows} × {} columns: {}", table.rows, names.len(), names.join(", "));
    let meta = json!({"rows": table.rows, "width": names.len(), "columns": table.columns});
    Ok(ArtifactRecord {
        codec: "arrow".to_owned(),
        digest,
        size,
        type_name: "pyarrow.Table".to_owned(),
        inline: None,
        inline_base64: None,
        meta: meta.as_object().cloned().unwrap_or_default(),
        preview: Some(preview.chars().take(120).collect()),
    })
}

/// The flow as its runs describe it.
fn description() -> FlowDescription {
    let step = |name: &str, doc: &str| StepDescription {
        name: StepName::new(name),
        file: FLOW.to_lowercase(),
        line: 0,
        doc: Some(doc.to_owned()),
        language: None,
        arguments: Vec::new(),
        decorators: Vec::new(),
        transitions: Vec::new(),
    };
    FlowDescription {
        name: FLOW.into(),
        file: FLOW.to_lowercase(),
        line: 0,
        doc: Some("What `flownote serve` decided, and what came of it.".to_owned()),
        parameters: Vec::new(),
        steps: vec![
            step(DECISIONS, "What was shown to whom, and how likely that was."),
            step(EVENTS, "What members did."),
        ],
        constants: Vec::new(),
        decorators: Vec::new(),
    }
}
