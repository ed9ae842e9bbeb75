//! Models that say what to show next.

use flownote_models::recommend::{
    self, Bpr, BprOptions, Ease, Events, Filter, Ials, IalsOptions, Interactions, ItemKnn,
    Popularity, Ranking, Recommender as _, near_top_k, score_all, top_k,
};
use flownote_models::{Model as _, ModelError, Result, Watch};
use numpy::{PyArray1, PyArray2, PyArrayMethods as _, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::bandit::{Actions, integers, table};
use super::super::{
    Column, Numbers, Progress, detached, interruptible, keep, numbers, raise, read, slice,
};
use super::{Matrix, Parts, Places, places};

/// A fitted recommender.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct Recommender(Kind);

enum Kind {
    Popularity(Popularity),
    ItemKnn(ItemKnn),
    Ease(Ease),
    Ials(Ials),
    Bpr(Bpr),
}

/// The same with whichever model it is.
macro_rules! each {
    ($kind:expr, $model:ident => $result:expr) => {
        match $kind {
            Kind::Popularity($model) => $result,
            Kind::ItemKnn($model) => $result,
            Kind::Ease($model) => $result,
            Kind::Ials($model) => $result,
            Kind::Bpr($model) => $result,
        }
    };
}

#[derive(Deserialize)]
struct KnnOptions {
    k: usize,
    shrinkage: f64,
}

#[derive(Deserialize)]
struct EaseOptions {
    l2: f64,
}

impl Kind {
    fn fit(
        kind: &str,
        events: &Interactions<'_>,
        options: &str,
        watch: &dyn Watch,
    ) -> Result<Self> {
        Ok(match kind {
            Popularity::KIND => Self::Popularity(Popularity::fit(events)?),
            ItemKnn::KIND => {
                let KnnOptions { k, shrinkage } = parsed(options)?;
                Self::ItemKnn(ItemKnn::fit(events, k, shrinkage, watch)?)
            }
            Ease::KIND => {
                let EaseOptions { l2 } = parsed(options)?;
                Self::Ease(Ease::fit(events, l2, watch)?)
            }
            Ials::KIND => {
                let options: IalsOptions = parsed(options)?;
                Self::Ials(Ials::fit(events, options, watch)?)
            }
            Bpr::KIND => {
                let options: BprOptions = parsed(options)?;
                Self::Bpr(Bpr::fit(events, options, watch)?)
            }
            _ => return Err(unknown(kind)),
        })
    }
}

fn parsed<T: DeserializeOwned>(options: &str) -> Result<T> {
    serde_json::from_str(options).map_err(|error| {
        let hint = "give numbers as the class's documentation says";
        ModelError::input("options", format!("can't be used: {error}"), hint)
    })
}

fn unknown(kind: &str) -> ModelError {
    ModelError::input("kind", format!("is `{kind}`"), "ask for a recommender that there is")
}

/// Items and their scores, members × places.
type Ranked<'py> = (Bound<'py, PyArray2<i64>>, Bound<'py, PyArray2<f64>>);

/// The items of events and how much each adds.
type Reasons<'py> = (Bound<'py, PyArray1<i64>>, Numbers<'py>);

#[pymethods]
impl Recommender {
    /// Fits a model of the kind `kind`, whose `options` are a JSON object.
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        kind: &str,
        events: Matrix<'_>,
        options: &str,
        progress: Progress,
    ) -> PyResult<Self> {
        let parts = Parts::of(&events)?;
        let fit = |watch: &dyn Watch| Kind::fit(kind, &parts.events()?, options, watch);
        interruptible(py, progress, fit).map(Self)
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, kind: &str, data: &[u8]) -> PyResult<Self> {
        let made = match kind {
            Popularity::KIND => read(py, data).map(Kind::Popularity),
            ItemKnn::KIND => read(py, data).map(Kind::ItemKnn),
            Ease::KIND => read(py, data).map(Kind::Ease),
            Ials::KIND => read(py, data).map(Kind::Ials),
            Bpr::KIND => read(py, data).map(Kind::Bpr),
            _ => Err(raise(py, &unknown(kind))),
        };
        made.map(Self)
    }

    fn to_bytes<'py>(&self, py: Python<'py>, options: &str) -> PyResult<Bound<'py, PyBytes>> {
        each!(&self.0, model => keep(py, model, options))
    }

    /// How many items there are, and how many members the fit keeps factors of.
    fn facts(&self) -> (usize, usize) {
        each!(&self.0, model => (model.items(), model.members()))
    }

    /// What the fit found, by name: shapes and numbers.
    fn found<'py>(&self, py: Python<'py>) -> Vec<(String, Vec<usize>, Numbers<'py>)> {
        let arrays = each!(&self.0, model => model.save()).arrays.into_iter();
        arrays.map(|(name, array)| (name, array.shape, numbers(py, array.values))).collect()
    }

    /// The scores of all items, members × items: from what members did, or from the factors of
    /// `known` members.
    fn scores<'py>(
        &self,
        py: Python<'py>,
        events: Matrix<'py>,
        known: Option<Actions<'py>>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let (parts, known) = (Parts::of(&events)?, known_members(py, known.as_ref())?);
        let (items, _) = self.facts();
        let (rows, values) = detached(py, || {
            let events = parts.events()?;
            let scores = each!(&self.0, model => score_all(model, &events, known.as_deref()))?;
            Ok((events.members(), scores))
        })?;
        table(py, values, rows, items)
    }

    /// The `k` best items of each member and their scores; by an index, if there is one and it
    /// needn't be `exact`.
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn recommend<'py>(
        &self,
        py: Python<'py>,
        events: Matrix<'py>,
        known: Option<Actions<'py>>,
        k: usize,
        unseen: bool,
        allowed: Option<PyReadonlyArray1<'py, bool>>,
        exact: bool,
    ) -> PyResult<Ranked<'py>> {
        let (parts, known) = (Parts::of(&events)?, known_members(py, known.as_ref())?);
        let allowed = allowed.as_ref().map(|it| it.as_slice()).transpose()?;
        let filter = Filter { unseen, allowed };
        let (rows, ranking) = interruptible(py, None, |watch| {
            let events = parts.events()?;
            let known = known.as_deref();
            let ranking: Ranking = each!(&self.0, model => {
                let rank = if exact { top_k } else { near_top_k };
                rank(model, &events, known, k, filter, watch)
            })?;
            Ok((events.members(), ranking))
        })?;
        let items = PyArray1::from_vec(py, ranking.items).reshape([rows, k])?;
        Ok((items, table(py, ranking.scores, rows, k)?))
    }

    /// The scores of all items for a member who did this.
    fn fold_in<'py>(
        &self,
        py: Python<'py>,
        items: Places<'py>,
        strengths: Column<'py>,
    ) -> PyResult<Numbers<'py>> {
        let (items, strengths) = (places(&items)?, slice("strengths", &strengths)?);
        let scores = detached(py, || {
            let events = Events::new(items, strengths, self.facts().0)?;
            Ok(each!(&self.0, model => fold_in(model, events)))
        })?;
        Ok(numbers(py, scores))
    }

    /// What each event of a member adds to the score of `item`; nothing where the model can't tell.
    fn explain<'py>(
        &self,
        py: Python<'py>,
        items: Places<'py>,
        strengths: Column<'py>,
        item: usize,
    ) -> PyResult<Option<Reasons<'py>>> {
        let (items, strengths) = (places(&items)?, slice("strengths", &strengths)?);
        let reasons = detached(py, || {
            let events = Events::new(items, strengths, self.facts().0)?;
            each!(&self.0, model => model.explain(events, item))
        })?;
        let Some(reasons) = reasons else { return Ok(None) };
        let (items, adds) = reasons.iter().map(|it| (it.item as i64, it.adds)).unzip();
        Ok(Some((PyArray1::from_vec(py, items), numbers(py, adds))))
    }
}

/// Numbers of members that may be some's.
fn known_members(py: Python<'_>, known: Option<&Actions<'_>>) -> PyResult<Option<Vec<usize>>> {
    let Some(known) = known else { return Ok(None) };
    let numbers = integers("members", known)?.iter().map(|member| {
        usize::try_from(*member).map_err(|_| {
            ModelError::input("members", format!("has {member}"), "members are numbered from 0")
        })
    });
    numbers.collect::<Result<_>>().map(Some).map_err(|error| raise(py, &error))
}

fn fold_in<M: recommend::Recommender>(model: &M, events: Events<'_>) -> Vec<f64> {
    let mut scores = vec![M::Score::default(); model.items()];
    model.fold_in(events, &mut scores);
    scores.into_iter().map(Into::into).collect()
}
