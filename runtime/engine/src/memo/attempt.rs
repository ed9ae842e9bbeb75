//! Memoised functions that are called in a task: the engine asks and keeps for the worker,
//! which opens no datastore itself (engine rule 3). What a worker that died was computing
//! is given back when its attempt ends.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use flownote_flow::cache::CacheRecord;
use flownote_flow::event::Launch;
use flownote_flow::manifest::SCHEMA;
use flownote_flow::provenance::{Key, Provenance, base_key};
use flownote_store::lease::Watch;

use super::{Asked, Caller, Computed};
use crate::Error;
use crate::context::Context;
use crate::reuse::Holding;
use crate::wire::ToChild;

/// The calls of one attempt.
pub(crate) struct Calls<'a> {
    context: &'a Context,
    launch: &'a Launch,
    staging: &'a Path,
    held: HashMap<u64, Holding>,
    watches: HashMap<Key, Watch>,
    count: u64,
}

impl<'a> Calls<'a> {
    /// None yet; values are staged below `staging`.
    pub(crate) fn new(context: &'a Context, launch: &'a Launch, staging: &'a Path) -> Self {
        let (held, watches) = (HashMap::new(), HashMap::new());
        Self { context, launch, staging, held, watches, count: 0 }
    }

    /// Answers a worker that asks for a value.
    pub(crate) async fn ask(&mut self, call: &Provenance) -> ToChild {
        self.try_ask(call).await.unwrap_or_else(|error| refusal(&error))
    }

    /// Keeps what a worker computed, or nothing when that failed or can't be kept, and lets
    /// others at it.
    pub(crate) async fn keep(
        &mut self,
        compute: u64,
        computed: Option<&Computed>,
        failed: bool,
    ) -> ToChild {
        let kept = match computed {
            Some(computed) => self.try_keep(compute, computed).await,
            None => Ok(false),
        };
        if let Some(holding) = self.held.remove(&compute) {
            let told = (!failed && kept.is_ok()).then_some(computed.is_some());
            holding.release(self.context, told).await;
        }
        match kept {
            Ok(differs) => ToChild::Kept { kept: computed.is_some(), differs },
            Err(error) => refusal(&error),
        }
    }

    /// Gives back what the worker left behind.
    pub(crate) async fn end(self) {
        for holding in self.held.into_values() {
            holding.release(self.context, None).await;
        }
    }

    async fn try_ask(&mut self, call: &Provenance) -> Result<ToChild, Error> {
        let ttl = self.context.pace.alive_ttl;
        let base = base_key(call);
        let mut watch = self.watches.remove(&base).unwrap_or_else(|| Watch::new(ttl));
        Ok(match caller(self.context).ask(call, &mut watch).await? {
            Asked::Known(hit) => ToChild::Hit { hit },
            Asked::Held(holder) => {
                self.watches.insert(base, watch);
                ToChild::Held { held: format!("process {} on {}", holder.pid, holder.host) }
            }
            Asked::Ours(lease) => {
                self.count += 1;
                if let Some(lease) = lease {
                    self.held.insert(self.count, Holding::new(self.context, lease));
                }
                let staging = self.folder(self.count).to_string_lossy().into_owned();
                ToChild::Compute { compute: self.count, staging }
            }
        })
    }

    async fn try_keep(&self, compute: u64, computed: &Computed) -> Result<bool, Error> {
        let (context, attempt) = (self.context, &self.launch.attempt);
        let record = CacheRecord {
            schema: SCHEMA,
            nonce: context.nonce(),
            flow: context.run.flow.clone(),
            run: context.run.run.clone(),
            step: attempt.task.step.clone(),
            task: attempt.task.id(),
            attempt: attempt.attempt,
            user: context.owner.user.clone(),
            finished_at: context.now(),
            elapsed_ms: computed.elapsed_ms,
            manifest: computed.manifest()?,
        };
        let differs = caller(context).keep(computed, &record, &self.folder(compute)).await?;
        if differs {
            context.notice(format!(
                "`{}` isn't deterministic: the same call of the same code gave something else \
                 before",
                computed.name
            ));
        }
        Ok(differs)
    }

    fn folder(&self, compute: u64) -> PathBuf {
        self.staging.join(format!("memo-{compute}"))
    }
}

fn caller(context: &Context) -> Caller<'_> {
    Caller {
        store: &context.store,
        user: &context.owner.user,
        owner: context.owner.alive(0, 0),
        trust_pickles: context.trust_pickles,
        world: context.world.as_ref(),
    }
}

fn refusal(error: &Error) -> ToChild {
    ToChild::Error { error: error.to_string(), kind: "store" }
}
