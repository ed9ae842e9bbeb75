//! A ranking with its reasons.

use std::fmt;

/// What of a score one measure is.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The measure.
    pub name: String,
    /// The candidate's value.
    pub value: f64,
    /// Which share of the candidates that pass the filters it is better than, equal ones by half:
    /// from 0 to 1.
    pub normalized: f64,
    /// How much the measure counts.
    pub weight: f64,
    /// What it adds to the score: `normalized` × its share of all weights.
    pub contribution: f64,
}

/// Why a candidate wasn't chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// A measure isn't what it has to be.
    Filter {
        /// The measure.
        name: String,
        /// The candidate's value.
        value: f64,
        /// What it may be.
        limit: f64,
        /// Whether it is too small, not too large.
        below: bool,
    },
    /// A measure that counts isn't a number.
    Missing {
        /// The measure.
        name: String,
    },
    /// It looks too much like one that was chosen.
    TooLike {
        /// That one.
        frame: usize,
        /// How alike they are, from 0 to 1.
        alike: f64,
    },
    /// Others are better.
    Below {
        /// The candidate's score.
        score: f64,
        /// The lowest score of those that were chosen.
        lowest: f64,
    },
    /// None was to be chosen.
    NoneWanted,
}

/// A candidate with its score and what that is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Which it is.
    pub frame: usize,
    /// From 0 to 1: the sum of the contributions.
    pub score: f64,
    /// What the score is made of, in the order of the weights.
    pub parts: Vec<Part>,
    /// Why it wasn't chosen: all filters that it fails, or one other reason; none of the chosen.
    pub reasons: Vec<Reason>,
}

/// All candidates: those chosen, in the order of choice, and those rejected, the best first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// What was chosen.
    pub chosen: Vec<Candidate>,
    /// What wasn't, and why.
    pub rejected: Vec<Candidate>,
}

impl Reason {
    /// The reason's kind in one word, by which reasons are counted.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Filter { .. } => "filter",
            Self::Missing { .. } => "missing",
            Self::TooLike { .. } => "too like",
            Self::Below { .. } => "scored below",
            Self::NoneWanted => "none wanted",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Filter { name, value, limit, below } => {
                let (side, bound) = if *below { ("below", "least") } else { ("above", "most") };
                let (value, limit) = (short(*value), short(*limit));
                write!(f, "{name} {value} is {side} the {bound} allowed, {limit}")
            }
            Self::Missing { name } => write!(f, "{name} isn't known"),
            Self::TooLike { frame, alike } => {
                write!(f, "too like frame {frame}, which was chosen ({:.0} % alike)", 100.0 * alike)
            }
            Self::Below { score, lowest } => {
                write!(f, "scored {score:.3}, not above the lowest chosen, {lowest:.3}")
            }
            Self::NoneWanted => f.write_str("none was to be chosen"),
        }
    }
}

/// A number in about four digits.
fn short(number: f64) -> String {
    let digits = if number == 0.0 { 0 } else { number.abs().log10().floor() as i32 };
    let decimals = (3 - digits).clamp(0, 6) as usize;
    let text = format!("{number:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_as_sentences() {
        let filter = Reason::Filter {
            name: "sharpness".to_owned(),
            value: 12.345,
            limit: 100.0,
            below: true,
        };
        assert_eq!(filter.to_string(), "sharpness 12.35 is below the least allowed, 100");
        let like = Reason::TooLike { frame: 7, alike: 0.914 };
        assert_eq!(like.to_string(), "too like frame 7, which was chosen (91 % alike)");
        let below = Reason::Below { score: 0.5, lowest: 0.61 };
        assert_eq!(below.to_string(), "scored 0.500, not above the lowest chosen, 0.610");
        let numbers = [0.0, 1234.5, 0.000_012_3, f64::INFINITY, -3.0];
        assert_eq!(numbers.map(short), ["0", "1234", "0.000012", "inf", "-3"]);
    }
}
