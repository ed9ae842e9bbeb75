//! Artifacts: rows, previews that need no unpickling, and where they come from.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One artifact that a task sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ArtifactRow {
    /// Its name.
    pub name: String,
    /// The value's type as its language names it.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The form it is stored in: `json`, `npy`, `arrow`, `pickle`, …
    pub codec: String,
    /// The size of that form.
    pub size: u64,
    /// The digest of that form: the same digest, the same value.
    pub digest: String,
    /// A short text, made when the value was written.
    pub preview: Option<String>,
    /// `own`, `inherited`, `parameter` or `constant`.
    pub origin: String,
    /// Pathspec of the task that made it; null for what the run was started with.
    pub made_by: Option<String>,
    /// The task of another run that computed it, when the maker took its result.
    pub computed_by: Option<String>,
    /// What the codec tells of it: shape, dtype, rows, columns.
    pub meta: Map<String, Value>,
}

/// `GET …/artifacts/{name}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ArtifactDetail {
    /// The artifact as lists show it.
    pub row: ArtifactRow,
    /// A look into it.
    pub preview: Preview,
    /// Other artifacts with the same digest, the newest first; of many the first hundred.
    pub used_in: Vec<Use>,
    /// Whether the whole store was looked at for `used_in`; asked again, it looks further.
    pub is_complete: bool,
    /// Where it comes from and what was made of it.
    pub lineage: Lineage,
}

/// A look into a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Preview {
    /// Text.
    Text {
        /// The text, or its beginning.
        text: String,
        /// Whether it goes on.
        is_cut: bool,
    },
    /// A value of lists, names and scalars.
    Json {
        /// The value; of a long one the beginning is shown as text instead.
        value: Value,
    },
    /// A table.
    Table {
        /// Its columns.
        columns: Vec<PreviewColumn>,
        /// Its first rows, at most 200; cells as text, numbers and null.
        rows: Vec<Vec<Value>>,
        /// How many rows it has.
        total_rows: u64,
    },
    /// An array.
    Array {
        /// Its type of elements, `float64`.
        dtype: String,
        /// Its shape.
        shape: Vec<u64>,
        /// A corner of its last two dimensions, the others at 0; cells as numbers or text.
        corner: Vec<Vec<Value>>,
    },
    /// A picture.
    Image {
        /// `image/png`.
        media_type: String,
        /// The picture.
        base64: String,
    },
    /// Nothing can be shown without running code.
    None {
        /// Why.
        why: String,
    },
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PreviewColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
}

/// An artifact somewhere else with the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Use {
    /// `Flow/run/step/task/name`.
    pub pathspec: String,
    /// Who ran that task.
    pub user: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// Whether it took the result rather than computing it.
    pub reused: bool,
}

/// Where an artifact comes from and what was made of it, across flows and notebooks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Lineage {
    /// Tasks.
    pub nodes: Vec<LineageNode>,
    /// What went from one to another.
    pub edges: Vec<LineageEdge>,
}

/// A task in a lineage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LineageNode {
    /// `Flow/run/step/task`.
    pub pathspec: String,
    /// What people call it: `train[11]`.
    pub label: String,
    /// How many steps before the artifact (negative) or after it (positive); its maker is 0.
    pub distance: i32,
}

/// What one task read of another, or took over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LineageEdge {
    /// Pathspec of the task that made it.
    pub from: String,
    /// Pathspec of the task that read it.
    pub to: String,
    /// The names of what was read.
    pub names: Vec<String>,
    /// Whether the one took the other's result, and read nothing.
    pub reused: bool,
}
