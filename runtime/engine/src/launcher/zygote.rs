//! The zygote: a process forked from the command's own after the flow was imported, which
//! forks a warm child for each attempt (engine rules 15 and 16).

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use nix::sys::socket::{ControlMessage, MsgFlags, recv, sendmsg};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc;

use super::{LaunchId, LaunchRequest, Launcher, WorkerEvent};
use crate::wire::{FromZygote, ToZygote};

/// Long enough for any packet of the protocol.
const PACKET: usize = 64 * 1024;

/// The engine's end of the control socket.
pub struct Zygote {
    socket: Arc<OwnedFd>,
    events: Option<mpsc::UnboundedReceiver<WorkerEvent>>,
}

impl Zygote {
    /// Takes the engine's end of a `SOCK_SEQPACKET` pair whose other end a zygote serves.
    /// Must be called within the engine's runtime.
    pub fn attach(socket: OwnedFd) -> io::Result<Self> {
        let socket = Arc::new(socket);
        let (sender, events) = mpsc::unbounded_channel();
        tokio::task::spawn_local(listen(Arc::clone(&socket), sender));
        Ok(Self { socket, events: Some(events) })
    }

    fn send(&self, message: &ToZygote, descriptors: &[i32]) -> io::Result<()> {
        let packet = serde_json::to_vec(message)?;
        let rights = [ControlMessage::ScmRights(descriptors)];
        let control = if descriptors.is_empty() { &[][..] } else { &rights[..] };
        let parts = [IoSlice::new(&packet)];
        // Packets are tiny and the zygote reads at once: a full buffer means it is stuck.
        sendmsg::<()>(self.socket.as_raw_fd(), &parts, control, MsgFlags::MSG_NOSIGNAL, None)?;
        Ok(())
    }
}

impl Launcher for Zygote {
    fn launch(&self, request: LaunchRequest) -> io::Result<()> {
        let descriptors =
            [request.stdout.as_raw_fd(), request.stderr.as_raw_fd(), request.socket.as_raw_fd()];
        self.send(&ToZygote::Launch { launch: request.id, spawn: request.spawn }, &descriptors)
    }

    fn kill(&self, id: LaunchId, signal: i32) -> io::Result<()> {
        self.send(&ToZygote::Kill { kill: id, signal }, &[])
    }

    fn events(&mut self) -> mpsc::UnboundedReceiver<WorkerEvent> {
        self.events.take().expect("the engine takes the events once")
    }
}

async fn listen(socket: Arc<OwnedFd>, sender: mpsc::UnboundedSender<WorkerEvent>) {
    let listened = read_packets(socket.as_fd(), &sender).await;
    if let Err(error) = listened {
        let _ = sender.send(WorkerEvent::Notice(format!("the zygote's socket failed: {error}")));
    }
    let _ = sender.send(WorkerEvent::Gone);
}

async fn read_packets(
    socket: BorrowedFd<'_>,
    sender: &mpsc::UnboundedSender<WorkerEvent>,
) -> io::Result<()> {
    // SAFETY: `socket` is borrowed for longer than the registration lives, so the descriptor
    // isn't closed or reused under it.
    let ready = unsafe { AsyncFd::register_with_interest(socket, Interest::READABLE)? };
    let mut packet = vec![0; PACKET];
    loop {
        let mut guard = ready.readable().await?;
        let read =
            guard.try_io(|fd| Ok(recv(fd.as_raw_fd(), &mut packet, MsgFlags::MSG_DONTWAIT)?));
        match read {
            Ok(Ok(0)) => return Ok(()),
            Ok(Ok(length)) => forward(&packet[..length], sender),
            Ok(Err(error)) => return Err(error),
            Err(_would_block) => {}
        }
    }
}

fn forward(packet: &[u8], sender: &mpsc::UnboundedSender<WorkerEvent>) {
    // A closed channel means that the engine is done: nobody is left to tell.
    let send = |event| drop(sender.send(event));
    match serde_json::from_slice(packet) {
        Ok(FromZygote::Ready { notices, .. }) => {
            notices.into_iter().for_each(|text| send(WorkerEvent::Notice(text)));
        }
        Ok(FromZygote::Started { started, pid }) => send(WorkerEvent::Started { id: started, pid }),
        Ok(FromZygote::Exited { exited, status, usage }) => {
            send(WorkerEvent::Exited { id: exited, status, usage });
        }
        Err(error) => send(WorkerEvent::Notice(format!("the zygote sent nonsense: {error}"))),
    }
}
