//! Taking away what nobody refers to, in two passes (engine rule 8).
//!
//! A blob without a reference that is older than the grace moves to `trash/`. A later
//! run, at least one grace on, marks again, restores what became referenced and deletes
//! the rest. Readers and writers take what they need out of the trash, so gc may run
//! beside both: a writer that finds a blob present makes it young first, and if gc has
//! just moved it, the second pass finds its reference.
//!
//! While a run is live nothing goes that is younger than that run, whatever the grace.

mod cache;
mod mark;
mod runs;
mod sweep;

use std::time::{Duration, SystemTime};

use object_store::ObjectStoreExt;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::keys::{self, RunKey};
use crate::object::retrying;
use crate::store::Store;
use crate::time;

pub use cache::CacheEntry;
pub(crate) use mark::Marks;
pub(crate) use sweep::stale_staging;

/// How long a blob without a reference stays, unless told otherwise.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(24 * 3600);

/// How long the cache keeps a result, unless told otherwise.
pub const DEFAULT_CACHE_AGE: Duration = Duration::from_secs(30 * 24 * 3600);

/// What to take away.
#[derive(Clone, Debug)]
pub struct GcOptions {
    /// Only tell.
    pub dry_run: bool,
    /// Delete the runs of each flow but the newest so many.
    pub keep_runs: Option<usize>,
    /// Delete runs that began longer ago. With `keep_runs`, both must hold.
    pub older_than: Option<Duration>,
    /// Delete tagged runs too. By default they stay: somebody may want them.
    pub tagged: bool,
    /// How long a blob without a reference stays, and again in the trash.
    pub grace: Duration,
    /// Forget cached results that were kept longer ago.
    pub cache_older_than: Duration,
}

impl Default for GcOptions {
    fn default() -> Self {
        Self {
            dry_run: false,
            keep_runs: None,
            older_than: None,
            tagged: false,
            grace: DEFAULT_GRACE,
            cache_older_than: DEFAULT_CACHE_AGE,
        }
    }
}

/// Some blobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// How many.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Amount {
    pub(crate) fn add(&mut self, bytes: u64) {
        self.count += 1;
        self.bytes += bytes;
    }
}

/// What gc did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GcReport {
    /// Whether it only told.
    pub dry_run: bool,
    /// Runs deleted.
    pub runs: Vec<RunKey>,
    /// Runs that would have gone but are live, or a live run resumes from them.
    pub spared: Vec<RunKey>,
    /// Runs that would have gone but are tagged.
    #[serde(default)]
    pub tagged: Vec<RunKey>,
    /// Blobs that something refers to.
    pub kept: Amount,
    /// Blobs without a reference that are too young to go.
    pub young: Amount,
    /// Blobs moved to the trash.
    pub trashed: Amount,
    /// Blobs taken out of the trash.
    pub restored: Amount,
    /// Blobs deleted from the trash: the space that is free now.
    pub deleted: Amount,
    /// Staging folders of runs that are over, and unfinished writes, removed.
    pub leftovers: u64,
    /// Cached results forgotten.
    #[serde(default)]
    pub results: u64,
    /// Leases removed that nobody has held for long.
    #[serde(default)]
    pub leases: u64,
}

impl Store {
    /// Takes away what nobody refers to.
    pub async fn gc(&self, options: &GcOptions) -> Result<GcReport> {
        let mut report = GcReport { dry_run: options.dry_run, ..GcReport::default() };
        if self.readable().await?.is_none() {
            return Ok(report);
        }
        let now = self.clock(options.dry_run).await?;
        let chosen = self.choose_runs(options, now).await?;
        let old = now.checked_sub(options.grace).unwrap_or(SystemTime::UNIX_EPOCH);
        let cutoff = chosen.oldest_live.map_or(old, |live| live.min(old));
        report.spared = chosen.spared;
        report.tagged = chosen.tagged;
        if !options.dry_run {
            self.delete_runs(&chosen.delete).await?;
        }
        let results = self.old_results(now, options.cache_older_than).await?;
        report.results = results.len() as u64;
        if !options.dry_run {
            self.forget_results(&results).await?;
        }
        let marks = self.mark(&chosen.delete, &results).await?;
        report.runs = chosen.delete;
        self.empty_trash(&marks, cutoff, &mut report).await?;
        self.sweep(&marks, cutoff, &mut report).await?;
        self.sweep_leftovers(&chosen.live, cutoff, &mut report).await?;
        report.leases = self.sweep_leases(cutoff, options.dry_run).await?;
        Ok(report)
    }

    /// The present by the clock that stamps objects, so that a grace isn't measured with
    /// two clocks. Only telling asks this machine, and writes nothing.
    async fn clock(&self, dry_run: bool) -> Result<SystemTime> {
        if dry_run {
            return Ok(SystemTime::now());
        }
        let key = format!("probe/{}", time::new_nonce());
        self.put(&key, bytes::Bytes::new()).await?;
        let objects = self.writable().await?;
        let path = keys::path(&key)?;
        let meta =
            retrying(|| "reading the clock".into(), || async { objects.head(&path).await }).await;
        self.delete(&key).await?;
        // Objects have whole seconds on some stores: the next one is surely not before now.
        Ok(SystemTime::from(meta?.last_modified) + Duration::from_secs(1))
    }
}
