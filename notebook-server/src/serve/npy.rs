//! Numbers in NumPy's own file format (NEP 1), as the codecs `npy` and `csr` write them.

/// An array whose values are numbers.
#[derive(Debug, PartialEq)]
pub struct Numbers {
    /// The length of each dimension.
    pub shape: Vec<usize>,
    /// All values in row-major order. Whole numbers are exact up to 2^53.
    pub values: Vec<f64>,
}

/// Reads an array of one or two dimensions.
///
/// # Errors
/// What is wrong with it, as the rest of a sentence.
pub fn read(bytes: &[u8]) -> Result<Numbers, String> {
    let damaged = || "isn't a NumPy array".to_owned();
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or_else(damaged)?;
    let (length, start) = match (rest.first(), bytes.get(8..12)) {
        (Some(1), Some(at)) => (usize::from(u16::from_le_bytes([at[0], at[1]])), 10),
        (Some(2..), Some(at)) => {
            let length = u32::from_le_bytes([at[0], at[1], at[2], at[3]]);
            (usize::try_from(length).map_err(|_| damaged())?, 12)
        }
        _ => return Err(damaged()),
    };
    let data = start + length;
    let header = bytes.get(start..data).and_then(|text| std::str::from_utf8(text).ok());
    let header = header.ok_or_else(damaged)?;
    let shape = shape_of(header).ok_or_else(damaged)?;
    let is_fortran = field(header, "fortran_order").is_some_and(|it| it.starts_with("True"));
    let dtype = field(header, "descr").and_then(|it| it.strip_prefix('\'')?.split('\'').next());
    let dtype = dtype.ok_or("is an array of records, not of numbers")?;
    let one = of_dtype(dtype).ok_or_else(|| format!("is an array of `{dtype}`, not of numbers"))?;
    let size: usize = dtype[2..].parse().map_err(|_| damaged())?;
    let count = shape.iter().try_fold(1_usize, |all, it| all.checked_mul(*it));
    let whole = count.and_then(|count| count.checked_mul(size)).ok_or_else(damaged)?;
    let items = bytes.get(data..data.saturating_add(whole)).ok_or_else(damaged)?;
    let values: Vec<f64> = items.chunks_exact(size).map(one).collect();
    match shape.as_slice() {
        [_] | [] => Ok(Numbers { shape, values }),
        &[rows, columns] if is_fortran => {
            let at = |place: usize| values[place % columns * rows + place / columns];
            let values = (0..rows * columns).map(at).collect();
            Ok(Numbers { shape, values })
        }
        [_, _] => Ok(Numbers { shape, values }),
        more => Err(format!("has {} dimensions, which nothing here has", more.len())),
    }
}

/// What follows a key of the header's Python dict.
fn field<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let key = format!("'{name}':");
    let at = header.find(&key)? + key.len();
    Some(header[at..].trim_start())
}

fn shape_of(header: &str) -> Option<Vec<usize>> {
    let shape = field(header, "shape")?.strip_prefix('(')?.split(')').next()?;
    let lengths = shape.split(',').map(str::trim).filter(|it| !it.is_empty());
    lengths.map(|it| it.parse().ok()).collect()
}

/// How an element is read, little-endian; none for what is no number.
fn of_dtype(dtype: &str) -> Option<fn(&[u8]) -> f64> {
    macro_rules! number {
        ($kind:ty) => {
            |bytes: &[u8]| {
                <$kind>::from_le_bytes(bytes.try_into().expect("as many bytes as its size")) as f64
            }
        };
    }
    Some(match dtype {
        "<f8" => number!(f64),
        "<f4" => number!(f32),
        "<i8" => number!(i64),
        "<i4" => number!(i32),
        "<i2" => number!(i16),
        "<u8" => number!(u64),
        "<u4" => number!(u32),
        "<u2" => number!(u16),
        "|i1" => number!(i8),
        "|u1" | "|b1" => number!(u8),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(dtype: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let text =
            format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': ({shape}), }}\n");
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        [b"\x93NUMPY\x01\x00".as_slice(), &length, text.as_bytes(), data].concat()
    }

    #[test]
    fn numbers_come_row_by_row() {
        let data: Vec<u8> = [1_i32, 2, 3, 4, 5, 6].iter().flat_map(|it| it.to_le_bytes()).collect();
        let rows = read(&file("<i4", "False", "2, 3", &data)).unwrap();
        assert_eq!((rows.shape, rows.values), (vec![2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
        let columns = read(&file("<i4", "True", "2, 3", &data)).unwrap();
        assert_eq!(columns.values, [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
        assert_eq!(read(&file("|b1", "False", "2,", &[1, 0])).unwrap().values, [1.0, 0.0]);
    }

    #[test]
    fn what_is_no_array_of_numbers_is_told() {
        let whole = file("<f8", "False", "2,", &[0; 16]);
        for cut in 0..whole.len() {
            assert_eq!(read(&whole[..cut]).unwrap_err(), "isn't a NumPy array", "{cut}");
        }
        let text = read(&file("<U3", "False", "1,", &[0; 12])).unwrap_err();
        assert_eq!(text, "is an array of `<U3`, not of numbers");
    }
}
