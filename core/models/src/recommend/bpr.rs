//! BPR: factors that rank what a member did something with above what they didn't.

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};

use super::factors::{Factors, check_width, dot};
use super::index::{self, Index};
use super::interactions::{Events, Interactions};
use super::recommender::{Reason, Recommender, check_item};
use crate::wide::{Wide, wide};
use crate::{Model, ModelError, Result, Saved, Watch};

/// How many pairs a new member's factors are learnt from at most: that is done within a
/// millisecond.
const FOLD_IN: usize = 4000;

/// How often each of a new member's events is learnt from, if that is less.
const FOLD_IN_PASSES: usize = 40;

/// How many steps take as long as it takes to insert an item into an index, about.
const INSERTION: usize = 256;

/// How often a pair is drawn for an event before it is left out: of a member who did something
/// with nearly all.
const TRIES: usize = 100;

/// Factors of members and items and a bias of each item, by stochastic gradient ascent of
/// `Σ ln σ(xᵀ(yᵢ − yⱼ) + bᵢ − bⱼ)` less the penalty, over pairs of an event's item i and a drawn
/// one j that the member did nothing with. Strengths don't count.
///
/// Steps are made one after the other: equal seeds give equal factors.
///
/// Source: Rendle, Freudenthaler, Gantner and Schmidt-Thieme (2009), *BPR: Bayesian Personalized
/// Ranking from Implicit Feedback*, UAI.
#[derive(Debug, Clone, PartialEq)]
pub struct Bpr {
    /// How it was fitted.
    pub options: BprOptions,
    /// Each row ends in a 1, by which the bias is multiplied.
    members: Factors,
    /// Each row ends in the bias.
    items: Factors,
    index: Option<Index>,
}

/// How to fit [`Bpr`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BprOptions {
    /// How many factors, the bias not counted.
    pub factors: usize,
    /// How far a step goes.
    pub learning_rate: f64,
    /// The penalty.
    pub l2: f64,
    /// How many steps are made for each event.
    pub iterations: usize,
    /// What all is drawn by.
    pub seed: u64,
}

impl Bpr {
    /// Fits the factors.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there are no events, or an option is out of its range;
    /// [`ModelError::Diverged`] where steps were too long; [`ModelError::Cancelled`] when `watch`
    /// says so.
    pub fn fit(events: &Interactions<'_>, options: BprOptions, watch: &dyn Watch) -> Result<Self> {
        events.check_fit()?;
        check(&options)?;
        let BprOptions { factors, iterations, seed, .. } = options;
        let mut members = Factors::random(events.members(), factors + 1, seed);
        let mut items = Factors::random(events.items(), factors + 1, seed.wrapping_add(1));
        (0..members.len()).for_each(|member| members.filled_mut(member)[factors] = 1.0);
        (0..items.len()).for_each(|item| items.filled_mut(item)[factors] = 0.0);
        let pairs: Vec<(u32, i32)> = (0..events.members())
            .flat_map(|member| {
                events.row(member).items().iter().map(move |it| (member as u32, *it))
            })
            .collect();
        let mut random = StdRng::seed_from_u64(seed.wrapping_add(2));
        watch.begins(Some(iterations * pairs.len() + INSERTION * index::steps(items.len())));
        for _ in 0..iterations {
            for some in 0..pairs.len().div_ceil(1 << 14) {
                watch.go_on()?;
                let steps = (pairs.len() - (some << 14)).min(1 << 14);
                for _ in 0..steps {
                    let (member, liked) = pairs[random.random_range(0..pairs.len())];
                    let seen = events.row(member as usize);
                    let Some(other) = draw(&mut random, seen, items.len()) else { continue };
                    let own = members.filled_mut(member as usize);
                    wide(Step { own, items: &mut items, liked: liked as usize, other, options });
                }
                watch.made(steps);
            }
        }
        if members.is_finite() && items.is_finite() {
            let index = Index::of_many(&items, seed, INSERTION, watch)?;
            return Ok(Self { options, members, items, index });
        }
        let hint = "lower `learning_rate`".to_owned();
        Err(ModelError::Diverged { model: "BPR", iterations, hint })
    }

    /// The factors of members, each with a 1 at its end.
    #[must_use]
    pub fn member_factors(&self) -> &Factors {
        &self.members
    }

    /// The factors of items, each with its bias at its end.
    #[must_use]
    pub fn item_factors(&self) -> &Factors {
        &self.items
    }

