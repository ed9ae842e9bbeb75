//! Files in, files out.

mod broken;
mod outputs;
mod round_trip;
mod versions;
