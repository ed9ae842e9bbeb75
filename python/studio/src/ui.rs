//! `flownote ui`: the page in the browser, over the datastore of the current folder.

use std::io::{IsTerminal, Write};
use std::net::{IpAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command as Verb, value_parser};
use flownote_server::{Asked, Base, Options, Place, Service, Tables, ask_for_link};
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
use tempfile::NamedTempFile;
use tokio::signal::unix::{SignalKind, signal};

use crate::headless::{open_store, user};
use crate::shell::output::{say, talk};
use crate::shell::{Error, Outcome, Shell, exit, tree};
use crate::tables::PageTables;

/// Where `make` leaves the page's bundle, from the root of Flownote's sources.
const DIST: &str = "notebook-server/web/dist";

const AFTER_HELP: &str = "\
The printed link is good for one login; `flownote ui --url` prints a further one. Nobody else
gets in, and nothing is reached from other machines unless you say so.

Examples:
  flownote ui                                 this folder's store, in the browser
  flownote ui --store s3://team/flownote      a bucket's
  flownote ui Recommend/20261122T105947265-8799e3/train/11
                                              one task; a notebook, a link of a colleague's
  flownote ui --no-browser --port 9000        on a machine that you reach by
                                              ssh -L 9000:localhost:9000
  flownote ui --base-url https://hub/ana/ui   behind a proxy that asks who you are";

/// `ui`.
pub fn command() -> Verb {
    let number = Arg::new("port").long("port").value_name("N").value_parser(value_parser!(u16));
    Verb::new("ui")
        .about("Open notebooks and runs in the browser")
        .arg(Arg::new("what").value_name("WHAT").help(
            "Open this: a run (`Flow/run`), a task, an artifact, a notebook, or the address at \
             which somebody sees one",
        ))
        .arg(number.help("The port [default: 8765, or the next free one]"))
        .arg(
            Arg::new("host")
                .long("host")
                .value_name("ADDRESS")
                .default_value("127.0.0.1")
                .help("Where to listen; beyond this machine only with --password"),
        )
        .arg(
            Arg::new("base-url")
                .long("base-url")
                .value_name("PATH|URL")
                .help("Where a proxy shows the page: a path, or the whole address"),
        )
        .arg(
            Arg::new("allow-host")
                .long("allow-host")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help("A further name by which the page is asked for; may be repeated"),
        )
        .arg(tree::switch("password", "Ask for a password by which people get in"))
        .arg(tree::switch("without-password", "Listen beyond this machine without a password"))
        .arg(tree::switch("no-browser", "Print the link only"))
        .arg(tree::switch("url", "Print a further link to the page that shows this store already"))
        .arg(
            Arg::new("dev")
                .long("dev")
                .value_name("FOLDER")
                .num_args(0..=1)
                .default_missing_value(DIST)
                .value_parser(value_parser!(PathBuf))
                .help("Serve the page's files from a folder, to work on them"),
        )
        .arg(tree::store())
        .after_help(AFTER_HELP)
}

/// Serves, or prints a link.
pub fn act(shell: &Shell, matches: &ArgMatches) -> Outcome {
    let state = state_folder();
    let port = matches.get_one::<u16>("port").copied();
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    if matches.get_flag("url") {
        let folder = state.ok_or_else(no_state)?;
        say!("{}", further_link(&folder, port, text("store"))?);
        return Ok(exit::OK);
    }
    let base = text("base-url").map(Base::parse).transpose()?.unwrap_or_default();
    let hosts = matches.get_many::<String>("allow-host").into_iter().flatten();
    let allowed_hosts = hosts.cloned().collect();
    let host = address(text("host").unwrap_or_default())?;
    let password = matches.get_flag("password").then(ask_for_password).transpose()?;
    runtime()?.block_on(async {
        let store = open_store(text("store")).await?;
        let served = std::env::current_dir().ok();
        let tables = served.clone().map(|served| {
            Arc::new(PageTables::new(store.url().to_string(), served)) as Arc<dyn Tables>
        });
        let options = Options {
            host,
            port,
            base,
            allowed_hosts,
            password,
            without_password: matches.get_flag("without-password"),
            dev: matches.get_one::<PathBuf>("dev").cloned(),
            state: state.clone(),
            caches: cache_folder(),
            python: shell.python.clone(),
            notebooks: served,
            tables,
            runtime: folder("XDG_RUNTIME_DIR"),
            ..Options::new(store, user())
        };
        if let (Some(what), Some(served)) = (text("what"), &options.notebooks) {
            check_file(what, served)?;
        }
        let place = match text("what") {
            Some(what) => Some(Place::of(what, &options.store).await?),
            None => None,
        };
        let store = options.store.url().to_string();
        let (service, handle) = Service::bind(options).await?;
        let link = || match &place {
            Some(place) => handle.link_to(place),
            None => handle.link(),
        };
        say!("{}", link());
        talk!("Flownote shows {store} at {}; Ctrl-C ends it", handle.address());
        if !host.is_loopback() {
            talk!("note: what goes over the network isn't encrypted; a proxy with TLS in front is");
        }
        let opened = match matches.get_flag("no-browser") {
            true => None,
            false => open_browser(&shell.python, state.as_deref(), &link()),
        };
        service.run(told_to_stop()).await?;
        drop(opened);
        Ok(exit::OK)
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let failed = |source| Error::Io { what: "starting the asynchronous runtime", source };
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)
}

/// A further link to the server on a port, or to that of a store.
fn further_link(folder: &Path, port: Option<u16>, store: Option<&str>) -> Result<String, Error> {
    if let Some(port) = port {
        return Ok(ask_for_link(folder, Asked::Port(port))?);
    }
    let store = runtime()?.block_on(open_store(store))?.url().to_string();
    Ok(ask_for_link(folder, Asked::Store(&store))?)
}

/// Says so when a notebook's file isn't there. A link to one is another server's.
fn check_file(what: &str, served: &Path) -> Result<(), Error> {
    let is_file = !what.contains("://") && (what.ends_with(".ipynb") || what.ends_with(".py"));
    if !is_file || served.join(what).exists() {
        return Ok(());
    }
    let source = std::io::Error::from(std::io::ErrorKind::NotFound);
    Err(Error::File { path: what.into(), done: "read", source })
}

/// Ctrl-C, or a polite kill.
pub async fn told_to_stop() {
    let Ok(mut ended) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = ended.recv() => {}
    }
}

