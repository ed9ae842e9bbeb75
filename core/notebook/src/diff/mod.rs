//! What differs between two versions of a notebook, cell by cell: cells are told by their
//! ids, then by their text, so that a moved cell is moved and not removed and added.
//!
//! [`diff()`] finds it, [`Difference`] is its JSON, [`render()`] its text:
//!
//! ```text
//! --- ratings.ipynb (before)
//! +++ ratings.ipynb
//!
//! cell 3 `top` (SQL): changed, moved from 5
//! @@ -1,2 +1,2 @@
//!  -- out: top
//! -select * from df
//! +select * from df limit 10
//! outputs: stdout, 1 line -> text/html, 2.1 kB
//! ```

mod compare;
mod difference;
mod pairing;
mod render;
mod summary;

pub use compare::diff;
pub use difference::{CellDifference, Change, Difference, Hunk, Line, LineKind};
pub(crate) use pairing::{ALIKE, likeness};
pub use render::render;

#[cfg(test)]
mod tests;
