//! Where an artifact comes from and what was made of it: from what tasks were seen to read,
//! across runs where a result was taken.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::{Outcome, TaskDone};
use flownote_flow::pathspec::Pathspec;
use flownote_flow::provenance::Provenance;
use flownote_store::{Error, RunKey, Store};
use serde::Deserialize;

use super::Tasks;
use crate::api::{Lineage, LineageEdge, LineageNode, TaskState, Use};

/// So far back, and so many tasks in all.
const FARTHEST: i32 = 4;
const MOST: usize = 40;
/// Of a join's many parents so many are looked at.
const PARENTS: usize = 8;
/// So many later tasks of the run are asked what they read.
const ASKED: usize = 200;

/// A task of some run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    run: RunKey,
    step: StepName,
    task: TaskId,
}

impl Place {
    fn pathspec(&self) -> String {
        format!("{}/{}/{}", self.run, self.step, self.task)
    }

    fn parse(text: &str) -> Option<Self> {
        let spec: Pathspec = text.parse().ok()?;
        Some(Self {
            run: RunKey { flow: spec.flow?, run: spec.run? },
            step: spec.step?,
            task: spec.task?,
        })
    }
}

#[derive(Default)]
struct Edge {
    names: BTreeSet<String>,
    reused: bool,
}

#[derive(Default)]
struct Drawing {
    nodes: BTreeMap<String, LineageNode>,
    edges: BTreeMap<(String, String), Edge>,
}

impl Drawing {
    fn node(&mut self, pathspec: String, label: String, distance: i32) {
        self.nodes.entry(pathspec.clone()).or_insert(LineageNode { pathspec, label, distance });
    }

    fn place(&mut self, place: &Place, distance: i32) {
        let label = match place.task.as_str() {
            "0" => place.step.to_string(),
            task => format!("{}[{}]", place.step, task.replace('-', "][")),
        };
        self.node(place.pathspec(), label, distance);
    }

    fn edge(&mut self, from: String, to: String, name: &str) {
        self.edges.entry((from, to)).or_default().names.insert(name.to_owned());
    }

    /// One took the other's result, in which these names are.
    fn reuse<'a>(&mut self, from: String, to: String, names: impl Iterator<Item = &'a String>) {
        let edge = self.edges.entry((from, to)).or_default();
        edge.reused = true;
        edge.names.extend(names.cloned());
    }

    fn done(self) -> Lineage {
        let edges = self.edges.into_iter();
        Lineage {
            nodes: self.nodes.into_values().collect(),
            edges: edges
                .map(|((from, to), Edge { names, reused })| LineageEdge {
                    from,
                    to,
                    names: names.into_iter().collect(),
                    reused,
                })
                .collect(),
        }
    }
}

/// Draws the lineage of an artifact that a task made.
pub async fn lineage(
    store: &Store,
    tasks: &Tasks,
    maker: &str,
    name: &str,
    digest: &str,
    users: &[Use],
) -> Result<Lineage, Error> {
    let mut drawing = Drawing::default();
    let Some(maker) = Place::parse(maker) else { return Ok(drawing.done()) };
    drawing.place(&maker, 0);
    before(store, &mut drawing, &maker).await?;
    after(store, &mut drawing, tasks, &maker, name, digest).await?;
    // Tasks elsewhere that took this one's result.
    for user in users.iter().filter(|user| user.reused).take(MOST) {
        let Some((place, _)) = user.pathspec.rsplit_once('/') else { continue };
        let Some(place) = Place::parse(place).filter(|it| *it != maker) else { continue };
        if drawing.nodes.contains_key(&place.pathspec()) {
            continue;
        }
        let taken = result(store, &place).await?.and_then(|done| done.reused);
        if taken.is_some_and(|taken| taken.pathspec == maker.pathspec()) {
            drawing.place(&place, 1);
            drawing.reuse(maker.pathspec(), place.pathspec(), [name.to_owned()].iter());
        }
    }
    Ok(drawing.done())
}

