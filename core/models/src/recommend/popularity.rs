//! Popularity: what most members did something with, the same for everybody.

use super::interactions::{Events, Interactions};
use super::recommender::{Reason, Recommender, check_item};
use crate::{Model, ModelError, Result, Saved};

/// Items by how many members did something with them: the ranking that others have to beat.
///
/// Source: the "most popular" baseline of Cremonesi, Koren and Turrin (2010), *Performance of
/// Recommender Algorithms on Top-N Recommendation Tasks*, RecSys.
#[derive(Debug, Clone, PartialEq)]
pub struct Popularity {
    /// The number of members of each item.
    pub counts: Vec<f64>,
}

impl Popularity {
    /// Counts.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there are no events.
    pub fn fit(events: &Interactions<'_>) -> Result<Self> {
        events.check_fit()?;
        Ok(Self { counts: events.counts().into_iter().map(f64::from).collect() })
    }
}

impl Recommender for Popularity {
    type Score = f64;

    fn items(&self) -> usize {
        self.counts.len()
    }

    fn fold_in(&self, _: Events<'_>, scores: &mut [f64]) {
        scores.copy_from_slice(&self.counts);
    }

    /// No event says anything: all is the same for everybody.
    fn explain(&self, _: Events<'_>, item: usize) -> Result<Option<Vec<Reason>>> {
        check_item(item, self.items())?;
        Ok(Some(Vec::new()))
    }
}

impl Model for Popularity {
    const KIND: &'static str = "recommend.popularity";

    fn save(&self) -> Saved {
        let shape = [self.counts.len()];
        Saved::new(Self::KIND, &serde_json::json!({})).with("counts", &shape, self.counts.clone())
    }

    fn load(saved: &Saved) -> Result<Self> {
        let _: serde_json::Value = saved.parameters(Self::KIND)?;
        let counts = saved.array("counts")?.values.clone();
        if counts.iter().all(|count| count.is_finite()) {
            return Ok(Self { counts });
        }
        let problem = "its `counts` aren't numbers".to_owned();
        Err(ModelError::Saved { kind: Self::KIND.to_owned(), problem })
    }
}
