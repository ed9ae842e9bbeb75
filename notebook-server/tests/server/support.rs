//! A server over a store of its own, and somebody who is logged in.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;

use flownote_server::{Handle, Options, Service};
use flownote_store::{Store, StoreOptions, StoreUrl};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::{Ask, Got};

/// A server that runs.
pub struct Server {
    pub at: SocketAddr,
    pub handle: Handle,
    pub store: Store,
    /// The store's, which goes with the server.
    folder: TempDir,
    cookie: String,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

/// A store in a folder.
pub async fn store_in(folder: &Path) -> Store {
    let url = StoreUrl::Folder(folder.join("store"));
    Store::open(&url, StoreOptions::default()).await.unwrap()
}

impl Server {
    pub async fn new() -> Self {
        Self::with(|options| options).await
    }

    /// Starts one whose options were changed.
    pub async fn with(change: impl FnOnce(Options) -> Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store_in(folder.path()).await;
        let mut options = Options::new(store.clone(), "ana");
        options.port = Some(0);
        let options = change(options);
        let store = options.store.clone();
        let (service, handle) = Service::bind(options).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(async move { service.run(shutdown).await.unwrap() });
        let mut server = Self {
            at: handle.at(),
            handle,
            store,
            folder,
            cookie: String::new(),
            stop: Some(stop),
            serving,
        };
        server.cookie = server.log_in().await;
        server
    }

    /// Opens a link and returns the cookie that comes of it.
    pub async fn log_in(&self) -> String {
        let got = Ask::new("GET", &self.login_path()).send(self.at).await;
        assert_eq!(got.status, 303, "{got:?}");
        cookie_of(&got)
    }

    /// A fresh link's path and query.
    pub fn login_path(&self) -> String {
        let link = self.handle.link();
        link[link.find("//").unwrap() + 2..]
            .split_once('/')
            .map(|(_, path)| format!("/{path}"))
            .unwrap()
    }

    /// Where the store is, in `store`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.at)
    }

    /// A request of somebody who is logged in.
    pub fn ask(&self, method: &str, path: &str) -> Ask {
        Ask::new(method, path).header("Cookie", &self.cookie)
    }

    /// Asks for JSON.
    pub async fn get(&self, path: &str) -> Value {
        let got = self.ask("GET", path).send(self.at).await;
        assert_eq!(got.status, 200, "{path}: {got:?}");
        got.json()
    }

    /// Changes something as the page does.
    pub async fn post(&self, path: &str, body: &Value) -> Got {
        let ask = self.ask("POST", path).header("Origin", self.origin());
        ask.header("Content-Type", "application/json").body(body.to_string()).send(self.at).await
    }

    /// Ends it, and returns when it has ended.
    pub fn stop(mut self) -> impl Future<Output = ()> {
        self.stop.take().expect("once").send(()).expect("it runs");
        async move { self.serving.await.expect("it ends in order") }
    }
}

/// The cookie that an answer sets.
pub fn cookie_of(got: &Got) -> String {
    let set = got.header("set-cookie").unwrap_or_else(|| panic!("a cookie: {got:?}"));
    set.split(';').next().unwrap().to_owned()
}