/// Goes back from a task to what it read.
async fn before(store: &Store, drawing: &mut Drawing, maker: &Place) -> Result<(), Error> {
    let mut waiting = VecDeque::from([(maker.clone(), 0)]);
    let mut seen = BTreeSet::new();
    while let Some((place, distance)) = waiting.pop_front() {
        if !seen.insert(place.clone()) || distance <= -FARTHEST || drawing.nodes.len() >= MOST {
            continue;
        }
        let Some(done) = result(store, &place).await? else { continue };
        let to = place.pathspec();
        if let Some(origin) = done.reused.as_ref().and_then(|it| Place::parse(&it.pathspec)) {
            drawing.place(&origin, distance - 1);
            drawing.reuse(origin.pathspec(), to.clone(), done.manifest.artifacts.keys());
            waiting.push_back((origin, distance - 1));
            continue;
        }
        let known = Provenance::deserialize(&done.manifest.provenance).unwrap_or_default();
        for external in &known.externals {
            let from = format!("{}:{}", external.kind, external.name);
            drawing.node(from.clone(), external.name.clone(), distance - 1);
            drawing.edge(from, to.clone(), &external.kind);
        }
        let found = known.reads.artifacts.iter().filter(|(_, digest)| digest.is_some());
        let names: BTreeSet<&String> =
            found.map(|(name, _)| name).chain(known.reads.inputs.keys()).collect();
        for parent in done.parents.iter().take(PARENTS) {
            for (producer, name) in producers(store, &place.run, parent, &names).await? {
                let Some(from) = attempt(&place.run, &producer) else { continue };
                drawing.place(&from, distance - 1);
                drawing.edge(from.pathspec(), to.clone(), &name);
                waiting.push_back((from, distance - 1));
            }
        }
    }
    Ok(())
}

/// Which tasks of the run read it.
async fn after(
    store: &Store,
    drawing: &mut Drawing,
    tasks: &Tasks,
    maker: &Place,
    name: &str,
    digest: &str,
) -> Result<(), Error> {
    let is_done = |state| matches!(state, TaskState::Succeeded | TaskState::Reused);
    let later =
        tasks.rows(None).filter(|row| is_done(row.status) && row.step != maker.step.as_str());
    for row in later.take(ASKED) {
        let place = Place {
            run: maker.run.clone(),
            step: StepName::new(row.step.as_str()),
            task: TaskId::new(row.task.as_str()),
        };
        let Some(done) = result(store, &place).await? else { continue };
        let known = Provenance::deserialize(&done.manifest.provenance).unwrap_or_default();
        let read = known.reads.artifacts.get(name).and_then(Option::as_deref);
        let own = read.is_some_and(|read| is_of(read, digest));
        let from = format!("{}/{}.", maker.step, maker.task);
        let joined = known.reads.inputs.contains_key(name)
            && done.parents.iter().any(|parent| parent.starts_with(&from));
        if (own || joined) && drawing.nodes.len() < 2 * MOST {
            drawing.place(&place, 1);
            drawing.edge(maker.pathspec(), place.pathspec(), name);
        }
    }
    Ok(())
}

/// Whether what was read is the value of a digest: `json:float:1b36…`, its codec and type before it.
fn is_of(read: &str, digest: &str) -> bool {
    read.rsplit(':').next() == Some(digest)
}

/// Who made what a parent passes on under names: `step/task.attempt` and the name.
async fn producers(
    store: &Store,
    run: &RunKey,
    parent: &str,
    names: &BTreeSet<&String>,
) -> Result<Vec<(String, String)>, Error> {
    let Some(place) = attempt(run, parent) else { return Ok(Vec::new()) };
    let seen = match store.artifacts(run, &place.step, &place.task).await {
        Err(Error::Missing { .. }) => return Ok(Vec::new()),
        other => other?,
    };
    let read = seen.into_iter().filter(|artifact| names.contains(&artifact.name));
    Ok(read.filter_map(|artifact| Some((artifact.producer?, artifact.name))).collect())
}

/// The task of `step/task.attempt`.
fn attempt(run: &RunKey, name: &str) -> Option<Place> {
    let (step, task) = name.split_once('/')?;
    let task = task.rsplit_once('.').map_or(task, |(task, _)| task);
    Some(Place { run: run.clone(), step: StepName::new(step), task: TaskId::new(task) })
}

/// How a task ended that committed; none when it didn't, or gc took it.
async fn result(store: &Store, place: &Place) -> Result<Option<TaskDone>, Error> {
    let dones = store.attempts(&place.run, &place.step, &place.task).await?;
    Ok(dones.into_iter().find(|done| done.outcome == Outcome::Ok))
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn what_was_read_names_its_codec_and_type() {
        assert!(is_of("json:float:1b36c22e", "1b36c22e"));
        assert!(is_of("1b36c22e", "1b36c22e"));
        assert!(!is_of("json:float:1b36c22e", "36c22e"));
    }
}
