//! A run as a row.

use flownote_store::client::Status;
use flownote_store::{Error, Store};
use jiff::Timestamp;

use super::Runs;
use super::catalogue::Found;
use super::ended::Ended;
use crate::api::RunRow;

impl Runs {
    /// Makes the row of a run.
    pub async fn row(&self, found: Found) -> Result<RunRow, Error> {
        let store: &Store = self.store();
        let (status, finished_at, ended) = match &found.ending {
            ending if found.facts.damage.is_some() => match ending {
                Some((status, at)) => (*status, Some(at.clone()), Ended::default()),
                None => (Status::Interrupted, None, Ended::default()),
            },
            Some((status, at)) => {
                (*status, Some(at.clone()), self.catalogue.ended(store, &found).await?)
            }
            None => {
                let tasks = self.shelf.current(store, &found.key).await?;
                let tasks = tasks.read().await;
                let (status, at) = tasks.standing();
                (status, at, Ended { tally: tasks.tally(None), failed_at: tasks.failed_at() })
            }
        };
        Ok(row(found, status, finished_at, ended))
    }
}

/// Makes a row of its parts.
pub fn row(found: Found, status: Status, finished_at: Option<String>, ended: Ended) -> RunRow {
    let Found { key, facts, tags, .. } = found;
    // Nobody knows how long a run went on whose owner vanished.
    let elapsed_ms = match status {
        Status::Interrupted => None,
        _ => elapsed_ms(Some(&facts.created_at), finished_at.as_deref()),
    };
    RunRow {
        flow: key.flow.to_string(),
        run: key.run.to_string(),
        status: facts.state(status, &ended.tally),
        user: facts.user.clone(),
        host: facts.host.clone(),
        tags,
        system_tags: facts.system_tags.clone(),
        started_at: facts.created_at.clone(),
        finished_at,
        elapsed_ms,
        tasks: ended.tally,
        parameters: facts.parameters.clone(),
        failed_at: ended.failed_at,
        file: facts.file.clone(),
        origin: facts.origin.clone(),
        damage: facts.damage.clone(),
    }
}

/// The milliseconds between two times; up to now when the second is missing.
pub fn elapsed_ms(from: Option<&str>, to: Option<&str>) -> Option<u64> {
    let from: Timestamp = from?.parse().ok()?;
    let to = match to {
        Some(to) => to.parse().ok()?,
        None => Timestamp::now(),
    };
    u64::try_from(to.duration_since(from).as_millis()).ok()
}
