//! The loop of one run: events in, actions performed, everything logged.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use flownote_flow::event::{Action, Launch, RunEvent, RunStatus, Timer};
use flownote_flow::graph::FlowGraph;
use flownote_flow::id::{AttemptKey, StepName};
use flownote_flow::manifest::{Outcome, TaskDone};
use flownote_flow::run::RunRecord;
use flownote_flow::schedule::{Schedule, StepCounts};
use flownote_store::{Committed, RunKey, TaskCounts};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::spawn_local;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::Error;
use crate::attempt::{self, Exit, Link};
use crate::context::{Context, Parts};
use crate::failpoint::failpoint;
use crate::journal::Journal;
use crate::launcher::{LaunchId, Launcher, WorkerEvent};
use crate::options::{Options, Start};
use crate::progress::{Progress, Reporter};
use crate::recover;
use crate::reuse::{Found, ResumeFrom, Reuse};
use crate::stop::Stop;
use crate::wire::Origin;

/// How a cancellation is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancel {
    /// Start nothing more, give what runs a grace, then end it.
    Graceful,
    /// End everything at once.
    Now,
}

/// Reaches a running service from another thread.
#[derive(Clone, Debug)]
pub struct Handle {
    cancels: mpsc::UnboundedSender<Cancel>,
}

impl Handle {
    /// Cancels the run. A service that has ended ignores it.
    pub fn cancel(&self, how: Cancel) {
        let _ = self.cancels.send(how);
    }
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The run.
    pub run: RunKey,
    /// How it ended.
    pub status: RunStatus,
    /// Tasks that committed.
    pub done: u64,
    /// Tasks that failed for good.
    pub failed: u64,
    /// How long this service worked on it, in milliseconds.
    pub elapsed_ms: u64,
}

/// Owns one run from its beginning, or from where its last owner left it, to its end.
pub struct RunService {
    options: Options,
    launcher: Box<dyn Launcher>,
    reporter: Reporter,
    cancels: mpsc::UnboundedReceiver<Cancel>,
}

impl RunService {
    /// A service and the handle that reaches it.
    pub fn new(
        options: Options,
        launcher: Box<dyn Launcher>,
        reporter: Reporter,
    ) -> (Self, Handle) {
        let (sender, cancels) = mpsc::unbounded_channel();
        (Self { options, launcher, reporter, cancels }, Handle { cancels: sender })
    }

    /// Runs to the end. Needs a `LocalSet` around it.
    ///
    /// # Errors
    /// Where the datastore fails, the run belongs to another scheduler, or the launcher
    /// dies. What was committed stays, and another service can continue.
    pub async fn run(self) -> Result<Summary, Error> {
        let began = Instant::now();
        let store = self.options.store.clone();
        let continued = matches!(self.options.start, Start::Continue(_));
        let (record, taken) = match &self.options.start {
            Start::New(record) => {
                store.create_run(record).await?;
                failpoint("run-created");
                (record.as_ref().clone(), None)
            }
            Start::Continue(run) => {
                let record = store.run_record(run).await?;
                let log = recover::claim(&store, &record, &self.options).await?;
                (record, Some(log))
            }
        };
        let graph = Arc::new(graph_of(&record)?);
        let mut reuse = self.options.reuse;
        if let (true, Some(origin)) = (continued, &record.origin) {
            // A resume that was killed goes on as one.
            let origin = RunKey { flow: record.flow.clone(), run: origin.clone() };
            reuse.resume = Some(ResumeFrom { origin, trust_code: false });
        }
        let run = RunKey { flow: record.flow.clone(), run: record.run.clone() };
        // Workers read it as a file, also when the datastore is far away.
        store.run_record_path(&run).await?;
        (self.reporter)(Progress::RunStarted {
            flow: run.flow.to_string(),
            run: run.run.to_string(),
            store: store.url().to_string(),
            continued,
        });
        let mut launcher = self.launcher;
        let workers = launcher.events();
        let context = Rc::new(Context::new(Parts {
            store,
            run,
            graph: Arc::clone(&graph),
            launcher,
            owner: self.options.owner,
            patience: self.options.patience,
            pace: self.options.pace,
            log_cap: self.options.log_cap,
            origin: origin_of(&record),
            spawn_all: self.options.spawn,
            spawning: spawning_steps(&record),
            declared: reuse.declared(),
            reporter: self.reporter,
            trust_pickles: reuse.trust_pickles,
            world: reuse.world.clone(),
        }));
        let schedule = Schedule::new(graph, record.policy.clone());
        let (inbox_sender, inbox) = mpsc::unbounded_channel();
        let mut service = Loop {
            schedule,
            journal: Journal::new(1, 0),
            epoch: 1,
            active: HashMap::new(),
            launches: 0,
            flushing: false,
            finished: None,
            written_at: String::new(),
            inbox_sender,
            reuse: Rc::new(Reuse::new(reuse, record)),
            reused: 0,
            counted: !continued,
            began,
            context,
        };
        match taken {
            None => {
                let owner = service.context.owner.to_string();
                service.happen(RunEvent::Epoch { epoch: 1, owner })?;
            }
            Some(log) => {
                let recovered =
                    recover::replay(&service.context, &mut service.schedule, log).await?;
                service.epoch = recovered.epoch;
                service.journal = Journal::new(recovered.epoch, recovered.next);
                for event in recovered.events {
                    service.journal.push(event);
                }
                service.perform(recovered.actions)?;
            }
        }
        service.run(inbox, workers, self.cancels).await
    }
}

