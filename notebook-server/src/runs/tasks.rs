//! The tasks of one run as rows, in the order of the graph, kept current from its log.
//!
//! The first look reads every result, or of a long run its log, and the results then; later
//! looks read what the log has since then, so that a live run of thousands of tasks costs
//! what changes. A journal says what changed when:
//! each browser has its own place in it, and a slow one misses nothing but the middle.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

use flownote_flow::event::RunEvent;
use flownote_flow::graph::FlowGraph;
use flownote_flow::id::{AttemptKey, StepName, TaskId, TaskKey};
use flownote_flow::manifest::{Next, TaskDone};
use flownote_flow::run::RunRecord;
use flownote_store::client::{Status, Task};
use flownote_store::{Error, RunKey, Store};

use super::cells::Cells;
use super::damage::{is_damage, results};
use super::kept::Kept;
use super::sketch::MANY;
use super::wires::Wires;
use super::{ended, items, task_row};
use crate::api::{Tally, TaskRow, TaskState};

/// The tasks of one run.
pub struct Tasks {
    pub(super) key: RunKey,
    record: RunRecord,
    pub(super) graph: Option<FlowGraph>,
    pub(super) standing: (Status, Option<String>),
    pub(super) steps: Vec<Step>,
    by_name: HashMap<StepName, usize>,
    pub(super) next_batch: u64,
    pub(super) journal: Vec<TaskKey>,
    /// Tasks whose results aren't read yet, with how many attempts the log has of each.
    pub(super) unread: BTreeMap<TaskKey, u32>,
    /// What its steps are called, when they are cells.
    cells: Option<Cells>,
    /// What its cells read and made.
    pub(super) wires: Wires,
    pub(super) looked: Instant,
}

/// The tasks of one step, by their places.
pub struct Step {
    /// The step.
    pub name: StepName,
    /// Its tasks, by their foreach indices.
    pub rows: Vec<TaskRow>,
    pub(super) keys: Vec<TaskKey>,
}

impl Tasks {
    /// Reads the tasks of a run: all that is known of them, or of a long run what its log
    /// says, with the rest [`unread`](Self::unread).
    pub async fn read(store: &Store, key: &RunKey, kept: &Kept) -> Result<Self, Error> {
        let mut record = store.run_record(key).await?;
        let cells = Cells::of(&record);
        // The texts of the sources are large, and asked for elsewhere.
        record.sources.clear();
        record.constants.clear();
        let graph = FlowGraph::new(&record.description).ok();
        let mut tasks = Self {
            key: key.clone(),
            graph,
            standing: (Status::Running, None),
            steps: Vec::new(),
            by_name: HashMap::new(),
            next_batch: 0,
            journal: Vec::new(),
            unread: BTreeMap::new(),
            cells,
            wires: Wires::new(),
            looked: Instant::now(),
            record,
        };
        for name in tasks.order() {
            tasks.step_mut(&name);
        }
        tasks.standing = store.run_status(key).await?;
        if tasks.is_final()
            && let Some(steps) = kept.load(key, &tasks.record.nonce).await
        {
            tasks.take(steps);
            return Ok(tasks);
        }
        let log = store.read_log(key, 0).await?;
        if tasks.is_long(&log) {
            tasks.draw(store, log).await?;
            return Ok(tasks);
        }
        match tasks.read_all(store).await {
            Ok(()) if tasks.has_all(&log) => {}
            Err(error) if !is_damage(&error) => return Err(error),
            _ => tasks.read_apart(store, log).await?,
        }
        Ok(tasks)
    }

    /// Takes over rows that were kept.
    fn take(&mut self, steps: Vec<(String, Vec<TaskRow>)>) {
        for (name, rows) in steps {
            let name = StepName::new(name);
            let depth = self.depth(&name);
            let key = |row: &TaskRow| task_row::key_of(&name, &TaskId::new(&*row.task), depth);
            let keys = rows.iter().map(key).collect();
            let step = self.step_mut(&name);
            (step.rows, step.keys) = (rows, keys);
        }
    }

    /// The rows as they are kept, of a long run that is over and read whole.
    pub fn to_keep(&self) -> Option<Vec<(String, Vec<TaskRow>)>> {
        let is_read = self.unread.is_empty() && self.damaged().next().is_none();
        let is_whole = self.is_final() && is_read && self.weight() >= MANY;
        let rows = |step: &Step| (step.name.to_string(), step.rows.clone());
        is_whole.then(|| self.steps.iter().map(rows).collect())
    }

