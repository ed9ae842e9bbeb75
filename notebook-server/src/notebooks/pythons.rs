//! The Pythons that a notebook's cells may run in: what the kernel pane offers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use flownote_kernel::interpreter::python::{self, PythonSaid};
use flownote_kernel::supervisor::Request;
use flownote_kernel::supervisor::socket::attach;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::entry::{ChoosePython, NotebookAt, NotebookPlace, NotebookPython, NotebookPythons};
use super::folder::Relative;
use super::processes::environment;
use super::rooms::Rooms;
use super::serve::blocking;
use crate::answer::{Answer, Failure};
use crate::query::Body;
use crate::state::App;

/// A Python that takes longer to say what it is is given up.
const PROBE: Duration = Duration::from_secs(10);
/// So many are asked, and so many at once.
const MOST: usize = 24;
const AT_ONCE: usize = 3;
/// Folders beside a notebook, or above it, that hold a virtual environment by custom.
const USUAL: [&str; 3] = [".venv", "venv", "env"];
/// A Python that was asked, or isn't to be.
struct Seen {
    python: NotebookPython,
    /// The folder of its environment and its minor version: two programs with the same are one
    /// Python. Its program tells nothing: pyenv's are scripts, an environment's a link.
    same: (PathBuf, String),
}

impl Seen {
    fn new(python: NotebookPython, prefix: Option<String>) -> Self {
        let known = prefix.or_else(|| python.environment.clone());
        let folder = known.unwrap_or_else(|| python.executable.clone());
        let real = Path::new(&folder).canonicalize().unwrap_or_else(|_| folder.into());
        let version = python.version.as_deref().unwrap_or_default();
        let minor: Vec<&str> = version.split('.').take(2).collect();
        let same = (real, minor.join("."));
        Self { python, same }
    }
}

/// `POST api/notebooks/kernel/pythons`: it asks programs what they are, so no link leads here.
/// Those beside the notebook are asked when they are chosen: a folder from elsewhere runs nothing
/// by being looked at.
pub async fn list(
    State(app): State<App>,
    Body(asked): Body<NotebookAt>,
) -> Answer<NotebookPythons> {
    let rooms = super::rooms(&app)?;
    let file = file_of(rooms, &asked.path).await?;
    Ok(Json(pythons(rooms, &file).await?))
}

async fn file_of(rooms: &Rooms, path: &str) -> Result<PathBuf, Failure> {
    let path = Relative::of_notebook(path)?;
    let folder = rooms.ground.folder.clone();
    blocking(move || Ok(folder.whole(&folder.canonical(&path)?))).await
}

/// `POST api/notebooks/kernel/python`: the notebook's kernel ends, and the next begins with it.
pub async fn choose(
    State(app): State<App>,
    Body(asked): Body<ChoosePython>,
) -> Answer<NotebookPlace> {
    let rooms = super::rooms(&app)?;
    let file = file_of(rooms, &asked.path).await?;
    let kernels = rooms.ground.kernels.clone();
    let chosen = asked.python.filter(|it| *it != kernels.python);
    if let Some(python) = &chosen {
        check(python).await?;
    }
    let before = kernels.python_of(&file);
    let (choices, place) = (kernels.choices.clone(), file.clone());
    blocking(move || {
        choices.set(&place, chosen.as_deref()).map_err(|error| {
            Failure::refused(
                format!("the choice can't be kept: {error}"),
                "see that the server's state folder can be written",
            )
        })
    })
    .await?;
    if kernels.python_of(&file) != before
        && let Ok(mut attached) = attach(&kernels.socket(&file), None).await
    {
        // One that is gone already is what is wanted.
        let _ = attached.ask(Request::Shutdown).await;
    }
    Ok(Json(NotebookPlace { path: asked.path }))
}

