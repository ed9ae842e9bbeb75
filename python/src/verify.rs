//! Whether a blob's file is what it should be, asked by a worker before it maps it.

use std::path::Path;

use flownote_flow::help::Help;
use flownote_store::Error;
use flownote_store::verify::verify_file;
use pyo3::prelude::*;

use crate::error::exception;

/// Verifies that the file at `path` has the bytes of `digest`.
///
/// Raises `flownote.exceptions.DamagedArtifact` that names `artifact` and `producer`, or
/// `StoreError` when the file can't be read at all.
#[pyfunction]
#[pyo3(signature = (path, digest, producer, artifact))]
pub fn verify_blob(
    py: Python<'_>,
    path: &str,
    digest: &str,
    producer: &str,
    artifact: &str,
) -> PyResult<()> {
    let found = py.detach(|| verify_file(Path::new(path), digest));
    found.map_err(|error| raised(py, &named(error, producer, artifact)))
}

/// The store knows the digest alone; the worker knows whose it is.
fn named(mut error: Error, by: &str, name: &str) -> Error {
    if let Error::Damaged { producer, artifact, .. }
    | Error::MissingBlob { producer, artifact, .. } = &mut error
    {
        *producer = by.to_owned();
        *artifact = name.to_owned();
    }
    error
}

fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let input = matches!(error, Error::Damaged { .. } | Error::MissingBlob { .. });
    let class = if input { "DamagedArtifact" } else { "StoreError" };
    exception(py, class, &error.to_string(), error.hint())
}
