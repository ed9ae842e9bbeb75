//! What an execution used.

use flownote_flow::manifest::Usage;
use nix::sys::resource::{UsageWho, getrusage};

/// A moment, by what the process had used until then.
pub struct Used(Usage);

impl Used {
    pub fn now() -> Self {
        let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Self(Usage::default()) };
        let milliseconds = |time: nix::sys::time::TimeVal| {
            u64::try_from(time.tv_sec() * 1000 + time.tv_usec() / 1000).unwrap_or(0)
        };
        Self(Usage {
            user_ms: milliseconds(usage.user_time()),
            system_ms: milliseconds(usage.system_time()),
            max_rss_kb: u64::try_from(usage.max_rss()).unwrap_or(0),
        })
    }

    /// What was used since; the memory is the process's peak.
    pub fn until_now(&self) -> Usage {
        let Self(now) = Self::now();
        Usage {
            user_ms: now.user_ms.saturating_sub(self.0.user_ms),
            system_ms: now.system_ms.saturating_sub(self.0.system_ms),
            max_rss_kb: now.max_rss_kb,
        }
    }
}
