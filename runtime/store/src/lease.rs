//! Leases: who is computing something just now, so that others wait instead of computing
//! it too (engine rule 24). A lease is an optimisation: losing one wastes work, and never
//! makes a result wrong.
//!
//! `leases/<key>/<epoch>` is Created by whoever takes the lease, and rewritten by them: a
//! higher counter says that they live, `released` that they are done. Nothing is deleted.
//! Example: `{"nonce":"5f0c…","released":false,"kept":true,"alive":{"epoch":2,"counter":0,
//! "host":"box","pid":4711,"process_start":"…"}}`
//!
//! Work whose result can't be kept is in vain to wait for: who released such a lease leaves
//! `"kept":false` in it. The next epoch begins with the same word, and until one was kept
//! everybody who asks works at once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::object::Created;
use crate::process::{Alive, Presence};
use crate::run::{decode, encode};
use crate::store::Store;
use crate::time::new_nonce;

/// The folder of the leases.
pub(crate) const LEASES: &str = "leases";
/// A holder that was silent for so long isn't told of.
const SILENT: Duration = Duration::from_secs(600);

/// A lease that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    key: String,
    record: Record,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    nonce: String,
    released: bool,
    /// Whether the last result was kept, as far as is known.
    #[serde(default = "yes")]
    kept: bool,
    alive: Alive,
}

fn yes() -> bool {
    true
}

impl Record {
    /// What somebody else is told of a lease that is held.
    fn claim(self) -> Claim {
        if self.kept { Claim::Held(self.alive) } else { Claim::InVain }
    }
}

/// What came of asking for a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is ours.
    Ours(Lease),
    /// Somebody holds it and lives.
    Held(Alive),
    /// Somebody holds it, and their result won't be kept as it seems: there is nothing to
    /// wait for.
    InVain,
}

/// What a waiter saw last of a holder on another host, on the waiter's own clock.
#[derive(Debug)]
pub struct Watch {
    ttl: Duration,
    seen: Option<(Alive, Instant)>,
}

impl Watch {
    /// A waiter who takes a holder for dead when its counter stands still for so long.
    pub fn new(ttl: Duration) -> Self {
        Self { ttl, seen: None }
    }

    fn is_dead(&mut self, holder: &Alive) -> bool {
        match holder.presence() {
            Presence::Gone => true,
            Presence::Running => false,
            Presence::Elsewhere => match &self.seen {
                Some((seen, since)) if seen == holder => since.elapsed() >= self.ttl,
                _ => {
                    self.seen = Some((holder.clone(), Instant::now()));
                    false
                }
            },
        }
    }
}

/// A lease that somebody holds, as people are shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLease {
    /// What is computed.
    pub key: String,
    /// Who holds it.
    pub holder: Alive,
    /// When they said last that they work on it.
    pub seen: SystemTime,
}

impl Store {
    /// Lists the leases that somebody holds, the longest silent last. Holders here that are
    /// gone aren't listed; elsewhere nobody knows but by their silence.
    pub async fn held_leases(&self) -> Result<Vec<HeldLease>> {
        let mut newest: BTreeMap<String, (String, SystemTime)> = BTreeMap::new();
        for meta in self.list_deep(LEASES).await? {
            let seen = SystemTime::from(meta.last_modified);
            let place = meta.location.to_string();
            let Some((key, _)) = place.rsplit_once('/') else { continue };
            let is_recent = seen.elapsed().is_ok_and(|age| age < SILENT);
            if is_recent && newest.get(key).is_none_or(|(known, _)| *known < place) {
                newest.insert(key.to_owned(), (place, seen));
            }
        }
        let mut held = Vec::new();
        for (key, (place, seen)) in newest {
            let Some(body) = self.get(&place).await? else { continue };
            let Ok(record) = decode::<Record>(&place, &body) else { continue };
            if record.released || record.alive.presence() == Presence::Gone {
                continue;
            }
            let key = key.trim_start_matches(LEASES).trim_start_matches('/').to_owned();
            held.push(HeldLease { key, holder: record.alive, seen });
        }
        held.sort_by_key(|lease| std::cmp::Reverse(lease.seen));
        Ok(held)
    }

    /// Asks once for the lease on `key`, on behalf of `owner`. Whoever is told
    /// [`Claim::Held`] looks whether the work is done by now, waits a little and asks
    /// again with the same `watch`.
    pub async fn claim_lease(&self, key: &str, owner: &Alive, watch: &mut Watch) -> Result<Claim> {
        let (mut epoch, mut kept) = (1, true);
        let folder = format!("{LEASES}/{key}");
        if let Some(last) = self.list(&folder).await?.pop() {
            let place = format!("{folder}/{last}");
            if let Some(body) = self.get(&place).await? {
                // Nobody can renew a damaged lease: it is as good as released.
                if let Ok(record) = decode::<Record>(&place, &body) {
                    kept = record.kept;
                    if !record.released && !watch.is_dead(&record.alive) {
                        return Ok(record.claim());
                    }
                }
                epoch = last.parse::<u64>().unwrap_or(0) + 1;
            }
        }
        let alive = Alive { epoch, counter: 0, ..owner.clone() };
        let record = Record { nonce: new_nonce(), released: false, kept, alive };
        let place = format!("{folder}/{epoch:012}");
        Ok(match self.create(&place, encode(&record)).await? {
            Created::Won => Claim::Ours(Lease { key: place, record }),
            Created::Lost(body) => decode::<Record>(&place, &body)?.claim(),
        })
    }