async fn check(python: &str) -> Result<(), Failure> {
    if !Path::new(python).is_absolute() {
        return Err(Failure::wrong(
            format!("`{python}` is no whole path"),
            "give it from the root: /home/ana/project/.venv/bin/python",
        ));
    }
    let found = probe(python.to_owned()).await.python;
    match found.problem {
        None => Ok(()),
        Some(why) => Err(Failure::wrong(
            format!("cells can't run in `{python}`: {why}"),
            format!(
                "it takes Python 3.10 or newer with Flownote: `{python} -m pip install flownote`"
            ),
        )),
    }
}

async fn pythons(rooms: &Rooms, file: &Path) -> Result<NotebookPythons, Failure> {
    let kernels = &rooms.ground.kernels;
    let chosen = kernels.python_of(file);
    let (first, root, file) =
        (chosen.clone(), rooms.ground.folder.root().to_owned(), file.to_owned());
    let usual = kernels.python.clone();
    let given = usual.clone();
    let (asked, unasked) = blocking(move || {
        let mut asked = vec![first, given];
        asked.extend(own_environments());
        asked.extend(installed());
        Ok((asked, environments_of(&file, &root)))
    })
    .await?;
    let mut seen = BTreeSet::new();
    let mut probes = JoinSet::new();
    let few = Arc::new(Semaphore::new(AT_ONCE));
    let mut unseen = |it: &String| seen.insert(it.clone());
    for (place, python) in asked.into_iter().filter(&mut unseen).take(MOST).enumerate() {
        let few = Arc::clone(&few);
        probes.spawn(async move {
            let _one = few.acquire().await;
            (place, probe(python).await)
        });
    }
    let unasked: Vec<String> = unasked.into_iter().filter(unseen).collect();
    let mut probed = probes.join_all().await;
    probed.sort_by_key(|(place, _)| *place);
    let mut all: Vec<Seen> = probed.into_iter().map(|(_, it)| it).collect();
    let beside = blocking(move || Ok(unasked.into_iter().map(unprobed).collect::<Vec<_>>()));
    all.splice(1..1, beside.await?);
    Ok(NotebookPythons { chosen, usual, pythons: different(all) })
}

/// The first of each Python: it may be found in several ways.
fn different(all: Vec<Seen>) -> Vec<NotebookPython> {
    let mut known = BTreeSet::new();
    all.into_iter().filter(|it| known.insert(it.same.clone())).map(|it| it.python).collect()
}

async fn probe(executable: String) -> Seen {
    let (version, prefix, problem) = match ask(&executable).await {
        Ok(PythonSaid { version, prefix, why }) => (Some(version), Some(prefix), why),
        Err(why) => (None, None, Some(why)),
    };
    let environment = environment(&executable);
    Seen::new(NotebookPython { environment, executable, version, problem }, prefix)
}

/// A virtual environment by what its file says of it.
fn unprobed(executable: String) -> Seen {
    let environment = environment(&executable);
    let said = environment.as_ref().and_then(|folder| {
        let text = std::fs::read_to_string(Path::new(folder).join("pyvenv.cfg")).ok()?;
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        let version = lines.find(|(key, _)| matches!(key.trim(), "version" | "version_info"))?.1;
        Some(version.trim().to_owned())
    });
    Seen::new(NotebookPython { environment, executable, version: said, problem: None }, None)
}

async fn ask(executable: &str) -> Result<PythonSaid, String> {
    let mut command = Command::new(executable);
    command.args(python::arguments()).current_dir("/").stdin(Stdio::null()).kill_on_drop(true);
    python::said(timeout(PROBE, command.output()).await.map_err(|_| "it takes too long")?)
}

/// The virtual environments of a notebook's folder and of those above it, as far as is served.
fn environments_of(file: &Path, root: &Path) -> Vec<String> {
    let folders = file.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    let places = folders.flat_map(|folder| USUAL.map(|name| folder.join(name)));
    places.filter_map(|place| program(&place)).collect()
}

/// Those that the server was started in.
fn own_environments() -> Vec<String> {
    let own = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(std::env::var_os);
    own.filter_map(|place| program(Path::new(&place))).collect()
}

