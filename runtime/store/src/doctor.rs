//! Testing a store: whether it can be reached, by whom, how fast, and whether it excludes
//! two writers.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use flownote_flow::help::Help;
use serde::{Deserialize, Serialize};

use crate::client::{RunFilter, Status};
use crate::error::{Error, Result};
use crate::gc::DEFAULT_GRACE;
use crate::location::StoreUrl;
use crate::object::blocking;
use crate::store::Store;
use crate::{credentials, first_use, gc, keys};

/// A disk with less room than this gets a warning.
const LITTLE_SPACE: f64 = GIB;
const GIB: f64 = (1_u64 << 30) as f64;

/// How a test came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, with something to know.
    Warning,
    /// The store can't be used so.
    Bad,
}

/// One test of the doctor's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// `reachable`, `format`, `exclusion`, `latency`, `credentials`, `disk`, `staging`,
    /// `leftovers`, `attributes`.
    pub name: String,
    /// How it came out.
    pub verdict: Verdict,
    /// In words.
    pub detail: String,
    /// What to do.
    pub hint: Option<String>,
}

/// What the doctor found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorReport {
    /// The store's address.
    pub store: String,
    /// Where its files stand, or are cached.
    pub files: String,
    /// The tests.
    pub tests: Vec<Test>,
}

impl DoctorReport {
    /// Whether the store can be used.
    pub fn is_healthy(&self) -> bool {
        self.tests.iter().all(|test| test.verdict != Verdict::Bad)
    }

    fn add(&mut self, name: &str, verdict: Verdict, detail: impl Into<String>) -> &mut Test {
        let (name, detail) = (name.to_owned(), detail.into());
        let place = self.tests.len();
        self.tests.push(Test { name, verdict, detail, hint: None });
        &mut self.tests[place]
    }

    fn fail(&mut self, name: &str, error: &Error) {
        let mut detail = error.to_string();
        if let Error::Denied { source, .. } = error {
            detail = format!("{detail}: {source}");
        }
        self.add(name, Verdict::Bad, detail).hint = error.hint();
    }
}

impl Store {
    /// Tests the store. A folder that doesn't exist yet isn't made.
    pub async fn doctor(&self) -> Result<DoctorReport> {
        let mut report = DoctorReport {
            store: self.url().to_string(),
            files: self.files_root().display().to_string(),
            tests: Vec::new(),
        };
        if matches!(self.url(), StoreUrl::S3(_)) {
            match credentials::describe(&self.options().s3).await {
                Ok(source) => report.add("credentials", Verdict::Good, source),
                Err(reason) => {
                    let store = self.url().to_string();
                    report.fail("credentials", &Error::Credentials { store, reason });
                    return Ok(report);
                }
            };
        }
        if self.untested()?.is_none() {
            self.test_parent(&mut report);
            return Ok(report);
        }
        if self.test_access(&mut report).await {
            self.test_leftovers(&mut report).await?;
        }
        self.test_disk(&mut report);
        Ok(report)
    }

    /// A folder that doesn't exist yet: could it be made?
    fn test_parent(&self, report: &mut DoctorReport) {
        let root = self.files_root();
        let parent = root.ancestors().find(|path| path.exists()).unwrap_or(root);
        let writable = nix::unistd::access(parent, nix::unistd::AccessFlags::W_OK);
        match writable {
            Ok(()) => {
                report.add("reachable", Verdict::Good, "the first run will make the folder");
            }
            Err(error) => {
                let what = format!("{}", parent.display());
                report.fail("reachable", &Error::io(what, error.into()));
            }
        }
        self.test_disk(report);
    }

    async fn test_access(&self, report: &mut DoctorReport) -> bool {
        let Ok(Some(objects)) = self.untested() else { return false };
        let format = match first_use::check_format(self, &*objects).await {
            Ok(format) => format,
            Err(error) => {
                report.fail("reachable", &error);
                return false;
            }
        };
        report.add("reachable", Verdict::Good, "it answers");
        match format {
            Some(format) => report.add("format", Verdict::Good, format!("format {format}")),
            None => report.add("format", Verdict::Good, "nothing was written yet"),
        };
        match first_use::excludes_two_writers(self, &*objects).await {
            Ok(true) => {
                report.add("exclusion", Verdict::Good, "of two writers, one wins");
            }
            Ok(false) => {
                let store = self.url().to_string();
                report.fail("exclusion", &Error::NoExclusion { store });
                return false;
            }
            Err(error) => {
                report.fail("exclusion", &error);
                return false;
            }
        }
        self.test_latency(&*objects, report).await;
        true
    }

    async fn test_latency(
        &self,
        objects: &dyn object_store::ObjectStore,
        report: &mut DoctorReport,
    ) {
        const READS: u32 = 5;
        let begun = Instant::now();
        for _ in 0..READS {
            if self.get_from(objects, keys::FORMAT).await.is_err() {
                return;
            }
        }
        let each = begun.elapsed() / READS;
        let verdict =
            if each > Duration::from_millis(500) { Verdict::Warning } else { Verdict::Good };
        let detail = format!("{:.1} ms for a small read", each.as_secs_f64() * 1e3);
        report.add("latency", verdict, detail);
    }

    fn test_disk(&self, report: &mut DoctorReport) {
        let root = self.files_root();
        let Some(folder) = root.ancestors().find(|path| path.exists()) else { return };
        if let Ok(disk) = nix::sys::statvfs::statvfs(folder) {
            let free = disk.blocks_available() as f64 * disk.fragment_size() as f64;
            let verdict = if free < LITTLE_SPACE { Verdict::Warning } else { Verdict::Good };
            let test = report.add("disk", verdict, format!("{} free", size(free)));
            if verdict == Verdict::Warning {
                test.hint = Some("`flownote gc --dry-run` shows what can go".into());
            }
        }
        let staging = root.join("staging");
        if device(&staging).is_some() && device(&staging) != device(root) {
            let test = report.add("staging", Verdict::Warning, "staging is on another disk");
            test.hint = Some("publishing copies instead of renaming; put both on one disk".into());
        }
        if device(root).is_some() {
            let probe = tempfile::NamedTempFile::new_in(root);
            let works =
                probe.is_ok_and(|file| xattr::set(file.path(), "user.flownote.test", b"1").is_ok());
            let detail = if works {
                "verified blobs are remembered on the disk"
            } else {
                "the disk has no extended attributes, so each process verifies blobs anew"
            };
            report.add("attributes", Verdict::Good, detail);
        }
    }

    async fn test_leftovers(&self, report: &mut DoctorReport) -> Result<()> {
        let mut live = HashSet::new();
        for flow in self.flows().await? {
            let filter = RunFilter { status: vec![Status::Running], ..RunFilter::of(flow) };
            live.extend(self.runs(&filter).await?.runs.into_iter().map(|run| run.run));
        }
        let root = self.files_root().to_owned();
        let cutoff = SystemTime::now() - DEFAULT_GRACE;
        let stale = blocking(move || gc::stale_staging(&root, &live, cutoff)).await?;
        if stale.is_empty() {
            report.add("leftovers", Verdict::Good, "none");
        } else {
            let detail = format!("{} staging folders of runs that are over", stale.len());
            report.add("leftovers", Verdict::Warning, detail).hint =
                Some("`flownote gc` removes them".into());
        }
        Ok(())
    }
}

fn device(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|found| std::os::unix::fs::MetadataExt::dev(&found))
}

fn size(bytes: f64) -> String {
    format!("{:.1} GiB", bytes / GIB)
}
