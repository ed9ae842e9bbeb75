//! Checking a store: every object decodes, every reference leads somewhere, every blob
//! has the bytes of its digest. What is damaged is named with who made it.

mod blobs;
mod runs;

use flownote_flow::id::{FlowName, RunId};
use object_store::ObjectStoreExt;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::gc::Amount;
use crate::keys;
use crate::store::Store;

use blobs::References;

/// Where `--repair` puts what is damaged.
pub(crate) const DAMAGED: &str = "damaged";

/// What is wrong with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// It can't be decoded.
    Undecodable,
    /// A newer version wrote it.
    Newer,
    /// A blob's bytes don't match its digest.
    WrongBytes,
    /// A value that stands in a record doesn't match its digest.
    WrongValue,
    /// A blob that something refers to is gone.
    MissingBlob,
    /// Something refers to a task or an artifact that isn't there.
    BrokenReference,
    /// A number is missing in a log.
    Gap,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What is wrong.
    pub damage: Damage,
    /// The object's key.
    pub key: String,
    /// The flow that it belongs to, when known.
    pub flow: Option<FlowName>,
    /// The run that it belongs to, when known.
    pub run: Option<RunId>,
    /// The attempt that wrote it, `step/task.attempt`.
    pub producer: Option<String>,
    /// The artifact's name.
    pub artifact: Option<String>,
    /// In a sentence.
    pub message: String,
    /// Whether it was moved aside.
    pub repaired: bool,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Runs looked at.
    pub runs: u64,
    /// Attempts looked at.
    pub attempts: u64,
    /// Blobs whose bytes were hashed.
    pub blobs: Amount,
    /// Blobs that nothing refers to; `gc` takes them away.
    pub unreferenced: Amount,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// How far a check is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Runs looked at.
    pub runs: u64,
    /// Of so many.
    pub runs_in_all: u64,
    /// Blobs hashed.
    pub blobs: u64,
    /// Of so many; 0 until they are listed.
    pub blobs_in_all: u64,
}

impl CheckReport {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl Store {
    /// Checks everything. `repair` moves objects that can't be decoded and blobs with
    /// wrong bytes to `damaged/`, so that a run can write them anew; nothing is deleted.
    pub async fn check(&self, repair: bool) -> Result<CheckReport> {
        self.check_telling(repair, |_| {}).await
    }

    /// Checks everything, and tells now and then how far it is.
    pub async fn check_telling(
        &self,
        repair: bool,
        tell: impl Fn(Progress),
    ) -> Result<CheckReport> {
        let mut report = CheckReport::default();
        let mut references = References::default();
        let runs = self.all_runs().await?;
        let mut progress = Progress { runs_in_all: runs.len() as u64, ..Progress::default() };
        for run in runs {
            tell(progress);
            self.check_run(&run, &mut references, &mut report).await?;
            progress.runs = report.runs;
        }
        let tell =
            |blobs: u64, blobs_in_all: u64| tell(Progress { blobs, blobs_in_all, ..progress });
        self.check_blobs(&mut references, &mut report, tell).await?;
        if repair {
            for finding in &mut report.findings {
                if matches!(finding.damage, Damage::Undecodable | Damage::WrongBytes) {
                    finding.repaired = self.move_aside(&finding.key).await?;
                }
            }
        }
        Ok(report)
    }

    async fn move_aside(&self, key: &str) -> Result<bool> {
        let objects = self.writable().await?;
        let from = keys::path(key)?;
        let to = keys::path(&format!("{DAMAGED}/{key}"))?;
        match objects.copy(&from, &to).await {
            Ok(()) => {}
            Err(object_store::Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(Error::backend(format!("moving `{key}` aside"), error)),
        }
        self.delete(key).await?;
        // A remote store's copy in the cache may be damaged alike.
        let _ = std::fs::remove_file(self.files_root().join(key));
        Ok(true)
    }
}
