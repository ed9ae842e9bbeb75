//! What a cell is written in, and when a notebook's cells run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a cell is written in.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Language {
    /// Python, the language of a notebook unless its cells say otherwise.
    #[default]
    Python,
    /// SQL.
    Sql,
    /// Rust.
    Rust,
    /// WebAssembly: WAT, C, or a module named by its file.
    Wasm,
    /// Text in Markdown.
    Markdown,
    /// Text that nothing touches.
    Raw,
}

impl Language {
    /// Every language, in the order in which menus show them.
    pub const ALL: [Self; 6] =
        [Self::Python, Self::Sql, Self::Rust, Self::Wasm, Self::Markdown, Self::Raw];

    /// Whether cells of it are executed.
    pub fn is_code(self) -> bool {
        !matches!(self, Self::Markdown | Self::Raw)
    }

    /// The word for it in files, in JSON and after `%%`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Sql => "sql",
            Self::Rust => "rust",
            Self::Wasm => "wasm",
            Self::Markdown => "markdown",
            Self::Raw => "raw",
        }
    }

    /// The name as people write it: `SQL`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Sql => "SQL",
            Self::Rust => "Rust",
            Self::Wasm => "WASM",
            Self::Markdown => "Markdown",
            Self::Raw => "raw",
        }
    }

    /// The language that a file names, in any of the spellings that tools write.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "python" | "python3" | "ipython" | "ipython3" | "py" => Self::Python,
            "sql" => Self::Sql,
            "rust" | "rs" => Self::Rust,
            "wasm" | "wat" | "webassembly" => Self::Wasm,
            "markdown" | "md" => Self::Markdown,
            "raw" => Self::Raw,
            _ => return None,
        })
    }

    /// What begins a line's comment; nothing where there are no comments.
    pub fn comment(self) -> Option<&'static str> {
        match self {
            Self::Python => Some("#"),
            Self::Sql => Some("--"),
            Self::Rust => Some("//"),
            Self::Wasm => Some(";;"),
            Self::Markdown | Self::Raw => None,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// When a notebook's cells run (notebook rule 9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Mode {
    /// An edit marks cells stale and runs nothing; running a cell first restores or runs
    /// its stale ancestors.
    #[default]
    Lazy,
    /// What became stale runs, save for cells with effects.
    Auto,
    /// Only what the user points at runs.
    Manual,
}
