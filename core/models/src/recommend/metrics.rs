//! How good a ranking of all items is, against what members did later.
//!
//! Nothing is sampled: Krichene and Rendle (2020), *On Sampled Metrics for Item Recommendation*,
//! KDD, show that sampled metrics order models wrongly. Definitions: Järvelin and Kekäläinen (2002)
//! for nDCG; Voorhees (1999) for MRR; Vargas and Castells (2011), *Rank and Relevance in Novelty
//! and Diversity Metrics*, RecSys, for novelty.

use std::fmt;
use std::str::FromStr;

use super::Interactions;
use crate::{ModelError, Result};

/// A measure of each member's first `k` items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// The share of all held-out items that is among them.
    Recall(usize),
    /// Σ 1/log₂(place + 1) over hits, over that of the best order.
    Ndcg(usize),
    /// The mean over held-out items, or over `k` if that is less, of the share of hits up to each
    /// that was hit.
    Map(usize),
    /// 1 over the place of the first hit.
    Mrr(usize),
}

impl Metric {
    /// How many places it looks at.
    #[must_use]
    pub fn places(self) -> usize {
        match self {
            Self::Recall(k) | Self::Ndcg(k) | Self::Map(k) | Self::Mrr(k) => k,
        }
    }

    /// Of one member: whether each place was a hit, and how many items were held out, above 0.
    #[must_use]
    pub fn of(self, hits: &[bool], wanted: usize) -> f64 {
        let k = self.places();
        let found = hits.iter().take(k).enumerate().filter(|(_, hit)| **hit).map(|(at, _)| at + 1);
        let best = wanted.min(k);
        match self {
            Self::Recall(_) => found.count() as f64 / wanted as f64,
            Self::Ndcg(_) => {
                found.map(discount).sum::<f64>() / (1..=best).map(discount).sum::<f64>()
            }
            Self::Map(_) => {
                let parts = found.enumerate().map(|(before, at)| (before + 1) as f64 / at as f64);
                parts.sum::<f64>() / best as f64
            }
            Self::Mrr(_) => found.map(|at| 1.0 / at as f64).next().unwrap_or(0.0),
        }
    }

    /// Of each member of whom something was held out, in order; [`with_held_out`] names them.
    /// `ranked` has `depth` items for each row, and numbers below 0 where none was left.
    ///
    /// # Errors
    /// [`ModelError::Input`] where the ranking isn't of these members or is too short.
    pub fn measure(
        self,
        ranked: &[i64],
        depth: usize,
        held_out: &Interactions<'_>,
    ) -> Result<Vec<f64>> {
        check_ranked(ranked, depth, self.places(), held_out.members())?;
        let mut hits = Vec::with_capacity(depth);
        let one = |(member, items): (usize, &[i64])| {
            let wanted = held_out.row(member);
            hits.clear();
            hits.extend(
                items.iter().map(|it| usize::try_from(*it).is_ok_and(|it| wanted.contains(it))),
            );
            (!wanted.items().is_empty()).then(|| self.of(&hits, wanted.items().len()))
        };
        Ok(ranked.chunks_exact(depth).enumerate().filter_map(one).collect())
    }
}

/// The members of whom something was held out.
#[must_use]
pub fn with_held_out(held_out: &Interactions<'_>) -> Vec<usize> {
    let rows = held_out.rows().enumerate();
    rows.filter(|(_, row)| !row.items().is_empty()).map(|(member, _)| member).collect()
}

fn discount(place: usize) -> f64 {
    1.0 / ((place + 1) as f64).log2()
}

fn check_ranked(ranked: &[i64], depth: usize, places: usize, members: usize) -> Result<()> {
    if depth == 0 || ranked.len() != depth * members {
        let problem = format!("has {} places for {members} members", ranked.len());
        return Err(ModelError::input("ranking", problem, "rank the members that are held out"));
    }
    if places > depth {
        let problem = format!("has {depth} places, and {places} are asked for");
        return Err(ModelError::input("ranking", problem, "rank more items"));
    }
    Ok(())
}

/// The share of `items` items that stand among somebody's first `k`.
///
/// # Errors
/// [`ModelError::Input`] where the ranking is too short, or of other items.
pub fn coverage(ranked: &[i64], depth: usize, k: usize, items: usize) -> Result<f64> {
    check_ranked(ranked, depth, k, ranked.len() / depth.max(1))?;
    let mut shown = vec![false; items];
    for item in first(ranked, depth, k) {
        *shown.get_mut(item).ok_or_else(|| unknown(item, items))? = true;
    }
    Ok(shown.iter().filter(|shown| **shown).count() as f64 / items.max(1) as f64)
}

