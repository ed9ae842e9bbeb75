//! Values on their way in and out of the user's world.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::ffi_stream::{ArrowArrayStreamReader, FFI_ArrowArrayStream};
use arrow::ipc::writer::FileWriter;
use arrow::record_batch::{RecordBatchIterator, RecordBatchReader};
use base64::Engine as _;
use flownote_data::{Bytes, read};
use flownote_flow::help::{Help, article};
use flownote_flow::manifest::ArtifactRecord;
use flownote_kernel::protocol::{Exported, Problem, Value, ValueRef};
use serde_json::Value as Json;

use super::known::Held;
use super::world::{Exported as Encoded, Handle, Refused, World};
use crate::interpreter::export::{INLINE, Staged};

/// What a record's `meta` calls the type in Rust, for values that come back as they were.
pub const TYPE: &str = "rust";

/// Takes up a value that was made elsewhere, without copying what is mapped.
pub fn take(world: &World, name: &str, value: &ValueRef) -> Result<Handle, Refused> {
    let record = &value.record;
    let broken = |message: String| Refused { message: format!("`{name}`: {message}"), hint: None };
    let form = match record.codec.as_str() {
        "arrow" => return table(world, name, value),
        "npy" => 1,
        "csr" => 2,
        "json" => 3,
        "utf8" => 4,
        "bytes" => 5,
        "model" => 7,
        codec => {
            return Err(Refused {
                message: format!(
                    "`{name}`, {} {}, has no form that Rust reads ({codec})",
                    article(&record.type_name),
                    record.type_name
                ),
                hint: Some("make a data frame, an array, text or numbers of it".to_owned()),
            });
        }
    };
    let taken = if let Some(text) = &record.inline {
        world.bytes(form, text.clone().into_bytes(), &record.meta)
    } else if let Some(text) = &record.inline_base64 {
        let decoded = base64::engine::general_purpose::STANDARD.decode(text);
        world.bytes(form, decoded.map_err(|error| broken(error.to_string()))?, &record.meta)
    } else {
        let map = map(value.path.as_deref()).map_err(|error| broken(error.to_string()))?;
        world.bytes(form, map, &record.meta)
    };
    taken.map_err(|refused| Refused {
        message: format!(
            "`{name}`, {} {}: {}",
            article(&record.type_name),
            record.type_name,
            refused.message
        ),
        ..refused
    })
}

fn map(path: Option<&Path>) -> io::Result<memmap2::Mmap> {
    let path = path.ok_or_else(|| io::Error::other("the value has no bytes"))?;
    let file = std::fs::File::open(path)?;
    // SAFETY: files of values never change once they have their name.
    unsafe { memmap2::Mmap::map(&file) }
}

fn table(world: &World, name: &str, value: &ValueRef) -> Result<Handle, Refused> {
    let refuse = |error: flownote_data::Error| Refused {
        message: format!("`{name}`: {error}"),
        hint: error.hint(),
    };
    let bytes = Bytes::of(&value.record, value.path.as_deref()).map_err(refuse)?;
    let frame = read(bytes, &value.record).map_err(refuse)?;
    let batches: Vec<_> = frame.batches().iter().cloned().map(Ok).collect();
    let reader = RecordBatchIterator::new(batches, Arc::clone(frame.schema()));
    let reader: Box<dyn RecordBatchReader + Send> = Box::new(reader);
    world.table(FFI_ArrowArrayStream::new(reader), &value.record.meta)
}

/// Encodes a value. For its own language (`common` is false) only what comes back as it was.
pub fn export(
    world: &World,
    folder: &Path,
    name: &str,
    held: &Held,
    common: bool,
    at_most: Option<u64>,
) -> Exported {
    let described = &held.described;
    if held.given.is_some() {
        return failed(
            format!("`{name}`, a {}, was made by another language", described.type_name),
            Some("ask the interpreter that made it".into()),
        );
    }
    if !common && !described.restores {
        let kind = &described.type_name;
        return failed(
            format!("`{name}`, a `{kind}`, doesn't come back from a file as it was"),
            Some(format!("derive `Serialize` and `Deserialize` for `{kind}`")),
        );
    }
    let encoded = match world.export(held.handle) {
        Ok(encoded) => encoded,
        Err(refused) => return failed(format!("`{name}`: {}", refused.message), refused.hint),
    };
    match write(encoded, folder, held, at_most) {
        Ok(Some(value)) => Exported::Value(value),
        Ok(None) => failed(format!("`{name}` takes more bytes than are kept"), None),
        Err(error) => failed(format!("`{name}` could not be written: {error}"), None),
    }
}

/// Why there is no value.
pub fn failed(message: String, hint: Option<String>) -> Exported {
    Exported::Failed { error: Problem { message, hint } }
}

fn write(
    mut encoded: Encoded,
    folder: &Path,
    held: &Held,
    at_most: Option<u64>,
) -> io::Result<Option<Value>> {
    let mut record = record(&encoded.record());
    if held.described.restores
        && let Some(path) = &held.described.path
    {
        record.meta.insert(TYPE.to_owned(), path.as_str().into());
    }
    if let Some(stream) = encoded.stream() {
        let mut staged = Staged::new(folder);
        write_table(stream, &mut staged).map_err(io::Error::other)?;
        return Ok(
            keep(record, &staged)?.filter(|it| at_most.is_none_or(|most| it.record.size <= most))
        );
    }
    let size: usize = encoded.pieces().map(<[u8]>::len).sum();
    record.size = size as u64;
    if at_most.is_some_and(|most| record.size > most) {
        return Ok(None);
    }
    if size <= INLINE {
        let bytes: Vec<u8> = encoded.pieces().flatten().copied().collect();
        record.digest = blake3::hash(&bytes).to_hex().as_str().into();
        let is_text = record.codec == "json" || record.codec == "utf8";
        match String::from_utf8(bytes) {
            Ok(text) if is_text => record.inline = Some(text),
            Ok(text) => record.inline_base64 = Some(base64(text.as_bytes())),
            Err(error) => record.inline_base64 = Some(base64(error.as_bytes())),
        }
        return Ok(Some(Value { record, file: None }));
    }
    let mut staged = Staged::new(folder);
    for piece in encoded.pieces() {
        staged.write_all(piece)?;
    }
    keep(record, &staged)
}

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn keep(mut record: ArtifactRecord, staged: &Staged) -> io::Result<Option<Value>> {
    let (digest, size) = staged.finish()?;
    record.digest = digest.as_str().into();
    record.size = size;
    Ok(Some(Value { record, file: Some(digest) }))
}

fn record(json: &Json) -> ArtifactRecord {
    let text = |key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
    ArtifactRecord {
        codec: text("codec").unwrap_or_default().as_str().into(),
        digest: "".into(),
        size: 0,
        type_name: text("type").unwrap_or_default(),
        inline: None,
        inline_base64: None,
        meta: json.get("meta").and_then(Json::as_object).cloned().unwrap_or_default(),
        preview: text("preview"),
    }
}

fn write_table(
    mut stream: FFI_ArrowArrayStream,
    staged: &mut Staged,
) -> Result<(), arrow::error::ArrowError> {
    // SAFETY: the stream is the prelude's, moved out to here; what is left is empty.
    let reader = unsafe { ArrowArrayStreamReader::from_raw(&raw mut stream) }?;
    let mut writer = FileWriter::try_new(staged, &reader.schema())?;
    for batch in reader {
        writer.write(&batch?)?;
    }
    writer.finish()
}
