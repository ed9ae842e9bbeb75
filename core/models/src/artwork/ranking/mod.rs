//! Which frames to choose: weighed, filtered, unlike each other, and with reasons for each.
//!
//! [`rank`] scores [`Candidates`] by [`Wishes`], takes the best of them one after the other, and
//! says of every candidate what its score is made of and, if it wasn't taken, why not.
//! [`rank_groups`] does so for each taste group of members.

mod candidates;
mod choice;
mod explained;
mod scores;
mod wishes;

pub use candidates::Candidates;
pub use explained::{Candidate, Part, Ranking, Reason};
pub use wishes::{Filter, Group, Weight, Wishes};

use crate::Result;

/// Ranks candidates.
///
/// # Errors
/// [`ModelError::Input`](crate::ModelError::Input) where a wish names no measure, or isn't a
/// number.
pub fn rank(candidates: &Candidates<'_>, wishes: &Wishes) -> Result<Ranking> {
    wishes.check(candidates)?;
    let scored = scores::scored(candidates, wishes);
    Ok(choice::choose(candidates, wishes, scored))
}

/// Ranks candidates for each group: with its own weights where it has some, those of `wishes`
/// otherwise, and by how much its members like each candidate where that is known.
///
/// # Errors
/// As [`rank`]; and where an affinity isn't a number for each candidate.
pub fn rank_groups(
    candidates: &Candidates<'_>,
    wishes: &Wishes,
    groups: &[Group<'_>],
) -> Result<Vec<Ranking>> {
    groups.iter().map(|group| rank(&group.candidates(candidates)?, &group.wishes(wishes))).collect()
}
