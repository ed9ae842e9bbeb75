//! Workers that follow a script: they read their spec and answer as a Python worker would.

use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::rc::Rc;

use flownote_engine::launcher::{LaunchId, LaunchRequest, Launcher, WorkerEvent};
use flownote_engine::wire::{read_frame, write_frame};
use flownote_flow::manifest::Usage;
use serde_json::{Value, json};
use tokio::net::UnixStream;
use tokio::sync::{Barrier, mpsc, oneshot};
use tokio::task::spawn_local;

/// What a worker does.
pub enum Act {
    /// Reports this manifest and ends well.
    Report(Value),
    /// Prints this first, then reports.
    Print(String, Value),
    /// Waits for others, then reports.
    Meet(Rc<Barrier>, Value),
    /// Ends with this wait status and no report.
    Die(i32),
    /// Hangs until it is killed.
    Hang,
}

/// Decides from the spec what a worker does.
pub type Script = Rc<dyn Fn(&Value) -> Act>;

/// Starts scripted workers.
pub struct Scripted {
    script: Script,
    sender: mpsc::UnboundedSender<WorkerEvent>,
    events: Option<mpsc::UnboundedReceiver<WorkerEvent>>,
    kills: RefCell<Vec<(LaunchId, oneshot::Sender<i32>)>>,
    pids: Cell<u32>,
}

impl Scripted {
    pub fn new(script: Script) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let events = Some(events);
        Self { script, sender, events, kills: RefCell::default(), pids: Cell::new(1000) }
    }
}

impl Launcher for Scripted {
    fn launch(&self, request: LaunchRequest) -> io::Result<()> {
        self.pids.set(self.pids.get() + 1);
        let _ = self.sender.send(WorkerEvent::Started { id: request.id, pid: self.pids.get() });
        let (kill, killed) = oneshot::channel();
        self.kills.borrow_mut().push((request.id, kill));
        let (script, sender) = (Rc::clone(&self.script), self.sender.clone());
        spawn_local(async move {
            let id = request.id;
            let status = work(request, &script, killed).await.expect("the engine is there");
            let _ = sender.send(WorkerEvent::Exited { id, status, usage: Usage::default() });
        });
        Ok(())
    }

    fn kill(&self, id: LaunchId, signal: i32) -> io::Result<()> {
        let mut kills = self.kills.borrow_mut();
        if let Some(at) = kills.iter().position(|(other, _)| *other == id) {
            let _ = kills.swap_remove(at).1.send(signal);
        }
        Ok(())
    }

    fn events(&mut self) -> mpsc::UnboundedReceiver<WorkerEvent> {
        self.events.take().expect("taken once")
    }
}

async fn work(
    request: LaunchRequest,
    script: &Script,
    killed: oneshot::Receiver<i32>,
) -> io::Result<i32> {
    let LaunchRequest { stdout, socket, .. } = request;
    let socket = StdStream::from(socket);
    socket.set_nonblocking(true)?;
    let mut socket = UnixStream::from_std(socket)?;
    let Some(frame) = read_frame(&mut socket).await? else { return Ok(9) };
    let spec: Value = serde_json::from_slice(&frame)?;
    match script(&spec) {
        Act::Report(manifest) => report(&mut socket, manifest).await,
        Act::Print(text, manifest) => {
            print(stdout, &text)?;
            report(&mut socket, manifest).await
        }
        Act::Meet(others, manifest) => {
            others.wait().await;
            report(&mut socket, manifest).await
        }
        Act::Die(status) => Ok(status),
        Act::Hang => Ok(killed.await.unwrap_or(9)),
    }
}

async fn report(socket: &mut UnixStream, manifest: Value) -> io::Result<i32> {
    match write_frame(socket, &json!({ "done": manifest })).await {
        // The engine was dropped in the middle of a test of exactly that.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(9),
        written => written.map(|()| 0),
    }
}

fn print(stdout: OwnedFd, text: &str) -> io::Result<()> {
    io::Write::write_all(&mut std::fs::File::from(stdout), text.as_bytes())
}

/// A script for [`crate::flow::foreach_flow`] with so many items, in which nothing fails.
pub fn well(items: usize) -> Script {
    Rc::new(move |spec| Act::Report(manifest(spec, items)))
}

/// What a worker of [`crate::flow::foreach_flow`] reports when all is well.
pub fn manifest(spec: &Value, items: usize) -> Value {
    match spec["step"].as_str().expect("a step") {
        "start" => {
            let item =
                json!({"codec":"json","digest":"0".repeat(64),"size":1,"type":"int","inline":"1"});
            let list = serde_json::to_string(&vec![item; items]).expect("JSON");
            let record = json!({"codec":"items","digest":blake3::hash(list.as_bytes()).to_hex().as_str(),"size":list.len(),"type":"list","inline":list});
            json!({
                "next": {"kind":"foreach","step":"fit","count":items},
                "items": {"over":"items","count":items,"items":record},
            })
        }
        "fit" => json!({"next": {"kind":"steps","steps":["choose"]}}),
        "choose" => {
            let parents = spec["parents"].as_array().map_or(0, Vec::len);
            assert_eq!(parents, items, "a join gets exactly its inputs");
            json!({"next": {"kind":"steps","steps":["end"]}})
        }
        _ => json!({"next": {"kind":"end"}}),
    }
}
