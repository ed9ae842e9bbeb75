//! A task with what it sees, and one artifact with a look into it.

use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::{Next, Outcome};
use flownote_store::RunKey;
use flownote_store::client::{Artifact, Origin};

use super::{Runs, Tasks, facts, lineage, preview};
use crate::answer::Failure;
use crate::api::{ArtifactDetail, ArtifactRow, TaskDetail, TaskRow};

/// Of many parents and children so many are named.
const NAMED: usize = 100;
/// Of many users of a digest so many are named.
const USERS: usize = 100;

impl Runs {
    /// Describes a task.
    pub async fn task_detail(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
    ) -> Result<TaskDetail, Failure> {
        let store = self.store();
        let shelf = self.shelf.current(store, run).await?;
        let tasks = shelf.read().await;
        let row = find(&tasks, run, step, task)?.clone();
        let dones = store.attempts(run, step, task).await?;
        let committed = dones.iter().find(|done| done.outcome == Outcome::Ok);
        let why_not_reused = match committed {
            Some(done) => store.why_briefly(run, done).await?.map(|said| said.why),
            None => None,
        };
        let last = committed.or(dones.last());
        let parents: Vec<String> = last
            .map(|done| done.parents.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|parent| {
                format!("{run}/{}", parent.rsplit_once('.').map_or(parent.as_str(), |it| it.0))
            })
            .collect();
        let next = last.and_then(|done| done.manifest.next.as_ref());
        let children = children(&tasks, run, &row, next);
        let artifacts = match dones.is_empty() {
            true => Vec::new(),
            false => store.artifacts(run, step, task).await?,
        };
        let mut artifacts: Vec<ArtifactRow> =
            artifacts.iter().map(|artifact| artifact_row(run, artifact, &tasks)).collect();
        artifacts.sort_by_key(|row| matches!(row.origin.as_str(), "parameter" | "constant"));
        Ok(TaskDetail {
            row,
            artifacts,
            parameters: facts::parameters(tasks.record()),
            why_not_reused,
            parents_total: parents.len() as u64,
            parents: parents.into_iter().take(NAMED).collect(),
            children_total: children.len() as u64,
            children: children.into_iter().take(NAMED).collect(),
        })
    }

    /// Describes an artifact that a task sees.
    pub async fn artifact_detail(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
        name: &str,
    ) -> Result<ArtifactDetail, Failure> {
        let store = self.store();
        let Some(artifact) = store.artifact(run, step, task, name).await? else {
            let what = format!("task `{run}/{step}/{task}` has no artifact `{name}`");
            return Err(Failure::missing(what, "the task's page lists what it has"));
        };
        let shelf = self.shelf.current(store, run).await?;
        let tasks = shelf.read().await;
        let row = artifact_row(run, &artifact, &tasks);
        let found = self.digests.find(store, &self.catalogue, &row.digest).await?;
        let lineage = match &row.made_by {
            Some(maker) => {
                lineage::lineage(store, &tasks, maker, name, &row.digest, &found.users).await?
            }
            None => Default::default(),
        };
        let own = row.made_by.as_ref().map(|maker| format!("{maker}/{name}"));
        let others = found.users.into_iter().filter(|user| Some(&user.pathspec) != own.as_ref());
        Ok(ArtifactDetail {
            preview: preview::preview(store, &artifact).await,
            used_in: others.take(USERS).collect(),
            is_complete: found.is_complete,
            lineage,
            row,
        })
    }
}

/// A task that the run has.
pub fn find<'a>(
    tasks: &'a Tasks,
    run: &RunKey,
    step: &StepName,
    task: &TaskId,
) -> Result<&'a TaskRow, Failure> {
    let found = tasks.task(step.as_str(), task.as_str()).map(|(_, row)| row);
    found.ok_or_else(|| {
        Failure::missing(
            format!("run `{run}` has no task `{step}/{task}`"),
            "the run's page lists its tasks",
        )
    })
}

fn artifact_row(run: &RunKey, artifact: &Artifact, tasks: &Tasks) -> ArtifactRow {
    let record = &artifact.record;
    let maker = artifact.producer.as_deref().map(|it| it.rsplit_once('.').map_or(it, |it| it.0));
    let made =
        maker.and_then(|it| it.split_once('/')).and_then(|(step, task)| tasks.task(step, task));
    ArtifactRow {
        name: artifact.name.clone(),
        type_name: record.type_name.clone(),
        codec: record.codec.clone(),
        size: record.size,
        digest: record.digest.to_string(),
        preview: record
            .preview
            .clone()
            .or_else(|| record.inline.clone().filter(|it| it.len() <= 120)),
        origin: match artifact.origin {
            Origin::Own => "own",
            Origin::Inherited => "inherited",
            Origin::Parameter => "parameter",
            Origin::Constant => "constant",
        }
        .to_owned(),
        made_by: maker.map(|maker| format!("{run}/{maker}")),
        computed_by: made.and_then(|(_, row)| row.reused.as_ref()).map(|it| it.pathspec.clone()),
        meta: record.meta.clone(),
    }
}

/// The tasks that a task led to: those of the following steps whose paths fit.
fn children(tasks: &Tasks, run: &RunKey, row: &TaskRow, next: Option<&Next>) -> Vec<String> {
    let own: Vec<&str> = match (row.foreach_index, row.task.as_str()) {
        (None, _) => Vec::new(),
        (Some(_), task) => task.split('-').collect(),
    };
    let steps: Vec<&StepName> = match next {
        Some(Next::Steps { steps }) => steps.iter().collect(),
        Some(Next::Foreach { step, .. }) => vec![step],
        Some(Next::End) | None => Vec::new(),
    };
    let mut found = Vec::new();
    for step in steps {
        for child in tasks.rows(Some(step.as_str())) {
            let path: Vec<&str> = match child.foreach_index {
                None => Vec::new(),
                Some(_) => child.task.split('-').collect(),
            };
            // A join has fewer levels than its parents, an item of a foreach more.
            let common = own.len().min(path.len());
            if own[..common] == path[..common] {
                found.push(format!("{run}/{}/{}", child.step, child.task));
            }
        }
    }
    found
}
