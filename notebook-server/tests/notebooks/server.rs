//! A server over a temporary folder: in this process, or in one that can be killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use flownote_server::{Options, Service};
use flownote_store::{Store, StoreOptions, StoreUrl};
use serde_json::Value as Json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::page::Page;
use crate::supervisor;

const FOLDER: &str = "FLOWNOTE_TEST_SERVER";

/// A folder of notebooks, with what servers of it share.
pub struct Project {
    folder: tempfile::TempDir,
}

/// A server, and who is logged in to it.
pub struct Server {
    pub port: u16,
    cookie: String,
    /// Ends it.
    _stop: Option<oneshot::Sender<()>>,
    process: Option<Child>,
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Json {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

impl Project {
    pub fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir(project.root()).expect("made");
        std::fs::create_dir(project.folder.path().join("run")).expect("made");
        project
    }

    /// The served folder.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Writes a notebook of Python cells, named `c0`, `c1`….
    pub fn notebook(&self, name: &str, cells: &[&str]) {
        let cells: Vec<_> = (cells.iter().enumerate())
            .map(|(number, source)| {
                let id = format!("c{number}");
                flownote_notebook::Cell::new(id, flownote_notebook::Language::Python, *source)
            })
            .collect();
        let document = flownote_notebook::Document::new(cells).expect("a document");
        std::fs::write(self.root().join(name), flownote_notebook::ipynb::write(&document))
            .expect("written");
    }

    /// The notebook that a file holds.
    pub fn saved(&self, name: &str) -> flownote_notebook::Document {
        let bytes = std::fs::read(self.root().join(name)).expect("a file");
        flownote_notebook::ipynb::read(&bytes).expect("a notebook")
    }

    /// Waits until a file holds a notebook of which something is so.
    pub async fn until_saved(
        &self,
        name: &str,
        is_so: impl Fn(&flownote_notebook::Document) -> bool,
    ) {
        for _ in 0..600 {
            if is_so(&self.saved(name)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it was not saved: {:#?}", self.saved(name));
    }

    /// Makes the copies of the history older than they are: later saves don't join them.
    pub fn age_history(&self) {
        let folders = std::fs::read_dir(self.root().join(".flownote/history")).expect("a history");
        for folder in folders.flatten() {
            for copy in std::fs::read_dir(folder.path()).expect("copies").flatten() {
                let name = copy.file_name().into_string().expect("a name");
                let (at, why) = name.split_once('-').expect("a time");
                let older = at.parse::<u64>().expect("a number") - 600_000;
                std::fs::rename(copy.path(), folder.path().join(format!("{older:013}-{why}")))
                    .expect("renamed");
            }
        }
    }

    /// Adds a line to the journal of the only notebook that has one.
    pub fn journal(&self, notebook: &str, line: &str) {
        let folder = self.root().join(".flownote/journal");
        let entries = std::fs::read_dir(folder).expect("journals").flatten();
        let path = entries.map(|it| it.path()).find(|path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            text.lines().next().is_some_and(|head| head.contains(notebook))
        });
        let path = path.expect("a journal");
        let mut text = std::fs::read_to_string(&path).expect("read");
        text.push_str(line);
        text.push('\n');
        std::fs::write(path, text).expect("written");
    }

    /// The processes that supervisors said they are.
    pub fn supervisors(&self) -> Vec<i32> {
        let entries =
            std::fs::read_dir(kernels(self.folder.path())).into_iter().flatten().flatten();
        let holders = entries.filter(|it| it.path().extension().is_some_and(|end| end == "json"));
        let pid = |path: PathBuf| {
            let holder: Json = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
            i32::try_from(holder["alive"]["pid"].as_i64()?).ok()
        };
        holders.filter_map(|it| pid(it.path())).collect()
    }

    /// A server in this process.
    pub async fn serve(&self) -> Server {
        let options = options(self.folder.path()).await;
        let (service, handle) = Service::bind(options).await.expect("bound");
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(service.run(async { drop(stopped.await) }));
        Server::log_in(&handle.link(), Some(stop), None).await
    }

    /// A server of the same folder that has another place for sockets.
    pub async fn serve_elsewhere(&self) -> Server {
        let mut options = options(self.folder.path()).await;
        let runtime = self.folder.path().join("elsewhere");
        std::fs::create_dir_all(&runtime).expect("made");
        options.runtime = Some(runtime);
        options.state = Some(self.folder.path().join("other-state"));
        let (service, handle) = Service::bind(options).await.expect("bound");
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(service.run(async { drop(stopped.await) }));
        Server::log_in(&handle.link(), Some(stop), None).await
    }

    /// A server in a process of its own.
    pub async fn serve_apart(&self) -> Server {
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command
            .args(["server::process", "--exact", "--ignored", "--nocapture"])
            .env(FOLDER, self.folder.path())
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("started");
        let mut lines =
            BufReader::new(child.stdout.take().expect("its words")).lines().map_while(Result::ok);
        let link = lines.find_map(|line| line.strip_prefix("link: ").map(str::to_owned));
        // It ends when it can't say that it takes longer than a test should.
        std::thread::spawn(move || lines.for_each(drop));
        Server::log_in(&link.expect("a link"), None, Some(child)).await
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        for pid in self.supervisors() {
            let pid = nix::unistd::Pid::from_raw(pid);
            // It may have ended already.
            let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

fn kernels(folder: &Path) -> PathBuf {
    folder.join(format!("run/flownote-{}", nix::unistd::getuid()))
}

async fn options(folder: &Path) -> Options {
    let url = StoreUrl::Folder(folder.join("store"));
    let store = Store::open(&url, StoreOptions::default()).await.expect("a store");
    let mut options = Options::new(store, "ana");
    // A free one: tests run side by side.
    options.port = Some(0);
    options.state = Some(folder.join("state"));
    options.notebooks = Some(folder.join("work"));
    options.runtime = Some(folder.join("run"));
    if let Some(python) = supervisor::python() {
        options.supervisor = supervisor::command(&python);
        options.python = python;
    }
    options
}

#[test]
#[ignore = "it is a server, started and killed by other tests"]
fn process() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = options(Path::new(&folder)).await;
        let (service, handle) = Service::bind(options).await.expect("bound");
        println!("\nlink: {}", handle.link());
        service.run(std::future::pending()).await.expect("served");
    });
}

impl Server {
    async fn log_in(link: &str, stop: Option<oneshot::Sender<()>>, process: Option<Child>) -> Self {
        let rest = link.strip_prefix("http://127.0.0.1:").expect("an address");
        let (port, path) = rest.split_once('/').expect("a path");
        let port = port.parse().expect("a port");
        let mut server = Self { port, cookie: String::new(), _stop: stop, process };
        let answer = server.ask("GET", &format!("/{path}"), None).await;
        let cookie = answer.head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next())?
        });
        server.cookie = cookie.expect("a cookie").to_owned();
        server
    }

