//! Values as tables: the encodings that interpreters exchange, read without copying where
//! they are aligned.

mod bytes;
mod ipc;
mod json;
mod npy;
mod pandas;
mod sparse;

use flownote_flow::help::article;
use flownote_flow::manifest::ArtifactRecord;

pub use bytes::Bytes;
pub(crate) use ipc::ipc;
pub(crate) use npy::npy;

use crate::error::Error;
use crate::frame::Frame;

/// Reads a value as a table.
///
/// | codec | as a table |
/// |---|---|
/// | `arrow` | itself |
/// | `pandas` | itself; an index that has a name is the first column |
/// | `npy` | one column `value`, or `column_0`, `column_1`… of a matrix, or the fields |
/// | `csr` | `row`, `column`, `value` of what is stored |
/// | `json` | a list of records, a dict of columns, a list, or one value |
/// | `utf8`, `bytes` | one row with one `value` |
///
/// # Errors
/// When the value has no such form, or its bytes are damaged.
pub fn read(bytes: Bytes, record: &ArtifactRecord) -> Result<Frame, Error> {
    match record.codec.as_str() {
        "arrow" => ipc(&bytes),
        "pandas" => pandas::pandas(&bytes, record),
        "npy" => npy(&bytes),
        "csr" => sparse::csr(&bytes, record),
        "json" => json::json(&bytes),
        "utf8" => json::text(&bytes),
        "bytes" => json::binary(&bytes),
        codec => Err(Error::Value {
            message: format!(
                "{} {} (stored as `{codec}`) can't be read as a table",
                article(&record.type_name),
                record.type_name
            ),
            hint: Some(CONVERT.into()),
        }),
    }
}

const CONVERT: &str = "convert it to a data frame, a NumPy array or a list of dicts in the cell \
                       that makes it";

fn damaged(what: &str, why: &dyn std::fmt::Display) -> Error {
    Error::Value { message: format!("the {what} can't be read: {why}"), hint: None }
}
