//! How a run stands, from what it wrote last and whether its owner lives.

use std::time::{Duration, Instant, SystemTime};

use flownote_flow::event::{RunEvent, RunStatus};
use flownote_flow::run::LogBatch;
use object_store::ObjectStoreExt;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::keys::{self, RunKey};
use crate::object::retrying;
use crate::process::{ALIVE_TTL, Alive, Presence};
use crate::run::decode;
use crate::store::Store;

/// How long an owner on another host may have been silent, by the store's own times, when
/// it is seen for the first time. Only what people are shown depends on it; taking a run
/// over doesn't (engine rule 10).
const SILENT: Duration = Duration::from_secs(10 * ALIVE_TTL.as_secs());

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// `end` committed.
    Succeeded,
    /// A task failed for good.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// Its owner is at work.
    Running,
    /// Its owner is gone; `run --continue` takes it up.
    Interrupted,
}

impl Status {
    /// Whether the run goes on by itself.
    pub fn is_live(self) -> bool {
        self == Self::Running
    }
}

impl From<RunStatus> for Status {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Succeeded => Self::Succeeded,
            RunStatus::Failed => Self::Failed,
            RunStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Running => "running",
            Self::Interrupted => "interrupted",
        })
    }
}

/// What a watcher saw last of an owner elsewhere, by its own clock.
pub(crate) struct Seen {
    epoch: u64,
    counter: u64,
    since: Instant,
}

impl Store {
    /// Tells how a run stands, and when it ended.
    pub async fn run_status(&self, run: &RunKey) -> Result<(Status, Option<String>)> {
        if let Some((status, at)) = self.ending(run).await? {
            return Ok((status.into(), Some(at)));
        }
        let status =
            if self.owner_lives(run).await? { Status::Running } else { Status::Interrupted };
        if status == Status::Interrupted {
            // It may have ended between the two looks.
            if let Some((status, at)) = self.ending(run).await? {
                return Ok((status.into(), Some(at)));
            }
        }
        Ok((status, None))
    }

    /// Who owns a run, as far as it has said so.
    pub async fn owner(&self, run: &RunKey) -> Result<Option<Alive>> {
        Ok(self.last_sign(run).await?.map(|(alive, _)| alive))
    }

    /// The end of a run as its log tells it. The log is asked, not the index: it is the
    /// truth, and its last batch is one listing and one read away.
    async fn ending(&self, run: &RunKey) -> Result<Option<(RunStatus, String)>> {
        let names = self.list(&run.key("log")).await?;
        let Some(seq) = names.iter().rev().find_map(|name| name.parse().ok()) else {
            return Ok(None);
        };
        let key = run.log(seq);
        let Some(body) = self.get(&key).await? else { return Ok(None) };
        let batch: LogBatch = decode(&key, &body)?;
        Ok(match batch.events.last() {
            Some(RunEvent::RunFinished { status }) => Some((*status, batch.written_at)),
            _ => None,
        })
    }

    async fn owner_lives(&self, run: &RunKey) -> Result<bool> {
        let Some((alive, age)) = self.last_sign(run).await? else {
            // Created, and its owner hasn't said anything yet.
            let record = self.run_record(run).await?;
            let first = Alive {
                epoch: 1,
                counter: 0,
                host: record.host,
                pid: record.pid,
                process_start: record.process_start,
            };
            let begun: Option<jiff::Timestamp> = record.created_at.parse().ok();
            let age = begun.map(|at| jiff::Timestamp::now().duration_since(at).unsigned_abs());
            return Ok(match first.presence() {
                Presence::Running => true,
                Presence::Gone => false,
                Presence::Elsewhere => age.is_some_and(|age| age < SILENT),
            });
        };
        Ok(match alive.presence() {
            Presence::Running => true,
            Presence::Gone => false,
            Presence::Elsewhere => self.moves(run, &alive, age),
        })
    }

    /// Whether the counter of an owner elsewhere moves on.
    fn moves(&self, run: &RunKey, alive: &Alive, age: Duration) -> bool {
        let mut watched = self.watched();
        match watched.get(run) {
            Some(seen) if seen.counter == alive.counter && seen.epoch == alive.epoch => {
                seen.since.elapsed() < ALIVE_TTL && age < SILENT
            }
            _ => {
                let (epoch, counter, since) = (alive.epoch, alive.counter, Instant::now());
                watched.insert(run.clone(), Seen { epoch, counter, since });
                age < SILENT
            }
        }
    }

    async fn last_sign(&self, run: &RunKey) -> Result<Option<(Alive, Duration)>> {
        let Some(objects) = self.readable().await? else { return Ok(None) };
        let key = run.alive();
        let path = keys::path(&key)?;
        let found = retrying(
            || format!("reading `{key}`"),
            || async {
                match objects.get(&path).await {
                    Ok(found) => {
                        let at = SystemTime::from(found.meta.last_modified);
                        Ok(Some((found.bytes().await?, at)))
                    }
                    Err(object_store::Error::NotFound { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            },
        )
        .await?;
        let Some((body, at)) = found else { return Ok(None) };
        Ok(Some((decode(&key, &body)?, at.elapsed().unwrap_or_default())))
    }
}
