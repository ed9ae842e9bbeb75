//! How an attempt is made to end: by its deadline, or because the run is cancelled.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::context::Context;
use crate::launcher::LaunchId;
use crate::verdict::Interference;

/// How urgently an attempt should end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// Not at all.
    No,
    /// By itself within a grace, else by SIGTERM, else by SIGKILL.
    Soon,
    /// By SIGKILL.
    Now,
}

const TERMINATE: i32 = 15;
const KILL: i32 = 9;

/// Signals one worker when its time has come.
pub struct Stopper<'a> {
    context: &'a Context,
    id: LaunchId,
    wanted: watch::Receiver<Stop>,
    /// When `@timeout` and its grace are over.
    deadline: Option<Instant>,
    /// The next signal of a cancellation.
    next: Option<(Instant, i32)>,
    interference: Interference,
}

impl<'a> Stopper<'a> {
    /// Watches over worker `id`, which began now and may take `timeout`.
    pub fn new(
        context: &'a Context,
        id: LaunchId,
        wanted: watch::Receiver<Stop>,
        timeout: Option<Duration>,
    ) -> Self {
        // The worker raises `TimeoutException` at the deadline itself; this is what follows
        // when it doesn't obey.
        let deadline = timeout.map(|after| Instant::now() + after + context.patience.timeout);
        let interference = Interference::default();
        Self { context, id, wanted, deadline, next: None, interference }
    }

    /// What it did so far.
    pub fn interference(&self) -> Interference {
        self.interference
    }

    /// Waits for the next thing to do, and does it. Never returns when nothing is left.
    pub async fn step(&mut self) {
        let wake = [self.deadline, self.next.map(|next| next.0)].into_iter().flatten().min();
        let sleep = async {
            match wake {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let wanted = async {
            if self.wanted.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = sleep => self.strike(),
            () = wanted => self.obey(),
        }
    }

    fn obey(&mut self) {
        let wanted = *self.wanted.borrow_and_update();
        match wanted {
            Stop::No => {}
            Stop::Soon => {
                self.next = Some((Instant::now() + self.context.patience.finish, TERMINATE))
            }
            Stop::Now => {
                self.next = None;
                self.interference.cancelled = true;
                self.signal(KILL);
            }
        }
    }

    fn strike(&mut self) {
        let now = Instant::now();
        if self.deadline.is_some_and(|at| at <= now) {
            self.deadline = None;
            self.interference.timed_out = true;
            self.signal(KILL);
        }
        if let Some((_, signal)) = self.next.filter(|next| next.0 <= now) {
            self.interference.cancelled = true;
            self.next =
                (signal == TERMINATE).then(|| (now + self.context.patience.terminate, KILL));
            self.signal(signal);
        }
    }

    fn signal(&self, signal: i32) {
        if let Err(error) = self.context.launcher.borrow().kill(self.id, signal) {
            self.context.notice(format!("can't signal worker {}: {error}", self.id));
        }
    }
}
