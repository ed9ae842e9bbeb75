//! The native module of the studio.
