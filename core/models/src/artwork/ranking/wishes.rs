//! What is wished of the frames that are chosen.

use super::Candidates;
use crate::{ModelError, Result};

/// The name of the column that says how much a group's members like each candidate.
pub(super) const AFFINITY: &str = "affinity";

/// How much a measure counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// The measure.
    pub name: String,
    /// Above 0 where more is better, below where less is.
    pub weight: f64,
}

/// What a measure has to be, or the frame isn't chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The measure.
    pub name: String,
    /// Not less than this.
    pub least: Option<f64>,
    /// Not more than this.
    pub most: Option<f64>,
}

/// What is wished of the frames that are chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Wishes {
    /// How much each measure counts.
    pub weights: Vec<Weight>,
    /// What has to be.
    pub filters: Vec<Filter>,
    /// How much it counts that a frame is unlike those chosen before: from 0 (not at all) to
    /// 1 (nothing else does).
    pub diversity: f64,
    /// How alike a chosen frame others may be, from 0 to 1: those above aren't chosen.
    pub alike: f64,
    /// How many to choose at most.
    pub count: usize,
}

/// Members of one taste.
#[derive(Debug, Clone, Default)]
pub struct Group<'a> {
    /// What counts for them in place of what counts for all.
    pub weights: Option<Vec<Weight>>,
    /// How much they like each candidate, and how much that counts.
    pub affinity: Option<(&'a [f64], f64)>,
}

impl<'a> Group<'a> {
    pub(super) fn candidates(&self, all: &Candidates<'a>) -> Result<Candidates<'a>> {
        match self.affinity {
            Some((column, _)) => all.clone().with(AFFINITY, column),
            None => Ok(all.clone()),
        }
    }

    pub(super) fn wishes(&self, all: &Wishes) -> Wishes {
        let mut wishes = all.clone();
        if let Some(weights) = &self.weights {
            wishes.weights.clone_from(weights);
        }
        if let Some((_, weight)) = self.affinity {
            wishes.weights.push(Weight { name: AFFINITY.to_owned(), weight });
        }
        wishes
    }
}

impl Wishes {
    pub(super) fn check(&self, candidates: &Candidates<'_>) -> Result<()> {
        let known = |argument: &'static str, name: &str| match candidates.column(name) {
            Some(_) => Ok(()),
            None => {
                let problem = format!("name `{name}`, which no candidate has");
                let hint = format!("there are {}", candidates.names().join(", "));
                Err(ModelError::input(argument, problem, hint))
            }
        };
        for Weight { name, weight } in &self.weights {
            known("weights", name)?;
            if !weight.is_finite() {
                let problem = format!("give `{name}` {weight}");
                return Err(ModelError::input("weights", problem, "give finite numbers"));
            }
        }
        if self.weights.iter().all(|it| it.weight == 0.0) {
            let hint = "give at least one weight that isn't 0";
            return Err(ModelError::input("weights", "say nothing counts", hint));
        }
        for Filter { name, least, most } in &self.filters {
            known("filters", name)?;
            if least.or(*most).is_none()
                || [least, most].iter().any(|it| it.is_some_and(f64::is_nan))
            {
                let problem = format!("give no limit of `{name}`");
                let hint = "give the least, the most, or both";
                return Err(ModelError::input("filters", problem, hint));
            }
        }
        for (name, share) in [("diversity", self.diversity), ("alike", self.alike)] {
            if !(0.0..=1.0).contains(&share) {
                return Err(ModelError::input(name, format!("is {share}"), "give 0 to 1"));
            }
        }
        Ok(())
    }
}