fn graph_of(record: &RunRecord) -> Result<FlowGraph, Error> {
    FlowGraph::new(&record.description).map_err(|problems| Error::Damaged {
        what: format!("the flow of run {}", record.run),
        why: problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })
}

fn origin_of(record: &RunRecord) -> Origin {
    Origin {
        user: record.user.clone(),
        namespace: format!("user:{}", record.user),
        tags: record.tags.clone(),
        origin_run_id: record.origin.as_ref().map(ToString::to_string),
    }
}

/// The steps whose `@isolate` asks for a fresh interpreter.
fn spawning_steps(record: &RunRecord) -> HashSet<StepName> {
    let isolated = |decorator: &flownote_flow::description::DecoratorDescription| {
        decorator.name == "isolate"
            && decorator.attributes.get("mode").is_some_and(|mode| mode == "spawn")
    };
    let steps = record.description.steps.iter();
    steps
        .filter(|step| step.decorators.iter().any(isolated))
        .map(|step| step.name.clone())
        .collect()
}

/// What reaches the loop from the tasks that it started.
enum Message {
    Finished(LaunchId, Result<Box<TaskDone>, Error>),
    Timer(Timer),
    Flushed(Result<u64, Error>),
}

/// An attempt under way.
struct Active {
    attempt: AttemptKey,
    parents: Arc<[AttemptKey]>,
    started: Option<oneshot::Sender<u32>>,
    exited: Option<oneshot::Sender<Exit>>,
    stop: watch::Sender<Stop>,
    began: Instant,
}

/// The state of the loop. Only the loop touches it.
struct Loop {
    context: Rc<Context>,
    schedule: Schedule,
    journal: Journal,
    epoch: u64,
    active: HashMap<LaunchId, Active>,
    launches: LaunchId,
    flushing: bool,
    finished: Option<RunStatus>,
    /// When the last batch was written: once the run has finished, its end.
    written_at: String,
    inbox_sender: mpsc::UnboundedSender<Message>,
    reuse: Rc<Reuse>,
    /// Tasks whose result was taken from an earlier one.
    reused: u64,
    /// Whether all of them were counted: not those before a run that goes on.
    counted: bool,
    began: Instant,
}

impl Loop {
    async fn run(
        mut self,
        mut inbox: mpsc::UnboundedReceiver<Message>,
        mut workers: mpsc::UnboundedReceiver<WorkerEvent>,
        mut cancels: mpsc::UnboundedReceiver<Cancel>,
    ) -> Result<Summary, Error> {
        let pace = self.context.pace;
        let mut flush = interval(pace.flush);
        flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut alive = interval(pace.alive);
        alive.reset();
        let mut beats = 0;
        while self.finished.is_none() || self.flushing || self.journal.waiting() > 0 {
            if self.finished.is_some() {
                self.flush();
            }
            tokio::select! {
                Some(message) = inbox.recv() => self.receive(message).await?,
                Some(event) = workers.recv() => self.hear(event)?,
                Some(how) = cancels.recv() => self.cancel(how)?,
                _ = flush.tick() => self.flush(),
                _ = alive.tick() => {
                    beats += 1;
                    self.beat(beats);
                }
            }
            if self.journal.waiting() >= pace.batch {
                self.flush();
            }
        }
        self.conclude().await
    }

    /// Applies an event, logs it, and performs what follows.
    fn happen(&mut self, event: RunEvent) -> Result<(), Error> {
        let actions = self.schedule.apply(&event)?;
        self.journal.push(event);
        self.perform(actions)
    }

