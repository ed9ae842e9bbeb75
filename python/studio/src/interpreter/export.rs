//! Values on their way out: files in the session's folder.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use flownote_data::{Bytes, Error, Frame, Made, Written, read};
use flownote_flow::help::Help;
use flownote_flow::manifest::ArtifactRecord;
use flownote_kernel::protocol::{Exported, Problem, Value};
use flownote_kernel::wasm::{self, Function};
use serde_json::json;

use super::host::Host;
use super::reading;
use super::versions::Version;

/// What a table's type is for records; `meta.as` may say as what Python shall see it.
const TABLE: &str = "flownote.Table";

/// Encodings up to this size stand in the record.
pub(crate) const INLINE: usize = 2048;

/// Exports one version of a name, unless it takes more bytes than are worth it.
pub async fn export(host: &Host, name: &str, version: u64, at_most: Option<u64>) -> Exported {
    let found = host.versions().get(name, version);
    let value = match found {
        None => return unknown(name),
        Some(Version::Given(value)) => {
            // It came from outside, and is there already.
            return failed(
                format!("`{name}`, a {}, was made by another language", value.record.type_name),
                Some("ask the interpreter that made it".into()),
            );
        }
        Some(Version::Result { value, .. }) => Ok(value.as_ref().clone()),
        Some(Version::Made(made)) if at_most.is_some() && made.file.is_none() => {
            // Nobody asked for it: what a view gives may take hours to write.
            return failed(format!("`{name}` is a view, computed when it is read"), None);
        }
        Some(Version::Made(made)) => table(host, &made).await,
        Some(Version::Function(function)) => of_function(&host.values, &function),
    };
    match value {
        Ok(value) if at_most.is_some_and(|most| value.record.size > most) => failed(
            format!("`{name}` takes {} bytes, more than is kept", value.record.size),
            Some("select fewer rows or columns".into()),
        ),
        Ok(value) => Exported::Value(value),
        Err(error) => failed(error.to_string(), error.hint()),
    }
}

/// The answer for a name that isn't there.
pub fn unknown(name: &str) -> Exported {
    failed(format!("`{name}` is not defined here any more"), Some("run its cell again".into()))
}

fn failed(message: String, hint: Option<String>) -> Exported {
    Exported::Failed { error: Problem { message, hint } }
}

/// A table that a statement made, or what a view gives now.
async fn table(host: &Host, made: &Made) -> Result<Value, Error> {
    if let (Some(file), Some(written)) = (&made.file, &made.written) {
        let unwritten = |error: io::Error| Error::Write { message: error.to_string() };
        let digest = File::open(file).and_then(reading::digest).map_err(unwritten)?;
        let name = digest.to_hex().to_string();
        let size = fs::metadata(file).map_err(unwritten)?.len();
        let path = host.values.join(&name);
        if !path.exists() {
            // The file stays under its own name, too: later cells read it.
            fs::hard_link(file, &path)
                .or_else(|_| fs::copy(file, &path).map(drop))
                .map_err(unwritten)?;
        }
        return Ok(value(&name, size, written, None));
    }
    let staged = Staged::new(&host.values);
    let written = host.session.write(made, staged.clone()).await?;
    staged.keep(&written, None).map(|(value, _)| value)
}

fn value(digest: &str, size: u64, written: &Written, library: Option<&str>) -> Value {
    let mut meta = written.meta.clone();
    if let Some(library) = library {
        meta.insert("as".into(), library.into());
    }
    let record = ArtifactRecord {
        codec: "arrow".into(),
        digest: digest.into(),
        size,
        type_name: TABLE.into(),
        inline: None,
        inline_base64: None,
        meta,
        preview: Some(written.summary()),
    };
    Value { record, file: Some(digest.to_owned()) }
}

