//! The protocol between the supervisor and its interpreters, version 1. This is its
//! specification; the Python side is `flownote/kernel/wire.py`.
//!
//! An interpreter is a process that the supervisor starts with one end of a Unix socket
//! pair, its number in `--fd N`. Each way goes a stream of *frames*: a `u32` length,
//! little-endian, then that many bytes of UTF-8 JSON, an object with a `type`. A frame is at
//! most [`MAX_FRAME`] bytes. Something longer, bad JSON or an unknown type ends the
//! interpreter, whoever receives it; unknown *fields* are ignored. [`Request`]s go to the
//! interpreter and [`Answer`]s come back:
//!
//! ```
//! # use flownote_kernel::protocol::{Answer, Request};
//! # let dialogue = [(">", r#"
//! {"type": "welcome", "version": 1, "session": "20261122T101512345-8f2c9a",
//!  "values": "/home/ana/project/.flownote/staging/notebook-8f2c9a", "folder": "/home/ana/project",
//!  "options": {}}
//! # "#), ("<", r#"
//! {"type": "ready", "version": 1, "pid": 4711, "languages": ["python"],
//!  "runtime": {"name": "3.11", "version": "3.11.7", "platform": "x86_64-linux",
//!              "executable": "/usr/bin/python3"}}
//! # "#), (">", r#"
//! {"type": "execute", "execution": 7, "language": "python", "cell": "load", "label": "cell 2",
//!  "code": "frame[\"b\"] = f(frame.a)\nprint(3)\nlen(frame)",
//!  "rebind": {"set": {"f": 3,
//!                     "frame": {"version": 5, "value": {
//!                         "codec": "arrow", "digest": "<hex>", "size": 8192,
//!                         "type": "flownote.Table", "path": "…/blobs/ab/ab…"}}},
//!             "unset": ["draft"]},
//!  "snapshot": ["frame"], "exports": ["frame"], "count": 4}
//! # "#), ("<", r#"
//! {"type": "started", "execution": 7}
//! # "#), ("<", r#"
//! {"type": "output", "execution": 7, "output": {"kind": "stream", "name": "stdout", "text": "3\n"}}
//! # "#), ("<", r#"
//! {"type": "output", "execution": 7,
//!  "output": {"kind": "result", "data": {"text/plain": "100"}, "metadata": {}}}
//! # "#), ("<", r#"
//! {"type": "finished", "execution": 7, "status": "ok",
//!  "defined": {"frame": {"type": "pandas.DataFrame", "summary": "100 × 2", "live": false}},
//!  "deleted": [],
//!  "exports": {"frame": {"codec": "arrow", "digest": "<hex>", "size": 9216,
//!                        "type": "pandas.DataFrame", "file": "7-frame.arrow"}},
//!  "externals": [{"kind": "file", "name": "a.csv", "version": "b3:<hex>", "declared": false}],
//!  "modules": ["pandas"], "usage": {"user_ms": 3, "system_ms": 1, "max_rss_kb": 30100},
//!  "elapsed_ms": 4.2}
//! # "#), (">", r#"
//! {"type": "export", "request": 1, "names": {"f": 3}, "common": true}
//! # "#), ("<", r#"
//! {"type": "exported", "request": 1, "values": {"f": {"error": {
//!     "message": "`f`, a function, has no common form", "hint": "call it in a Python cell"}}}}
//! # "#), (">", r#"
//! {"type": "shutdown"}
//! # "#)];
//! # for (direction, text) in dialogue {
//! #     match direction {
//! #         ">" => drop(serde_json::from_str::<Request>(text)?),
//! #         _ => drop(serde_json::from_str::<Answer>(text)?),
//! #     }
//! # }
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! **Executions and versions.** The supervisor numbers executions; the *version* of a name is
//! the execution that bound it. `rebind` says how the bindings differ from those after the
//! execution before; the first one of a process says them all. An `execute` is answered by
//! one `finished`, after its outputs; a further `execute` may be sent before, and waits: it
//! says `started` when it begins. One that begins when it comes needn't: each message wakes
//! its reader, which costs more than `1+1`.
//!
//! **Values** are records as in manifests, with the bytes inline when they are few. More
//! bytes are a file: an interpreter writes one into the folder `values` under a name of its
//! choice and says it in `file`; the supervisor moves it to where it stays, and gives others
//! an absolute `path` to map. Codecs that every language reads are `arrow` (IPC file), `npy`,
//! `csr`, `json`, `utf8` and `bytes`; a function of a WASM cell is `wasm`. A value without
//! such a form is an `error` for whoever asks for it. Python is told with `spill` which old
//! values it needn't hold in memory, since they are files.
//!
//! **While a cell runs**, `complete`, `inspect`, `is_complete`, `input_reply` and `comm` are
//! taken all the same; `diagnose`, which is asked of SQL alone, waits its turn. `interrupt` is
//! for the `execute` that was sent last, and nothing to one that has ended; Python takes SIGINT
//! beside it, which reaches what waits in a library.

mod answer;
mod frame;
mod request;
mod value;

pub use answer::{
    Answer, Completeness, Completion, Defined, Exit, Finished, FinishedStatus, FoundModule, Ready,
    Runtime,
};
pub use flownote_notebook::output::{Frame, Output, Stream};
pub use frame::{Error, MAX_FRAME, decode, encode, receive, receive_blocking, send, send_blocking};
pub use request::{Comm, CommKind, Execute, NameVersion, Rebind, Request, Spilled, Welcome};
pub use value::{Binding, Exported, Problem, Value, ValueRef};

/// The version that both sides must speak.
pub const VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_bound_to_what_is_there_or_to_what_comes_along() {
        let record = json!({"codec": "json", "digest": "ab", "size": 1, "type": "int",
                            "inline": "1"});
        let text = json!({"set": {"x": 3, "y": {"version": 4, "value": record}}, "unset": []});
        let rebind: Rebind = serde_json::from_value(text.clone()).expect("a rebind");
        assert_eq!(rebind.set["x"], Binding::Version(3));
        assert_eq!(rebind.set["y"].version(), 4);
        assert_eq!(serde_json::to_value(&rebind).expect("json"), text);
    }

    #[test]
    fn an_export_is_a_value_or_says_why_not() {
        let failed: Exported =
            serde_json::from_value(json!({"error": {"message": "no"}})).expect("an error");
        assert!(matches!(failed, Exported::Failed { error } if error.message == "no"));
        let value = json!({"codec": "arrow", "digest": "ab", "size": 10, "type": "t",
                           "file": "x.arrow"});
        let Exported::Value(value) = serde_json::from_value(value).expect("a value") else {
            panic!("a value");
        };
        assert_eq!((value.file.as_deref(), value.record.size), (Some("x.arrow"), 10));
    }
}
