//! A reward model's expectations in rounds that it wasn't fitted on.
//!
//! A model that has seen a round's reward expects about that reward, and hides the error that
//! doubly robust estimators are there to correct (Chernozhukov et al., 2018, *Double/debiased
//! machine learning*; Dudík et al., 2014).

use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use rayon::prelude::*;

use super::{log::Log, reward_model::RewardModel};
use crate::{
    ModelError, Result, Watch,
    bandit::{Contexts, checks},
};

/// Deals rows to folds at random, each as large as the others or one larger.
///
/// # Errors
/// [`ModelError::Input`] where there are fewer than two folds or more than rows.
pub fn folds(rows: usize, folds: usize, seed: u64) -> Result<Vec<usize>> {
    if folds < 2 || folds > rows {
        return Err(ModelError::input(
            "folds",
            format!("is {folds}, of {rows} rows"),
            "give 2 or more, and no more than there are rows; 5 is usual",
        ));
    }
    let mut dealt: Vec<usize> = (0..rows).map(|row| row % folds).collect();
    dealt.shuffle(&mut StdRng::seed_from_u64(seed));
    Ok(dealt)
}

/// What a reward model expects of each action in each round (rounds × actions, in row-major
/// order), each fold of rounds by the model that was fitted on the others.
///
/// # Errors
/// [`ModelError::Input`] where the contexts have other rows than the log, an action isn't below
/// `actions`, or the model can't be fitted; [`ModelError::Cancelled`] when `watch` says so, which
/// is told of each action of each fold.
pub fn cross_fit(
    model: &RewardModel,
    log: &Log<'_>,
    contexts: &Contexts<'_>,
    actions: usize,
    fold: &[usize],
    watch: &dyn Watch,
) -> Result<Vec<f64>> {
    if actions == 0 {
        return Err(ModelError::input("actions", "is none", "give the number of actions"));
    }
    model.check(log, contexts, actions)?;
    checks::same_length("folds", fold.len(), log.rows())?;
    let count = fold.iter().max().map_or(0, |last| last + 1);
    watch.begins(Some(count * actions));
    let fitted: Vec<_> = (0..count)
        .into_par_iter()
        .map(|held_out| {
            watch.go_on()?;
            let rows: Vec<usize> = (0..log.rows()).filter(|&row| fold[row] != held_out).collect();
            model.fit(log, contexts, actions, &rows, watch)
        })
        .collect::<Result<_>>()?;
    let mut predicted = Vec::with_capacity(log.rows() * actions);
    for (row, &fold) in fold.iter().enumerate() {
        predicted.extend(fitted[fold].predict(contexts.row(row)));
    }
    Ok(predicted)
}