/// A function as a value. The section that is added says which function of the module is
/// meant, and within which limits: values with one digest are the same.
pub fn of_function(values: &Path, function: &Function) -> Result<Value, Error> {
    let stored = function.to_stored();
    let meta = serde_json::Value::Object(stored.meta.clone()).to_string();
    let mut bytes = stored.bytes.to_vec();
    bytes.extend(custom_section("flownote.function", meta.as_bytes()));
    let digest = blake3::hash(&bytes).to_hex().to_string();
    let mut record = ArtifactRecord {
        codec: wasm::CODEC.into(),
        digest: digest.as_str().into(),
        size: bytes.len() as u64,
        type_name: wasm::TYPE_NAME.into(),
        inline: None,
        inline_base64: None,
        meta: stored.meta,
        preview: Some(stored.preview),
    };
    if bytes.len() <= INLINE {
        record.inline_base64 = Some(base64::engine::general_purpose::STANDARD.encode(&bytes));
        return Ok(Value { record, file: None });
    }
    let path = values.join(&digest);
    fs::write(&path, &bytes).map_err(|error| Error::Write { message: error.to_string() })?;
    Ok(Value { record, file: Some(digest) })
}

/// A custom section of a WASM binary (core specification, 5.5.3), which engines skip.
fn custom_section(name: &str, content: &[u8]) -> Vec<u8> {
    let mut body = leb128(name.len());
    body.extend(name.as_bytes());
    body.extend(content);
    let mut section = vec![0];
    section.extend(leb128(body.len()));
    section.extend(body);
    section
}

fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).expect("seven bits");
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A file that is being written into the folder of values, hashed on the way. Clones write
/// the same file.
#[derive(Clone)]
pub struct Staged(Arc<Mutex<Open>>);

struct Open {
    folder: PathBuf,
    path: PathBuf,
    /// Opened by the first byte.
    file: Option<BufWriter<File>>,
    hasher: blake3::Hasher,
    size: u64,
}

impl Staged {
    pub fn new(folder: &Path) -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("tmp-{}-{number}", std::process::id()));
        Self(Arc::new(Mutex::new(Open {
            folder: folder.to_owned(),
            path,
            file: None,
            hasher: blake3::Hasher::new(),
            size: 0,
        })))
    }

    /// Gives the file its name; returns the value and the table in it.
    pub fn keep(&self, written: &Written, library: Option<&str>) -> Result<(Value, Frame), Error> {
        let finished = self.finish();
        let (digest, size) =
            finished.map_err(|error| Error::Write { message: error.to_string() })?;
        let value = value(&digest, size, written, library);
        // Mapped at once: the supervisor may move it away.
        let frame = read(Bytes::map(&self.path(&digest))?, &value.record)?;
        Ok((value, frame))
    }

    /// Gives the file its name, which is its digest; returns that and its size.
    pub fn finish(&self) -> io::Result<(String, u64)> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut file) = open.file.take() {
            file.flush()?;
        }
        let digest = open.hasher.finalize().to_hex().to_string();
        fs::rename(&open.path, open.folder.join(&digest))?;
        Ok((digest, open.size))
    }

    fn path(&self, digest: &str) -> PathBuf {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).folder.join(digest)
    }
}

impl Write for Staged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.file.is_none() {
            fs::create_dir_all(&open.folder)?;
            open.file = Some(BufWriter::with_capacity(1 << 20, File::create(&open.path)?));
        }
        open.file.as_mut().expect("just opened").write_all(bytes)?;
        open.hasher.update(bytes);
        open.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // Gone already when it was kept.
        let _ = fs::remove_file(&self.path);
    }
}

/// The summary of a table (`100,000 × 4`).
pub fn shape(meta: &serde_json::Map<String, serde_json::Value>) -> String {
    let number = |key: &str| meta.get(key).unwrap_or(&json!(0)).as_u64().unwrap_or(0);
    let digits = number("rows").to_string();
    let mut rows = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            rows.push(',');
        }
        rows.push(digit);
    }
    format!("{rows} × {}", number("width"))
}
