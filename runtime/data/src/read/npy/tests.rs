//! Arrays as NumPy writes them, bytes by bytes.

use arrow::util::pretty::pretty_format_batches;

use super::*;

fn file(descr: &str, fortran: bool, shape: &str, body: &[u8]) -> Bytes {
    let fortran = if fortran { "True" } else { "False" };
    let mut text = format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}");
    while (10 + text.len() + 1) % 64 != 0 {
        text.push(' ');
    }
    text.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(text.len()).expect("short").to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(body);
    Bytes::from(bytes)
}

#[track_caller]
fn check(bytes: &Bytes, expect: &str) {
    let frame = npy(bytes).expect("readable");
    let shown = pretty_format_batches(frame.batches()).expect("printable").to_string();
    assert_eq!(shown, expect);
}

fn floats(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[test]
fn a_vector_is_a_column_and_a_matrix_has_one_per_column_in_either_order() {
    let body = floats(&[1.0, 2.0, 3.0, 4.0]);
    check(
        &file("'<f8'", false, "(4,)", &body),
        "\
+-------+
| value |
+-------+
| 1.0   |
| 2.0   |
| 3.0   |
| 4.0   |
+-------+",
    );
    check(
        &file("'<f8'", false, "(2, 2)", &body),
        "\
+----------+----------+
| column_0 | column_1 |
+----------+----------+
| 1.0      | 2.0      |
| 3.0      | 4.0      |
+----------+----------+",
    );
    check(
        &file("'<f8'", true, "(2, 2)", &body),
        "\
+----------+----------+
| column_0 | column_1 |
+----------+----------+
| 1.0      | 3.0      |
| 2.0      | 4.0      |
+----------+----------+",
    );
}

#[test]
fn a_vector_of_numbers_is_not_copied() {
    let bytes = file("'<f8'", false, "(4,)", &floats(&[1.0, 2.0, 3.0, 4.0]));
    let (_, start) = Header::read(bytes.slice()).expect("a header");
    let frame = npy(&bytes).expect("readable");
    let data = frame.batches()[0].column(0).to_data();
    assert_eq!(data.buffers()[0].as_ptr(), bytes.slice()[start..].as_ptr());
}

#[test]
fn records_times_text_and_foreign_byte_order_are_read() {
    let mut body = Vec::new();
    body.extend(7i32.to_be_bytes());
    body.extend(86_400i64.to_le_bytes());
    body.extend("é\0".chars().flat_map(|letter| (letter as u32).to_le_bytes()));
    body.extend((-1i32).to_be_bytes());
    body.extend(i64::MIN.to_le_bytes());
    body.extend([0; 8]);
    let descr = "[('n', '>i4'), ('at', '<M8[s]'), ('word', '<U2')]";
    check(
        &file(descr, false, "(2,)", &body),
        "\
+----+---------------------+------+
| n  | at                  | word |
+----+---------------------+------+
| 7  | 1970-01-02T00:00:00 | é    |
| -1 |                     |      |
+----+---------------------+------+",
    );
}

#[test]
fn damaged_files_are_errors() {
    let good = file("'<f8'", false, "(4,)", &floats(&[1.0; 4]));
    let bytes = good.slice();
    for end in [0, 5, 9, 11, 40, bytes.len() - 1] {
        assert!(npy(&Bytes::from(bytes[..end].to_vec())).is_err(), "cut at {end}");
    }
    assert!(npy(&file("'<f8'", false, "(18446744073709551615,)", &[])).is_err());
    assert!(npy(&file("'|O'", false, "(1,)", &[0; 8])).is_err());
    assert!(npy(&file("'<f8'", false, "(1, 1, 1)", &[0; 8])).is_err());
}