    /// Says that the holder of a lease still works.
    pub async fn renew_lease(&self, lease: &mut Lease) -> Result<()> {
        lease.record.alive.counter += 1;
        self.put(&lease.key, encode(&lease.record)).await
    }

    /// Gives a lease back. `kept` says whether the result was, or nothing when there was
    /// none: the work failed.
    pub async fn release_lease(&self, lease: Lease, kept: Option<bool>) -> Result<()> {
        let kept = kept.unwrap_or(lease.record.kept);
        let record = Record { released: true, kept, ..lease.record };
        self.put(&lease.key, encode(&record)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{StoreOptions, StoreUrl};

    async fn store() -> Store {
        Store::open(&StoreUrl::Memory, StoreOptions::default()).await.unwrap()
    }

    fn ours(claim: Claim) -> Lease {
        match claim {
            Claim::Ours(lease) => lease,
            other => panic!("not ours: {other:?}"),
        }
    }

    #[tokio::test]
    async fn one_holds_and_the_next_follows_when_it_is_released() {
        let store = store().await;
        let owner = Alive::of_this_process(0, 0);
        let mut watch = Watch::new(Duration::ZERO);
        let lease = ours(store.claim_lease("k", &owner, &mut watch).await.unwrap());
        let second = store.claim_lease("k", &owner, &mut watch).await.unwrap();
        assert!(matches!(second, Claim::Held(alive) if alive.pid == owner.pid));
        let held = store.held_leases().await.unwrap();
        assert_eq!((held.len(), &*held[0].key, held[0].holder.pid), (1, "k", owner.pid));
        store.release_lease(lease, None).await.unwrap();
        let third = ours(store.claim_lease("k", &owner, &mut watch).await.unwrap());
        assert_eq!(third.record.alive.epoch, 2);
        store.release_lease(third, None).await.unwrap();
        assert_eq!(store.held_leases().await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_dead_holder_is_replaced_at_once_on_this_host() {
        let store = store().await;
        let owner = Alive::of_this_process(0, 0);
        // The same process id, taken by an earlier process.
        let start = owner.process_start.rsplit_once('/').expect("three parts").0;
        let dead = Alive { process_start: format!("{start}/1"), ..owner.clone() };
        let mut watch = Watch::new(Duration::from_secs(600));
        ours(store.claim_lease("k", &dead, &mut watch).await.unwrap());
        let mut watch = Watch::new(Duration::from_secs(600));
        ours(store.claim_lease("k", &owner, &mut watch).await.unwrap());
    }

    #[tokio::test]
    async fn a_holder_elsewhere_is_replaced_when_its_counter_stands_still() {
        let store = store().await;
        let owner = Alive::of_this_process(0, 0);
        let far = Alive { host: "far".into(), ..owner.clone() };
        let mut held =
            ours(store.claim_lease("k", &far, &mut Watch::new(Duration::ZERO)).await.unwrap());
        let mut watch = Watch::new(Duration::from_millis(30));
        for _ in 0..3 {
            let claim = store.claim_lease("k", &owner, &mut watch).await.unwrap();
            assert!(matches!(claim, Claim::Held(_)), "it counts on");
            tokio::time::sleep(Duration::from_millis(20)).await;
            store.renew_lease(&mut held).await.unwrap();
        }
        store.claim_lease("k", &owner, &mut watch).await.unwrap();
        tokio::time::sleep(Duration::from_millis(40)).await;
        ours(store.claim_lease("k", &owner, &mut watch).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_waits_for_a_result_that_will_not_be_kept() {
        let store = store().await;
        let owner = Alive::of_this_process(0, 0);
        let claim = || async {
            let mut watch = Watch::new(Duration::ZERO);
            store.claim_lease("k", &owner, &mut watch).await.unwrap()
        };
        let first = ours(claim().await);
        assert!(matches!(claim().await, Claim::Held(_)), "it may be kept");
        store.release_lease(first, Some(false)).await.unwrap();
        let second = ours(claim().await);
        assert_eq!(claim().await, Claim::InVain, "the first wasn't");
        store.release_lease(second, None).await.unwrap();
        let third = ours(claim().await);
        assert_eq!(claim().await, Claim::InVain, "a failure tells nothing new");
        store.release_lease(third, Some(true)).await.unwrap();
        let _fourth = ours(claim().await);
        assert!(matches!(claim().await, Claim::Held(_)), "the third was kept");
    }
}
