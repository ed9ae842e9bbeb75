//! The server as a whole: bound, then run until it is told to stop.

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};

use crate::health::{Jobs, Measured};
use crate::links::Links;
use crate::options::{Options, PORT};
use crate::place::Place;
use crate::prompt::prompt;
use crate::runs::Runs;
use crate::security::host::{Hosts, in_url};
use crate::security::key::Key;
use crate::security::session::Sessions;
use crate::security::token::Tokens;
use crate::state::{App, Shared};
use crate::{Error, routes};

/// So many ports are tried when the usual one is taken.
const TRIES: u16 = 20;
/// Requests under way get so long when the server ends.
const GRACE: Duration = Duration::from_secs(2);
/// Notebooks get so long to be saved when the server ends.
const SAVING: Duration = Duration::from_secs(5);
/// Where Vite serves the page while it is worked on.
const VITE: u16 = 5173;

/// A server that listens already.
pub struct Service {
    listener: TcpListener,
    app: App,
    links: Option<Links>,
    closing: watch::Sender<bool>,
}

/// A way to a server.
#[derive(Clone)]
pub struct Handle {
    app: App,
    at: SocketAddr,
}

impl Handle {
    /// Where it listens.
    pub fn at(&self) -> SocketAddr {
        self.at
    }

    /// The address of the page, without its final slash.
    pub fn address(&self) -> String {
        let base = &self.app.base;
        let origin = base.origin.clone().unwrap_or_else(|| {
            // `localhost` would do, too, but may mean ::1 first.
            let ip =
                if self.at.ip().is_unspecified() { [127, 0, 0, 1].into() } else { self.at.ip() };
            format!("http://{}:{}", in_url(ip), self.at.port())
        });
        format!("{origin}{}", base.path)
    }

    /// Makes a link that is good for one login.
    pub fn link(&self) -> String {
        format!("{}/login?token={}", self.address(), self.app.tokens.mint())
    }

    /// Makes a link that is good for one login and leads to a place of the page, as
    /// [`Place::of`](crate::Place::of) found it.
    pub fn link_to(&self, place: &Place) -> String {
        let to: String = url::form_urlencoded::byte_serialize(place.as_str().as_bytes()).collect();
        format!("{}&to={to}", self.link())
    }
}

impl Service {
    /// Binds the port and reads the key.
    ///
    /// # Errors
    /// When the options would open the store to strangers, or the port is taken.
    pub async fn bind(options: Options) -> Result<(Self, Handle), Error> {
        options.check()?;
        let listener = listen(&options).await?;
        let at = listener.local_addr().map_err(Error::Serve)?;
        let key = match &options.state {
            Some(folder) => Key::of(folder)?,
            None => Key::random(),
        };
        let links = options.state.as_ref().map(|folder| Links::open(folder, at.port()));
        let links = links.transpose()?;
        let (closing, closed) = watch::channel(false);
        let dev_port = options.dev.is_some().then_some(VITE);
        let notebooks = crate::notebooks::open(&options, &key)?;
        let jobs = Jobs::new(options.caches.as_deref(), &options.store.url().to_string());
        let app = App::new(Shared {
            notebooks,
            hosts: Hosts::new(at, &options.base, &options.allowed_hosts, dev_port),
            tokens: Tokens::default(),
            sessions: Sessions::new(key, at.port(), &options.base),
            password: options.password.as_ref().map(|it| blake3::hash(it.as_bytes())),
            guessing: Mutex::new(()),
            runs: Runs::new(options.store.clone(), options.caches.as_deref()),
            store: options.store,
            user: options.user,
            base: options.base,
            dev: options.dev,
            python: options.python,
            measured: Measured::default(),
            jobs,
            tables: options.tables,
            closing: closed,
        });
        let handle = Handle { app: app.clone(), at };
        Ok((Self { listener, app, links, closing }, handle))
    }

    /// Serves until `shutdown` comes.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        let Self { listener, app, links, closing } = self;
        let at = listener.local_addr().map_err(Error::Serve)?;
        let closing = Arc::new(closing);
        let mut ended = closing.subscribe();
        let handle = Handle { app: app.clone(), at };
        let serving = axum::serve(prompt(listener), routes::router(&app)).with_graceful_shutdown(
            async move {
                // The sender lives as long as this function.
                let _ = ended.wait_for(|ended| *ended).await;
            },
        );
        let giving = async {
            match links {
                Some(links) => {
                    links.serve(&app.runs.store().url().to_string(), || handle.link()).await;
                }
                None => std::future::pending().await,
            }
        };
        let stop = async {
            shutdown.await;
            closing.send_replace(true);
            if let Some(rooms) = &app.notebooks {
                // What was typed is in the journals, should this take too long.
                let _ = tokio::time::timeout(SAVING, rooms.end_all()).await;
            }
            // A browser that keeps its connection open doesn't keep the server.
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            result = serving.into_future() => result.map_err(Error::Serve),
            () = giving => Ok(()),
            () = stop => Ok(()),
        }
    }
}

async fn listen(options: &Options) -> Result<TcpListener, Error> {
    let first = options.port.unwrap_or(PORT);
    let tries = if options.port.is_some() { 1 } else { TRIES };
    let mut failed = None;
    for port in (first..).take(tries.into()) {
        match TcpListener::bind((options.host, port)).await {
            Ok(listener) => return Ok(listener),
            Err(source) => {
                let taken = source.kind() == ErrorKind::AddrInUse;
                failed = Some(Error::Port { host: options.host, port, source });
                if !taken {
                    break;
                }
            }
        }
    }
    Err(failed.unwrap_or(Error::NotRunning { port: options.port }))
}
