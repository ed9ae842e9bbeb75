//! Flows and runs: newest first, filtered, paged, from the names of the index.

use std::collections::{HashMap, HashSet};

use flownote_flow::event::RunStatus;
use flownote_flow::id::{FlowName, RunId};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{AT_ONCE, Status, Tags};
use crate::error::Result;
use crate::index::{Created, Entry, Finished, INDEX, Kind, Name, TaskCounts};
use crate::keys::{RUNS, RunKey};
use crate::run::decode;
use crate::store::Store;
use crate::time;

/// Which runs of a flow to list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFilter {
    /// The flow.
    pub flow: FlowName,
    /// Tags that a run must have, all of them, its own or the system's.
    #[serde(default)]
    pub tags: Vec<String>,
    /// How a run must stand; empty for any way.
    #[serde(default)]
    pub status: Vec<Status>,
    /// Who must have started it.
    #[serde(default)]
    pub user: Option<String>,
    /// Only runs that went to their end: not those that were to end after a step (`--until`).
    #[serde(default)]
    pub whole: bool,
    /// Only runs older than this one: the `next` of the page before.
    #[serde(default)]
    pub before: Option<RunId>,
    /// How many at most.
    #[serde(default)]
    pub limit: Option<usize>,
}

impl RunFilter {
    /// All runs of a flow.
    pub fn of(flow: impl Into<FlowName>) -> Self {
        Self {
            flow: flow.into(),
            tags: Vec::new(),
            status: Vec::new(),
            user: None,
            whole: false,
            before: None,
            limit: None,
        }
    }

    /// Whether a run with this ending can be wanted, before anything of it is read.
    fn may_have(&self, ending: Option<&Ending>) -> bool {
        let status = ending.map(|ending| Status::from(ending.status));
        self.status.is_empty() || status.is_none_or(|status| self.status.contains(&status))
    }

    fn admits(&self, run: &RunSummary) -> bool {
        let has = |tag: &String| run.tags.contains(tag) || run.system_tags.contains(tag);
        (self.status.is_empty() || self.status.contains(&run.status))
            && !(self.whole && run.is_partial())
            && self.user.as_ref().is_none_or(|user| *user == run.user)
            && self.tags.iter().all(has)
    }
}

/// One run in a listing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// The flow.
    pub flow: FlowName,
    /// The run.
    pub run: RunId,
    /// How it stands.
    pub status: Status,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC; absent while it isn't over.
    pub finished_at: Option<String>,
    /// Who started it.
    pub user: String,
    /// Where.
    pub host: String,
    /// Its tags, changes applied.
    pub tags: Vec<String>,
    /// The system's tags.
    pub system_tags: Vec<String>,
    /// The run that it takes results from, when it is a resume.
    pub origin: Option<RunId>,
}

impl RunSummary {
    /// Whether it was to end after a step, of which a system tag tells.
    pub fn is_partial(&self) -> bool {
        self.system_tags.iter().any(|tag| tag.starts_with("until:"))
    }
}

/// A run as the index's names tell of it, nothing of it opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunName {
    /// The run.
    pub run: RunId,
    /// How and when it ended; absent while it isn't over.
    pub ending: Option<(Status, String)>,
    /// Whether its tags changed since it began.
    pub is_tagged: bool,
}

/// Some runs, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPage {
    /// The runs.
    pub runs: Vec<RunSummary>,
    /// What to give as [`RunFilter::before`] for the next page; absent on the last.
    pub next: Option<RunId>,
}

impl Store {
    /// Lists the flows that have runs.
    pub async fn flows(&self) -> Result<Vec<FlowName>> {
        let names = self.list(RUNS).await?;
        Ok(names.iter().filter_map(|name| name.strip_suffix('/')).map(FlowName::new).collect())
    }

    /// Lists runs, newest first.
    pub async fn runs(&self, filter: &RunFilter) -> Result<RunPage> {
        let limit = filter.limit.unwrap_or(usize::MAX);
        let mut found: Vec<RunSummary> = Vec::new();
        let mut walk = Walk::new(self, &filter.flow).await?;
        while let Some(day) = walk.next_day(self).await? {
            let older = |run: &RunId| filter.before.as_ref().is_none_or(|before| run < before);
            let likely = day
                .into_iter()
                .filter(|item| older(&item.run) && filter.may_have(item.ending.as_ref()));
            let summaries = stream::iter(likely)
                .map(|item| self.summary_of(&filter.flow, item))
                // One more than asked for tells whether there is a next page.
                .buffered(AT_ONCE.min(limit.saturating_add(1)));
            let mut summaries = std::pin::pin!(summaries);
            while let Some(summary) = summaries.try_next().await? {
                let Some(summary) = summary.filter(|summary| filter.admits(summary)) else {
                    continue;
                };
                if found.len() == limit {
                    let next = found.last().map(|run| run.run.clone());
                    return Ok(RunPage { runs: found, next });
                }
                found.push(summary);
            }
        }
        Ok(RunPage { runs: found, next: None })
    }

    /// Lists a flow's runs by name alone, newest first: what a reader needs that remembers
    /// what it has read.
    pub async fn run_names(&self, flow: &FlowName) -> Result<Vec<RunName>> {
        let mut found = Vec::new();
        let mut walk = Walk::new(self, flow).await?;
        while let Some(day) = walk.next_day(self).await? {
            found.extend(day.into_iter().map(|item| {
                let ending = item.ending.as_ref();
                let ending = ending.and_then(|it| Some((it.status.into(), it.at()?)));
                RunName { run: item.run, ending, is_tagged: item.tagged }
            }));
        }
        Ok(found)
    }

