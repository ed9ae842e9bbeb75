//! Rankings with their reasons, for Python.

use flownote_models::ModelError;
use flownote_models::artwork::ranking::{
    self, Candidate, Candidates, Filter, Group, Ranking, Reason, Weight, Wishes,
};
use numpy::{PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;

use super::super::{Column, detached, raise, slice};

/// Columns by name, hashes, histograms.
type Given<'py> = (
    Vec<(String, Column<'py>)>,
    Option<PyReadonlyArray1<'py, u64>>,
    Option<PyReadonlyArray2<'py, f32>>,
);

/// Names with numbers.
type Weights = Vec<(String, f64)>;

/// Names with the least and the most.
type Limits = Vec<(String, Option<f64>, Option<f64>)>;

/// A group's weights, and how much its members like each candidate with how much that counts.
type Taste<'py> = (Option<Weights>, Option<(Column<'py>, f64)>);

/// A measure's name, value, place among the others, weight and contribution.
type Part = (String, f64, f64, f64, f64);

/// A reason's kind and words; the measure, its value and limit, and the other frame.
type Told = (&'static str, String, Option<String>, Option<f64>, Option<f64>, Option<usize>);

/// A frame, its score, what that is made of, and why it wasn't chosen.
type Explained = (usize, f64, Vec<Part>, Vec<Told>);

/// Ranks `rows` candidates, once for each group, or once where there is none: what was chosen,
/// and what wasn't. `numbers` are diversity, how alike frames may be, and how many to choose.
#[pyfunction]
pub fn rank(
    py: Python<'_>,
    rows: usize,
    given: Given<'_>,
    weights: Weights,
    filters: Limits,
    numbers: (f64, f64, usize),
    groups: Vec<Taste<'_>>,
) -> PyResult<Vec<(Vec<Explained>, Vec<Explained>)>> {
    let (columns, hashes, histograms) = &given;
    let columns: Vec<(String, &[f64])> = columns
        .iter()
        .map(|(name, column)| Ok((name.clone(), slice("candidates", column)?)))
        .collect::<PyResult<_>>()?;
    let in_pieces = |name: &'static str| {
        let problem = "don't lie in one piece";
        raise(py, &ModelError::input(name, problem, "call numpy.ascontiguousarray on them"))
    };
    let hashes = hashes.as_ref().map(|it| it.as_slice()).transpose();
    let hashes = hashes.map_err(|_| in_pieces("hashes"))?;
    let histograms = histograms.as_ref().map(|it| it.as_slice()).transpose();
    let histograms = histograms.map_err(|_| in_pieces("histograms"))?;
    let groups: Vec<Group<'_>> = groups.iter().map(group).collect::<PyResult<_>>()?;
    let filter = |(name, least, most)| Filter { name, least, most };
    let wishes = Wishes {
        weights: weighed(&weights),
        filters: filters.into_iter().map(filter).collect(),
        diversity: numbers.0,
        alike: numbers.1,
        count: numbers.2,
    };
    let rankings = detached(py, || {
        let mut candidates = Candidates::new(rows, columns)?;
        if let Some(hashes) = hashes {
            candidates = candidates.with_hashes(hashes)?;
        }
        if let Some(histograms) = histograms {
            candidates = candidates.with_histograms(histograms)?;
        }
        match groups.is_empty() {
            true => Ok(vec![ranking::rank(&candidates, &wishes)?]),
            false => ranking::rank_groups(&candidates, &wishes, &groups),
        }
    })?;
    Ok(rankings.into_iter().map(explained).collect())
}

fn group<'a>((weights, affinity): &'a Taste<'_>) -> PyResult<Group<'a>> {
    let affinity = match affinity {
        Some((column, weight)) => Some((slice("affinity", column)?, *weight)),
        None => None,
    };
    Ok(Group { weights: weights.as_ref().map(weighed), affinity })
}

fn weighed(weights: &Weights) -> Vec<Weight> {
    weights.iter().map(|(name, weight)| Weight { name: name.clone(), weight: *weight }).collect()
}

fn explained(ranking: Ranking) -> (Vec<Explained>, Vec<Explained>) {
    let all = |candidates: Vec<Candidate>| candidates.into_iter().map(told).collect();
    (all(ranking.chosen), all(ranking.rejected))
}

fn told(candidate: Candidate) -> Explained {
    let parts = candidate.parts.into_iter();
    let parts = parts.map(|it| (it.name, it.value, it.normalized, it.weight, it.contribution));
    let reasons = candidate.reasons.into_iter().map(|reason| {
        let (kind, words) = (reason.kind(), reason.to_string());
        match reason {
            Reason::Filter { name, value, limit, .. } => {
                (kind, words, Some(name), Some(value), Some(limit), None)
            }
            Reason::Missing { name } => (kind, words, Some(name), None, None, None),
            Reason::TooLike { frame, alike } => (kind, words, None, Some(alike), None, Some(frame)),
            Reason::Below { score, lowest } => (kind, words, None, Some(score), Some(lowest), None),
            Reason::NoneWanted => (kind, words, None, None, None, None),
        }
    });
    (candidate.frame, candidate.score, parts.collect(), reasons.collect())
}
