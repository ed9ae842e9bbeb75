//! The kernels of this user's notebooks: processes of their own, whose sockets stand in one
//! folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use flownote_kernel::supervisor::socket::{Holder, attach};
use flownote_kernel::supervisor::{Reply, Request, Seen};
use flownote_store::notebooks::FLOW;
use flownote_store::{Presence, RunKey};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::timeout;

use super::processes::{Processes, command_of};
use crate::answer::{Answer, Failure};
use crate::api::{EndKernel, KernelRow};
use crate::query::Body;
use crate::state::App;

/// A kernel that doesn't answer within this time is told as one that doesn't.
const PATIENCE: Duration = Duration::from_millis(400);
/// A kernel that was told to end has so long; then it is killed.
const GRACE: Duration = Duration::from_secs(5);
const BEAT: Duration = Duration::from_millis(50);

/// All that run.
pub async fn list(app: &App, processes: &Processes) -> Vec<KernelRow> {
    let Some(rooms) = &app.notebooks else { return Vec::new() };
    let mut rows = Vec::new();
    for (socket, holder) in holders(&rooms.ground.kernels.folder) {
        let pid = holder.alive.pid;
        let (count, memory_bytes) = processes.family(pid);
        let seen = look(&socket).await;
        let file = file_of(pid);
        let path = file.strip_prefix(rooms.ground.folder.root()).ok();
        rows.push(KernelRow {
            last_ran_at: last_ran(app, &holder.session).await,
            path: path.map(|path| path.display().to_string()),
            file: file.display().to_string(),
            session: holder.session,
            pid,
            processes: count,
            memory_bytes,
            idle: seen.as_ref().map(|seen| seen.idle),
            interpreters: seen
                .map(|seen| seen.interpreters.iter().map(|it| it.language.name().into()).collect())
                .unwrap_or_default(),
        });
    }
    rows.sort_by(|one, other| one.file.cmp(&other.file));
    rows
}

/// `POST api/health/kernels/end`: politely, then not.
pub async fn end_kernel(
    State(app): State<App>,
    Body(EndKernel { session }): Body<EndKernel>,
) -> Answer<Vec<KernelRow>> {
    let folder = app.notebooks.as_ref().map(|rooms| rooms.ground.kernels.folder.clone());
    let found = folder.map(|folder| holders(&folder)).unwrap_or_default();
    let holder = found.into_iter().map(|(_, holder)| holder).find(|it| it.session == session);
    let gone =
        || Failure::missing("this kernel is gone already", "reload the page to see what there is");
    let alive = holder.ok_or_else(gone)?.alive;
    let pid = Pid::from_raw(i32::try_from(alive.pid).map_err(|_| gone())?);
    kill(pid, Signal::SIGTERM).map_err(|_| gone())?;
    let begun = tokio::time::Instant::now();
    while alive.presence() == Presence::Running {
        if begun.elapsed() > GRACE {
            // Its children end with it: they are told by the system.
            kill(pid, Signal::SIGKILL).map_err(|_| gone())?;
            break;
        }
        tokio::time::sleep(BEAT).await;
    }
    Ok(Json(list(&app, &Processes::look()).await))
}

/// Who serves a socket in a folder, and lives.
fn holders(folder: &Path) -> Vec<(PathBuf, Holder)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sockets = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "sock"));
    let held = sockets.filter_map(|socket| {
        let holder = Holder::of(&socket).ok()?;
        (holder.alive.presence() == Presence::Running).then_some((socket, holder))
    });
    held.collect()
}

async fn look(socket: &Path) -> Option<Seen> {
    let asked = async {
        let mut attached = attach(socket, None).await.ok()?;
        match attached.ask(Request::Look).await.ok()? {
            Reply::Seen(seen) => Some(*seen),
            _ => None,
        }
    };
    timeout(PATIENCE, asked).await.ok().flatten()
}

/// The notebook that a supervisor was started for.
fn file_of(pid: u32) -> PathBuf {
    let words = command_of(pid);
    let at = words.iter().position(|word| word == "--notebook");
    at.and_then(|at| words.get(at + 1)).map(PathBuf::from).unwrap_or_default()
}

/// When a cell of a session ended last.
async fn last_ran(app: &App, session: &str) -> Option<String> {
    let key = RunKey::new(FLOW, session);
    let tasks = app.runs.shelf.current(&app.store, &key).await.ok()?;
    let tasks = tasks.read().await;
    tasks.rows(None).filter_map(|row| row.finished_at.clone()).max()
}
