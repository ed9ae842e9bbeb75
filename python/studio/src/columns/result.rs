//! A result on its way to Python: memory that NumPy and Arrow's readers take as it is.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow::ffi::to_ffi;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

/// A column that a function gave. It speaks Arrow's C data interface, and NumPy's array
/// interface; what NumPy makes of it may be written to, as nobody else has it.
#[pyclass(frozen, module = "flownote_studio._studio")]
pub struct ResultColumn {
    array: ArrayRef,
    /// Truth values as NumPy has them: a byte each.
    bytes: Option<Box<[u8]>>,
}

impl ResultColumn {
    pub fn new(array: ArrayRef) -> Self {
        let truths = array.as_boolean_opt().map(|array| array.values());
        let bytes = truths.map(|values| values.iter().map(u8::from).collect());
        Self { array, bytes }
    }
}

#[pymethods]
impl ResultColumn {
    fn __len__(&self) -> usize {
        self.array.len()
    }

    /// How many rows are null.
    #[getter]
    fn null_count(&self) -> usize {
        self.array.null_count()
    }

    /// The first row as a number or truth value.
    fn value(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        macro_rules! number {
            ($kind:ty) => {
                self.array.as_primitive::<$kind>().value(0).into_py_any(py)
            };
        }
        match self.array.data_type() {
            DataType::Boolean => self.array.as_boolean().value(0).into_py_any(py),
            DataType::Int8 => number!(Int8Type),
            DataType::Int16 => number!(Int16Type),
            DataType::Int32 => number!(Int32Type),
            DataType::Int64 => number!(Int64Type),
            DataType::UInt8 => number!(UInt8Type),
            DataType::UInt16 => number!(UInt16Type),
            DataType::UInt32 => number!(UInt32Type),
            DataType::UInt64 => number!(UInt64Type),
            DataType::Float32 => number!(Float32Type),
            DataType::Float64 => number!(Float64Type),
            _ => Err(PyTypeError::new_err("Python has no such type")),
        }
    }

    /// A byte for each row: 1 where it is null.
    fn mask(&self) -> Vec<u8> {
        (0..self.array.len()).map(|row| u8::from(self.array.is_null(row))).collect()
    }

    /// The array interface, version 3. Null rows hold anything.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let data = self.array.to_data();
        let (address, kind) = match (&self.bytes, numpy_type(self.array.data_type())) {
            (Some(bytes), _) => (bytes.as_ptr() as usize, "|b1"),
            (None, Some((kind, width))) => {
                let start = data.buffers()[0].as_ptr() as usize;
                (start + data.offset() * width, kind)
            }
            (None, None) => return Err(PyTypeError::new_err("NumPy has no such type")),
        };
        let interface = PyDict::new(py);
        interface.set_item("version", 3)?;
        interface.set_item("shape", (self.array.len(),))?;
        interface.set_item("typestr", kind)?;
        interface.set_item("data", (address, false))?;
        Ok(interface)
    }

    /// The Arrow PyCapsule interface. The type is what it is: no other can be asked for.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        drop(requested_schema);
        let (array, schema) = to_ffi(&self.array.to_data())
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok((
            PyCapsule::new_with_value(py, schema, c"arrow_schema")?,
            PyCapsule::new_with_value(py, array, c"arrow_array")?,
        ))
    }
}

fn numpy_type(data_type: &DataType) -> Option<(&'static str, usize)> {
    let little = cfg!(target_endian = "little");
    Some(match data_type {
        DataType::Int8 => ("|i1", 1),
        DataType::UInt8 => ("|u1", 1),
        DataType::Int16 => (if little { "<i2" } else { ">i2" }, 2),
        DataType::UInt16 => (if little { "<u2" } else { ">u2" }, 2),
        DataType::Int32 => (if little { "<i4" } else { ">i4" }, 4),
        DataType::UInt32 => (if little { "<u4" } else { ">u4" }, 4),
        DataType::Float32 => (if little { "<f4" } else { ">f4" }, 4),
        DataType::Int64 => (if little { "<i8" } else { ">i8" }, 8),
        DataType::UInt64 => (if little { "<u8" } else { ">u8" }, 8),
        DataType::Float64 => (if little { "<f8" } else { ">f8" }, 8),
        _ => return None,
    })
}
