//! `resume`: the result of the same task in one origin run.

use std::collections::BTreeSet;

use flownote_flow::event::Launch;
use flownote_flow::id::TaskKey;
use flownote_flow::manifest::{Digest, Reused, TaskDone};
use flownote_flow::provenance::{Code, Difference, Provenance};
use serde::Deserialize;

use super::matching::committed;
use super::present::Now;
use super::{ResumeFrom, Reuse, StepNow, Why};
use crate::Error;
use crate::context::Context;

/// The first thing that the step is declared to read and that has another version now.
fn changed_declaration(then: &Provenance, step: &StepNow) -> Option<String> {
    let then: BTreeSet<_> = then.externals.iter().filter(|it| it.declared).collect();
    let now: BTreeSet<_> = step.externals.iter().collect();
    let changed = then.symmetric_difference(&now).next()?;
    Some(format!("{} `{}`", changed.kind, changed.name))
}

impl Reuse {
    /// The result to commit, or why the task must run.
    pub(super) async fn seek_in_origin(
        &self,
        context: &Context,
        launch: &Launch,
        step: &StepNow,
        from: &ResumeFrom,
    ) -> Result<Result<TaskDone, Why>, Error> {
        let Some(task) = self.counterpart(context, launch, from).await? else {
            return Ok(Err(Why::NewItem));
        };
        let Some(origin) = self.earlier(context, launch, task, from).await? else {
            return Ok(Err(Why::NoResult));
        };
        let Ok(provenance) = Provenance::deserialize(&origin.manifest.provenance) else {
            return Ok(Err(Why::NoResult));
        };
        if let Some(name) = changed_declaration(&provenance, step) {
            return Ok(Err(Why::Differs(Difference::External(name))));
        }
        let now = self.present(context, launch).await?;
        let code = (!from.trust_code).then_some((&step.code, &step.environment));
        if from.trust_code || provenance.code.digest == step.code.digest {
            // Other code is difference enough: the world needn't be asked then.
            let seen = provenance.externals.iter().filter(|it| !it.declared);
            now.ask(seen.map(|it| (it.kind.as_str(), it.name.as_str()))).await;
        }
        if let Err(difference) = provenance.compare(code, &now) {
            let codes = (step, &provenance.code.digest);
            return self.explain(context, launch, from, difference, codes, &now).await.map(Err);
        }
        // A chain of resumes names the task that computed, not the one that took it last.
        let reused = origin.reused.unwrap_or_else(|| Reused {
            pathspec: format!("{}/{}/{}/{}", origin.flow, origin.run, origin.step, origin.task),
            user: origin.user,
            finished_at: origin.finished_at,
        });
        self.take(context, launch, origin.manifest, &provenance, &now, reused).await
    }

    /// Says of a difference what the record of the task alone doesn't tell.
    async fn explain(
        &self,
        context: &Context,
        launch: &Launch,
        from: &ResumeFrom,
        difference: Difference,
        (step, ran): (&StepNow, &Digest),
        now: &Now,
    ) -> Result<Why, Error> {
        Ok(match difference {
            Difference::Code(None) => {
                let part = self.changed_part(context, launch, from, &step.code, ran).await?;
                Why::Differs(Difference::Code(part))
            }
            Difference::Parameter(name) => {
                let origin = context.store.run_record(&from.origin).await?;
                let values = [&origin.parameters, &self.run.parameters];
                match values.map(|of| of.get(&name).and_then(|record| record.preview.clone())) {
                    [Some(before), Some(after)] => Why::Parameter { name, before, after },
                    _ => Why::Differs(Difference::Parameter(name)),
                }
            }
            Difference::Artifact(name) | Difference::Input(name) => {
                let mut given = now.given().iter().filter_map(|given| given.get(name.as_str()));
                match given.next().and_then(|given| given.0.split('/').next()) {
                    Some(step) => Why::After { step: step.into(), name },
                    None => Why::Differs(Difference::Artifact(name)),
                }
            }
            other => Why::Differs(other),
        })
    }

    /// The part of the code that changed. Of a foreach only the first task's record has the
    /// parts.
    async fn changed_part(
        &self,
        context: &Context,
        launch: &Launch,
        from: &ResumeFrom,
        code: &Code,
        ran: &Digest,
    ) -> Result<Option<String>, Error> {
        let step = launch.step();
        if let Some(known) = self.changed.borrow().get(step) {
            return Ok(known.clone());
        }
        let first = TaskKey::new(step.clone(), &vec![0; launch.foreach.len()]);
        let first = committed(context, first, from).await?;
        let record = first.and_then(|it| Provenance::deserialize(&it.manifest.provenance).ok());
        let part =
            record.filter(|it| it.code.digest == *ran).and_then(|it| it.code.changed_part(code));
        self.changed.borrow_mut().insert(step.clone(), part.clone());
        Ok(part)
    }
}
