//! Why a server can't start.

use std::net::IpAddr;
use std::path::PathBuf;

use flownote_flow::help::Help;

/// Why a server can't start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It would be open to strangers.
    #[error("{host} is reached from other machines, and there is no password")]
    Open {
        /// Where it was to listen.
        host: IpAddr,
    },
    /// The password is too easily guessed.
    #[error("the password is shorter than 8 characters")]
    Password,
    /// `--base-url` means nothing.
    #[error("`{url}` can't be the base of the page: {reason}")]
    Base {
        /// What was given.
        url: String,
        /// Why not.
        reason: &'static str,
    },
    /// The port is taken or forbidden.
    #[error("port {port} of {host} can't be used: {source}")]
    Port {
        /// Where it was to listen.
        host: IpAddr,
        /// The port.
        port: u16,
        /// The system's word.
        source: std::io::Error,
    },
    /// A file of the server's own can't be read or written.
    #[error("`{}` can't be used: {source}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// A text that means no place of the page.
    #[error("`{text}` is nothing that the page shows")]
    Place {
        /// What was given.
        text: String,
    },
    /// A run that isn't in the store.
    #[error("there is no run `{run}` in {store}")]
    NoSuchRun {
        /// Which.
        run: String,
        /// Where it was looked for.
        store: String,
    },
    /// The store fails.
    #[error(transparent)]
    Store(Box<flownote_store::Error>),
    /// No server answers where one should.
    #[error("no `flownote ui` of yours runs{}", port.map(|port| format!(" on port {port}")).unwrap_or_default())]
    NotRunning {
        /// The port that was asked for.
        port: Option<u16>,
    },
    /// What runs shows something else.
    #[error("no `flownote ui` of yours shows {store}")]
    OtherStore {
        /// What was asked for.
        store: String,
        /// Where the one listens that was started last.
        port: String,
        /// What it shows.
        shown: String,
    },
    /// Strangers could ask for what is served.
    #[error("{host} is reached from other machines, and requests need no token")]
    NoToken {
        /// Where it was to listen.
        host: IpAddr,
    },
    /// The token is too easily guessed.
    #[error("the token is shorter than 16 characters")]
    ShortToken,
    /// There is nothing to listen at.
    #[error("port {port} of {host} can't be listened at: {source}")]
    Listen {
        /// Where it was to listen.
        host: IpAddr,
        /// The port.
        port: u16,
        /// The system's word.
        source: std::io::Error,
    },
    /// A run can't be served.
    #[error(transparent)]
    Unservable(Box<crate::serve::Unservable>),
    /// Serving broke off.
    #[error("serving failed: {0}")]
    Serve(std::io::Error),
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Store(error) => return error.hint(),
            Self::Unservable(error) => return error.hint(),
            Self::NoToken { .. } => {
                "add --token, which asks for one that requests must carry; or leave --host out"
            }
            Self::ShortToken => "choose a longer one: `openssl rand -hex 16` makes one",
            Self::Listen { .. } => "choose another with --port; 0 takes a free one",
            Self::Place { .. } => {
                "name a run (`Flow/run`), a task, an artifact or a notebook, or give the address at \
                 which somebody sees it"
            }
            Self::NoSuchRun { .. } => {
                "if it is in another store, name that with --store; `flownote runs` lists what is in this one"
            }
            Self::Open { .. } => {
                "add --password, which asks for one, or --without-password if only people whom you \
                 trust reach this machine; better: leave --host out and use `ssh -L 8765:localhost:8765`"
            }
            Self::Password => "choose a longer one",
            Self::Base { .. } => {
                "give a path (`/flownote`) or the whole address (`https://host/flownote`)"
            }
            Self::Port { source, .. } if source.kind() == std::io::ErrorKind::AddrInUse => {
                "leave --port out to take a free one; `flownote ui --url` prints a link to the one that runs"
            }
            Self::Port { .. } => "choose another with --port",
            Self::OtherStore { port, shown, .. } => {
                return Some(format!(
                    "start one: flownote ui; the one that shows {shown} is `flownote ui --url \
                     --port {port}`"
                ));
            }
            Self::NotRunning { .. } => "start one: flownote ui",
            Self::State { .. } | Self::Serve(_) => return None,
        };
        Some(hint.to_owned())
    }
}
