//! What a policy and a reward model say of each round of a log, found in one pass over both:
//! their tables are larger than what a processor keeps near.

use rayon::prelude::*;

use super::{
    log::Log,
    target::{Predicted, TOLERANCE, Target},
};
use crate::{
    ModelError, Result,
    bandit::definite::{Probabilities, dot},
    wide::{Wide, wide},
};

/// How many numbers of a table a thread looks over at a time.
const PIECE: usize = 1 << 15;

/// A round of the log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Round {
    /// The probability with which the policy takes the logged action.
    pub probability: f64,
    /// What a reward model expects of the logged action.
    pub logged: f64,
    /// What it expects of the policy.
    pub expected: f64,
}

/// All rounds of a log.
pub(super) struct Rounds {
    rounds: Vec<Round>,
    /// What there is too little known for to ask a reward model.
    missing: Option<ModelError>,
}

impl Rounds {
    /// Looks over a policy and what a model predicts, if it is asked.
    ///
    /// # Errors
    /// [`ModelError::Input`] that names the first row of either that can't be used.
    pub fn of(
        log: &Log<'_>,
        target: &Target<'_>,
        predicted: Option<&Predicted<'_>>,
    ) -> Result<Self> {
        if let Some(rounds) = from_tables(log, target, predicted) {
            let missing = predicted.is_none().then(no_predictions);
            return Ok(Self { rounds, missing });
        }
        target.check(log)?;
        let mut missing = None;
        let mut rounds: Vec<Round> = (0..log.rows())
            .map(|row| Round { probability: target.logged(log, row), ..Round::default() })
            .collect();
        match predicted {
            None => missing = Some(no_predictions()),
            Some(predicted) => {
                predicted.check()?;
                for (row, round) in rounds.iter_mut().enumerate() {
                    let values = predicted.row(row);
                    round.logged = values[log.action(row)];
                    match target.expected(values, row) {
                        Some(expected) => round.expected = expected,
                        None => missing = Some(only_logged()),
                    }
                }
            }
        }
        Ok(Self { rounds, missing })
    }

    /// The probability of each round's logged action.
    pub fn probabilities(&self) -> impl Iterator<Item = f64> {
        self.rounds.iter().map(|round| round.probability)
    }

    /// All rounds, with what a model says of them.
    ///
    /// # Errors
    /// [`ModelError::Input`] where it can't be asked.
    pub fn modelled(self) -> Result<Vec<Round>> {
        self.missing.map_or(Ok(self.rounds), Err)
    }
}

/// The rounds where the policy is a table, as large as the log and without a row that can't be
/// used; nothing otherwise.
fn from_tables(
    log: &Log<'_>,
    target: &Target<'_>,
    predicted: Option<&Predicted<'_>>,
) -> Option<Vec<Round>> {
    let Target::Rows { values, actions } = *target else { return None };
    target.check_shape(log).ok()?;
    let mut rounds = vec![Round::default(); log.rows()];
    let piece = (PIECE / actions).max(1);
    let fit = rounds.par_chunks_mut(piece).enumerate().all(|(number, rounds)| {
        let rows = number * piece..number * piece + rounds.len();
        let table = rows.start * actions..rows.end * actions;
        wide(Piece {
            actions,
            taken: &log.actions()[rows],
            policy: &values[table.clone()],
            predicted: predicted.map(|it| &it.values()[table]),
            rounds,
        })
    });
    fit.then_some(rounds)
}

/// Some rounds of tables that lie in one piece.
struct Piece<'a> {
    actions: usize,
    taken: &'a [i64],
    policy: &'a [f64],
    predicted: Option<&'a [f64]>,
    rounds: &'a mut [Round],
}

impl Wide for Piece<'_> {
    /// Whether all of it can be used.
    type Output = bool;

    #[inline(always)]
    fn call(self) -> bool {
        let Self { actions, taken, policy, predicted, rounds } = self;
        let mut fit = true;
        let each = rounds.iter_mut().zip(taken).zip(policy.chunks_exact(actions));
        for (row, ((round, action), policy)) in each.enumerate() {
            fit &= Probabilities::of(policy).are_one(TOLERANCE);
            round.probability = policy[*action as usize];
            if let Some(predicted) = predicted {
                let predicted = &predicted[row * actions..][..actions];
                round.logged = predicted[*action as usize];
                round.expected = dot(predicted, policy);
                // So is no sum over what isn't a number, nor over an infinite one: of an action
                // that is never taken, it is multiplied by zero.
                fit &= round.expected.is_finite();
            }
        }
        fit
    }
}

fn no_predictions() -> ModelError {
    ModelError::input(
        "predicted",
        "is missing",
        "this estimator asks a reward model: give its expectations, rounds × actions",
    )
}

fn only_logged() -> ModelError {
    ModelError::input(
        "probabilities",
        "is known for the logged actions alone",
        "this estimator needs the policy's probability of every action: rounds × actions",
    )
}

#[cfg(test)]
mod tests {
    use super::{Rounds, from_tables};
    use crate::bandit::off_policy::{Log, Predicted, Target};

    /// Tables of many pieces, with `wrong` at a place of one of them.
    fn found(policy_at: Option<(usize, f64)>, predicted_at: Option<(usize, f64)>) -> String {
        let (rows, actions) = (3_000, 20);
        let taken: Vec<i64> = (0..rows).map(|row| (row % actions) as i64).collect();
        let ones = vec![1.0; rows];
        let mut policy = vec![0.05; rows * actions];
        let mut predicted = vec![0.5; rows * actions];
        policy_at.into_iter().for_each(|(place, wrong)| policy[place] = wrong);
        predicted_at.into_iter().for_each(|(place, wrong)| predicted[place] = wrong);
        let log = Log::new(&taken, &ones, &ones).unwrap();
        let target = Target::Rows { values: &policy, actions };
        let predicted = Predicted::new(&predicted, actions, &log, &target).unwrap();
        let fast = from_tables(&log, &target, Some(&predicted));
        match Rounds::of(&log, &target, Some(&predicted)) {
            Ok(_) => format!("{}", fast.is_some()),
            Err(error) => {
                assert!(fast.is_none());
                error.to_string()
            }
        }
    }

    #[test]
    fn what_one_pass_found_wrong_is_named() {
        assert_eq!(found(None, None), "true");
        let place = 20 * 2_345 + 6;
        let wrong = found(Some((place, f64::NAN)), None);
        assert_eq!(wrong, "`probabilities` has NaN at row 2345");
        let wrong = found(Some((place, 0.06)), None);
        assert!(wrong.starts_with("`probabilities` sums to 1.01"), "{wrong}");
        for value in [f64::NAN, f64::INFINITY] {
            let wrong = found(None, Some((place, value)));
            assert_eq!(wrong, format!("`predicted` has {value} at row 2345"));
        }
        // Numbers of which the sum is none can be used, though slowly.
        assert_eq!(found(None, Some((place, f64::MAX))), "true");
    }
}