/// Opens a browser, where there is one with windows. The link isn't on its command line,
/// which everybody on the machine can see, but in a file that its user alone can read.
fn open_browser(python: &str, state: Option<&Path>, link: &str) -> Option<NamedTempFile> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_windows = cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].into_iter().any(is_set);
    if !has_windows {
        return None;
    }
    let link = link.replace('&', "&amp;");
    let text = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0;url={link}\">\
         <title>Flownote</title><a href=\"{link}\">Open Flownote</a>\n"
    );
    let mut file = tempfile::Builder::new();
    file.prefix("open-").suffix(".html");
    let mut file = match state {
        Some(folder) => file.tempfile_in(folder),
        None => file.tempfile(),
    }
    .ok()?;
    file.write_all(text.as_bytes()).and_then(|()| file.flush()).ok()?;
    let mut command = Command::new(python);
    command.args(["-m", "webbrowser", "-t"]).arg(format!("file://{}", file.path().display()));
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet.spawn().ok()?;
    // Nobody else waits for it.
    std::thread::spawn(move || child.wait());
    Some(file)
}

/// Where to listen.
pub fn address(text: &str) -> Result<IpAddr, Error> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let mut found = (text, 0).to_socket_addrs().into_iter().flatten().map(|it| it.ip());
    found.next().ok_or_else(|| {
        Error::asked(
            format!("`{text}` is no address of this machine"),
            "give an address (127.0.0.1), or a name of this machine",
        )
    })
}

/// Asks on the terminal, without showing what is typed; reads a line where there is none.
fn ask_for_password() -> Result<String, Error> {
    ask_for("Password")
}

/// The same of something else that isn't to be seen.
pub fn ask_for(secret: &str) -> Result<String, Error> {
    let failed = |source| Error::Io { what: "reading what isn't to be seen", source };
    let input = std::io::stdin();
    let shown = if input.is_terminal() { tcgetattr(&input).ok() } else { None };
    if let Some(shown) = &shown {
        let _ = write!(std::io::stderr(), "{secret}: ");
        let mut hidden = shown.clone();
        hidden.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(&input, SetArg::TCSANOW, &hidden).map_err(|error| failed(error.into()))?;
    }
    let mut line = String::new();
    let read = input.read_line(&mut line);
    if let Some(shown) = &shown {
        let _ = tcsetattr(&input, SetArg::TCSANOW, shown);
        talk!("");
    }
    read.map_err(failed)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A folder that the surroundings name.
fn folder(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from)
}

/// Where the server keeps the key of its cookies and can be found by its user.
fn state_folder() -> Option<PathBuf> {
    let home = || folder("HOME").map(|home| home.join(".local/state"));
    folder("XDG_STATE_HOME").or_else(home).map(|state| state.join("flownote/ui"))
}

/// Where the server keeps what it can find again.
fn cache_folder() -> Option<PathBuf> {
    let home = || folder("HOME").map(|home| home.join(".cache"));
    folder("XDG_CACHE_HOME").or_else(home).map(|cache| cache.join("flownote/ui"))
}

fn no_state() -> Error {
    Error::asked("there is no home folder (HOME is not set)", "set XDG_STATE_HOME")
}
