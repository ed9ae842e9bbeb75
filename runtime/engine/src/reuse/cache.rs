//! The cache: the result of any earlier task with the same code that read the same.

use flownote_flow::cache::CacheRecord;
use flownote_flow::event::Launch;
use flownote_flow::help::Help;
use flownote_flow::manifest::{Digest, Outcome, TaskDone};
use flownote_flow::provenance::{
    Present as _, Provenance, ReadSet, Reads, SCHEMA, base_key, full_key,
};
use flownote_store::cache::{Kept, Slot};
use serde::Deserialize;

use super::present::Now;
use super::single_flight::{Turn, Waiter};
use super::{Found, Missed, Reuse, StepNow, Why};
use crate::Error;
use crate::context::Context;
use crate::failpoint::failpoint;

/// What took at least this long is kept whether or not the cache is on, so that a later run
/// can use it, or say what it would have saved.
const WORTH_KEEPING_MS: u64 = 1000;

/// What came of a look into the cache.
struct Looked {
    found: Option<TaskDone>,
    /// What results of this base have read.
    sets: Vec<ReadSet>,
    /// Why a result that was there wasn't taken.
    why: Option<Why>,
}

impl Reuse {
    /// Looks for a result; when there is none, answers with the lease to compute it.
    pub(super) async fn seek_in_cache(
        &self,
        context: &Context,
        launch: &Launch,
        step: &StepNow,
    ) -> Result<Found, Error> {
        let now = self.present(context, launch).await?;
        let known = before_it_runs(step, now.item());
        let looked = self.look_up(context, launch, &known, &now).await?;
        if let Some(done) = looked.found {
            return Ok(Found::Result(Box::new(done)));
        }
        if let Some(why) = looked.why {
            self.say(context, launch, &why);
        }
        if !step.cache.writes() {
            return Ok(Found::Nothing(None));
        }
        let key = flight_key(&known, &looked.sets, &now);
        let mut waiter = Waiter::new(context);
        loop {
            let holding = match waiter.claim_or_wait(context, launch, &key).await? {
                Turn::Ours(holding) => Some(holding),
                Turn::Waited => None,
                Turn::InVain => return Ok(Found::Nothing(None)),
            };
            // Somebody may have finished between the look and the lease, or while we waited.
            match self.look_up(context, launch, &known, &now).await?.found {
                Some(done) => {
                    if let Some(holding) = holding {
                        holding.release(context, Some(true)).await;
                    }
                    return Ok(Found::Result(Box::new(done)));
                }
                None if holding.is_some() => return Ok(Found::Nothing(holding)),
                None => {}
            }
        }
    }

    async fn look_up(
        &self,
        context: &Context,
        launch: &Launch,
        known: &Provenance,
        now: &Now,
    ) -> Result<Looked, Error> {
        let sets = context.store.read_sets(&base_key(known)).await?;
        let mut why = None;
        for set in &sets {
            now.ask(set.externals.iter().map(|(kind, name)| (kind.as_str(), name.as_str()))).await;
            let Some(asked) = observed(known, set, now) else { continue };
            let key = full_key(&asked);
            let first = key.clone().into();
            let mut found = self.take_from(context, launch, &first, &asked, now).await?;
            if let Some(Err(Why::Pickles(_) | Why::Incomplete(_))) = &found {
                let own = Slot::beside(key, &context.owner.user);
                let ours = self.take_from(context, launch, &own, &asked, now).await?;
                found = ours.or(found);
            }
            match found {
                Some(Ok(done)) => return Ok(Looked { found: Some(done), sets, why: None }),
                None | Some(Err(Why::Incomplete(_))) => {}
                Some(Err(refused)) => why = why.or(Some(refused)),
            }
        }
        Ok(Looked { found: None, sets, why })
    }

    /// The result of one slot, or why it can't be taken; nothing when there is none.
    async fn take_from(
        &self,
        context: &Context,
        launch: &Launch,
        slot: &Slot,
        asked: &Provenance,
        now: &Now,
    ) -> Result<Option<Result<TaskDone, Why>>, Error> {
        let Some(record) = context.store.kept(slot).await? else { return Ok(None) };
        if record.manifest.caught.is_some() {
            return Ok(None);
        }
        let reused = record.reused();
        let taken = self.take(context, launch, record.manifest, asked, now, reused).await?;
        if let Err(Why::Incomplete(_)) = &taken {
            context.store.forget_result(slot).await?;
        }
        Ok(Some(taken))
    }

