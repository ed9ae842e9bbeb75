//! The processes of a notebook: what the kernel pane shows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use flownote_kernel::supervisor::socket::{Holder, attach};
use flownote_kernel::supervisor::{InterpreterState, Reply, Request, Standing};
use tokio::process::Command;
use tokio::time::timeout;

use super::entry::{NotebookInterpreter, NotebookKernel, NotebookPackage, NotebookPackages};
use super::folder::Relative;
use super::room::Standings;
use super::rooms::Rooms;
use super::serve::blocking;
use crate::answer::{Answer, Failure};
use crate::query::Asked;
use crate::state::App;

/// A Python that takes longer to list its packages is given up.
const LISTING: Duration = Duration::from_secs(20);

/// Says the packages that a Python finds, without importing any.
const PACKAGES: &str = "\
import json
from importlib.metadata import distributions
found = {}
for it in distributions():
    name = it.metadata['Name']
    if name:
        found.setdefault(name.lower(), {'name': name, 'version': it.version or ''})
print(json.dumps([found[key] for key in sorted(found)]))";

/// `GET api/notebooks/kernel?path=`.
pub async fn kernel(State(app): State<App>, asked: Asked) -> Answer<NotebookKernel> {
    let rooms = super::rooms(&app)?;
    let path = known(rooms, &asked).await?;
    let kernels = &rooms.ground.kernels;
    let file = rooms.ground.folder.whole(&path);
    let standings = standings(rooms, &path).await;
    let (socket, python) = (kernels.socket(&file), kernels.python_of(&file));
    let running = kernels.is_running(&file);
    blocking(move || {
        let holder = if running { Holder::of(&socket).ok() } else { None };
        let pid = holder.as_ref().map(|it| it.alive.pid);
        let session = standings.session.or(holder.map(|it| it.session));
        Ok(Json(NotebookKernel {
            running,
            session: session.filter(|_| running),
            pid,
            resident: pid.and_then(resident),
            interpreters: standings.interpreters.iter().map(interpreter).collect(),
            python,
            memory: crate::health::machine_memory(),
        }))
    })
    .await
}

/// `GET api/notebooks/kernel/packages?path=`: of the Python that Python cells run with, or
/// would. No cell runs for that.
pub async fn packages(State(app): State<App>, asked: Asked) -> Answer<NotebookPackages> {
    let rooms = super::rooms(&app)?;
    let path = known(rooms, &asked).await?;
    let standings = standings(rooms, &path).await;
    let running = standings.interpreters.iter().map(interpreter);
    let python = running.filter(|it| it.language == flownote_notebook::Language::Python);
    let executable = python.filter_map(|it| it.executable).next();
    let executable = executable.unwrap_or_else(|| {
        let file = rooms.ground.folder.whole(&path);
        rooms.ground.kernels.python_of(&file)
    });
    let failed = |why: String| {
        let status = StatusCode::BAD_GATEWAY;
        let what = format!("`{executable}` can't say what is installed: {why}");
        Failure::new(status, what, "`flownote check` looks at the installation")
    };
    let mut command = Command::new(&executable);
    // Modules beside the notebook aren't its packages, and don't run.
    command.args(["-I", "-c", PACKAGES]).current_dir("/");
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(LISTING, command.output()).await;
    let output = output.map_err(|_| failed("it takes too long".to_owned()))?;
    let output = output.map_err(|error| failed(error.to_string()))?;
    let packages: Vec<NotebookPackage> =
        serde_json::from_slice(&output.stdout).map_err(|error| {
            let said = String::from_utf8_lossy(&output.stderr);
            failed(said.lines().last().map_or(error.to_string(), str::to_owned))
        })?;
    Ok(Json(NotebookPackages { executable, packages }))
}

async fn known(rooms: &Rooms, asked: &Asked) -> Result<Relative, Failure> {
    let path = Relative::of_notebook(asked.one("path").unwrap_or_default())?;
    let folder = rooms.ground.folder.clone();
    blocking(move || Ok(folder.canonical(&path)?)).await
}

/// What runs, by the room that is open, else by the supervisor itself.
async fn standings(rooms: &Rooms, path: &Relative) -> Standings {
    if let Some(standings) = rooms.standings(path).await {
        return standings;
    }
    let socket = rooms.ground.kernels.socket(&rooms.ground.folder.whole(path));
    let Ok(mut attached) = attach(&socket, None).await else { return Standings::default() };
    match attached.ask(Request::Look).await {
        Ok(Reply::Seen(seen)) => {
            Standings { session: Some(seen.session), interpreters: seen.interpreters }
        }
        _ => Standings::default(),
    }
}

fn interpreter(Standing { language, state }: &Standing) -> NotebookInterpreter {
    let (pid, runtime, state) = match state {
        InterpreterState::Starting => (None, None, "starting"),
        InterpreterState::Ready { pid, runtime } => (Some(*pid), Some(runtime), "ready"),
        InterpreterState::Ended { .. } => (None, None, "ended"),
    };
    let executable = runtime.map(|it| it.executable.clone()).filter(|it| !it.is_empty());
    NotebookInterpreter {
        language: *language,
        state: state.to_owned(),
        pid,
        resident: pid.and_then(resident),
        version: runtime.map(|it| it.version.clone()),
        environment: executable.as_deref().and_then(environment),
        executable,
    }
}

/// The memory that a process has, in bytes; none when it is gone.
fn resident(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The virtual environment that a program is of.
pub(super) fn environment(executable: &str) -> Option<String> {
    let folder: PathBuf = Path::new(executable).parent()?.parent()?.to_owned();
    folder.join("pyvenv.cfg").is_file().then(|| folder.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_one_that_is_gone_has_none() {
        assert!(resident(std::process::id()).is_some_and(|bytes| bytes > 1 << 20));
        assert_eq!(resident(u32::MAX), None);
    }

    #[test]
    fn a_program_is_of_the_environment_around_it() {
        let place = tempfile::tempdir().expect("a folder");
        let program = place.path().join("bin/python");
        assert_eq!(environment(&program.display().to_string()), None);
        fs::write(place.path().join("pyvenv.cfg"), "").expect("written");
        let found = environment(&program.display().to_string());
        assert_eq!(found, Some(place.path().display().to_string()));
    }
}
