//! The place Data: catalogs of what is there ([`catalog`]), and tables of it, page by page
//! ([`ask`]). What tables are is known to whoever [`crate::tables::Tables`] is.

mod artifacts;
pub mod ask;
pub mod catalog;
mod files;
mod source;