    /// Finds the newest run of a flow.
    pub async fn latest_run(&self, flow: &FlowName) -> Result<Option<RunSummary>> {
        self.first(RunFilter::of(flow.clone())).await
    }

    /// Finds the newest run of a flow that succeeded and went to its end.
    pub async fn latest_successful_run(&self, flow: &FlowName) -> Result<Option<RunSummary>> {
        let status = vec![Status::Succeeded];
        self.first(RunFilter { status, whole: true, ..RunFilter::of(flow.clone()) }).await
    }

    async fn first(&self, filter: RunFilter) -> Result<Option<RunSummary>> {
        let filter = RunFilter { limit: Some(1), ..filter };
        Ok(self.runs(&filter).await?.runs.into_iter().next())
    }

    /// Tells how many tasks of a run that is over committed, where they were counted.
    pub async fn task_counts(&self, run: &RunSummary) -> Result<Option<TaskCounts>> {
        let ended = match run.status {
            Status::Succeeded => RunStatus::Succeeded,
            Status::Failed => RunStatus::Failed,
            Status::Cancelled => RunStatus::Cancelled,
            Status::Running | Status::Interrupted => return Ok(None),
        };
        let Some(at) = &run.finished_at else { return Ok(None) };
        let entry =
            Entry::new(&RunKey::new(run.flow.clone(), run.run.as_str()), at, Kind::of(ended));
        let key = entry.key(&run.flow);
        let Some(body) = self.get(&key).await? else { return Ok(None) };
        Ok(decode::<Finished>(&key, &body)?.tasks)
    }

    /// Describes one run.
    pub async fn run_summary(&self, run: &RunKey) -> Result<RunSummary> {
        let created = self.created(run).await?;
        let tags = self.effective_tags(run, &created.tags, &created.system_tags).await?;
        let (status, finished_at) = self.run_status(run).await?;
        Ok(summarise(run.clone(), created, status, finished_at, tags))
    }

    /// What is known of a run's start: from the index, or from its record.
    async fn created(&self, run: &RunKey) -> Result<Created> {
        let key = Entry::created(run, "").key(&run.flow);
        if let Some(body) = self.get(&key).await? {
            return decode(&key, &body);
        }
        Ok(Created::of(&self.run_record(run).await?))
    }

    /// Describes a run of the walk; none when gc is taking it away.
    async fn summary_of(&self, flow: &FlowName, item: Item) -> Result<Option<RunSummary>> {
        let run = RunKey { flow: flow.clone(), run: item.run };
        let created = match self.created(&run).await {
            Err(crate::Error::Missing { .. }) => return Ok(None),
            other => other?,
        };
        let tags = if item.tagged {
            self.effective_tags(&run, &created.tags, &created.system_tags).await?
        } else {
            Tags::new(&created.tags, &created.system_tags)
        };
        let (status, finished_at) = match item.ending {
            Some(ending) => (ending.status.into(), ending.at()),
            None => match self.run_status(&run).await {
                Err(crate::Error::Missing { .. }) => return Ok(None),
                other => other?,
            },
        };
        Ok(Some(summarise(run, created, status, finished_at, tags)))
    }
}

fn summarise(
    run: RunKey,
    created: Created,
    status: Status,
    finished_at: Option<String>,
    tags: Tags,
) -> RunSummary {
    RunSummary {
        flow: run.flow,
        run: run.run,
        status,
        created_at: created.created_at,
        finished_at,
        user: created.user,
        host: created.host,
        tags: tags.user,
        system_tags: tags.system,
        origin: created.origin,
    }
}

/// A run as the index's names show it.
struct Item {
    run: RunId,
    ending: Option<Ending>,
    tagged: bool,
}

/// How a run ended and when, as a stamp; times are read only for what is shown.
struct Ending {
    status: RunStatus,
    stamp: String,
}

impl Ending {
    fn at(&self) -> Option<String> {
        time::parse_stamp(&self.stamp).map(time::rfc3339)
    }
}

/// A walk over a flow's index, from the newest day back. What is said about a run after
/// its day is met before the run itself.
struct Walk {
    folder: String,
    days: Vec<String>,
    endings: HashMap<String, Ending>,
    tagged: HashSet<String>,
}

impl Walk {
    async fn new(store: &Store, flow: &FlowName) -> Result<Self> {
        let folder = format!("{INDEX}/{flow}");
        let days = store.list(&folder).await?;
        Ok(Self { folder, days, endings: HashMap::new(), tagged: HashSet::new() })
    }

    /// The runs that began on the next day back, newest first.
    async fn next_day(&mut self, store: &Store) -> Result<Option<Vec<Item>>> {
        let Some(day) = self.days.pop() else { return Ok(None) };
        let day = day.trim_end_matches('/');
        let names = store.list(&format!("{}/{day}", self.folder)).await?;
        let mut begun = Vec::new();
        for name in names.iter().filter_map(|name| Name::parse(name)) {
            match name.kind {
                Kind::Created => begun.push(name.run),
                Kind::Tag => {
                    self.tagged.insert(name.run.to_owned());
                }
                // Of several endings the first counts, as it does in the log.
                Kind::Finished(status) => {
                    let stamp = format!("{day}T{}", name.hour);
                    let known = self.endings.get(name.run);
                    if known.is_none_or(|known| stamp < known.stamp) {
                        self.endings.insert(name.run.to_owned(), Ending { status, stamp });
                    }
                }
            }
        }
        begun.sort_unstable_by(|one, other| other.cmp(one));
        let items = begun.into_iter().map(|run| Item {
            ending: self.endings.remove(run),
            tagged: self.tagged.remove(run),
            run: RunId::new(run),
        });
        Ok(Some(items.collect()))
    }
}
