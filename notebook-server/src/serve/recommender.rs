//! A recommender as it is served: the model, the names of its titles, and what members did.

use std::collections::HashMap;

use flownote_models::recommend::{
    Bpr, Ease, Events, Filter, Ials, Interactions, ItemKnn, Popularity, Reason, Recommender,
    near_top_of, top_of,
};
use flownote_models::{Model, ModelError, Result, Saved};

use super::api::{ModelOf, RankedTitle};
use super::error::Unservable;
use super::place::Servable;
use super::stored::{Rows, Stored};

const MODEL: &str = "a fitted model of `flownote.models.recommend` as `recommender`";
const TITLES: &str = "`titles`, a list with the name of each title, in the model's order";
const MEMBERS: &str = "`member_ids`, a list with the id of each row of `watched`";
const WATCHED: &str = "`watched`, a SciPy CSR matrix of members × titles";

/// What a member watched isn't shown again.
const UNSEEN: Filter<'_> = Filter { unseen: true, allowed: None };

/// A model, whatever its scores are.
enum Ranker {
    Wide(Box<dyn Recommender<Score = f64> + Send>),
    Narrow(Box<dyn Recommender<Score = f32> + Send>),
}

/// What a run ended with, ready to answer.
pub struct Recommending {
    model: ModelOf,
    ranker: Ranker,
    popular: Popularity,
    titles: Vec<String>,
    numbers: HashMap<String, i32>,
    members: HashMap<String, usize>,
    watched: Rows,
}

/// What is recommended to somebody.
pub struct Ranked {
    /// Why it isn't of what they did.
    pub why: Option<String>,
    /// The titles, best first.
    pub titles: Vec<RankedTitle>,
}

impl Ranker {
    fn load(saved: &Saved) -> Result<Self> {
        Ok(match saved.kind.as_str() {
            Popularity::KIND => Self::Wide(Box::new(Popularity::load(saved)?)),
            ItemKnn::KIND => Self::Wide(Box::new(ItemKnn::load(saved)?)),
            Ease::KIND => Self::Wide(Box::new(Ease::load(saved)?)),
            Ials::KIND => Self::Narrow(Box::new(Ials::load(saved)?)),
            Bpr::KIND => Self::Narrow(Box::new(Bpr::load(saved)?)),
            other => {
                let problem = format!("it is a `{other}`");
                return Err(ModelError::Saved { kind: "recommender".to_owned(), problem });
            }
        })
    }

    fn items(&self) -> usize {
        match self {
            Self::Wide(model) => model.items(),
            Self::Narrow(model) => model.items(),
        }
    }

    fn top(&self, events: Events<'_>, places: usize) -> Result<Vec<(usize, f64)>> {
        match self {
            Self::Wide(model) => near_top_of(model.as_ref(), events, places, UNSEEN),
            Self::Narrow(model) => near_top_of(model.as_ref(), events, places, UNSEEN),
        }
    }

    fn explain(&self, events: Events<'_>, items: &[usize]) -> Result<Vec<Option<Vec<Reason>>>> {
        match self {
            Self::Wide(model) => model.explain_all(events, items),
            Self::Narrow(model) => model.explain_all(events, items),
        }
    }
}