    /// The factors of a member who did this, by the steps of a fit with the items' fixed.
    #[must_use]
    pub fn factors_of(&self, events: Events<'_>) -> Vec<f32> {
        let BprOptions { factors, learning_rate, l2, seed, .. } = self.options;
        let mut own = vec![0.0; self.items.stride()];
        own[factors] = 1.0;
        let count = events.items().len();
        let mut random = StdRng::seed_from_u64(seed.wrapping_add(3));
        for place in 0..(count * FOLD_IN_PASSES).min(FOLD_IN) {
            let liked = events.items()[place % count] as usize;
            let Some(other) = draw(&mut random, events, self.items.len()) else { continue };
            let (liked, other) = (self.items.filled(liked), self.items.filled(other));
            let (rate, l2) = (learning_rate as f32, l2 as f32);
            let miss = missed(dot(&own, liked) - dot(&own, other));
            for factor in 0..factors {
                let slope = miss * (liked[factor] - other[factor]);
                own[factor] += rate * (slope - l2 * own[factor]);
            }
        }
        own
    }
}

/// An item that a member did nothing with.
#[inline(always)]
fn draw(random: &mut StdRng, seen: Events<'_>, items: usize) -> Option<usize> {
    (0..TRIES).map(|_| random.random_range(0..items)).find(|item| !seen.contains(*item))
}

/// How far a pair is from being told apart: 1 − σ(difference).
#[inline(always)]
fn missed(difference: f32) -> f32 {
    1.0 / (1.0 + difference.exp())
}

/// One step by one pair.
struct Step<'a> {
    own: &'a mut [f32],
    items: &'a mut Factors,
    liked: usize,
    other: usize,
    options: BprOptions,
}

impl Wide for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { own, items, liked, other, options } = self;
        let BprOptions { factors, learning_rate, l2, .. } = options;
        let (rate, l2) = (learning_rate as f32, l2 as f32);
        let difference = dot(own, items.filled(liked)) - dot(own, items.filled(other));
        let miss = missed(difference);
        let stride = items.stride();
        let values = items.values_mut();
        let (low, high) = values.split_at_mut(liked.max(other) * stride);
        let (first, second) =
            (&mut low[liked.min(other) * stride..][..=factors], &mut high[..=factors]);
        let (liked, other) = if liked < other { (first, second) } else { (second, first) };
        let bias = own[factors];
        for ((own, liked), other) in own.iter_mut().zip(liked.iter_mut()).zip(other.iter_mut()) {
            let (x, i, j) = (*own, *liked, *other);
            *own += rate * (miss * (i - j) - l2 * x);
            *liked += rate * (miss * x - l2 * i);
            *other += rate * (-miss * x - l2 * j);
        }
        own[factors] = bias;
    }
}

fn check(options: &BprOptions) -> Result<()> {
    let &BprOptions { factors, learning_rate, l2, .. } = options;
    check_width(factors)?;
    if !(learning_rate > 0.0 && learning_rate <= 1.0) {
        let hint = "give a number above 0 and up to 1; 0.05 is a good beginning";
        return Err(ModelError::input("learning_rate", format!("is {learning_rate}"), hint));
    }
    if !(0.0..=1.0).contains(&l2) {
        let hint = "give a number from 0 to 1; 0.01 is a good beginning";
        return Err(ModelError::input("l2", format!("is {l2}"), hint));
    }
    Ok(())
}

impl Recommender for Bpr {
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
        self.items.products(&self.factors_of(events), scores);
    }

    fn member(&self, events: Events<'_>, known: Option<usize>) -> Vec<f32> {
        match known {
            Some(member) => self.members.row(member).to_vec(),
            None => self.factors_of(events),
        }
    }

    fn score_known(&self, members: &[usize], scores: &mut [f32]) {
        self.items.all_products(&self.members, members, scores);
    }

    /// Factors that were learnt by steps don't say which event moved them.
    fn explain(&self, _: Events<'_>, item: usize) -> Result<Option<Vec<Reason>>> {
        check_item(item, self.items())?;
        Ok(None)
    }
}

impl Model for Bpr {
    const KIND: &'static str = "recommend.bpr";

    fn save(&self) -> Saved {
        let saved = self.members.save(Saved::new(Self::KIND, &self.options), "members");
        Index::save(self.index.as_ref(), self.items.save(saved, "items"))
    }

    fn load(saved: &Saved) -> Result<Self> {
        let options = saved.checked(Self::KIND, check)?;
        let members = Factors::load(saved, "members", options.factors + 1)?;
        let items = Factors::load(saved, "items", options.factors + 1)?;
        let index = Index::load(saved, &items)?;
        Ok(Self { options, members, items, index })
    }
}