    /// How the run stands, and when it ended.
    pub fn standing(&self) -> (Status, Option<String>) {
        self.standing.clone()
    }

    /// Whether nothing can change any more.
    pub fn is_final(&self) -> bool {
        self.standing.1.is_some()
    }

    /// The run's record, sources and constants left out.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// What a step is called, when it is a cell.
    pub fn cell_name(&self, step: &StepName) -> Option<String> {
        self.cells.as_ref().map(|cells| cells.name(step))
    }

    /// Where a cell stands in its notebook.
    pub fn cell_place(&self, step: &StepName) -> usize {
        self.cells.as_ref().map_or(usize::MAX, |cells| cells.place(step))
    }

    /// The flow's graph; a notebook has none.
    pub fn graph(&self) -> Option<&FlowGraph> {
        self.graph.as_ref()
    }

    /// Its steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// One step.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.by_name.get(&StepName::new(name)).map(|at| &self.steps[*at])
    }

    /// The rows of a step, or of all of them.
    pub fn rows<'a>(
        &'a self,
        step: Option<&str>,
    ) -> Box<dyn Iterator<Item = &'a TaskRow> + Send + 'a> {
        match step {
            Some(name) => Box::new(self.step(name).into_iter().flat_map(|step| &step.rows)),
            None => Box::new(self.steps.iter().flat_map(|step| &step.rows)),
        }
    }

    /// A task, and its place within its step.
    pub fn task(&self, step: &str, task: &str) -> Option<(usize, &TaskRow)> {
        let key = self.key_of(step, task)?;
        let step = &self.steps[*self.by_name.get(&key.step)?];
        let at = step.place(&key).ok()?;
        Some((at, &step.rows[at]))
    }

    /// The key of a task, if its step is known.
    pub(super) fn key_of(&self, step: &str, task: &str) -> Option<TaskKey> {
        let name = StepName::new(step);
        self.by_name.get(&name)?;
        Some(task_row::key_of(&name, &TaskId::new(task), self.depth(&name)))
    }

    /// The numbers of a step, or of the run.
    pub fn tally(&self, step: Option<&str>) -> Tally {
        let mut tally = Tally::default();
        let mut total = 0;
        for row in self.rows(step) {
            tally.add(row.status);
            total += 1;
        }
        Tally { total: Some(total), ..tally }
    }

    /// The tasks that failed: what ended the run first, what was cut off last.
    pub fn failures(&self) -> Vec<&TaskRow> {
        let failed = self.rows(None).filter(|row| row.status == TaskState::Failed);
        let mut failed: Vec<&TaskRow> = failed.collect();
        failed.sort_by_key(|row| (row.cut_off, row.finished_at.as_deref()));
        failed
    }

    /// The first task that failed for good.
    pub fn failed_at(&self) -> Option<String> {
        self.failures().first().map(|row| row.label.clone())
    }

    /// Where the journal ends now.
    pub fn now(&self) -> usize {
        self.journal.len()
    }

    /// The tasks that changed since a place in the journal, each once.
    pub fn changed(&self, since: usize) -> Vec<(usize, &TaskRow)> {
        let keys: BTreeSet<&TaskKey> = self.journal.iter().skip(since).collect();
        let found = keys.into_iter().filter_map(|key| {
            let step = &self.steps[*self.by_name.get(&key.step)?];
            let at = step.place(key).ok()?;
            Some((at, &step.rows[at]))
        });
        found.collect()
    }

    /// How many rows there are: what they weigh.
    pub fn weight(&self) -> usize {
        self.steps.iter().map(|step| step.rows.len()).sum()
    }

    /// The steps in the order of the graph, or of the description.
    fn order(&self) -> Vec<StepName> {
        self.record.description.steps.iter().map(|step| step.name.clone()).collect()
    }

    fn depth(&self, step: &StepName) -> Option<usize> {
        Some(self.graph.as_ref()?.step(step)?.depth())
    }

    pub(super) fn step_mut(&mut self, name: &StepName) -> &mut Step {
        let at = *self.by_name.entry(name.clone()).or_insert_with(|| {
            self.steps.push(Step { name: name.clone(), rows: Vec::new(), keys: Vec::new() });
            self.steps.len() - 1
        });
        &mut self.steps[at]
    }

    /// Reads every result anew; the journal says which rows are different now.
    pub(super) async fn read_all(&mut self, store: &Store) -> Result<(), Error> {
        self.standing = store.run_status(&self.key).await?;
        // Before the results: what comes meanwhile is met again, and is the same. Of a run
        // that is over they say all there is.
        let batches = match self.is_final() {
            true => Vec::new(),
            false => store.read_log(&self.key, 0).await?,
        };
        self.next_batch = batches.last().map_or(0, |(seq, _)| seq + 1);
        let mut begun: HashMap<AttemptKey, String> = HashMap::new();
        for (_, batch) in batches {
            for event in batch.events {
                if let RunEvent::AttemptStarted { attempt } = event {
                    begun.insert(attempt, batch.written_at.clone());
                }
            }
        }
        let tasks = store.tasks(&self.key, None).await?;
        self.unread.clear();
        let mut splits = Vec::new();
        for task in &tasks {
            let key = task_row::key_of(&task.step, &task.task, self.depth(&task.step));
            if let Some(next @ Next::Foreach { .. }) = &task.next {
                self.expect(&key, next);
                splits.push((key.clone(), task.attempts.last().map_or(0, |last| last.attempt)));
            }
            let mut row = self.row(task, &key);
            if let Some(open) = row.attempts.last_mut().filter(|it| it.started_at.is_none()) {
                let attempt = AttemptKey { task: key.clone(), attempt: open.attempt };
                open.started_at = begun.get(&attempt).cloned();
                let at = open.started_at.clone();
                row.started_at = row.started_at.or(at);
            }
            self.put(key, row);
        }
        let dones: Vec<AttemptKey> =
            splits.into_iter().map(|(task, attempt)| AttemptKey { task, attempt }).collect();
        self.name_items(store, &dones).await
    }

    /// The row of a task. One that failed but is to be tried again waits.
    pub(super) fn row(&self, task: &Task, key: &TaskKey) -> TaskRow {
        let mut row = task_row::row_of(task, key);
        row.foreach_value = self.row_of(key).and_then(|known| known.foreach_value.clone());
        row.cut_off = self.graph.as_ref().is_some_and(|graph| task.has_tries_left(graph));
        if row.cut_off && self.standing.0 == Status::Running {
            (row.status, row.cut_off) = (TaskState::Queued, false);
        }
        row
    }

    /// The items of a foreach are known before they start.
    pub(super) fn expect(&mut self, split: &TaskKey, next: &Next) {
        let Next::Foreach { step, count } = next else { return };
        for key in ended::children(split, step, *count) {
            if self.row_of(&key).is_none() {
                let row = task_row::queued(&key);
                self.put(key, row);
            }
        }
    }

    /// Gives the tasks of foreachs the texts of their items.
    pub(super) async fn name_items(
        &mut self,
        store: &Store,
        splits: &[AttemptKey],
    ) -> Result<(), Error> {
        for (split, done) in splits.iter().zip(results(store, &self.key, splits).await?) {
            // Of a split that can't be read the items have no texts.
            let Ok(Some(TaskDone { manifest, .. })) = done else { continue };
            let (Some(Next::Foreach { step, count }), Some(found)) =
                (manifest.next, manifest.items)
            else {
                continue;
            };
            let texts = items::texts(store, &found).await?;
            for (key, text) in ended::children(&split.task, &step, count).zip(texts) {
                let step = self.step_mut(&key.step);
                if let Ok(at) = step.place(&key) {
                    step.rows[at].foreach_value = text;
                }
            }
        }
        Ok(())
    }

    pub(super) fn row_of(&self, key: &TaskKey) -> Option<&TaskRow> {
        let step = &self.steps[*self.by_name.get(&key.step)?];
        step.place(key).ok().map(|at| &step.rows[at])
    }

    pub(super) fn put(&mut self, key: TaskKey, mut row: TaskRow) {
        if let Some(cells) = &self.cells {
            row.label = cells.label(&key);
        }
        let step = self.step_mut(&key.step);
        match step.place(&key) {
            Ok(at) if step.rows[at] == row => return,
            Ok(at) => step.rows[at] = row,
            Err(at) => {
                step.rows.insert(at, row);
                step.keys.insert(at, key.clone());
            }
        }
        self.journal.push(key);
    }
}

impl Step {
    pub(super) fn row_mut(&mut self, key: &TaskKey) -> Option<&mut TaskRow> {
        self.place(key).ok().map(|at| &mut self.rows[at])
    }

    fn place(&self, key: &TaskKey) -> Result<usize, usize> {
        self.keys.binary_search_by(|known| known.path.cmp(&key.path))
    }
}
