//! Finding runs, newest first: by their names as far as those tell, then by their records.

use flownote_store::client::{RunName, Status};
use flownote_store::{Error, RunKey};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use super::catalogue::Found;
use super::facts::Facts;
use super::{Question, Runs};
use crate::api::RunState;

/// Records that are read at once.
const AT_ONCE: usize = 32;

impl Runs {
    /// Finds runs, newest first, one more than asked for.
    pub async fn find(&self, question: &Question) -> Result<Vec<Found>, Error> {
        Ok(self.find_and_count(question).await?.0)
    }

    /// The same, with how many there are on all pages where names alone tell.
    pub async fn find_and_count(
        &self,
        question: &Question,
    ) -> Result<(Vec<Found>, Option<u64>), Error> {
        let mut found = Vec::new();
        let likely = self.likely(question).await?;
        let total = question.is_of_names().then_some(likely.len() as u64);
        let here = likely.into_iter().filter(|(key, _)| question.goes_on_with(key.run.as_str()));
        let looked = stream::iter(here)
            .map(|(key, name)| self.look(question, key, name))
            .buffered(AT_ONCE.min(question.limit + 1));
        let mut looked = std::pin::pin!(looked);
        while let Some(run) = looked.try_next().await? {
            found.extend(run);
            if found.len() > question.limit {
                break;
            }
        }
        Ok((found, total))
    }

    /// The runs of all pages that may be wanted as far as names tell, newest first.
    async fn likely(&self, question: &Question) -> Result<Vec<(RunKey, RunName)>, Error> {
        let flows = match question.flows.as_slice() {
            [] => self.store().flows().await?,
            some => some.to_vec(),
        };
        let mut likely: Vec<(RunKey, RunName)> = Vec::new();
        for flow in &flows {
            for name in self.catalogue.names(self.store(), flow).await?.iter() {
                let began = time_of(name.run.as_str());
                let ended = name.ending.as_ref().map(|(status, _)| *status);
                if question.may_want(began, ended) {
                    let key = RunKey { flow: flow.clone(), run: name.run.clone() };
                    likely.push((key, name.clone()));
                }
            }
        }
        // Ids begin with the time: their order is that of the runs, whatever the flow.
        likely.sort_unstable_by(|one, other| other.0.run.cmp(&one.0.run));
        Ok(likely)
    }

    /// Looks at one run; none when it isn't wanted, or gc is taking it away.
    async fn look(
        &self,
        question: &Question,
        key: RunKey,
        name: RunName,
    ) -> Result<Option<Found>, Error> {
        let found = async {
            let facts = self.catalogue.facts(self.store(), &key).await?;
            let tags = match name.is_tagged {
                true => self.store().tags(&key).await?.user,
                false => facts.tags.clone(),
            };
            if !question.wants(&key.flow, key.run.as_str(), &facts, &tags) {
                return Ok(None);
            }
            if name.ending.is_none() && question.asks_state() {
                let state = self.state(&key, &facts).await?;
                if !question.wants_state(state) {
                    return Ok(None);
                }
            }
            Ok(Some(Found { key, ending: name.ending, facts, tags }))
        };
        match found.await {
            Err(Error::Missing { .. }) => Ok(None),
            other => other,
        }
    }

    /// How a run stands that isn't over by its name.
    async fn state(&self, key: &RunKey, facts: &Facts) -> Result<RunState, Error> {
        let (status, _) = self.store().run_status(key).await?;
        if status != Status::Running || !facts.is_session {
            return Ok(status.into());
        }
        let tasks = self.shelf.current(self.store(), key).await?;
        let tally = tasks.read().await.tally(None);
        Ok(facts.state(status, &tally))
    }
}

/// When a run began, as its id says.
pub fn time_of(run: &str) -> Option<Timestamp> {
    let stamp = run.get(..18)?;
    let (day, hour) = stamp.split_once('T')?;
    let part = |text: &str, from: usize, to: usize| text.get(from..to).map(str::to_owned);
    let text = format!(
        "{}-{}-{}T{}:{}:{}.{}Z",
        part(day, 0, 4)?,
        part(day, 4, 6)?,
        part(day, 6, 8)?,
        part(hour, 0, 2)?,
        part(hour, 2, 4)?,
        part(hour, 4, 6)?,
        part(hour, 6, 9)?
    );
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_when() {
        let at = time_of("20261122T101512345-8f2c9a").unwrap();
        assert_eq!(at.to_string(), "2026-11-22T10:15:12.345Z");
        for odd in ["", "x", "20261122", "20261322T101512345-8f2c9a", "äöü61122T101512345"] {
            assert!(time_of(odd).is_none(), "{odd}");
        }
    }
}