/// The Pythons of the machine: the one on the path, pyenv's, and conda's environments.
fn installed() -> Vec<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut on_path = std::env::split_paths(&path).map(|folder| folder.join("python3"));
    let mut found: Vec<String> =
        on_path.find(|it| it.is_file()).and_then(text).into_iter().collect();
    let Some(home) = std::env::home_dir() else { return found };
    let mut places: Vec<PathBuf> = Vec::new();
    for folder in [".pyenv/versions", ".virtualenvs"] {
        let inside = std::fs::read_dir(home.join(folder)).into_iter().flatten().flatten();
        places.extend(inside.map(|entry| entry.path()));
    }
    places.sort();
    let conda = std::fs::read_to_string(home.join(".conda/environments.txt")).unwrap_or_default();
    places.extend(conda.lines().map(PathBuf::from));
    found.extend(places.iter().filter_map(|place| program(place)));
    found
}

/// The Python of an environment's folder.
fn program(environment: &Path) -> Option<String> {
    let program = environment.join("bin/python");
    program.is_file().then(|| text(program)).flatten()
}

fn text(path: PathBuf) -> Option<String> {
    path.into_os_string().into_string().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_beside_and_above_a_notebook_are_found_and_no_others() {
        let place = tempfile::tempdir().expect("a folder");
        let root = place.path().join("served");
        let make = |folder: PathBuf| {
            let bin = folder.join("bin");
            std::fs::create_dir_all(&bin).expect("a folder");
            std::fs::write(bin.join("python"), "").expect("a program");
            bin.join("python").display().to_string()
        };
        let (near, above) = (make(root.join("a/b/venv")), make(root.join(".venv")));
        let (beside, outside) = (make(root.join("c/.venv")), make(place.path().join(".venv")));
        let found = environments_of(&root.join("a/b/top.ipynb"), &root);
        assert_eq!(found, [near.clone(), above], "not {beside}, not {outside}");
        std::fs::write(root.join("a/b/venv/pyvenv.cfg"), "home = /usr\nversion = 3.12.1\n")
            .expect("written");
        assert_eq!(unprobed(near).python.version.as_deref(), Some("3.12.1"));
    }

    #[tokio::test]
    async fn what_is_no_python_says_why() {
        let other = probe("/bin/true".to_owned()).await;
        assert_eq!(other.python.problem.as_deref(), Some("it is no Python"));
        let failure = check("python3").await.expect_err("no whole path");
        assert!(format!("{failure:?}").contains("no whole path"));
    }

    #[test]
    fn a_python_that_is_found_in_two_ways_is_told_once_and_environments_of_it_are_others() {
        let seen = |executable: &str, version: &str, prefix: &str| {
            let (executable, version) = (executable.to_owned(), Some(version.to_owned()));
            let python = NotebookPython { environment: None, executable, version, problem: None };
            Seen::new(python, Some(prefix.to_owned()))
        };
        let all = vec![
            seen("/home/ana/.pyenv/shims/python3", "3.11.7", "/home/ana/.pyenv/versions/3.11.7"),
            seen(
                "/home/ana/.pyenv/versions/3.11.7/bin/python",
                "3.11.7",
                "/home/ana/.pyenv/versions/3.11.7",
            ),
            seen("/home/ana/.venv/bin/python", "3.11.7", "/home/ana/.venv"),
            seen("/usr/bin/python3", "3.12.3", "/usr"),
            seen("/usr/bin/python3.10", "3.10.1", "/usr"),
        ];
        let told: Vec<String> = different(all).into_iter().map(|it| it.executable).collect();
        let expected = ["/home/ana/.pyenv/shims/python3", "/home/ana/.venv/bin/python"];
        assert_eq!(told[..2], expected);
        assert_eq!(told[2..], ["/usr/bin/python3", "/usr/bin/python3.10"]);
    }
}
