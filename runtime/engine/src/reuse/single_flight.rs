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

/// What came of asking for a lease.
pub(super) enum Turn {
    /// It is ours: the work is ours to do.
    Ours(Holding),
    /// Another has it, and some time went by: the work may be done by now.
    Waited,
    /// Another has it, and their result won't be kept: the work is everybody's to do.
    InVain,
}

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

    /// Takes the lease on `key`, or waits a while because another holds it.
    pub(super) async fn claim_or_wait(
        &mut self,
        context: &Context,
        launch: &Launch,
        key: &str,
    ) -> Result<Turn, Error> {
        let owner = context.owner.alive(0, 0);
        match context.store.claim_lease(key, &owner, &mut self.watch).await? {
            Claim::Ours(lease) => Ok(Turn::Ours(Holding::new(context, lease))),
            Claim::Held(holder) => {
                if self.wait == WAITS.0 {
                    context.report_waiting(launch, &holder);
                }
                sleep(self.wait).await;
                self.wait = (self.wait * 2).min(WAITS.1);
                Ok(Turn::Waited)
            }
            Claim::InVain => Ok(Turn::InVain),
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

    /// Gives the lease back, and says whether the result was kept, if there was one.
    pub async fn release(self, context: &Context, kept: Option<bool>) {
        // A renewal under way must not come after the release and undo it.
        let _ = self.stop.send(());
        let _ = self.renewing.await;
        if let Err(error) = context.store.release_lease(self.lease, kept).await {
            context.notice(format!("a lease can't be given back, others wait for it: {error}"));
        }
    }
}