impl Servable for Recommending {
    async fn load(stored: &Stored) -> std::result::Result<Self, Unservable> {
        let found = stored.model(&["recommender"], MODEL).await?;
        let model = ModelOf { kind: found.saved.kind.clone(), artifact: found.pathspec };
        let artifact = model.artifact.clone();
        let loading = move || {
            Ranker::load(&found.saved).map_err(|source| Unservable::Model { artifact, source })
        };
        let ranker = stored.aside(loading).await?;
        let items = ranker.items();
        let titles = stored.texts("titles", TITLES).await?;
        let titles = titles.unwrap_or_else(|| (0..items).map(|it| it.to_string()).collect());
        if titles.len() != items {
            let problem = format!("names {} titles, and the model has {items}", titles.len());
            return Err(stored.unfit("titles", problem, TITLES));
        }
        let nobody =
            || Rows { width: items, bounds: vec![0], columns: Vec::new(), values: Vec::new() };
        let watched = stored.matrix("watched", WATCHED).await?.unwrap_or_else(nobody);
        if watched.width != items {
            let problem = format!("has {} columns, and the model {items} titles", watched.width);
            return Err(stored.unfit("watched", problem, WATCHED));
        }
        let rows = watched.bounds.len() - 1;
        let ids = stored.texts("member_ids", MEMBERS).await?;
        let ids = ids.unwrap_or_else(|| (0..rows).map(|it| it.to_string()).collect());
        if ids.len() < rows {
            let problem = format!("names {} members, and `watched` has {rows}", ids.len());
            return Err(stored.unfit("member_ids", problem, MEMBERS));
        }
        let popular = {
            let events = Interactions::new(
                &watched.bounds,
                &watched.columns,
                &watched.values,
                watched.width,
            );
            let wrong = |error: ModelError| stored.unfit("watched", error.to_string(), WATCHED);
            Popularity {
                counts: events.map_err(wrong)?.counts().into_iter().map(f64::from).collect(),
            }
        };
        let mut numbers = HashMap::new();
        for (number, title) in (0..).zip(&titles) {
            // Of titles of one name the first is meant.
            numbers.entry(title.clone()).or_insert(number);
        }
        let members = ids.into_iter().take(rows).zip(0..).collect();
        Ok(Self { model, ranker, popular, titles, numbers, members, watched })
    }

    fn model(&self) -> &ModelOf {
        &self.model
    }
}

impl Recommending {
    /// The names of all titles.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        self.titles.iter().map(String::as_str)
    }

    /// Whether there is a title of this name.
    pub fn has(&self, title: &str) -> bool {
        self.numbers.contains_key(title)
    }

    /// What to show to a member who did `since` after the run.
    ///
    /// # Errors
    /// None that a loaded model has: it is the model's word.
    pub fn recommend(&self, member: &str, since: &[String], places: usize) -> Result<Ranked> {
        let (items, strengths) = self.did(member, since);
        let events = Events::new(&items, &strengths, self.titles.len())?;
        if items.is_empty() {
            let best = top_of(&self.popular, events, places, UNSEEN)?;
            let why = format!(
                "nothing is known that `{member}` watched: these are what most members watched"
            );
            let titles = best.into_iter().map(|(item, score)| self.ranked(item, score, None));
            return Ok(Ranked { why: Some(why), titles: titles.collect() });
        }
        let top = self.ranker.top(events, places)?;
        let shown: Vec<usize> = top.iter().map(|(item, _)| *item).collect();
        let reasons = self.ranker.explain(events, &shown)?;
        let mut titles = Vec::new();
        for ((item, score), reasons) in top.into_iter().zip(reasons) {
            let most = reasons.and_then(|reasons| reasons.first().copied());
            let because = most.filter(|reason| reason.adds > 0.0).map(|reason| reason.item);
            titles.push(self.ranked(item, score, because));
        }
        let same = self.model.kind == Popularity::KIND;
        let why = same.then(|| "the model shows the same to everybody".to_owned());
        Ok(Ranked { why, titles })
    }

    fn ranked(&self, item: usize, score: f64, because: Option<usize>) -> RankedTitle {
        let because = because.map(|item| self.titles[item].clone());
        RankedTitle { title: self.titles[item].clone(), score, because }
    }

    /// What a member did before the run and since, in the order of titles.
    fn did(&self, member: &str, since: &[String]) -> (Vec<i32>, Vec<f64>) {
        let row = self.members.get(member);
        let before = row.map(|&row| {
            let place = |bound: i32| usize::try_from(bound).unwrap_or_default();
            place(self.watched.bounds[row])..place(self.watched.bounds[row + 1])
        });
        let before = before.unwrap_or_default();
        let mut did: Vec<(i32, f64)> = self.watched.columns[before.clone()]
            .iter()
            .copied()
            .zip(self.watched.values[before].iter().copied())
            .collect();
        // Titles that this model doesn't have say nothing.
        let since = since.iter().filter_map(|title| self.numbers.get(title));
        did.extend(since.map(|&item| (item, 1.0)));
        did.sort_by_key(|(item, _)| *item);
        did.dedup_by_key(|(item, _)| *item);
        did.into_iter().unzip()
    }
}
