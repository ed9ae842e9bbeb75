//! `flownote kernel install`: Jupyter learns of Flownote's kernel (notebook rule 20).

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use flownote_notebook::ipynb::kernel::{NAME, TITLE};
use serde_json::json;

use super::output::say;
use super::{Error, Outcome, Shell, exit, tree};

/// `kernel`.
pub fn command() -> Command {
    Command::new("kernel")
        .about("Flownote as a kernel of Jupyter, VS Code and papermill")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("install")
                .about("Tell Jupyter of the kernel")
                .arg(tree::switch("user", "For this user [default]").conflicts_with("prefix"))
                .arg(
                    Arg::new("prefix")
                        .long("prefix")
                        .value_name("FOLDER")
                        .value_parser(value_parser!(PathBuf))
                        .help("Under this folder, for example a virtual environment"),
                )
                .arg(tree::switch("sys-prefix", "In the environment of this Python")),
        )
        .subcommand(Command::new("uninstall").about("Take the kernel off for this user"))
}

/// Does it.
pub fn act(shell: &Shell, matches: &ArgMatches) -> Outcome {
    match matches.subcommand() {
        Some(("install", matches)) => install(shell, matches),
        Some(("uninstall", _)) => uninstall(),
        _ => Ok(exit::USAGE),
    }
}

fn install(shell: &Shell, matches: &ArgMatches) -> Outcome {
    let jupyter = match matches.get_one::<PathBuf>("prefix") {
        Some(prefix) => prefix.join("share/jupyter"),
        None if matches.get_flag("sys-prefix") => prefix_of(&shell.studio).join("share/jupyter"),
        None => users_folder()?,
    };
    let folder = jupyter.join("kernels").join(NAME);
    let specification = json!({
        "argv": [shell.studio, "-m", "flownote_studio.jupyter", "-f", "{connection_file}"],
        "display_name": TITLE,
        "language": "python",
        "interrupt_mode": "message",
        "metadata": {"debugger": false},
    });
    let file = folder.join("kernel.json");
    let text = serde_json::to_string_pretty(&specification).unwrap_or_default() + "\n";
    let failed = |source| Error::File { path: file.clone(), done: "written", source };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    std::fs::write(&file, text).map_err(failed)?;
    say!("{}", folder.display());
    Ok(exit::OK)
}

fn uninstall() -> Outcome {
    let folder = users_folder()?.join("kernels").join(NAME);
    match std::fs::remove_dir_all(&folder) {
        Ok(()) => say!("removed {}", folder.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            say!("{} is not there", folder.display());
        }
        Err(source) => return Err(Error::File { path: folder, done: "removed", source }),
    }
    Ok(exit::OK)
}

/// Where Jupyter looks for what belongs to this user.
fn users_folder() -> Result<PathBuf, Error> {
    let folder = |name: &str| std::env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    if let Some(data) = folder("JUPYTER_DATA_DIR") {
        return Ok(data);
    }
    if let Some(data) = folder("XDG_DATA_HOME") {
        return Ok(data.join("jupyter"));
    }
    let home = folder("HOME").ok_or_else(|| {
        Error::asked("there is no home folder (HOME is not set)", "use --prefix FOLDER")
    })?;
    let macos = cfg!(target_os = "macos");
    Ok(home.join(if macos { "Library/Jupyter" } else { ".local/share/jupyter" }))
}

/// The prefix of a Python: the folder above that of its program.
fn prefix_of(python: &str) -> PathBuf {
    let program = PathBuf::from(python);
    let bin = program.parent().map(PathBuf::from).unwrap_or_default();
    bin.parent().map(PathBuf::from).unwrap_or(bin)
}