/// How little known what members are shown is: the mean of −log₂ of the share of `members` who did
/// something with it. An item of nobody counts as one of a single member.
///
/// # Errors
/// [`ModelError::Input`] where the ranking is too short, or of other items than `counts`.
pub fn novelty(ranked: &[i64], depth: usize, k: usize, known: &Interactions<'_>) -> Result<f64> {
    check_ranked(ranked, depth, k, ranked.len() / depth.max(1))?;
    let (counts, members) = (known.counts(), known.members() as f64);
    let (mut sum, mut shown) = (0.0, 0.0);
    for item in first(ranked, depth, k) {
        let count = counts.get(item).ok_or_else(|| unknown(item, counts.len()))?;
        sum += (members / f64::from(*count).max(1.0)).log2();
        shown += 1.0;
    }
    Ok(if shown == 0.0 { 0.0 } else { sum / shown })
}

/// What stands in the first `k` places of all.
fn first(ranked: &[i64], depth: usize, k: usize) -> impl Iterator<Item = usize> {
    let rows = ranked.chunks_exact(depth).flat_map(move |row| &row[..k]);
    rows.filter_map(|item| usize::try_from(*item).ok())
}

fn unknown(item: usize, items: usize) -> ModelError {
    let problem = format!("has item {item}, and there are {items}");
    ModelError::input("ranking", problem, "rank the items that are counted")
}

impl fmt::Display for Metric {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Recall(_) => "recall",
            Self::Ndcg(_) => "ndcg",
            Self::Map(_) => "map",
            Self::Mrr(_) => "mrr",
        };
        write!(out, "{name}@{}", self.places())
    }
}

impl FromStr for Metric {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self> {
        let named = text.split_once('@').and_then(|(name, k)| {
            let k = k.parse().ok().filter(|k| *k > 0)?;
            Some(match name {
                "recall" => Self::Recall(k),
                "ndcg" => Self::Ndcg(k),
                "map" => Self::Map(k),
                "mrr" => Self::Mrr(k),
                _ => return None,
            })
        });
        named.ok_or_else(|| {
            let hint = "there are recall@k, ndcg@k, map@k and mrr@k, with a number for k";
            ModelError::input("metric", format!("is `{text}`"), hint)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HITS: [bool; 5] = [false, true, true, false, false];

    #[test]
    fn metrics_are_sums_done_by_hand() {
        let check = |metric: &str, wanted: usize, expected: f64| {
            let found = metric.parse::<Metric>().unwrap().of(&HITS, wanted);
            assert!((found - expected).abs() < 1e-12, "{metric} of {wanted}: {found}");
        };
        // Hits at places 2 and 3: gains 1/log₂3 = 0.630929…, 1/log₂4 = 0.5.
        let gain = 3_f64.log2().recip() + 0.5;
        check("recall@5", 2, 1.0);
        check("recall@2", 2, 0.5);
        check("recall@5", 40, 0.05);
        check("ndcg@5", 2, gain / (1.0 + 3_f64.log2().recip()));
        check("ndcg@2", 40, 3_f64.log2().recip() / (1.0 + 3_f64.log2().recip()));
        check("map@5", 2, (0.5 + 2.0 / 3.0) / 2.0);
        check("map@2", 40, 0.5 / 2.0);
        check("mrr@5", 2, 0.5);
        check("mrr@1", 2, 0.0);
    }

    #[test]
    fn metrics_have_names() {
        for name in ["recall@10", "ndcg@100", "map@5", "mrr@1"] {
            assert_eq!(name.parse::<Metric>().unwrap().to_string(), name);
        }
        for name in ["recall", "recall@", "recall@0", "auc@5", "ndcg@-1", ""] {
            let error = name.parse::<Metric>().unwrap_err();
            assert_eq!(error.to_string(), format!("`metric` is `{name}`"));
        }
    }

    #[test]
    fn all_rankings_together() {
        // Of five items, 0, 1 and 2 stand in the first two places of two members.
        let ranked = [0, 1, 4, 1, 2, -1];
        assert_eq!(coverage(&ranked, 3, 2, 5).unwrap(), 0.6);
        // Four members; items 0, 1 and 2 are of 4, 2 and 0 of them: 0, 1 and 2 bits.
        let (bounds, items) = ([0, 2, 4, 5, 6], [0, 1, 0, 1, 0, 0]);
        let known = Interactions::new(&bounds, &items, &[1.0; 6], 5).unwrap();
        assert_eq!(novelty(&ranked, 3, 2, &known).unwrap(), 4.0 / 4.0);
        assert_eq!(novelty(&[-1], 1, 1, &known).unwrap(), 0.0);
        let error = coverage(&ranked, 3, 4, 5).unwrap_err().to_string();
        assert_eq!(error, "`ranking` has 3 places, and 4 are asked for");
        let error = coverage(&ranked, 3, 3, 4).unwrap_err().to_string();
        assert_eq!(error, "`ranking` has item 4, and there are 4");
        assert!(coverage(&ranked, 0, 0, 4).is_err());
    }
}
