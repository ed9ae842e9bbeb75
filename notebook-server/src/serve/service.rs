//! `flownote serve` as a whole: models are read, the port is bound, and it runs until it is told
//! to stop; beside the answers it looks for newer models, learns what wasn't clicked, and writes
//! the log.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use flownote_flow::help::Help;
use flownote_store::{ALIVE_TTL, Store};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::error::Unservable;
use super::journal::Journal;
use super::live::{Live, OLDEST};
use super::options::{Options, Tell};
use super::place::{Place, Servable};
use super::policy::Choosing;
use super::routes;
use super::state::{Serving, Shared};
use crate::Error;
use crate::options::Base;
use crate::prompt::prompt;
use crate::security::host::Hosts;

/// Requests under way get so long when the server ends.
const GRACE: Duration = Duration::from_secs(2);
/// The end of the log is written in so long, or lost.
const ENDING: Duration = Duration::from_secs(10);
/// What wasn't clicked is learnt about so often.
const SETTLE: Duration = Duration::from_millis(500);
/// A store that failed is asked again after so long.
const AGAIN: Duration = Duration::from_secs(10);
/// Nothing is done more often.
const SHORTEST: Duration = Duration::from_millis(10);

/// A server that listens already.
pub struct Server {
    listener: TcpListener,
    at: SocketAddr,
    app: Serving,
    store: Store,
    tell: Tell,
    times: Times,
}

#[derive(Clone, Copy)]
struct Times {
    look: Duration,
    write: Duration,
    patience: Duration,
}

impl Server {
    /// Reads the models and binds the port.
    ///
    /// # Errors
    /// When there is nothing to serve, the options would let strangers ask, or the port is taken.
    pub async fn bind(options: Options) -> Result<Self, Error> {
        options.check()?;
        let Options { store, host, port, .. } = options;
        let recommend = match options.recommend {
            Some(source) => Some(Place::open(&store, source).await.map_err(boxed)?),
            None => None,
        };
        let mut artwork = Vec::new();
        for source in options.artwork {
            let place: Place<Choosing> = Place::open(&store, source).await.map_err(boxed)?;
            check_title(&place.now(), artwork.iter()).map_err(boxed)?;
            artwork.push(place);
        }
        let listening = TcpListener::bind((host, port)).await;
        let listener = listening.map_err(|source| Error::Listen { host, port, source })?;
        let at = listener.local_addr().map_err(Error::Serve)?;
        let app = Serving::new(Shared {
            recommend,
            artwork,
            explore: options.explore,
            live: Mutex::new(Live::default()),
            journal: Journal::new(store.clone(), options.user, options.command),
            full: Notify::new(),
            hosts: Hosts::new(at, &Base::default(), &options.allowed_hosts, None),
            token: options.token.map(|token| blake3::hash(token.as_bytes())),
            since: Instant::now(),
            decisions: AtomicU64::new(0),
        });
        let times = Times {
            look: options.look.max(SHORTEST),
            write: options.write.max(SHORTEST),
            patience: options.patience.min(OLDEST),
        };
        Ok(Self { listener, at, app, store, tell: options.tell, times })
    }

    /// Where it listens.
    pub fn at(&self) -> SocketAddr {
        self.at
    }

    /// What is served: the pathspecs of the models.
    pub fn models(&self) -> Vec<String> {
        let recommend = self.app.recommend.iter().map(|it| it.now().model().artifact.clone());
        let artwork = self.app.artwork.iter().map(|it| it.now().model().artifact.clone());
        recommend.chain(artwork).collect()
    }

    /// Serves until `shutdown` comes.
    ///
    /// # Errors
    /// When serving breaks off, or the end of the log can't be written.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        let Self { listener, app, store, tell, times, .. } = self;
        let (closing, mut closed) = watch::channel(false);
        let router = routes::router(&app);
        let serving = axum::serve(prompt(listener), router).with_graceful_shutdown(async move {
            let _ = closed.wait_for(|closed| *closed).await;
        });
        let looking = tokio::spawn(look(app.clone(), store.clone(), tell.clone(), times.look));
        let settling = tokio::spawn(settle(app.clone(), times.patience));
        let writing = write(app.clone(), tell.clone(), times.write, closing.subscribe());
        let mut writing = tokio::spawn(writing);
        let stop = async {
            shutdown.await;
            closing.send_replace(true);
            // A client that keeps its connection open doesn't keep the server.
            tokio::time::sleep(GRACE).await;
        };
        let served = tokio::select! {
            result = serving.into_future() => result.map_err(Error::Serve),
            () = stop => Ok(()),
        };
        for task in [looking, settling] {
            task.abort();
        }
        closing.send_replace(true);
        let ended = timeout(ENDING, async {
            // What it writes now it writes to the end. It doesn't panic.
            let _ = (&mut writing).await;
            app.journal.finish().await
        });
        let ended = ended.await;
        writing.abort();
        served?;
        let because = match ended {
            Ok(Ok(())) => {
                if let Some(run) = app.journal.run() {
                    tell(format!("the log is written: `{run}` in {}", store.url()));
                }
                return Ok(());
            }
            Ok(Err(error)) => Some(Box::new(error)),
            Err(_) => None,
        };
        Err(boxed(Unservable::Unwritten { rows: app.journal.unwritten(), because }))
    }
}

/// Refuses a policy of a title whose pictures another one chooses.
fn check_title<'a>(
    policy: &Choosing,
    mut others: impl Iterator<Item = &'a Place<Choosing>>,
) -> Result<(), Unservable> {
    match others.find(|it| it.now().title() == policy.title()) {
        None => Ok(()),
        Some(other) => Err(Unservable::Twice {
            artifact: policy.model().artifact.clone(),
            title: policy.title().to_owned(),
            other: other.now().model().artifact.clone(),
        }),
    }
}

fn boxed(error: Unservable) -> Error {
    Error::Unservable(Box::new(error))
}

/// Looks for newer models, for good.
async fn look(app: Serving, store: Store, tell: Tell, every: Duration) {
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first is at once, and there is nothing newer yet.
    tick.tick().await;
    loop {
        tick.tick().await;
        if let Some(place) = &app.recommend {
            place.look(&store, &*tell, |_| Ok(())).await;
        }
        for place in &app.artwork {
            let others = || app.artwork.iter().filter(|it| !std::ptr::eq(*it, place));
            place.look(&store, &*tell, |policy| check_title(policy, others())).await;
        }
    }
}

/// Lets policies learn of what was seen and not clicked, for good.
async fn settle(app: Serving, patience: Duration) {
    let mut tick = interval(SETTLE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let outcomes = app.live().unclicked(patience);
        app.learn(&outcomes);
    }
}

/// Writes the log until the server ends. A store that fails is told of once, and asked again.
async fn write(app: Serving, tell: Tell, every: Duration, mut closed: watch::Receiver<bool>) {
    let mut tick = interval(every.min(ALIVE_TTL / 3));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut written = Instant::now();
    loop {
        let fails = app.journal.fails();
        let is_full = tokio::select! {
            _ = tick.tick() => false,
            () = app.full.notified() => app.journal.is_full(),
            _ = closed.wait_for(|closed| *closed) => return,
        };
        let due = if fails { every.min(AGAIN) } else { every };
        let is_due = is_full || written.elapsed() >= due;
        app.journal.touch().await;
        if !is_due {
            continue;
        }
        written = Instant::now();
        if let Err(error) = app.journal.write().await
            && !fails
        {
            let hint = error.hint().map(|it| format!("; {it}")).unwrap_or_default();
            tell(format!("the log can't be written, and waits: {error}{hint}"));
        }
    }
}
