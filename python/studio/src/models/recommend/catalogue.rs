//! Rows of items with a title.

use flownote_models::recommend::{self, Kind, Titles};
use pyo3::prelude::*;

use super::super::raise;

/// What is known of items.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct Catalogue(recommend::Catalogue);

#[pymethods]
impl Catalogue {
    /// A catalogue: how a title says each kind of attribute, each attribute's kind and name, and the
    /// attributes of each item.
    #[new]
    fn new(
        py: Python<'_>,
        noun: &str,
        phrases: Vec<String>,
        attributes: Vec<(usize, String)>,
        items: Vec<Vec<u32>>,
    ) -> PyResult<Self> {
        let kinds = phrases.into_iter().map(|phrase| Kind { phrase }).collect();
        let made = recommend::Catalogue::new(noun, kinds, attributes, items);
        made.map(Self).map_err(|error| raise(py, &error))
    }

    /// What the items of a row have in common, in words.
    fn title(&self, py: Python<'_>, row: Vec<usize>) -> PyResult<Option<String>> {
        self.0.title(&row).map_err(|error| raise(py, &error))
    }

    /// Titled rows of a ranking: titles and items.
    fn rows(
        &self,
        py: Python<'_>,
        ranked: Vec<usize>,
        rows: usize,
        length: usize,
    ) -> PyResult<Vec<(String, Vec<usize>)>> {
        let made = py.detach(|| self.0.rows(&ranked, Titles { rows, length }));
        let made = made.map_err(|error| raise(py, &error))?;
        Ok(made.into_iter().map(|row| (row.title, row.items)).collect())
    }
}
