//! `resume`: the result of the same task in one origin run.

use flownote_flow::event::Launch;
use flownote_flow::id::AttemptKey;
use flownote_flow::manifest::{Outcome, Reused, TaskDone};
use flownote_flow::provenance::Provenance;
use serde::Deserialize;

use super::{ResumeFrom, Reuse, StepNow, Why};
use crate::Error;
use crate::context::Context;

impl Reuse {
    /// The result to commit, or why the task must run.
    pub(super) async fn seek_in_origin(
        &self,
        context: &Context,
        launch: &Launch,
        step: &StepNow,
        from: &ResumeFrom,
    ) -> Result<Result<TaskDone, Why>, Error> {
        let Some(origin) = committed(context, launch, from).await? else {
            return Ok(Err(Why::NoResult));
        };
        let Ok(provenance) = Provenance::deserialize(&origin.manifest.provenance) else {
            return Ok(Err(Why::NoResult));
        };
        let now = self.present(context, launch).await?;
        let code = (!from.trust_code).then_some((&step.code, &step.environment));
        if let Err(difference) = provenance.compare(code, &now) {
            return Ok(Err(Why::Differs(difference)));
        }
        // A chain of resumes names the task that computed, not the one that took it last.
        let reused = origin.reused.unwrap_or_else(|| Reused {
            pathspec: format!("{}/{}/{}/{}", origin.flow, origin.run, origin.step, origin.task),
            user: origin.user,
            finished_at: origin.finished_at,
        });
        self.take(context, launch, origin.manifest, &provenance, &now, reused).await
    }
}

/// The committed result of the same task in the origin run.
async fn committed(
    context: &Context,
    launch: &Launch,
    from: &ResumeFrom,
) -> Result<Option<TaskDone>, Error> {
    let mut attempt = AttemptKey { task: launch.attempt.task.clone(), attempt: 0 };
    while let Some(done) = context.store.done(&from.origin, &attempt).await? {
        if done.outcome == Outcome::Ok {
            return Ok(Some(done));
        }
        attempt.attempt += 1;
    }
    Ok(None)
}
