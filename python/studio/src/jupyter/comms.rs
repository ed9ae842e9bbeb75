//! Widgets' connections: which are open, and their messages both ways.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flownote_kernel::protocol::{Comm, CommKind};
use serde_json::{Value, json};

use super::sockets::{Asked, Wires};

/// The connections that are open: id → the kind of widget.
#[derive(Debug, Default)]
pub struct Comms {
    open: BTreeMap<String, String>,
}

impl Comms {
    /// Notes what a message does.
    pub fn note(&mut self, comm: &Comm) {
        match comm.kind {
            CommKind::Open => {
                let target = comm.target.clone().unwrap_or_default();
                self.open.insert(comm.id.clone(), target);
            }
            CommKind::Close => drop(self.open.remove(&comm.id)),
            CommKind::Message => {}
        }
    }

    /// All connections are gone, since the process that had their other ends is.
    pub fn lose(&mut self) {
        self.open.clear();
    }

    /// The content of a `comm_info_reply`; without a target, of all kinds.
    pub fn info(&self, target: Option<&str>) -> Value {
        let open = self.open.iter();
        let open = open.filter(|(_, kind)| target.is_none_or(|target| target == **kind));
        let comms: serde_json::Map<String, Value> =
            open.map(|(id, kind)| (id.clone(), json!({"target_name": kind}))).collect();
        json!({"status": "ok", "comms": comms})
    }
}

/// What a front end says to a widget; none when that can't be understood.
pub fn heard(asked: &Asked) -> Option<Comm> {
    let kind = match asked.kind() {
        "comm_open" => CommKind::Open,
        "comm_msg" => CommKind::Message,
        "comm_close" => CommKind::Close,
        _ => return None,
    };
    let text = |key: &str| asked.content.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Comm {
        id: text("comm_id")?,
        kind,
        target: text("target_name"),
        data: asked.content.get("data").cloned().unwrap_or_else(|| json!({})),
        buffers: asked.message.buffers.iter().map(|one| STANDARD.encode(one)).collect(),
        metadata: asked.message.metadata.clone(),
    })
}

/// Tells front ends what a widget says.
pub fn say(wires: &Wires, parent: Option<&Asked>, comm: &Comm) {
    let mut content = json!({"comm_id": comm.id, "data": comm.data});
    let kind = match comm.kind {
        CommKind::Open => {
            content["target_name"] = json!(comm.target.as_deref().unwrap_or_default());
            "comm_open"
        }
        CommKind::Message => "comm_msg",
        CommKind::Close => "comm_close",
    };
    let buffers = comm.buffers.iter().filter_map(|one| STANDARD.decode(one).ok());
    let buffers = buffers.map(Bytes::from).collect();
    let metadata = if comm.metadata.is_object() { comm.metadata.clone() } else { json!({}) };
    wires.publish_with(parent, kind, content, metadata, buffers);
}
