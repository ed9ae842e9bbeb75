//! The notebook model.