    /// A request.
    pub async fn ask(&self, method: &str, path: &str, body: Option<Json>) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("connected");
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let port = self.port;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {}\r\n\
             Origin: http://127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.cookie,
            body.len(),
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        stream.write_all(body.as_bytes()).await.expect("sent");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.expect("read");
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a status");
        let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        let body = if chunked { unchunk(&bytes[end + 4..]) } else { bytes[end + 4..].to_vec() };
        Answer { status, head, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: Json) -> Answer {
        self.ask("POST", path, Some(body)).await
    }

    /// Opens a notebook in a page.
    pub async fn open(&self, notebook: &str) -> Page {
        Page::open(self.port, &self.cookie, notebook).await
    }

    /// The memory of a server in a process of its own, in bytes.
    pub fn resident(&self) -> u64 {
        let pid = self.process.as_ref().expect("a process").id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kilobytes * 1024
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        let mut process = self.process.take().expect("one in a process of its own");
        process.kill().expect("killed");
        process.wait().expect("gone");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|it| it == b"\r\n") {
        let length = std::str::from_utf8(&rest[..end]).expect("a length");
        let length = usize::from_str_radix(length.trim(), 16).expect("a length");
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 4 + length..];
    }
    body
}

/// What a query may hold.
pub fn escaped(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
