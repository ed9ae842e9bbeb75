//! A run that the page starts: a process that outlives the server, as a shell would start
//! it, asked for the id of its run.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flownote_flow::id::FlowName;
use flownote_store::RunKey;
use tokio::time::Instant;

use super::shell;
use crate::answer::Failure;
use crate::api::Resumed;
use crate::state::App;

/// How long a new run may take to say its id; it goes on after that.
const PATIENCE: Duration = Duration::from_secs(20);
const BEAT: Duration = Duration::from_millis(50);

/// What to start.
pub struct Launch {
    /// The folder that it starts in.
    pub folder: PathBuf,
    /// The verb and what follows.
    pub words: Vec<String>,
    /// The flow of its run.
    pub flow: FlowName,
    /// The run, when it is known before: one that goes on.
    pub run: Option<String>,
}

impl Launch {
    /// Starts it, and waits until its run is there, or it says why it isn't.
    pub async fn start(mut self, app: &App) -> Result<Resumed, Failure> {
        let scratch = scratch(app)?;
        let (id_file, output) = (scratch.with_extension("run"), scratch.with_extension("log"));
        if self.run.is_none() {
            self.words.extend(["--run-id-file".to_owned(), id_file.display().to_string()]);
        }
        let file = File::create(&output).map_err(|error| unwritable(&output, &error))?;
        let mut child = shell::detach(shell::verb(app, &self.folder, &self.words), file)?;
        let pid = child.id().unwrap_or_default();
        let mut found = None;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let ended = child.try_wait().ok().flatten();
            found = self.begun(app, &id_file).await;
            if found.is_some() {
                break;
            }
            if let Some(status) = ended {
                let text = std::fs::read_to_string(&output).unwrap_or_default();
                if !status.success() && !self.is_over(app).await {
                    return Err(shell::said("starting the run", &text));
                }
                found.clone_from(&self.run);
                break;
            }
            // One that goes on says nothing: after a moment it is at work.
            if self.run.is_some() && begun.elapsed() > PATIENCE / 10 {
                found.clone_from(&self.run);
                break;
            }
            tokio::time::sleep(BEAT).await;
        }
        let _ = std::fs::remove_file(&id_file);
        // Nobody else waits for it, and what nobody waits for stays as a zombie.
        tokio::spawn(async move { child.wait().await });
        let command = std::iter::once("flownote".to_owned()).chain(self.words).collect();
        Ok(Resumed { run: found, pid, command, output: output.display().to_string() })
    }

    /// Whether one that goes on came to its end, be it a bad one.
    async fn is_over(&self, app: &App) -> bool {
        let Some(run) = &self.run else { return false };
        let standing = app.store.run_status(&RunKey::new(self.flow.clone(), run.as_str())).await;
        standing.is_ok_and(|(_, finished_at)| finished_at.is_some())
    }

    /// The run, once it says its id and is in the store: a notebook's is there when its first
    /// cell has run.
    async fn begun(&self, app: &App, id_file: &Path) -> Option<String> {
        let text = std::fs::read_to_string(id_file).ok()?;
        // `Flow/run`, or the run alone.
        let run = text.trim().rsplit('/').next().filter(|run| !run.is_empty())?;
        let key = RunKey::new(self.flow.clone(), run);
        app.store.run_record(&key).await.ok().map(|_| run.to_owned())
    }
}

/// Where the output of what is started goes: beside the store's staged files when it is a
/// folder, else among the system's temporary ones.
fn scratch(app: &App) -> Result<PathBuf, Failure> {
    let folder = match app.store.local_root() {
        Some(root) => root.join("staging"),
        None => std::env::temp_dir(),
    };
    std::fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    Ok(folder.join(format!("tmp-ui-{:016x}", rand::random::<u64>())))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::refused(format!("`{}` can't be written: {error}", path.display()), "free some space")
}
