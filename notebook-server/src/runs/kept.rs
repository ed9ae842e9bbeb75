//! Tasks of long runs that are over, kept as files: what thousands of results said is read
//! once, also by the next server. A file that is gone or doesn't fit is made anew.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flownote_store::RunKey;
use serde::{Deserialize, Serialize};

use crate::api::TaskRow;

/// Rows of another shape aren't read.
const SHAPE: u32 = 2;
/// So many runs are kept of a store; the oldest file goes.
const MOST: usize = 200;

/// Where the tasks of runs are kept; nowhere without a folder.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    folder: Option<PathBuf>,
}

#[derive(Serialize, Deserialize)]
struct OfRun {
    shape: u32,
    /// Of the run's record: another run of this name is another run.
    nonce: String,
    steps: Vec<(String, Vec<TaskRow>)>,
}

impl Kept {
    /// Below a folder of caches, for one store.
    pub fn new(caches: Option<&Path>, store: &str) -> Self {
        let name = blake3::hash(store.as_bytes()).to_hex();
        Self { folder: caches.map(|caches| caches.join(&name[..16])) }
    }

    /// The tasks of a run by step, if they are kept.
    pub async fn load(&self, run: &RunKey, nonce: &str) -> Option<Vec<(String, Vec<TaskRow>)>> {
        let path = self.path(run)?;
        let read = move || -> Option<OfRun> { serde_json::from_slice(&fs::read(path).ok()?).ok() };
        let found = tokio::task::spawn_blocking(read).await.ok()??;
        (found.shape == SHAPE && found.nonce == nonce).then_some(found.steps)
    }

    /// Keeps them. What can't be written is read from the store again: nobody is told.
    pub async fn save(&self, run: &RunKey, nonce: &str, steps: Vec<(String, Vec<TaskRow>)>) {
        let Some(path) = self.path(run) else { return };
        let kept = OfRun { shape: SHAPE, nonce: nonce.to_owned(), steps };
        let _ = tokio::task::spawn_blocking(move || write(&path, &kept)).await;
    }

    fn path(&self, run: &RunKey) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{}.{}.json", run.flow, run.run)))
    }
}

fn write(path: &Path, kept: &OfRun) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(io::BufWriter::new(&mut file), kept)?;
    file.persist(path).map_err(|error| error.error)?;
    let mut files: Vec<(SystemTime, PathBuf)> = fs::read_dir(folder)?
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort_unstable();
    for (_, oldest) in files.iter().take(files.len().saturating_sub(MOST)) {
        fs::remove_file(oldest)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::task_row;
    use flownote_flow::id::TaskKey;

    #[tokio::test]
    async fn tasks_are_kept_for_the_run_that_they_are_of() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::new(Some(folder.path()), "s3://bucket/x");
        let run = RunKey::new("Many", "20261122T101512345-8f2c9a");
        let steps = vec![("work".to_owned(), vec![task_row::queued(&TaskKey::new("work", &[3]))])];
        kept.save(&run, "n1", steps.clone()).await;
        assert_eq!(kept.load(&run, "n1").await, Some(steps));
        assert_eq!(kept.load(&run, "another").await, None);
        assert_eq!(Kept::new(Some(folder.path()), "other").load(&run, "n1").await, None);
        let file = kept.path(&run).unwrap();
        fs::write(file, "{").unwrap();
        assert_eq!(kept.load(&run, "n1").await, None);
    }
}
