//! A fitted model outside a process: one safetensors file, which every language can read.
//!
//! Its metadata say the model's kind and its plain numbers as JSON; its tensors are the arrays.
//! Source of the format: <https://github.com/huggingface/safetensors>.

use std::collections::BTreeMap;

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{ModelError, Result};

/// The entry of a file's metadata that says what model it is.
const METADATA: &str = "flownote.model";

/// What that entry says, as JSON.
#[derive(Serialize, Deserialize)]
struct Metadata {
    kind: String,
    parameters: serde_json::Value,
}

/// What a fitted model can be kept as and read from.
pub trait Model: Sized {
    /// The model's name in files, such as `customer.bg_nbd`. It never changes its meaning.
    const KIND: &'static str;

    /// The model in its parts.
    fn save(&self) -> Saved;

    /// The model of these parts.
    ///
    /// # Errors
    /// [`ModelError::Saved`] where they aren't a model of this kind.
    fn load(saved: &Saved) -> Result<Self>;
}

/// A model in parts: numbers that people read, and arrays of `f64` with their shapes.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// The model's [`Model::KIND`].
    pub kind: String,
    /// Parameters as JSON.
    pub parameters: serde_json::Value,
    /// Arrays in row-major order.
    pub arrays: BTreeMap<String, Array>,
}

/// Numbers with a shape, in row-major order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Array {
    /// The length of each dimension.
    pub shape: Vec<usize>,
    /// As many as the product of `shape`.
    pub values: Vec<f64>,
}

impl Saved {
    /// A model of `kind` whose parameters are `parameters`, without arrays.
    ///
    /// # Panics
    /// Where `parameters` have no JSON form: a map whose keys aren't text.
    #[must_use]
    pub fn new(kind: &str, parameters: &impl Serialize) -> Self {
        let parameters = serde_json::to_value(parameters).expect("parameters have a JSON form");
        Self { kind: kind.to_owned(), parameters, arrays: BTreeMap::new() }
    }

    /// With one more array.
    #[must_use]
    pub fn with(mut self, name: &str, shape: &[usize], values: Vec<f64>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len());
        self.arrays.insert(name.to_owned(), Array { shape: shape.to_vec(), values });
        self
    }

    /// The parameters, if the model is of `kind` and has them all.
    ///
    /// # Errors
    /// [`ModelError::Saved`] otherwise.
    pub fn parameters<T: DeserializeOwned>(&self, kind: &str) -> Result<T> {
        if self.kind != kind {
            return Err(damaged(kind, format!("it is a `{}`", self.kind)));
        }
        serde_json::from_value(self.parameters.clone()).map_err(|error| damaged(kind, error))
    }

    /// The same, if `check` takes them.
    ///
    /// # Errors
    /// [`ModelError::Saved`] otherwise.
    pub fn checked<T: DeserializeOwned>(
        &self,
        kind: &str,
        check: impl FnOnce(&T) -> Result<()>,
    ) -> Result<T> {
        let parameters = self.parameters(kind)?;
        check(&parameters).map_err(|error| damaged(kind, error))?;
        Ok(parameters)
    }

    /// An array by its name.
    ///
    /// # Errors
    /// [`ModelError::Saved`] where there is none.
    pub fn array(&self, name: &str) -> Result<&Array> {
        self.arrays
            .get(name)
            .ok_or_else(|| damaged(&self.kind, format!("it has no array `{name}`")))
    }

    fn metadata(&self) -> String {
        let Self { kind, parameters, .. } = self.clone();
        serde_json::to_string(&Metadata { kind, parameters }).expect("values have a JSON form")
    }

    /// As one file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // One entry: a map of several has no order, and equal models have equal bytes.
        let metadata = [(METADATA.to_owned(), self.metadata())].into_iter().collect();
        let bytes: Vec<(&String, &Array, Vec<u8>)> = self
            .arrays
            .iter()
            .map(|(name, array)| {
                (name, array, array.values.iter().flat_map(|value| value.to_le_bytes()).collect())
            })
            .collect();
        let views = bytes.iter().map(|(name, array, bytes)| {
            let view = TensorView::new(Dtype::F64, array.shape.clone(), bytes)
                .expect("an array has as many values as its shape says");
            (name.as_str(), view)
        });
        safetensors::serialize(views, Some(metadata)).expect("names and shapes are plain")
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`ModelError::Saved`] where the bytes aren't a model's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let wrong = |problem: &dyn std::fmt::Display| damaged("model", problem);
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| wrong(&error))?;
        let metadata = header.metadata().clone().unwrap_or_default();
        let text =
            metadata.get(METADATA).ok_or_else(|| wrong(&"its metadata say nothing of one"))?;
        let Metadata { kind, parameters } =
            serde_json::from_str(text).map_err(|error| wrong(&error))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| wrong(&error))?;
        let mut saved = Self { kind, parameters, arrays: BTreeMap::new() };
        for (name, view) in tensors.iter() {
            if view.dtype() != Dtype::F64 {
                return Err(wrong(&format!("its array `{name}` is of {:?}", view.dtype())));
            }
            let values = view
                .data()
                .chunks_exact(8)
                .map(|number| f64::from_le_bytes(number.try_into().expect("eight bytes each")))
                .collect();
            saved = saved.with(name, view.shape(), values);
        }
        Ok(saved)
    }
}

fn damaged(kind: &str, problem: impl std::fmt::Display) -> ModelError {
    ModelError::Saved { kind: kind.to_owned(), problem: problem.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_what_was_saved() {
        let saved = Saved::new("a.b", &serde_json::json!({"alpha": 0.1, "names": ["x"]}))
            .with("weights", &[2, 2], vec![1.0, f64::MIN_POSITIVE, -0.0, f64::INFINITY])
            .with("none", &[0], vec![]);
        assert_eq!(Saved::from_bytes(&saved.to_bytes()).unwrap(), saved);
        assert_eq!(saved.to_bytes(), saved.to_bytes());
    }

    #[test]
    fn bytes_that_are_no_model_say_so() {
        let file = Saved::new("a.b", &1).to_bytes();
        for cut in 0..file.len() {
            let error = Saved::from_bytes(&file[..cut]).unwrap_err();
            assert!(matches!(error, ModelError::Saved { .. }), "{cut}: {error}");
        }
        let error = Saved::from_bytes(&file).unwrap().parameters::<u8>("c.d").unwrap_err();
        assert_eq!(error.to_string(), "this isn't a saved c.d: it is a `a.b`");
    }
}