    fn perform(&mut self, actions: Vec<Action>) -> Result<(), Error> {
        for action in actions {
            match action {
                Action::Launch(launch) => self.launch(launch),
                Action::StartTimer { timer, after_ms } => self.start_timer(timer, after_ms),
                Action::CancelAttempt { attempt } => self.stop(&attempt, Stop::Soon),
                Action::FinishRun { status } => {
                    self.finished = Some(status);
                    self.happen(RunEvent::RunFinished { status })?;
                }
            }
        }
        Ok(())
    }

    fn launch(&mut self, launch: Launch) {
        self.launches += 1;
        let id = self.launches;
        let (started_sender, started) = oneshot::channel();
        let (exited_sender, exited) = oneshot::channel();
        let (stop_sender, stop) = watch::channel(Stop::No);
        self.active.insert(
            id,
            Active {
                attempt: launch.attempt.clone(),
                parents: Arc::clone(&launch.parents),
                started: Some(started_sender),
                exited: Some(exited_sender),
                stop: stop_sender,
                began: Instant::now(),
            },
        );
        let context = Rc::clone(&self.context);
        let reuse = Rc::clone(&self.reuse);
        let inbox = self.inbox_sender.clone();
        spawn_local(async move {
            let mut link = Link { started, exited, stop };
            let outcome = async {
                // A look-up may wait for another run, as long as that takes.
                let found = tokio::select! {
                    biased;
                    found = reuse.find(&context, &launch) => found?,
                    _ = link.stop.wait_for(|stop| *stop != Stop::No) => {
                        return attempt::cancelled(&context, &launch).await;
                    }
                };
                let holding = match found {
                    Found::Result(done) => {
                        return Ok(match context.store.commit_done(&context.run, &done).await? {
                            Committed::Won => *done,
                            Committed::Lost(theirs) => *theirs,
                        });
                    }
                    Found::Nothing(holding) => holding,
                };
                let began = Instant::now();
                let mut spec = context.spec(&launch).await?;
                spec.seed = reuse.seed(launch.step(), &spec);
                let why = reuse.reason(&launch.attempt.task);
                let done = attempt::run(&context, id, &launch, &spec, why, link).await?;
                let kept = reuse.keep(&context, &done, millis(began)).await;
                if let Some(holding) = holding {
                    holding.release(&context, kept).await;
                }
                Ok(done)
            };
            let _ = inbox.send(Message::Finished(id, outcome.await.map(Box::new)));
        });
    }

    fn start_timer(&self, timer: Timer, after_ms: u64) {
        if let Timer::Retry { attempt } = &timer {
            (self.context.reporter)(Progress::Retrying {
                step: attempt.task.step.to_string(),
                task: attempt.task.id().to_string(),
                attempt: attempt.attempt,
                after_ms,
            });
        }
        let inbox = self.inbox_sender.clone();
        spawn_local(async move {
            sleep(std::time::Duration::from_millis(after_ms)).await;
            let _ = inbox.send(Message::Timer(timer));
        });
    }

    fn stop(&self, attempt: &AttemptKey, how: Stop) {
        for active in self.active.values().filter(|active| active.attempt == *attempt) {
            active.stop.send_replace(how);
        }
    }

    async fn receive(&mut self, message: Message) -> Result<(), Error> {
        match message {
            Message::Finished(id, done) => self.attempt_finished(id, *done?).await,
            // `RunFinished` stays the last word of the log.
            Message::Timer(_) if self.finished.is_some() => Ok(()),
            Message::Timer(timer) => self.happen(RunEvent::TimerFired { timer }),
            Message::Flushed(written) => {
                written?;
                self.flushing = false;
                Ok(())
            }
        }
    }

    async fn attempt_finished(&mut self, id: LaunchId, done: TaskDone) -> Result<(), Error> {
        let Some(active) = self.active.remove(&id) else { return Ok(()) };
        let attempt = active.attempt;
        for text in &done.manifest.notices {
            self.context.notice(text.clone());
        }
        self.note_failure(&attempt, &done);
        if let Some(items) = &done.manifest.items {
            self.context.remember_items(&attempt, items).await?;
        }
        self.reuse.learn(&self.context, &active.parents, &attempt, &done);
        if done.outcome == Outcome::Ok {
            self.context.forget_items(&attempt.task);
        }
        self.reused += u64::from(done.reused.is_some());
        let result = recover::result_of(&done)?;
        (self.context.reporter)(Progress::AttemptFinished {
            step: attempt.task.step.to_string(),
            task: attempt.task.id().to_string(),
            attempt: attempt.attempt,
            outcome: done.outcome,
            elapsed_ms: millis(active.began),
            failure: done.failure.map(Box::new),
            caught: done.manifest.caught.map(Box::new),
            reused: done.reused,
        });
        self.happen(RunEvent::AttemptFinished { attempt, result })?;
        let steps = self.schedule.counts().map(|(step, counts)| (step.clone(), counts)).collect();
        (self.context.reporter)(Progress::Counts { steps });
        Ok(())
    }

