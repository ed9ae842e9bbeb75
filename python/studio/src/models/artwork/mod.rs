//! `flownote_models::artwork` for Python, a file for each of its nouns.

mod faces;
mod frames;
mod measures;
#[cfg(feature = "onnx")]
mod onnx;
mod ranking;
mod shots;

pub use faces::{FaceNetwork, cluster_faces, detect_faces};
pub use measures::measure;
pub use ranking::rank;
pub use shots::ShotDetector;
