//! iALS: factors of members and items by least squares over all pairs, seen or not.

mod blocks;
mod exact;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::factors::{Factors, check_width};
use super::index::{self, Index};
use super::interactions::{Events, Interactions};
use super::recommender::{Reason, Recommender, check_item, sorted};
use crate::{Model, ModelError, Result, Saved, Watch};
use exact::System;

/// How many rows a thread takes at a time.
const ROWS: usize = 16;

/// Factors whose product is near 1 where there was an event and near 0 elsewhere: the least of
/// `Σ c (p − xᵀy)² + λ (Σ x² + Σ y²)` over all members and items, where p is 1 with the
/// confidence `c = 1 + α · strength` for an event, and 0 with c = 1 otherwise.
///
/// Sources: Hu, Koren and Volinsky (2008), *Collaborative Filtering for Implicit Feedback
/// Datasets*, ICDM; Rendle, Krichene, Zhang and Koren (2021), *iALS++: Speeding up Matrix
/// Factorization with Subspace Optimization*, for the solver in blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Ials {
    /// How it was fitted.
    pub options: IalsOptions,
    members: Factors,
    items: Factors,
    /// Σ y yᵀ of items: what a new member's system begins with.
    gram: Vec<f64>,
    index: Option<Index>,
}

/// How to fit [`Ials`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IalsOptions {
    /// How many factors.
    pub factors: usize,
    /// α: how much more an event of strength 1 counts than a pair without.
    pub alpha: f64,
    /// λ, above 0.
    pub l2: f64,
    /// How often members' and then items' factors are fitted; 0 leaves the start.
    pub iterations: usize,
    /// How.
    pub solver: Solver,
    /// What the start is drawn by.
    pub seed: u64,
}

/// How the factors of a row are found, those of the other side fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Solver {
    /// All at once, in 64 bits: Hu et al.'s, of factors³ + events · factors² steps.
    Exact,
    /// Eight at a time from where they are, as iALS++ does: of events · factors · 8 steps. It needs
    /// a few iterations more, each of them far faster.
    Blocks,
}

impl Ials {
    /// Fits the factors.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there are no events, or an option is out of its range;
    /// [`ModelError::Cancelled`] when `watch` says so.
    pub fn fit(events: &Interactions<'_>, options: IalsOptions, watch: &dyn Watch) -> Result<Self> {
        events.check_fit()?;
        check(&options)?;
        let mut members = Factors::zeros(events.members(), options.factors);
        let mut items = Factors::random(events.items(), options.factors, options.seed);
        let by_items = events.transposed();
        let by_items = by_items.as_interactions();
        let rows = options.iterations * (members.len() + items.len());
        watch.begins(Some(rows + index::steps(items.len())));
        for _ in 0..options.iterations {
            half(&mut members, &items, events, options, watch)?;
            half(&mut items, &members, &by_items, options, watch)?;
        }
        if members.is_finite() && items.is_finite() {
            let gram = items.gram();
            let index = Index::of_many(&items, options.seed, 1, watch)?;
            return Ok(Self { options, members, items, gram, index });
        }
        Err(ModelError::Diverged {
            model: "iALS",
            iterations: options.iterations,
            hint: "raise `l2`, or scale strengths down".to_owned(),
        })
    }

    /// The factors that were found for members, without a bias.
    #[must_use]
    pub fn member_factors(&self) -> &Factors {
        &self.members
    }

    /// The factors of items.
    #[must_use]
    pub fn item_factors(&self) -> &Factors {
        &self.items
    }

    /// The factors of a member who did this: one exact solve.
    #[must_use]
    pub fn factors_of(&self, events: Events<'_>) -> Vec<f64> {
        let mut system = System::default();
        system.fill(&self.items, &self.gram, events, self.options);
        // Positive definite by its penalty, and finite: a load checks both.
        system.solve();
        system.right
    }
}