    fn note_failure(&self, attempt: &AttemptKey, done: &TaskDone) {
        let mut failures = self.context.last_failures.borrow_mut();
        match &done.failure {
            Some(failure) if done.outcome != Outcome::Ok => {
                failures.insert(attempt.task.clone(), failure.clone());
            }
            _ => drop(failures.remove(&attempt.task)),
        }
    }

    fn hear(&mut self, event: WorkerEvent) -> Result<(), Error> {
        match event {
            WorkerEvent::Started { id, pid } => {
                let Some(active) = self.active.get_mut(&id) else { return Ok(()) };
                if let Some(started) = active.started.take() {
                    let _ = started.send(pid);
                    let attempt = active.attempt.clone();
                    return self.happen(RunEvent::AttemptStarted { attempt });
                }
            }
            WorkerEvent::Exited { id, status, usage } => {
                let exited = self.active.get_mut(&id).and_then(|active| active.exited.take());
                if let Some(exited) = exited {
                    let _ = exited.send(Exit { status: Some(status), usage });
                }
            }
            WorkerEvent::Notice(text) => self.context.notice(text),
            WorkerEvent::Gone => {
                if self.finished.is_none() {
                    return Err(Error::LauncherGone { run: self.context.run.run.clone() });
                }
            }
        }
        Ok(())
    }

    fn cancel(&mut self, how: Cancel) -> Result<(), Error> {
        if self.finished.is_some() {
            return Ok(());
        }
        (self.context.reporter)(Progress::Cancelling { running: self.active.len() });
        self.happen(RunEvent::CancelRequested)?;
        if how == Cancel::Now {
            for active in self.active.values() {
                active.stop.send_replace(Stop::Now);
            }
        }
        Ok(())
    }

    /// Writes what waits, unless a batch is on its way already.
    fn flush(&mut self) {
        if self.flushing || self.journal.waiting() == 0 {
            return;
        }
        self.flushing = true;
        self.written_at = self.context.now();
        let append = self.journal.take(self.context.nonce(), self.written_at.clone());
        let seq = append.seq;
        let snapshot = (seq % self.context.pace.snapshot == self.context.pace.snapshot - 1)
            .then(|| serde_json::to_vec(self.schedule.state()).expect("a schedule is JSON"));
        let context = Rc::clone(&self.context);
        let inbox = self.inbox_sender.clone();
        spawn_local(async move {
            let Context { store, run, .. } = &*context;
            failpoint("before-log");
            let mut written = append.write(store, run).await;
            failpoint("after-log");
            if let (Ok(_), Some(state)) = (&written, snapshot)
                && let Err(error) = store.save_state(run, seq + 1, state.into()).await
            {
                written = Err(error.into());
            }
            let _ = inbox.send(Message::Flushed(written));
        });
    }

    fn beat(&self, counter: u64) {
        let context = Rc::clone(&self.context);
        let alive = context.owner.alive(self.epoch, counter);
        spawn_local(async move {
            if let Err(error) = context.store.touch_alive(&context.run, &alive).await {
                context.notice(format!("can't renew the run's sign of life: {error}"));
            }
        });
    }

    async fn conclude(self) -> Result<Summary, Error> {
        let status = self.finished.expect("the loop ends when the run has");
        failpoint("before-finish");
        let Context { store, run, .. } = &*self.context;
        // A later `--continue` would say the same, so the index learns of one end.
        let done = self.schedule.counts().map(|(_, counts)| counts.done).sum();
        let counts = self.counted.then_some(TaskCounts { done, reused: self.reused });
        store.finish_run(run, status, &self.written_at, counts).await?;
        failpoint("after-finish");
        let _ = std::fs::remove_dir_all(store.staging(&run.run));
        let total = |count: fn(&StepCounts) -> u64| -> u64 {
            self.schedule.counts().map(|(_, counts)| count(&counts)).sum()
        };
        let summary = Summary {
            run: run.clone(),
            status,
            done: total(|counts| counts.done),
            failed: total(|counts| counts.failed),
            elapsed_ms: millis(self.began),
        };
        let missed = self.reuse.missed();
        if missed.tasks > 0 {
            let (tasks, saved_ms) = (missed.tasks, missed.ms);
            (self.context.reporter)(Progress::CouldHaveReused { tasks, saved_ms });
        }
        (self.context.reporter)(Progress::RunFinished {
            status,
            elapsed_ms: summary.elapsed_ms,
            done: summary.done,
            failed: summary.failed,
            reused: self.reused,
        });
        Ok(summary)
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
