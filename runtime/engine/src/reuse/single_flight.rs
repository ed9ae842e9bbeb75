//! One computes, the others wait (engine rule 24).

use std::time::Duration;

use flownote_flow::event::Launch;
use flownote_store::lease::{Claim, Watch};
use tokio::sync::oneshot;
use tokio::task::spawn_local;
use tokio::time::sleep;

use super::Holding;
use crate::Error;
use crate::context::Context;

/// The first and the longest wait between two looks.
const WAITS: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// Who waits for a lease that another holds.
pub(super) struct Waiter {
    watch: Watch,
    wait: Duration,
}

impl Waiter {
    /// Somebody who hasn't waited yet.
    pub(super) fn new(context: &Context) -> Self {
        Self { watch: Watch::new(context.pace.alive_ttl), wait: WAITS.0 }
    }

    /// Takes the lease on `key`, or waits a while because another holds it and answers with
    /// nothing: the caller then looks whether the work is done by now.
    pub(super) async fn claim_or_wait(
        &mut self,
        context: &Context,
        launch: &Launch,
        key: &str,
    ) -> Result<Option<Holding>, Error> {
        let owner = context.owner.alive(0, 0);
        match context.store.claim_lease(key, &owner, &mut self.watch).await? {
            Claim::Ours(lease) => Ok(Some(Holding::new(context, lease))),
            Claim::Held(holder) => {
                if self.wait == WAITS.0 {
                    context.report_waiting(launch, &holder);
                }
                sleep(self.wait).await;
                self.wait = (self.wait * 2).min(WAITS.1);
                Ok(None)
            }
        }
    }
}

impl Holding {
    /// Renews a lease from now on.
    pub(crate) fn new(context: &Context, lease: flownote_store::lease::Lease) -> Self {
        let (store, every, mut renewed) =
            (context.store.clone(), context.pace.alive, lease.clone());
        let (stop, mut stopped) = oneshot::channel::<()>();
        let renewing = spawn_local(async move {
            loop {
                tokio::select! {
                    // Also when the holding was dropped: nobody renews what nobody holds.
                    _ = &mut stopped => return,
                    () = sleep(every) => {}
                }
                // A lease that can't be renewed is lost at worst, and work is done twice.
                let _ = store.renew_lease(&mut renewed).await;
            }
        });
        Self { lease, stop, renewing }
    }

    /// Gives the lease back.
    pub async fn release(self, context: &Context) {
        // A renewal under way must not come after the release and undo it.
        let _ = self.stop.send(());
        let _ = self.renewing.await;
        if let Err(error) = context.store.release_lease(self.lease).await {
            context.notice(format!("a lease can't be given back, others wait for it: {error}"));
        }
    }
}
