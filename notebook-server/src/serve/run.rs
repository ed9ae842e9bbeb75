//! A run of the flow `Serve` that is open: tables become artifacts of its tasks, and its log says
//! so, as of any other run.

use std::collections::BTreeMap;

use flownote_flow::description::{FlowDescription, StepDescription};
use flownote_flow::event::{AttemptResult, Policy, RunEvent, RunStatus};
use flownote_flow::id::{AttemptKey, StepName, TaskKey};
use flownote_flow::manifest::{
    ArtifactRecord, Logs, Next, Outcome, SCHEMA, TaskDone, TaskManifest,
};
use flownote_flow::run::{LogBatch, RunRecord};
use flownote_store::serve_log::{FILE, FLOW};
use flownote_store::time::{new_nonce, new_run_id, now};
use flownote_store::{Alive, Appended, Committed, RunKey, Store, TaskCounts};
use serde_json::json;

use super::error::Unservable;
use super::rows::{Decision, Row, Table, Told};

/// The artifact of their tasks.
const ROWS: &str = "rows";

/// A run has so many tasks at most; then the next begins.
const TASKS: u32 = 2_000;

/// A run that is open.
pub struct Run {
    store: Store,
    key: RunKey,
    user: String,
    next: u64,
    /// What the log doesn't say yet.
    events: Vec<RunEvent>,
    /// What may be in the log: an answer of the store was lost. It is told again as it was, so
    /// that the store knows it.
    pending: Option<LogBatch>,
    tasks: BTreeMap<&'static str, u32>,
    touched: u64,
    /// Whether its end is among the events.
    is_ended: bool,
}

impl Run {
    /// Begins a run.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin(store: &Store, user: &str, command: &[String]) -> Result<Self, Unservable> {
        let Alive { host, pid, process_start, .. } = Alive::of_this_process(1, 0);
        let record = RunRecord {
            schema: SCHEMA,
            flow: FLOW.into(),
            run: new_run_id(),
            nonce: new_nonce(),
            created_at: now(),
            user: user.to_owned(),
            host,
            pid,
            process_start,
            description: description(),
            parameters: BTreeMap::default(),
            constants: BTreeMap::default(),
            sources: BTreeMap::default(),
            environment: json!({}),
            tags: Vec::new(),
            system_tags: vec![format!("user:{user}")],
            policy: Policy { max_workers: 1, ..Policy::default() },
            command: command.to_vec(),
            origin: None,
        };
        let key = RunKey::new(record.flow.clone(), record.run.clone());
        store.create_run(&record).await?;
        let owner = format!("{}@{}:{}", record.user, record.host, record.pid);
        let mut run = Self {
            store: store.clone(),
            key,
            user: record.user,
            next: 0,
            events: vec![RunEvent::Epoch { epoch: 1, owner }],
            pending: None,
            tasks: BTreeMap::new(),
            touched: 0,
            is_ended: false,
        };
        run.touch().await?;
        Ok(run)
    }

    /// Its name.
    pub fn key(&self) -> &RunKey {
        &self.key
    }

    /// Whether the next table belongs into another run.
    pub fn is_over(&self) -> bool {
        self.is_ended || self.tasks.values().sum::<u32>() >= TASKS
    }

    /// Keeps a table as the next task of a step. Returns whether the run is still this writer's.
    ///
    /// # Errors
    /// When the store fails. The table may be there all the same, so rows may be written twice.
    pub async fn write(
        &mut self,
        step: &'static str,
        table: Table,
    ) -> Result<Appended, Unservable> {
        let record = record_of(&self.store, table).await?;
        loop {
            let number = self.tasks.get(step).copied().unwrap_or_default();
            self.tasks.insert(step, number + 1);
            let task = TaskKey::new(StepName::new(step), &[number]);
            let attempt = AttemptKey { task, attempt: 0 };
            let done = self.done(&attempt, record.clone());
            let committed = self.store.commit_done(&self.key, &done).await?;
            self.events.push(RunEvent::AttemptStarted { attempt: attempt.clone() });
            let result = AttemptResult::Ok { next: Next::End };
            self.events.push(RunEvent::AttemptFinished { attempt, result });
            // One that failed before may have been written all the same: with fewer rows.
            if committed == Committed::Won {
                break;
            }
        }
        // The rows are kept: what the log doesn't say now it says with the next.
        Ok(self.append().await.unwrap_or(Appended::Won))
    }

    fn done(&self, attempt: &AttemptKey, rows: ArtifactRecord) -> TaskDone {
        let at = now();
        let artifacts = BTreeMap::from([(ROWS.to_owned(), rows)]);
        TaskDone {
            schema: SCHEMA,
            flow: self.key.flow.clone(),
            run: self.key.run.clone(),
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

    /// Appends what the log doesn't say yet.
    async fn append(&mut self) -> Result<Appended, Unservable> {
        while self.pending.is_some() || !self.events.is_empty() {
            let events = &mut self.events;
            let batch = self.pending.get_or_insert_with(|| LogBatch {
                schema: SCHEMA,
                nonce: new_nonce(),
                epoch: 1,
                written_at: now(),
                events: std::mem::take(events),
            });
            match self.store.append_log(&self.key, self.next, batch).await? {
                Appended::Won => (self.next, self.pending) = (self.next + 1, None),
                Appended::Taken => return Ok(Appended::Taken),
            }
        }
        Ok(Appended::Won)
    }

    /// Says that it is still written.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn touch(&mut self) -> Result<(), Unservable> {
        self.touched += 1;
        let alive = Alive::of_this_process(1, self.touched);
        Ok(self.store.touch_alive(&self.key, &alive).await?)
    }

    /// Ends it, unless it is no longer this writer's.
    ///
    /// # Errors
    /// When the store fails: then it can be ended again.
    pub async fn end(&mut self) -> Result<(), Unservable> {
        let status = RunStatus::Succeeded;
        if !std::mem::replace(&mut self.is_ended, true) {
            self.events.push(RunEvent::RunFinished { status });
        }
        if self.append().await? == Appended::Taken {
            return Ok(());
        }
        let done = self.tasks.values().map(|it| u64::from(*it)).sum();
        let tasks = Some(TaskCounts { done, reused: 0 });
        Ok(self.store.finish_run(&self.key, status, &now(), tasks).await?)
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
        file: FILE.to_owned(),
        line: 0,
        doc: Some(doc.to_owned()),
        language: None,
        arguments: Vec::new(),
        decorators: Vec::new(),
        transitions: Vec::new(),
    };
    FlowDescription {
        name: FLOW.into(),
        file: FILE.to_owned(),
        line: 0,
        doc: Some("What `flownote serve` decided, and what came of it.".to_owned()),
        parameters: Vec::new(),
        steps: vec![
            step(Decision::STEP, "What was shown to whom, and how likely that was."),
            step(Told::STEP, "What members did."),
        ],
        constants: Vec::new(),
        decorators: Vec::new(),
    }
}
