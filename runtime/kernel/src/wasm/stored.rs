//! Functions as stored values: the module's binary, and what its header said.
//!
//! ```json
//! {"export":"score",
//!  "inputs":[{"name":"affinity","type":"f64[]"},{"name":"age","type":"i32[]"}],
//!  "outputs":["f64[]"],
//!  "limits":{"memory":67108864,"deadline_ms":2000,"fuel":null},
//!  "nulls":"host","rows":"each"}
//! ```

use std::sync::Arc;

use flownote_notebook::wasm::{Abi, Limits, Nulls, Rows, Signature};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::engine::Engine;
use super::error::{Error, Result};
use super::function::Function;
use super::module::Compiled;

/// The name of the codec.
pub const CODEC: &str = "wasm";

/// What a record says a function's type is.
pub const TYPE_NAME: &str = "flownote_studio.wasm.Function";

/// A function as a record and its bytes hold it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The module.
    pub bytes: Arc<[u8]>,
    /// What the module doesn't say itself.
    pub meta: Map<String, Value>,
    /// The signature, for listings.
    pub preview: String,
}

#[derive(Serialize, Deserialize)]
struct Meta {
    export: String,
    inputs: Vec<MetaInput>,
    outputs: Vec<String>,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    nulls: Nulls,
    #[serde(default)]
    rows: Rows,
}

#[derive(Serialize, Deserialize)]
struct MetaInput {
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

impl Function {
    /// The function as it is stored.
    pub fn to_stored(&self) -> Stored {
        let signature = self.signature();
        let brackets = if signature.abi == Abi::Column { "[]" } else { "" };
        let inputs = signature.inputs.iter().map(|input| MetaInput {
            name: input.name.clone(),
            kind: format!("{}{brackets}", input.element),
        });
        let meta = Meta {
            export: signature.name.clone(),
            inputs: inputs.collect(),
            outputs: vec![format!("{}{brackets}", signature.output)],
            limits: *self.limits(),
            nulls: self.nulls(),
            rows: self.rows(),
        };
        let meta = match serde_json::to_value(meta) {
            Ok(Value::Object(meta)) => meta,
            _ => Map::new(),
        };
        Stored { bytes: self.binary().clone(), meta, preview: signature.to_string() }
    }

    /// A stored function, compiled and checked as if it were new: what is stored may come
    /// from anybody.
    pub fn from_stored(engine: &Engine, bytes: &[u8], meta: &Map<String, Value>) -> Result<Self> {
        let unreadable = |reason: String| Error::Stored { reason };
        let meta = Meta::deserialize(&Value::Object(meta.clone()))
            .map_err(|error| unreadable(error.to_string()))?;
        let inputs: Vec<String> =
            meta.inputs.iter().map(|input| format!("{}: {}", input.name, input.kind)).collect();
        let text = format!("{}({}) -> {}", meta.export, inputs.join(", "), meta.outputs.join(", "));
        let signature: Signature = text.parse().map_err(unreadable)?;
        let compiled = Compiled::of(engine, &bytes.into(), &meta.limits)?;
        Self::new(engine, compiled, signature, (meta.limits, meta.nulls, meta.rows))
    }
}
