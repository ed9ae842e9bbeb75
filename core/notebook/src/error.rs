//! Why an operation can't be applied to a document.

use flownote_flow::help::Help;

use crate::CellId;

/// An operation that doesn't fit the document. The document is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No cell has that id.
    #[error("the notebook has no cell `{cell}`")]
    NoCell {
        /// The id.
        cell: CellId,
    },
    /// Two cells would have the same id.
    #[error("the notebook already has a cell `{cell}`")]
    Taken {
        /// The id.
        cell: CellId,
    },
    /// The id has characters that nbformat doesn't allow, or too many.
    #[error("`{cell}` can't be the id of a cell")]
    InvalidId {
        /// The id.
        cell: CellId,
    },
    /// A position among the cells past their end.
    #[error("there is no position {at} among {cells} cells")]
    NoPosition {
        /// The position.
        at: usize,
        /// How many cells there are.
        cells: usize,
    },
    /// A range of text that the cell doesn't have, or one that ends before it begins.
    #[error("cell `{cell}` has no text from {from} to {to}: it has {length} UTF-16 units")]
    NoText {
        /// The cell.
        cell: CellId,
        /// Where the range begins, in UTF-16 units.
        from: usize,
        /// Where it ends.
        to: usize,
        /// How long the cell's text is.
        length: usize,
    },
    /// A position within a character of two UTF-16 units: half of it would be left.
    #[error("position {at} of cell `{cell}` is inside a character")]
    InsideCharacter {
        /// The cell.
        cell: CellId,
        /// The position, in UTF-16 units.
        at: usize,
    },
    /// Cells to merge or replace that don't follow one another.
    #[error("cell `{cell}` doesn't directly follow `{before}`")]
    NotAdjacent {
        /// The cell that should come first.
        before: CellId,
        /// The cell that should follow it.
        cell: CellId,
    },
    /// Cells of two languages.
    #[error("cell `{cell}` is {language} and can't be merged with a {other} cell")]
    TwoLanguages {
        /// The first that differs.
        cell: CellId,
        /// Its language.
        language: &'static str,
        /// That of the first cell.
        other: &'static str,
    },
    /// Fewer than two cells to merge, or none to replace or to put in their place.
    #[error("too few cells are named")]
    TooFewCells,
    /// What was typed into a cell would be lost.
    #[error("cell `{cell}` was typed in since, and that would be lost")]
    TypedSince {
        /// The cell.
        cell: CellId,
    },
    /// No operation is left to take back.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// No operation was taken back, or a new one was applied since.
    #[error("there is nothing to redo")]
    NothingToRedo,
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoCell { .. } | Self::NoPosition { .. } => {
                "someone else may have changed the notebook: load it again".into()
            }
            Self::NoText { .. } | Self::InsideCharacter { .. } => {
                "the editor's text differs from the notebook's: load the cell again".into()
            }
            Self::Taken { .. } => "give the new cell an id of its own".into(),
            Self::InvalidId { .. } => "ids have 1 to 64 letters, digits, `-` and `_`".into(),
            Self::NotAdjacent { .. } => "move the cells together first".into(),
            Self::TwoLanguages { .. } => "change one cell's language first".into(),
            Self::TooFewCells => "name two cells or more to merge, one or more to replace".into(),
            Self::TypedSince { .. } => "Ctrl+Z in the cell takes the typing back first".into(),
            Self::NothingToUndo | Self::NothingToRedo => return None,
        })
    }
}
