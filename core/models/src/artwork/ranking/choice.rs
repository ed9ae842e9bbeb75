//! The choice: the best that is unlike what was chosen before it.
//!
//! Source: Carbonell and Goldstein (1998), *The use of MMR, diversity-based reranking for
//! reordering documents and producing summaries*, SIGIR: maximal marginal relevance.

use super::{Candidate, Candidates, Ranking, Reason, Wishes};

/// Chooses among scored candidates.
pub fn choose(candidates: &Candidates<'_>, wishes: &Wishes, scored: Vec<Candidate>) -> Ranking {
    let (mut open, mut rejected): (Vec<_>, Vec<_>) =
        scored.into_iter().partition(|it| it.reasons.is_empty());
    // How alike each open one is to the chosen one that it is most like, and which that is.
    let mut nearest: Vec<Option<(f64, usize)>> = vec![None; open.len()];
    let mut chosen: Vec<Candidate> = Vec::new();
    while chosen.len() < wishes.count {
        let worth = |at: usize| {
            let alike = nearest[at].map_or(0.0, |(alike, _)| alike);
            (1.0 - wishes.diversity) * open[at].score - wishes.diversity * alike
        };
        // Of equals the better score, then the earlier frame.
        let best = (0..open.len()).max_by(|&a, &b| {
            let by_score = open[a].score.total_cmp(&open[b].score);
            worth(a).total_cmp(&worth(b)).then(by_score).then(open[b].frame.cmp(&open[a].frame))
        });
        let Some(best) = best else { break };
        let taken = open.remove(best);
        nearest.remove(best);
        let (mut kept, mut near) = (Vec::new(), Vec::new());
        for (mut other, nearest) in open.into_iter().zip(nearest) {
            let alike = candidates.alike(taken.frame, other.frame);
            if alike > wishes.alike {
                other.reasons.push(Reason::TooLike { frame: taken.frame, alike });
                rejected.push(other);
                continue;
            }
            let nearer = nearest.filter(|(before, _)| *before >= alike);
            kept.push(other);
            near.push(nearer.or(Some((alike, taken.frame))));
        }
        (open, nearest) = (kept, near);
        chosen.push(taken);
    }
    let lowest = chosen.iter().map(|it| it.score).min_by(f64::total_cmp);
    for (mut other, nearest) in open.into_iter().zip(nearest) {
        other.reasons.push(match (lowest, nearest) {
            (None, _) => Reason::NoneWanted,
            // Its score would do: it was passed over for what is like it.
            (Some(lowest), Some((alike, frame))) if other.score > lowest => {
                Reason::TooLike { frame, alike }
            }
            (Some(lowest), _) => Reason::Below { score: other.score, lowest },
        });
        rejected.push(other);
    }
    rejected.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.frame.cmp(&b.frame)));
    Ranking { chosen, rejected }
}
