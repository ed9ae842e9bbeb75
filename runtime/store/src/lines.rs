//! Lines of output. A segment object holds one JSON pair a line, `[milliseconds since the
//! attempt began, text]`:
//!
//! ```text
//! [12,"loading"]
//! [340,"epoch 1"]
//! ```

use bytes::Bytes;

use crate::error::Result;
use crate::run::decode;

/// One line as `done` and segments hold it: milliseconds since the attempt began, text.
pub type Line = (u64, String);

/// Encodes a segment.
pub fn encode(lines: &[Line]) -> Bytes {
    let mut body = Vec::new();
    for line in lines {
        body.extend_from_slice(&crate::run::encode(line));
        body.push(b'\n');
    }
    body.into()
}

/// Decodes a segment; `key` is named in errors.
pub fn decode_segment(key: &str, body: &[u8]) -> Result<Vec<Line>> {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| decode(key, line)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn segments_round_trip(lines: Vec<(u64, String)>) {
            prop_assert_eq!(decode_segment("x", &encode(&lines)).unwrap(), lines);
        }
    }
}