    /// Keeps the result of a task that ran. One that can't be kept is computed again another
    /// time; the task has its own. Answers whether it was kept, or nothing when there is
    /// none to keep.
    pub async fn keep(&self, context: &Context, done: &TaskDone, ms: u64) -> Option<bool> {
        if self.options.verify.is_some() {
            self.compare(context, done);
            return None;
        }
        self.offer(context, done, ms).await.unwrap_or_else(|error| {
            context.notice(format!("{}/{} isn't kept: {error}", done.step, done.task));
            None
        })
    }

    /// A declared thing of the world whose version isn't the one that the run began with.
    async fn changed_meanwhile(&self, provenance: &Provenance) -> Option<String> {
        let world = self.options.world.as_ref()?;
        // What was told before the task ran tells nothing of what it read.
        world.may_have_changed();
        for it in provenance.externals.iter().filter(|external| external.declared) {
            let now = world.version(&it.kind, &it.name).await;
            if now.is_some_and(|now| now != it.version) {
                return Some(format!("{} `{}`", it.kind, it.name));
            }
        }
        None
    }

    /// Offers a result to the cache. Says so when an earlier one under the same key was
    /// different, and counts what a look-up would have saved.
    async fn offer(
        &self,
        context: &Context,
        done: &TaskDone,
        ms: u64,
    ) -> Result<Option<bool>, Error> {
        let Some(step) = self.options.steps.get(&done.step) else { return Ok(None) };
        if done.outcome != Outcome::Ok || !(step.cache.writes() || ms >= WORTH_KEEPING_MS) {
            return Ok(None);
        }
        let Ok(provenance) = Provenance::deserialize(&done.manifest.provenance) else {
            return Ok(Some(false));
        };
        if let Some(name) = self.changed_meanwhile(&provenance).await {
            if step.cache.writes() {
                let task = format!("{}/{}", done.step, done.task);
                context.notice(format!("{task} isn't kept: {name} changed while the run went on"));
            }
            return Ok(Some(false));
        }
        if let Err(why) = provenance.reusable() {
            // Once for all tasks of a foreach: they do the same.
            if step.cache.writes() && self.told.borrow_mut().insert(done.step.clone()) {
                let hint = why.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                context.notice(format!("{}/{} isn't kept: {why}{hint}", done.step, done.task));
            }
            return Ok(Some(false));
        }
        let Some(record) = CacheRecord::of(done, context.nonce(), ms) else { return Ok(None) };
        let (base, full) = (base_key(&provenance), full_key(&provenance));
        failpoint("before-cache");
        let kept = context.store.keep_result(&base, &full, &provenance.read_set(), &record).await?;
        failpoint("after-cache");
        match kept {
            Kept::First => {}
            Kept::Beside(known) => tell_of_differences(context, done, &known),
            Kept::Known(known) if known.run == done.run => {}
            Kept::Known(known) => {
                let equal = known.disagreements(&done.manifest).is_empty();
                tell_of_differences(context, done, &known);
                if equal && !step.cache.reads() && self.options.resume.is_none() {
                    let Missed { tasks, ms } = self.missed.get();
                    self.missed.set(Missed { tasks: tasks + 1, ms: ms + known.elapsed_ms });
                }
            }
        }
        Ok(Some(true))
    }
}

/// Says so when an earlier result of the same work is different.
fn tell_of_differences(context: &Context, done: &TaskDone, known: &CacheRecord) {
    let differ = known.disagreements(&done.manifest);
    if !differ.is_empty() {
        context.notice(format!(
            "{}/{} isn't deterministic: {} differs from what {} made of the same code and inputs",
            done.step,
            done.task,
            differ.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
            known.reused().pathspec,
        ));
    }
}

/// The part of the record that is known before the task runs: what the base key is made of.
pub(super) fn before_it_runs(step: &StepNow, item: Option<Digest>) -> Provenance {
    Provenance {
        schema: SCHEMA,
        language: step.language.clone(),
        code: step.code.clone(),
        environment: step.environment.clone(),
        externals: step.externals.clone(),
        reads: Reads { item, ..Reads::default() },
        ..Provenance::default()
    }
}

/// The whole record, if the task read what `set` says.
fn observed(known: &Provenance, set: &ReadSet, now: &Now) -> Option<Provenance> {
    let (reads, seen) = set.observe(now)?;
    let externals = known.externals.iter().cloned().chain(seen).collect();
    Some(Provenance { reads, externals, ..known.clone() })
}

/// The key under which the same work waits for one another. What a step reads isn't known
/// before its first run: then it is everything that it could read.
fn flight_key(known: &Provenance, sets: &[ReadSet], now: &Now) -> String {
    if let Some(asked) = sets.iter().find_map(|set| observed(known, set, now)) {
        return full_key(&asked).to_string();
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(base_key(known).as_str().as_bytes());
    for line in now.everything() {
        hasher.update(line.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().to_hex().to_string()
}
