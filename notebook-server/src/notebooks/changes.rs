//! Changes of a text as CodeMirror's `ChangeSet.toJSON()` says them: parts from the beginning
//! to the end, each a number of UTF-16 units that stay, or a list whose first item is how many
//! go, and whose others are the lines that come instead.
//!
//! ```json
//! [3, [2], 1, [0, "a", "b"], 5]
//! ```

use std::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A change of a whole text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeSet {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Stays(usize),
    Replaced { gone: usize, with: String },
}

/// A range of the text before, and what comes instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Where it begins, in UTF-16 units.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What comes instead.
    pub text: String,
}

impl ChangeSet {
    /// Replaces one range of a text of this length.
    pub fn replace(length: usize, range: Replaced) -> Self {
        let Replaced { from, to, text } = range;
        let mut parts = Vec::with_capacity(3);
        if from > 0 {
            parts.push(Part::Stays(from));
        }
        parts.push(Part::Replaced { gone: to.saturating_sub(from), with: text });
        if length > to {
            parts.push(Part::Stays(length - to));
        }
        Self { parts }
    }

    /// The length of the text that it applies to, if that is a number.
    pub fn length(&self) -> Option<usize> {
        self.parts.iter().try_fold(0usize, |sum, part| match part {
            Part::Stays(count) | Part::Replaced { gone: count, .. } => sum.checked_add(*count),
        })
    }

    /// What is replaced, from the end to the beginning: so each has its place in a text in
    /// which those before were done.
    pub fn backwards(&self) -> Vec<Replaced> {
        let mut at = 0usize;
        let mut found = Vec::new();
        for part in &self.parts {
            match part {
                Part::Stays(count) => at = at.saturating_add(*count),
                Part::Replaced { gone, with } => {
                    let to = at.saturating_add(*gone);
                    found.push(Replaced { from: at, to, text: with.clone() });
                    at = to;
                }
            }
        }
        found.reverse();
        found
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Stays(count) => count.serialize(serializer),
            Self::Replaced { gone, with } => {
                let mut list = serializer.serialize_seq(None)?;
                list.serialize_element(gone)?;
                // CodeMirror reads a list of one as a deletion.
                if !with.is_empty() {
                    with.split('\n').try_for_each(|line| list.serialize_element(line))?;
                }
                list.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OnePart;

        impl<'de> Visitor<'de> for OnePart {
            type Value = Part;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a number, or a list of a number and lines")
            }

            fn visit_u64<E: serde::de::Error>(self, count: u64) -> Result<Part, E> {
                usize::try_from(count).map(Part::Stays).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Part, A::Error> {
                let none = || A::Error::custom("a part of a change is empty");
                let gone = list.next_element()?.ok_or_else(none)?;
                let mut lines: Vec<String> = Vec::new();
                while let Some(line) = list.next_element()? {
                    lines.push(line);
                }
                Ok(Part::Replaced { gone, with: lines.join("\n") })
            }
        }

        deserializer.deserialize_any(OnePart)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_and_written_as_codemirror_does() {
        let check = |json: &str, length: usize, backwards: &[(usize, usize, &str)]| {
            let changes: ChangeSet = serde_json::from_str(json).expect(json);
            assert_eq!(changes.length(), Some(length), "{json}");
            let found = changes.backwards();
            let found: Vec<_> = found.iter().map(|it| (it.from, it.to, it.text.as_str())).collect();
            assert_eq!(found, backwards, "{json}");
            assert_eq!(serde_json::to_string(&changes).expect("json"), json);
        };
        check("[]", 0, &[]);
        check("[5]", 5, &[]);
        check("[[0,\"a\",\"\",\"b\"]]", 0, &[(0, 0, "a\n\nb")]);
        check("[3,[2],1,[0,\"x\"],5]", 11, &[(6, 6, "x"), (3, 5, "")]);
        for wrong in ["[[]]", "[-1]", "[\"a\"]", "[[1,2]]", "{}", "[1.5]", "[[0,null]]"] {
            serde_json::from_str::<ChangeSet>(wrong).expect_err(wrong);
        }
    }

    #[test]
    fn one_range_is_replaced_in_a_text_of_a_length() {
        let changes = ChangeSet::replace(5, Replaced { from: 2, to: 3, text: "é\n".into() });
        assert_eq!(serde_json::to_string(&changes).expect("json"), "[2,[1,\"é\",\"\"],2]");
        let all = ChangeSet::replace(0, Replaced { from: 0, to: 0, text: "x".into() });
        assert_eq!(serde_json::to_string(&all).expect("json"), "[[0,\"x\"]]");
    }

    #[test]
    fn no_length_is_larger_than_can_be_counted() {
        let huge = format!("[{0},{0}]", u64::MAX);
        let changes: ChangeSet = serde_json::from_str(&huge).expect("a change");
        assert_eq!(changes.length(), None);
        changes.backwards();
    }
}
