//! [`Array`]: NumPy's arrays, of any number of dimensions.

use std::fmt;
use std::ops::{Deref, Index};

use crate::bytes::Memory;
use crate::error::{Error, Result};

/// A number that an array can hold: `f64`, `f32`, `i8` to `i64`, `u8` to `u64`, `bool`.
pub trait Element:
    Copy + fmt::Debug + fmt::Display + Send + Sync + 'static + sealed::Sealed
{
    /// NumPy's name of it: `float64`.
    const NAME: &'static str;
    /// As it stands in files: `<f8`.
    const DESCRIPTION: &'static str;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! elements {
    ($($type:ty: $name:literal, $description:literal;)*) => {$(
        impl sealed::Sealed for $type {}
        impl Element for $type {
            const NAME: &'static str = $name;
            const DESCRIPTION: &'static str = $description;
        }
    )*};
}

elements! {
    f64: "float64", "<f8"; f32: "float32", "<f4";
    i64: "int64", "<i8"; i32: "int32", "<i4"; i16: "int16", "<i2"; i8: "int8", "|i1";
    u64: "uint64", "<u8"; u32: "uint32", "<u4"; u16: "uint16", "<u2"; u8: "uint8", "|u1";
    bool: "bool", "|b1";
}

/// An array of numbers, as NumPy has it: its elements lie one after the other in memory, the
/// last dimension fastest (C order). One that Python made is read where it lies, in a file
/// that is mapped; nothing is copied, except what is in Fortran order or in the other byte
/// order.
///
/// It is a slice of all its elements, so that everything works which slices have:
///
/// ```ignore
/// let mean = prices.iter().sum::<f64>() / prices.len() as f64;
/// for row in ratings.rows() {        // of a matrix: a slice each
///     println!("{}", row[0]);
/// }
/// let one = ratings[[3, 1]];
/// ```
#[derive(Clone)]
pub struct Array<T: Element> {
    elements: Memory<T>,
    shape: Vec<usize>,
    /// The type in its file where it isn't plain: `<M8[ns]`, which is an `i64`.
    description: Option<Box<str>>,
}

impl<T: Element> Array<T> {
    /// An array of one dimension.
    pub fn new(elements: impl Into<Vec<T>>) -> Self {
        let elements = Memory::from(elements.into());
        Self { shape: vec![elements.len()], elements, description: None }
    }

    /// An array of any shape, its elements in C order.
    ///
    /// # Errors
    /// When the shape has another number of elements.
    #[track_caller]
    pub fn with_shape(elements: impl Into<Vec<T>>, shape: &[usize]) -> Result<Self> {
        let elements = elements.into();
        // Overflow can't be what a vector holds.
        let wanted = shape.iter().try_fold(1_usize, |all, length| all.checked_mul(*length));
        if wanted != Some(elements.len()) {
            let count = elements.len();
            return Err(Error::new(format!("{count} elements don't make the shape {shape:?}")));
        }
        Ok(Self { elements: elements.into(), shape: shape.to_vec(), description: None })
    }

    pub(crate) fn from_parts(
        elements: Memory<T>,
        shape: Vec<usize>,
        description: Option<Box<str>>,
    ) -> Self {
        Self { elements, shape, description }
    }

    /// How long each dimension is.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many dimensions there are.
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// All elements, in C order.
    pub fn as_slice(&self) -> &[T] {
        &self.elements
    }

    /// NumPy's name of the type of the elements: `float64`, `datetime64[ns]`.
    pub fn dtype(&self) -> String {
        match self.description.as_deref().and_then(|it| it.get(1..)) {
            Some(time) if time.starts_with("M8") => format!("datetime64{}", &time[2..]),
            Some(time) if time.starts_with("m8") => format!("timedelta64{}", &time[2..]),
            _ => T::NAME.to_owned(),
        }
    }

    pub(crate) fn memory(self) -> Memory<T> {
        self.elements
    }

    pub(crate) fn description(&self) -> &str {
        self.description.as_deref().unwrap_or(T::DESCRIPTION)
    }

