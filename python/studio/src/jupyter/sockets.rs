//! The five sockets: framing and signatures are `jupyter-zmq-client`'s. What is asked comes
//! in over one queue; what is said goes out over a queue for each socket, so that nobody
//! here waits for a slow reader.

use std::time::Duration;

use bytes::Bytes;
use jupyter_protocol::{ConnectionInfo, Header, JupyterMessage, UnknownMessage};
use jupyter_zmq_client::{
    KernelHeartbeatConnection, KernelIoPubXPubConnection, RawMessage, RouterRecvConnection,
    RouterSendConnection, RuntimeError, SubscriptionEvent, create_kernel_control_connection,
    create_kernel_heartbeat_connection, create_kernel_iopub_xpub_connection,
    create_kernel_shell_connection, create_kernel_stdin_connection,
};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::{JoinHandle, spawn_local};
use zeromq::{SocketRecv, SocketSend};

use crate::shell::output::talk;

/// How long the last words may take to get out.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Where something was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// What is done in its order.
    Shell,
    /// What can't wait.
    Control,
    /// Answers to questions of ours.
    Stdin,
}

/// A message from a front end whose signature is right.
#[derive(Debug)]
pub struct Asked {
    /// Where it came in.
    pub channel: Channel,
    /// Who sent it, its header, metadata and buffers.
    pub message: JupyterMessage,
    /// What it says.
    pub content: Value,
}

impl Asked {
    /// What it asks for: `execute_request`.
    pub fn kind(&self) -> &str {
        &self.message.header.msg_type
    }
}

/// The way out.
pub struct Wires {
    topic: String,
    iopub: UnboundedSender<JupyterMessage>,
    shell: UnboundedSender<JupyterMessage>,
    control: UnboundedSender<JupyterMessage>,
    stdin: UnboundedSender<JupyterMessage>,
    writers: Vec<JoinHandle<()>>,
}

/// Binds all of them.
pub async fn open(
    connection: &ConnectionInfo,
) -> Result<(Wires, UnboundedReceiver<Asked>), RuntimeError> {
    let session = message("status", json!({}), None).header.session;
    let iopub = create_kernel_iopub_xpub_connection(connection, &session).await?;
    let shell = create_kernel_shell_connection(connection, &session).await?;
    let control = create_kernel_control_connection(connection, &session).await?;
    let stdin = create_kernel_stdin_connection(connection, &session).await?;
    let heart = create_kernel_heartbeat_connection(connection).await?;
    spawn_local(beat(heart));
    let (asked, heard) = mpsc::unbounded_channel();
    let mut wires = Wires {
        topic: format!("kernel.{session}"),
        iopub: mpsc::unbounded_channel().0,
        shell: mpsc::unbounded_channel().0,
        control: mpsc::unbounded_channel().0,
        stdin: mpsc::unbounded_channel().0,
        writers: Vec::new(),
    };
    let (sender, waiting) = mpsc::unbounded_channel();
    wires.iopub = sender;
    wires.writers.push(spawn_local(broadcast(iopub, waiting)));
    for (channel, socket) in
        [(Channel::Shell, shell), (Channel::Control, control), (Channel::Stdin, stdin)]
    {
        let (sender, receiver) = socket.split();
        spawn_local(listen(receiver, channel, asked.clone()));
        let sender = wires.write(sender);
        match channel {
            Channel::Shell => wires.shell = sender,
            Channel::Control => wires.control = sender,
            Channel::Stdin => wires.stdin = sender,
        }
    }
    Ok((wires, heard))
}

impl Wires {
    /// Tells all who listen.
    pub fn publish(&self, parent: Option<&Asked>, kind: &str, content: Value) {
        self.publish_with(parent, kind, content, json!({}), Vec::new());
    }

    /// Tells all who listen, with metadata and binary parts.
    pub fn publish_with(
        &self,
        parent: Option<&Asked>,
        kind: &str,
        content: Value,
        metadata: Value,
        buffers: Vec<Bytes>,
    ) {
        let topic = Bytes::from(format!("{}.{kind}", self.topic));
        let message = message(kind, content, parent)
            .with_zmq_identities(vec![topic])
            .with_metadata(metadata)
            .with_buffers(buffers);
        // Closed only when the kernel ends.
        let _ = self.iopub.send(message);
    }

    /// Answers a request where it was asked.
    pub fn reply(&self, to: &Asked, content: Value) {
        let kind = to.kind().replace("_request", "_reply");
        let message = message(&kind, content, Some(to));
        let socket = match to.channel {
            Channel::Shell => &self.shell,
            Channel::Control => &self.control,
            Channel::Stdin => &self.stdin,
        };
        let _ = socket.send(message);
    }

