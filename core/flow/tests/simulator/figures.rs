//! What happened in all runs together, so that a simulator that no longer simulates
//! anything is noticed.

use flownote_flow::event::RunStatus;

/// Counts over one or many runs.
#[derive(Debug, Default)]
pub struct Figures {
    pub succeeded: u64,
    pub failed: u64,
    pub cancelled: u64,
    pub tasks: u64,
    pub launches: u64,
    pub events: u64,
    pub crashes: u64,
    pub fenced: u64,
    pub tombstones: u64,
    pub zombies_beaten: u64,
    pub duplicates: u64,
    pub lost_events: u64,
    pub probed: u64,
    pub snapshots: u64,
    pub empty_foreaches: u64,
    pub fallbacks: u64,
}

impl Figures {
    pub fn end(&mut self, status: RunStatus) {
        *match status {
            RunStatus::Succeeded => &mut self.succeeded,
            RunStatus::Failed => &mut self.failed,
            RunStatus::Cancelled => &mut self.cancelled,
        } += 1;
    }

    pub fn add(&mut self, other: &Self) {
        for (own, (_, more)) in self.all_mut().into_iter().zip(other.all()) {
            *own += more;
        }
    }

    /// Everything must have happened, and not by a rare chance.
    pub fn assert_varied(&self) {
        for (name, count) in self.all() {
            assert!(count >= 20, "the simulator had only {count} {name}: it tests too little");
        }
    }

    fn all(&self) -> [(&'static str, u64); 16] {
        [
            ("succeeded", self.succeeded),
            ("failed", self.failed),
            ("cancelled", self.cancelled),
            ("tasks", self.tasks),
            ("launches", self.launches),
            ("events", self.events),
            ("crashes", self.crashes),
            ("fenced", self.fenced),
            ("tombstones", self.tombstones),
            ("zombies beaten", self.zombies_beaten),
            ("duplicates", self.duplicates),
            ("lost events", self.lost_events),
            ("probed", self.probed),
            ("snapshots", self.snapshots),
            ("empty foreaches", self.empty_foreaches),
            ("fallbacks", self.fallbacks),
        ]
    }

    fn all_mut(&mut self) -> [&mut u64; 16] {
        [
            &mut self.succeeded,
            &mut self.failed,
            &mut self.cancelled,
            &mut self.tasks,
            &mut self.launches,
            &mut self.events,
            &mut self.crashes,
            &mut self.fenced,
            &mut self.tombstones,
            &mut self.zombies_beaten,
            &mut self.duplicates,
            &mut self.lost_events,
            &mut self.probed,
            &mut self.snapshots,
            &mut self.empty_foreaches,
            &mut self.fallbacks,
        ]
    }
}
