//! Which task of the origin run a task stands for: the same step at the same foreach path,
//! where an item is known by its content. So an item that is inserted in front of a list
//! doesn't make the others run again.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use flownote_flow::event::Launch;
use flownote_flow::id::{AttemptKey, TaskKey};
use flownote_flow::manifest::{ArtifactRecord, Digest, Outcome, TaskDone};

use super::{ResumeFrom, Reuse, identity};
use crate::Error;
use crate::context::Context;

/// For each item of a foreach, the place of its equal in the origin's; nothing for a new one.
pub(super) type Places = Vec<Option<u32>>;

impl Reuse {
    /// The task of the origin that `launch` stands for; nothing when an item around it is
    /// new.
    pub(super) async fn counterpart(
        &self,
        context: &Context,
        launch: &Launch,
        from: &ResumeFrom,
    ) -> Result<Option<TaskKey>, Error> {
        let mut path = Vec::with_capacity(launch.foreach.len());
        for frame in &launch.foreach {
            let there = TaskKey::new(frame.split.task.step.clone(), &path);
            let places = self.places(context, &frame.split, there, from).await?;
            match places.get(frame.index as usize).copied().flatten() {
                Some(index) => path.push(index),
                None => return Ok(None),
            }
        }
        Ok(Some(TaskKey::new(launch.step().clone(), &path)))
    }

    /// The committed result of the task of the origin that `launch` stands for.
    pub(super) async fn earlier(
        &self,
        context: &Context,
        launch: &Launch,
        there: TaskKey,
        from: &ResumeFrom,
    ) -> Result<Option<TaskDone>, Error> {
        let split = launch.foreach.last().map(|frame| &frame.split);
        let places = split.and_then(|split| self.places.borrow().get(split).cloned());
        if let Some(places) = places
            && let Some(done) = self.ahead.take(context, from, launch, &places, &there).await
            && done.outcome == Outcome::Ok
        {
            return Ok(done.manifest.caught.is_none().then_some(done));
        }
        committed(context, there, from).await
    }

    /// Where the items of a split of this run stand in the one of the origin.
    async fn places(
        &self,
        context: &Context,
        split: &AttemptKey,
        there: TaskKey,
        from: &ResumeFrom,
    ) -> Result<Rc<Places>, Error> {
        if let Some(known) = self.places.borrow().get(split) {
            return Ok(Rc::clone(known));
        }
        let items = context.item_records(split).await?;
        let now: Vec<Digest> = items.iter().filter_map(|it| parsed(it.get())).collect();
        let before = items_of(context, there, from).await?;
        let places = Rc::new(pair(&now, &before));
        self.places.borrow_mut().insert(split.clone(), Rc::clone(&places));
        Ok(places)
    }
}

fn parsed(record: &str) -> Option<Digest> {
    serde_json::from_str::<ArtifactRecord>(record).ok().map(|record| identity(&record))
}

/// The items of a split of the origin; none when it didn't finish or had no foreach.
async fn items_of(
    context: &Context,
    split: TaskKey,
    from: &ResumeFrom,
) -> Result<Vec<Digest>, Error> {
    let name = split.to_string();
    let done = committed(context, split, from).await?;
    let Some(items) = done.and_then(|done| done.manifest.items) else { return Ok(Vec::new()) };
    let bytes = context.store.read_record_of(&items.items, &name, &items.over).await?;
    let records: Vec<ArtifactRecord> = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(records.iter().map(identity).collect())
}

/// The committed result of a task of the origin run. A failure that `@catch` turned into a
/// value is none.
pub(super) async fn committed(
    context: &Context,
    task: TaskKey,
    from: &ResumeFrom,
) -> Result<Option<TaskDone>, Error> {
    let mut attempt = AttemptKey { task, attempt: 0 };
    while let Some(done) = context.store.done(&from.origin, &attempt).await? {
        if done.outcome == Outcome::Ok {
            return Ok(done.manifest.caught.is_none().then_some(done));
        }
        attempt.attempt += 1;
    }
    Ok(None)
}

/// Pairs equal items: those at the same place first, then in order. Each is taken once.
fn pair(now: &[Digest], before: &[Digest]) -> Places {
    let stays = |at: usize| now.get(at).is_some_and(|item| before.get(at) == Some(item));
    let mut free: HashMap<&str, VecDeque<u32>> = HashMap::new();
    for (at, item) in (0..).zip(before).filter(|(at, _)| !stays(*at as usize)) {
        free.entry(item).or_default().push_back(at);
    }
    let place = |(at, item): (u32, &Digest)| {
        if stays(at as usize) { Some(at) } else { free.get_mut(&**item)?.pop_front() }
    };
    (0..).zip(now).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(now: &str, before: &str, expected: &[Option<u32>]) {
        let items =
            |text: &str| -> Vec<Digest> { text.chars().map(|it| it.to_string().into()).collect() };
        assert_eq!(pair(&items(now), &items(before)), expected);
    }

    #[test]
    fn items_are_found_by_their_content() {
        check("abc", "abc", &[Some(0), Some(1), Some(2)]);
        check("zabc", "abc", &[None, Some(0), Some(1), Some(2)]);
        check("cab", "abc", &[Some(2), Some(0), Some(1)]);
        check("ac", "abc", &[Some(0), Some(2)]);
        check("ab", "", &[None, None]);
    }

    #[test]
    fn equal_items_keep_their_places_and_are_taken_once() {
        check("aab", "aab", &[Some(0), Some(1), Some(2)]);
        check("baa", "aab", &[Some(2), Some(1), Some(0)]);
        check("aaa", "aab", &[Some(0), Some(1), None]);
    }
}