    /// Asks whoever sent a request for a line.
    pub fn ask(&self, of: &Asked, content: Value) {
        let _ = self.stdin.send(message("input_request", content, Some(of)));
    }

    /// Sends what is still to be sent.
    pub async fn close(self) {
        let Self { iopub, shell, control, stdin, writers, .. } = self;
        drop((iopub, shell, control, stdin));
        for writer in writers {
            // A reader that doesn't read is nobody to wait for.
            let _ = tokio::time::timeout(LAST_WORDS, writer).await;
        }
        // The sockets' own tasks have it now, and don't say when it is out.
        tokio::time::sleep(LAST_WORDS).await;
    }

    fn write(&mut self, mut socket: RouterSendConnection) -> UnboundedSender<JupyterMessage> {
        let (sender, mut waiting) = mpsc::unbounded_channel::<JupyterMessage>();
        self.writers.push(spawn_local(async move {
            while let Some(message) = waiting.recv().await {
                // Whoever it was for has gone.
                let _ = socket.send(message).await;
            }
            // A socket that is dropped forgets what it hasn't sent.
            tokio::time::sleep(LAST_WORDS).await;
        }));
        sender
    }
}

/// Sends what everybody is told, and greets those who begin to listen: they know then that
/// they miss nothing from here on (JEP 65).
async fn broadcast(
    mut socket: KernelIoPubXPubConnection,
    mut waiting: UnboundedReceiver<JupyterMessage>,
) {
    loop {
        let message = tokio::select! {
            // A listener who is early hears everything.
            biased;
            event = socket.recv_subscription() => match event {
                Ok(SubscriptionEvent::Subscribe(topic)) => {
                    let content = json!({"subscription": topic});
                    let topic = Bytes::from(topic);
                    message("iopub_welcome", content, None).with_zmq_identities(vec![topic])
                }
                // Somebody went.
                Ok(SubscriptionEvent::Unsubscribe(_)) | Err(_) => continue,
            },
            message = waiting.recv() => match message {
                Some(message) => message,
                None => break,
            },
        };
        // Whoever it was for has gone.
        let _ = socket.send(message).await;
    }
    tokio::time::sleep(LAST_WORDS).await;
}

fn message(kind: &str, content: Value, parent: Option<&Asked>) -> JupyterMessage {
    let content = UnknownMessage { msg_type: kind.to_owned(), content };
    let mut message = JupyterMessage::new(content, parent.map(|asked| &asked.message));
    message.header.username = match parent {
        Some(asked) => asked.message.header.username.clone(),
        None => "kernel".to_owned(),
    };
    message
}

/// Takes messages off a socket. One with a wrong signature, or that can't be read, is
/// dropped: whoever sent it has no key, or isn't Jupyter.
async fn listen(mut socket: RouterRecvConnection, channel: Channel, asked: UnboundedSender<Asked>) {
    loop {
        let frames = match socket.socket.recv().await {
            Ok(frames) => frames,
            Err(error) => {
                talk!("warning: a socket can't be read: {error}");
                tokio::time::sleep(LAST_WORDS).await;
                continue;
            }
        };
        let read =
            RawMessage::from_multipart(frames, &socket.mac).and_then(|raw| take(channel, raw));
        match read {
            // The door has closed.
            Ok(message) => {
                if asked.send(message).is_err() {
                    return;
                }
            }
            Err(error) => talk!("warning: a message to the kernel was dropped: {error}"),
        }
    }
}

fn take(channel: Channel, raw: RawMessage) -> Result<Asked, RuntimeError> {
    let header: Header = serde_json::from_slice(&raw.jparts[0])?;
    let content = serde_json::from_slice(&raw.jparts[3])?;
    let nothing = UnknownMessage { msg_type: header.msg_type.clone(), content: json!({}) };
    let mut message = JupyterMessage::new(nothing, None).with_zmq_identities(raw.zmq_identities);
    message.header = header;
    message.parent_header = serde_json::from_slice(&raw.jparts[1]).ok();
    message.metadata = serde_json::from_slice(&raw.jparts[2])?;
    message.buffers = raw.jparts.get(4..).unwrap_or_default().to_vec();
    Ok(Asked { channel, message, content })
}

/// Returns every beat as it came.
async fn beat(mut heart: KernelHeartbeatConnection) {
    loop {
        match heart.socket.recv().await {
            // Whoever knocked may have gone.
            Ok(beat) => drop(heart.socket.send(beat).await),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}
