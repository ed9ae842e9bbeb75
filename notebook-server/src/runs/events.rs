//! What happens, as it happens: Server-Sent Events of a run, and of all runs.
//!
//! Each browser has its own place in the run's journal and takes what changed since then at
//! its own pace: a slow one is told less often, and always the latest.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use flownote_flow::id::{StepName, TaskId};
use flownote_store::client::{LogCursor, LogLine, Status};
use flownote_store::{Error, RunKey};
use futures::Stream;
use serde::Serialize;
use tokio::sync::mpsc;

use super::printed::Rows;
use super::{Question, detail};
use crate::api::{LogEvent, LogRow, RunEvent, TaskEvent};
use crate::state::App;

/// How often it is looked what is new.
const BEAT: Duration = Duration::from_millis(250);
/// How often the list of all runs is looked at, and a run whose owner is gone.
const SLOW_BEAT: Duration = Duration::from_secs(1);
/// Events that a browser may be behind.
const BEHIND: usize = 64;
/// Runs whose changes `GET api/events` tells.
const NEWEST: usize = 100;

type Sender = mpsc::Sender<Event>;

/// The browser is gone, or the store failed: the stream ends.
struct Over;

impl From<Error> for Over {
    fn from(_: Error) -> Self {
        // The browser comes again, and is told what is wrong by what it asks then.
        Self
    }
}

/// The events of one run, with the lines of one task when asked for.
pub fn of_run(
    app: App,
    key: RunKey,
    log: Option<(StepName, TaskId)>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    stream(app.clone(), async move |sender| {
        let log = log.map(Follow::new);
        let mut follower = Follower { app: &app, key: &key, seen: None, told: None, log };
        while let Some(pause) = follower.beat(&sender).await? {
            tokio::time::sleep(pause).await;
        }
        send(&sender, "end", &serde_json::json!({})).await
    })
}

struct Follower<'a> {
    app: &'a App,
    key: &'a RunKey,
    /// How far in the journal.
    seen: Option<usize>,
    /// How the run stood.
    told: Option<Status>,
    log: Option<Follow>,
}

impl Follower<'_> {
    /// Sends what is new; returns how long to wait for more, unless the run is over.
    async fn beat(&mut self, sender: &Sender) -> Result<Option<Duration>, Over> {
        let runs = &self.app.runs;
        let shelf = runs.shelf.current(runs.store(), self.key).await?;
        let (changed, run, status, is_over) = {
            let tasks = shelf.read().await;
            let now = tasks.now();
            let since = self.seen.replace(now).unwrap_or(now);
            let changed: Vec<TaskEvent> = tasks
                .changed(since)
                .into_iter()
                .map(|(index, task)| TaskEvent { task: task.clone(), index: index as u64 })
                .collect();
            let (status, is_over) = (tasks.standing().0, tasks.is_final());
            let turned = self.told.replace(status) != Some(status);
            let run = if turned || is_over || !changed.is_empty() {
                let row = runs.row_with(self.key, &tasks).await?;
                Some(RunEvent { row, steps: detail::steps(&tasks) })
            } else {
                None
            };
            (changed, run, status, is_over)
        };
        for event in &changed {
            send(sender, "task", event).await?;
        }
        if let Some(log) = &mut self.log {
            log.beat(self.app, self.key, sender).await?;
        }
        if let Some(run) = &run {
            send(sender, "run", run).await?;
        }
        // One whose owner is gone may be taken up again, but nobody waits for that.
        let pause = if status == Status::Interrupted { SLOW_BEAT } else { BEAT };
        Ok((!is_over).then_some(pause))
    }
}

/// The output of a task that is followed.
struct Follow {
    step: StepName,
    task: TaskId,
    cursor: LogCursor,
    rows: Rows,
}

impl Follow {
    fn new((step, task): (StepName, TaskId)) -> Self {
        Self { step, task, cursor: LogCursor::default(), rows: Rows::default() }
    }

    async fn beat(&mut self, app: &App, key: &RunKey, sender: &Sender) -> Result<(), Over> {
        let store = app.runs.store();
        let new: Vec<LogLine> =
            store.log_since(key, &self.step, &self.task, &mut self.cursor).await?;
        let mut changed: Vec<usize> = new.into_iter().map(|line| self.rows.push(line)).collect();
        changed.sort_unstable();
        changed.dedup();
        for some in changed.chunks(1_000) {
            let lines: Vec<LogRow> = some.iter().map(|at| self.rows.rows[*at].clone()).collect();
            let (step, task) = (self.step.to_string(), self.task.to_string());
            send(sender, "log", &LogEvent { step, task, lines }).await?;
        }
        Ok(())
    }
}

/// Every run that begins, goes on or ends.
pub fn of_all(app: App) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    stream(app.clone(), async move |sender| {
        let newest = Question { limit: NEWEST, ..Question::default() };
        let mut told: HashMap<String, crate::api::RunRow> = HashMap::new();
        let mut is_first = true;
        loop {
            let mut found = app.runs.find(&newest).await?;
            found.truncate(NEWEST);
            let mut now = HashMap::new();
            for run in found {
                let name = run.key.to_string();
                let row = match told.remove(&name) {
                    // What is over is as it was, but for its tags.
                    Some(known) if known.finished_at.is_some() => {
                        crate::api::RunRow { tags: run.tags, ..known.clone() }
                    }
                    before => {
                        let row = app.runs.row(run).await?;
                        let same = before.is_some_and(|before| {
                            crate::api::RunRow { elapsed_ms: row.elapsed_ms, ..before } == row
                        });
                        if !same && !is_first {
                            send(&sender, "run", &RunEvent { row: row.clone(), steps: Vec::new() })
                                .await?;
                        }
                        row
                    }
                };
                now.insert(name, row);
            }
            if is_first {
                send(&sender, "ready", &serde_json::json!({})).await?;
            }
            (told, is_first) = (now, false);
            tokio::time::sleep(SLOW_BEAT).await;
        }
    })
}

async fn send(sender: &Sender, name: &str, data: &impl Serialize) -> Result<(), Over> {
    let event = Event::default().event(name).json_data(data).map_err(|_| Over)?;
    sender.send(event).await.map_err(|_| Over)
}

/// A stream that a task of its own fills, until it is done, the browser goes or the server
/// ends.
fn stream<F>(
    app: App,
    fill: impl FnOnce(Sender) -> F,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>>
where
    F: Future<Output = Result<(), Over>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(BEHIND);
    let filling = fill(sender);
    let mut closing = app.closing.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = filling => {}
            _ = closing.wait_for(|closing| *closing) => {}
        }
    });
    let events = futures::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|event| (Ok(event), receiver))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