    /// The parts along the first dimension, as slices: the rows of a matrix. Of an array of
    /// one dimension, each element.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[T]> + DoubleEndedIterator {
        let count = self.shape.first().copied().unwrap_or(1);
        let size = self.len().checked_div(count).unwrap_or(0);
        (0..count).map(move |row| &self.elements[row * size..(row + 1) * size])
    }

    /// The part of the first dimension at `row`, counted from 0.
    ///
    /// # Panics
    /// When there are no more than `row` of them.
    #[track_caller]
    pub fn row(&self, row: usize) -> &[T] {
        let count = self.shape.first().copied().unwrap_or(1);
        assert!(row < count, "there is no row {row}: the array has {count}");
        let size = self.len() / count;
        &self.elements[row * size..(row + 1) * size]
    }

    /// A matrix's rows.
    ///
    /// # Errors
    /// When it hasn't exactly two dimensions.
    #[track_caller]
    pub fn view2(&self) -> Result<Vec<&[T]>> {
        if self.ndim() != 2 {
            let shape = &self.shape;
            return Err(Error::new(format!("a matrix is wanted, the array's shape is {shape:?}")));
        }
        Ok(self.rows().collect())
    }

    /// The elements with another shape.
    ///
    /// # Errors
    /// When the shape has another number of elements.
    #[track_caller]
    pub fn reshape(mut self, shape: &[usize]) -> Result<Self> {
        let wanted = shape.iter().try_fold(1_usize, |all, length| all.checked_mul(*length));
        if wanted != Some(self.len()) {
            let before = &self.shape;
            return Err(Error::new(format!("the shape {before:?} can't become {shape:?}")));
        }
        self.shape = shape.to_vec();
        Ok(self)
    }
}

macro_rules! as_slice_of {
    ($($type:ident)*) => {
        impl<T: Element> Array<T> {$(
            #[doc = concat!("The elements, in C order, when they are `", stringify!($type), "`.")]
            ///
            /// # Errors
            /// When they are of another type.
            #[track_caller]
            pub fn $type(&self) -> Result<&[$type]> {
                let elements: &dyn std::any::Any = &self.elements;
                match elements.downcast_ref::<Memory<$type>>() {
                    Some(elements) => Ok(elements),
                    None => Err(Error::new(format!(
                        "the array holds {}, not {}", T::NAME, <$type as Element>::NAME
                    ))),
                }
            }
        )*}
    };
}

as_slice_of!(f64 f32 i64 i32 i16 i8 u64 u32 u16 u8 bool);

impl<T: Element> Deref for Array<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.elements
    }
}

impl<T: Element> Index<usize> for Array<T> {
    type Output = T;

    /// The element at a place in C order.
    #[track_caller]
    fn index(&self, place: usize) -> &T {
        &self.elements[place]
    }
}

impl<T: Element, const N: usize> Index<[usize; N]> for Array<T> {
    type Output = T;

    /// The element at a place in each dimension.
    #[track_caller]
    fn index(&self, place: [usize; N]) -> &T {
        let inside =
            N == self.shape.len() && place.iter().zip(&self.shape).all(|(at, len)| at < len);
        assert!(inside, "there is no element {place:?} in an array of the shape {:?}", self.shape);
        let flat = place.iter().zip(&self.shape).fold(0, |flat, (at, length)| flat * length + at);
        &self.elements[flat]
    }
}

impl<'a, T: Element> IntoIterator for &'a Array<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.elements.iter()
    }
}

impl<T: Element> From<Vec<T>> for Array<T> {
    fn from(elements: Vec<T>) -> Self {
        Self::new(elements)
    }
}

impl<T: Element> FromIterator<T> for Array<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self::new(elements.into_iter().collect::<Vec<_>>())
    }
}

impl<T: Element + PartialEq> PartialEq for Array<T> {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.as_slice() == other.as_slice()
    }
}

impl<T: Element> fmt::Debug for Array<T> {
    /// The shape and the elements, those of large arrays in part.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape: Vec<String> = self.shape.iter().map(ToString::to_string).collect();
        let shape = if shape.is_empty() { "0-d".to_owned() } else { shape.join("×") };
        write!(formatter, "{shape} {} [", self.dtype())?;
        for (place, element) in self.iter().take(8).enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(formatter, "{comma}{element:?}")?;
        }
        formatter.write_str(if self.len() > 8 { ", …]" } else { "]" })
    }
}