/// Fits the factors of `rows`, those of `others` fixed.
fn half(
    rows: &mut Factors,
    others: &Factors,
    events: &Interactions<'_>,
    options: IalsOptions,
    watch: &dyn Watch,
) -> Result<()> {
    let gram = others.gram();
    let narrow: Vec<f32> = gram.iter().map(|value| *value as f32).collect();
    let stride = rows.stride();
    let chunks = rows.values_mut().par_chunks_mut(stride * ROWS).enumerate();
    chunks.try_for_each_init(
        || (System::default(), blocks::Scratch::default()),
        |(system, scratch), (number, chunk)| {
            watch.go_on()?;
            let some = events.between(number * ROWS..number * ROWS + chunk.len() / stride);
            let rows = some.members();
            let pairs = chunk.chunks_exact_mut(stride).zip(some.rows());
            for (row, events) in pairs {
                match options.solver {
                    Solver::Exact => {
                        system.fill(others, &gram, events, options);
                        system.solve();
                        row.iter_mut().zip(&system.right).for_each(|(to, it)| *to = *it as f32);
                    }
                    Solver::Blocks => scratch.sweep(row, others, &narrow, events, options),
                }
            }
            watch.made(rows);
            Ok(())
        },
    )
}

fn check(options: &IalsOptions) -> Result<()> {
    let &IalsOptions { factors, alpha, l2, .. } = options;
    check_width(factors)?;
    // Squares are summed in 32 bits.
    for (name, value) in [("alpha", alpha), ("l2", l2)] {
        if !(value > 0.0 && value < 1e12) {
            let hint = "give a number above 0, and below 10¹²";
            return Err(ModelError::input(name, format!("is {value}"), hint));
        }
    }
    Ok(())
}

impl Recommender for Ials {
    type Score = f32;

    fn items(&self) -> usize {
        self.items.len()
    }

    fn members(&self) -> usize {
        self.members.len()
    }

    fn index(&self) -> Option<&Index> {
        self.index.as_ref()
    }

    fn fold_in(&self, events: Events<'_>, scores: &mut [f32]) {
        let mut row = vec![0.0; self.items.stride()];
        let found = self.factors_of(events);
        row.iter_mut().zip(found).for_each(|(to, value)| *to = value as f32);
        self.items.products(&row, scores);
    }

    fn member(&self, events: Events<'_>, known: Option<usize>) -> Vec<f32> {
        match known {
            Some(member) => self.members.row(member).to_vec(),
            None => self.factors_of(events).into_iter().map(|value| value as f32).collect(),
        }
    }

    fn score_known(&self, members: &[usize], scores: &mut [f32]) {
        self.items.all_products(&self.members, members, scores);
    }

    fn explain(&self, events: Events<'_>, item: usize) -> Result<Option<Vec<Reason>>> {
        Ok(self.explain_all(events, &[item])?.pop().flatten())
    }

    /// Hu et al.'s section 5: with `A` the member's system, an event with item j adds
    /// `c yᵀ A⁻¹ yⱼ`. `A` is the same for all items.
    fn explain_all(&self, events: Events<'_>, items: &[usize]) -> Result<Vec<Option<Vec<Reason>>>> {
        items.iter().try_for_each(|item| check_item(*item, self.items()))?;
        let mut system = System::default();
        system.fill(&self.items, &self.gram, events, self.options);
        let factored = system.factor();
        let reasons = items.iter().map(|item| {
            let found = factored.solve(self.items.row(*item));
            let said = events.iter().map(|(event, strength)| {
                let pairs = found.iter().zip(self.items.row(event));
                let product: f64 = pairs.map(|(a, b)| a * f64::from(*b)).sum();
                Reason { item: event, adds: (1.0 + self.options.alpha * strength) * product }
            });
            Some(sorted(said.collect()))
        });
        Ok(reasons.collect())
    }
}

impl Model for Ials {
    const KIND: &'static str = "recommend.ials";

    fn save(&self) -> Saved {
        let saved = self.members.save(Saved::new(Self::KIND, &self.options), "members");
        Index::save(self.index.as_ref(), self.items.save(saved, "items"))
    }

    fn load(saved: &Saved) -> Result<Self> {
        let options = saved.checked(Self::KIND, check)?;
        let members = Factors::load(saved, "members", options.factors)?;
        let items = Factors::load(saved, "items", options.factors)?;
        let index = Index::load(saved, &items)?;
        let gram = items.gram();
        Ok(Self { options, members, items, gram, index })
    }
}
