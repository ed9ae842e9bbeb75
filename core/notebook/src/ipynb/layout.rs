//! JSON laid out byte for byte as nbformat lays it out: Python's
//! `json.dumps(…, indent=1, sort_keys=True, ensure_ascii=False)` and a final line end.

use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

/// The file's text.
pub(super) fn lay_out(mut value: Value) -> String {
    value.sort_all_objects();
    let mut file = Vec::new();
    let layout = AsPython { pretty: PrettyFormatter::with_indent(b" ") };
    let mut serializer = Serializer::with_formatter(&mut file, layout);
    value.serialize(&mut serializer).expect("JSON values can be written to memory");
    file.push(b'\n');
    String::from_utf8(file).expect("JSON is UTF-8")
}

struct AsPython {
    pretty: PrettyFormatter<'static>,
}

impl Formatter for AsPython {
    fn write_f64<W: ?Sized + io::Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        out.write_all(python_repr(value).as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.pretty.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.pretty.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(out)
    }
}

/// A number as Python's `repr` shows it: the shortest digits, with an exponent below 1e-4
/// and from 1e16 on.
fn python_repr(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        return format!("{value:?}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_look_as_python_writes_them() {
        for (value, expect) in [
            (0.1, "0.1"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(python_repr(value), expect);
        }
    }

    #[test]
    fn keys_are_sorted_and_empty_things_are_short() {
        let text = lay_out(json!({"b": [], "a": {"d": {}, "c": "é\u{1b}\n"}}));
        assert_eq!(
            text,
            "{\n \"a\": {\n  \"c\": \"é\\u001b\\n\",\n  \"d\": {}\n },\n \"b\": []\n}\n"
        );
    }
}
