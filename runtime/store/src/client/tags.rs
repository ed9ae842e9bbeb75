//! Tags: what a run was started with, and the changes since, each an object of its own
//! (`runs/<Flow>/<run>/tags/<time>-<nonce>`), applied in the order of their names.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::AT_ONCE;
use crate::error::{Error, Result};
use crate::index::{Entry, Kind};
use crate::keys::RunKey;
use crate::run::{decode, encode};
use crate::store::Store;
use crate::time;

/// No tag is longer, in bytes.
const LONGEST: usize = 500;

/// A change of a run's tags. What is both added and removed is added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TagChange {
    /// Tags to add.
    pub add: Vec<String>,
    /// Tags to remove.
    pub remove: Vec<String>,
}

/// The tags of a run, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// Those that users gave and may change.
    pub user: Vec<String>,
    /// Those that the system gave.
    pub system: Vec<String>,
}

impl Tags {
    pub(crate) fn new(user: &[String], system: &[String]) -> Self {
        let sorted = |tags: &[String]| tags.iter().cloned().collect::<BTreeSet<_>>();
        Self {
            user: sorted(user).into_iter().collect(),
            system: sorted(system).into_iter().collect(),
        }
    }

    fn apply(&mut self, changes: impl IntoIterator<Item = TagChange>) {
        let mut tags: BTreeSet<String> = std::mem::take(&mut self.user).into_iter().collect();
        for change in changes {
            for tag in &change.remove {
                tags.remove(tag);
            }
            tags.extend(change.add);
        }
        self.user = tags.into_iter().collect();
    }
}

impl Store {
    /// Reads the tags of a run.
    pub async fn tags(&self, run: &RunKey) -> Result<Tags> {
        let record = self.run_record(run).await?;
        self.effective_tags(run, &record.tags, &record.system_tags).await
    }

    /// Changes the tags of a run and returns what they are now.
    ///
    /// # Errors
    /// [`Error::Name`] for a text that can't be a tag, and for removing a system tag.
    pub async fn change_tags(&self, run: &RunKey, change: &TagChange) -> Result<Tags> {
        let tags = self.tags(run).await?;
        for tag in change.add.iter().chain(&change.remove) {
            check(tag)?;
        }
        if let Some(tag) = change.remove.iter().find(|tag| tags.system.contains(tag)) {
            let reason = "it is a system tag, which stays".into();
            return Err(Error::Name { name: tag.clone(), reason });
        }
        let now = jiff::Timestamp::now();
        // Two changes within a millisecond have an order, too.
        let name = format!("tags/{}-{}", time::fine_stamp(now), time::new_nonce());
        self.create(&run.key(&name), encode(change)).await?;
        // That the run's tags changed at all is what the index says; that it said so before
        // is as good.
        let entry = Entry::new(run, &time::rfc3339(now), Kind::Tag);
        self.create(&entry.key(&run.flow), encode(change)).await?;
        self.tags(run).await
    }

    /// Gives a run exactly these tags, the system's aside.
    pub async fn replace_tags(&self, run: &RunKey, tags: &[String]) -> Result<Tags> {
        let now = self.tags(run).await?;
        let remove = now.user.into_iter().filter(|tag| !tags.contains(tag)).collect();
        self.change_tags(run, &TagChange { add: tags.to_vec(), remove }).await
    }

    pub(crate) async fn effective_tags(
        &self,
        run: &RunKey,
        user: &[String],
        system: &[String],
    ) -> Result<Tags> {
        let mut tags = Tags::new(user, system);
        let names = self.list(&run.key("tags")).await?;
        let changes: Vec<Option<TagChange>> = stream::iter(names)
            .map(|name| async move {
                let key = run.key(&format!("tags/{name}"));
                let body = self.get(&key).await?;
                body.map(|body| decode(&key, &body)).transpose()
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        tags.apply(changes.into_iter().flatten());
        Ok(tags)
    }
}

fn check(tag: &str) -> Result<()> {
    let reason = match tag {
        tag if tag.trim().is_empty() => "a tag is not empty",
        tag if tag.len() > LONGEST => "a tag has at most 500 bytes",
        tag if tag.chars().any(char::is_control) => "a tag has no control characters",
        _ => return Ok(()),
    };
    Err(Error::Name { name: tag.chars().take(60).collect(), reason: reason.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn changes_apply_in_order() {
        let mut tags = Tags::new(&texts(&["b", "a", "b"]), &[]);
        tags.apply([
            TagChange { add: texts(&["c"]), remove: texts(&["a"]) },
            TagChange { add: texts(&["a"]), remove: texts(&["a", "c", "none"]) },
        ]);
        assert_eq!(tags.user, ["a", "b"]);
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for tag in ["", " ", "a\nb", &"x".repeat(501)] {
            assert!(check(tag).is_err(), "{tag:?}");
        }
        check("größe:12").unwrap();
    }
}
