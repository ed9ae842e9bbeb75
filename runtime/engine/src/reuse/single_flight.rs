//! One computes, the others wait (engine rule 24).

use std::time::Duration;

use flownote_flow::event::Launch;
use flownote_store::lease::{Claim, Watch};
use tokio::task::spawn_local;
use tokio::time::sleep;

use super::{Holding, Reuse};
use crate::Error;
use crate::context::Context;

/// The first and the longest wait between two looks.
const WAITS: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

impl Reuse {
    /// Takes the lease on `key`. Waits once while another holds it, and then answers with
    /// nothing, so that the caller looks whether the work is done by now.
    pub(super) async fn single_flight(
        &self,
        context: &Context,
        launch: &Launch,
        key: &str,
    ) -> Result<Option<Holding>, Error> {
        let owner = context.owner.alive(0, 0);
        let mut watch = Watch::new(context.pace.alive_ttl);
        let mut wait = WAITS.0;
        loop {
            match context.store.claim_lease(key, &owner, &mut watch).await? {
                Claim::Ours(lease) => return Ok(Some(Holding::new(context, lease))),
                Claim::Held(holder) => {
                    if wait == WAITS.0 {
                        context.report_waiting(launch, &holder);
                    }
                    sleep(wait).await;
                    wait = (wait * 2).min(WAITS.1);
                }
            }
        }
    }
}

impl Holding {
    /// Renews a lease from now on.
    pub(crate) fn new(context: &Context, lease: flownote_store::lease::Lease) -> Self {
        let (store, every, mut renewed) =
            (context.store.clone(), context.pace.alive, lease.clone());
        let renewing = spawn_local(async move {
            loop {
                sleep(every).await;
                // A lease that can't be renewed is lost at worst, and work is done twice.
                let _ = store.renew_lease(&mut renewed).await;
            }
        });
        Self { lease, renewing }
    }

    /// Gives the lease back.
    pub async fn release(self, context: &Context) {
        self.renewing.abort();
        if let Err(error) = context.store.release_lease(self.lease).await {
            context.notice(format!("a lease can't be given back, others wait for it: {error}"));
        }
    }
}
