//! Scores: where a candidate is among the others, measure by measure.

use rayon::prelude::*;

use super::{Candidate, Candidates, Part, Reason, Wishes};

/// Every candidate with its score, and with what forbids it.
pub fn scored(candidates: &Candidates<'_>, wishes: &Wishes) -> Vec<Candidate> {
    let column = |name: &str| candidates.column(name).expect("wishes were checked");
    let forbidden: Vec<Vec<Reason>> =
        (0..candidates.len()).map(|frame| forbids(candidates, wishes, frame)).collect();
    let passes: Vec<usize> = (0..forbidden.len()).filter(|&at| forbidden[at].is_empty()).collect();
    let total: f64 = wishes.weights.iter().map(|it| it.weight.abs()).sum();
    let sorted: Vec<(&[f64], Vec<f64>)> = wishes
        .weights
        .par_iter()
        .map(|weight| {
            let column = column(&weight.name);
            // A measure of no weight may lack values.
            let values = passes.iter().map(|&at| column[at]).filter(|value| !value.is_nan());
            let mut values: Vec<f64> = values.collect();
            values.sort_by(f64::total_cmp);
            (column, values)
        })
        .collect();
    let part = |frame: usize, at: usize| {
        let (weight, (column, others)) = (&wishes.weights[at], &sorted[at]);
        let value = column[frame];
        let normalized = match value.is_nan() {
            true => 0.0,
            false => {
                let below = share_below(others, value, forbidden[frame].is_empty());
                if weight.weight < 0.0 { 1.0 - below } else { below }
            }
        };
        Part {
            name: weight.name.clone(),
            value,
            normalized,
            weight: weight.weight,
            contribution: normalized * weight.weight.abs() / total,
        }
    };
    forbidden
        .iter()
        .cloned()
        .enumerate()
        .map(|(frame, reasons)| {
            let parts: Vec<Part> = (0..sorted.len()).map(|at| part(frame, at)).collect();
            let score = parts.iter().map(|part| part.contribution).sum();
            Candidate { frame, score, parts, reasons }
        })
        .collect()
}

/// Which share of the sorted `values` are below `value`, equal ones by half. Where it is `within`
/// them, it isn't compared with itself; what is compared with none has half.
fn share_below(values: &[f64], value: f64, within: bool) -> f64 {
    let below = values.partition_point(|&it| it < value);
    let equal = values.partition_point(|&it| it <= value) - below - usize::from(within);
    match values.len() - usize::from(within) {
        0 => 0.5,
        others => (below as f64 + 0.5 * equal as f64) / others as f64,
    }
}

/// The filters that a candidate fails, and the measures that it lacks.
fn forbids(candidates: &Candidates<'_>, wishes: &Wishes, frame: usize) -> Vec<Reason> {
    let value = |name: &str| candidates.column(name).expect("wishes were checked")[frame];
    let mut reasons = Vec::new();
    let weighed = wishes.weights.iter().filter(|it| it.weight != 0.0).map(|it| &it.name);
    for name in weighed.chain(wishes.filters.iter().map(|it| &it.name)) {
        let missing = Reason::Missing { name: name.clone() };
        if value(name).is_nan() && !reasons.contains(&missing) {
            reasons.push(missing);
        }
    }
    for filter in &wishes.filters {
        let (name, value) = (&filter.name, value(&filter.name));
        let failed = |limit: f64, below| Reason::Filter { name: name.clone(), value, limit, below };
        match (filter.least, filter.most) {
            (Some(least), _) if value < least => reasons.push(failed(least, true)),
            (_, Some(most)) if value > most => reasons.push(failed(most, false)),
            _ => {}
        }
    }
    reasons
}
