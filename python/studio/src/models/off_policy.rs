//! `flownote_models::bandit::off_policy` for Python: what another policy would have earned.

use flownote_models::bandit::off_policy::{
    self, Comparison, Estimator, Link, Log, Method, Options, Predicted, RewardModel, Target,
    Verdict,
};
use flownote_models::{ModelError, Result};
use numpy::{PyArray2, PyUntypedArrayMethods as _};
use pyo3::prelude::*;

use super::bandit::{Actions, Table, contexts, integers, row_major, table};
use super::{Column, Progress, interruptible, raise, slice};

/// What a policy would have earned per round, with what is needed to compare it.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct Estimate(off_policy::Estimate);

/// A log in columns: actions, rewards, propensities.
type Columns<'py> = (Actions<'py>, Column<'py>, Column<'py>);

/// A policy in question, in one of four forms: the probability of each action in each round; the
/// same in all rounds; of each round's logged action; the action that is taken in each round.
type Wanted<'py> =
    (Option<Table<'py>>, Option<Column<'py>>, Option<Column<'py>>, Option<Actions<'py>>);

/// How an interval is asked for: the level, and how many resamples by which seed.
type Asked = (f64, Option<usize>, u64);

#[pymethods]
impl Estimate {
    /// Estimates by `estimator`, whose number is `parameter`; without `wanted` it is of the
    /// logging policy itself.
    #[staticmethod]
    fn of(
        py: Python<'_>,
        log: Columns<'_>,
        wanted: Option<Wanted<'_>>,
        estimator: (String, f64),
        predicted: Option<Table<'_>>,
        asked: Asked,
        progress: Progress,
    ) -> PyResult<Self> {
        let (actions, rewards, propensities) =
            (integers("action", &log.0)?, slice("reward", &log.1)?, slice("propensity", &log.2)?);
        let target = match &wanted {
            None => Target::Logged(propensities),
            Some(wanted) => wanted_target(py, wanted)?,
        };
        let predicted = predicted.as_ref().map(|it| row_major("predicted", it)).transpose()?;
        let options = options(asked);
        let estimate = interruptible(py, progress, |watch| {
            let log = Log::new(actions, rewards, propensities)?;
            let estimator = named(&estimator.0, estimator.1)?;
            let predicted = predicted
                .map(|(values, columns)| Predicted::new(values, columns, &log, &target))
                .transpose()?;
            off_policy::evaluate(&log, &target, estimator, predicted.as_ref(), options, watch)
        })?;
        Ok(Self(estimate))
    }

    /// The estimate, its standard error, and its interval.
    fn numbers(&self) -> (f64, f64, f64, f64) {
        let Self(it) = self;
        (it.value, it.error, it.interval.low, it.interval.high)
    }

    /// How many rounds there were, and which share of them replay took.
    fn facts(&self) -> (usize, Option<f64>) {
        (self.0.rows, self.0.taken)
    }

    /// What the weights say, by name, and what is wrong with them.
    fn weights(&self) -> Option<Weights> {
        let report = self.0.weights.as_ref()?;
        let numbers = vec![
            ("mean", report.mean),
            ("max", report.max),
            ("max_share", report.max_share),
            ("effective", report.effective),
            ("top_share", report.top_share),
        ];
        Some((numbers, report.warnings.iter().map(ToString::to_string).collect()))
    }

    /// How far this is above `other`, its standard error and interval; the verdict, the rows that
    /// it needs, and in words. `together` where both are of the same rows.
    fn compare(
        &self,
        py: Python<'_>,
        other: &Self,
        together: bool,
        progress: Progress,
    ) -> PyResult<Compared> {
        let (first, second) = (&self.0, &other.0);
        let compared = interruptible(py, progress, |watch| {
            if together {
                return off_policy::compare(first, second, watch);
            }
            Ok(off_policy::compare_apart(first, second))
        })?;
        Ok(in_parts(&compared))
    }
}

/// Numbers by name, and warnings.
type Weights = (Vec<(&'static str, f64)>, Vec<String>);

/// The difference, its error and interval; the verdict, the rows that it needs, and in words.
type Compared = ((f64, f64, f64, f64), &'static str, Option<f64>, String);

fn in_parts(compared: &Comparison) -> Compared {
    let Comparison { difference, error, interval, verdict } = *compared;
    let (name, needed) = match verdict {
        Verdict::Better => ("better", None),
        Verdict::Worse => ("worse", None),
        Verdict::CannotTell { needed } | Verdict::WeightsUnfit { needed } => {
            ("cannot tell", needed)
        }
    };
    ((difference, error, interval.low, interval.high), name, needed, compared.to_string())
}

fn wanted_target<'a>(py: Python<'_>, wanted: &'a Wanted<'_>) -> PyResult<Target<'a>> {
    match wanted {
        (Some(rows), ..) => {
            let (values, actions) = row_major("policy", rows)?;
            Ok(Target::Rows { values, actions })
        }
        (_, Some(same), ..) => Ok(Target::Same(slice("policy", same)?)),
        (_, _, Some(logged), _) => Ok(Target::Logged(slice("logged", logged)?)),
        (.., Some(taken)) => Ok(Target::Taken(integers("taken", taken)?)),
        _ => {
            let hint = "give the policy's probabilities, or the actions it takes";
            Err(raise(py, &ModelError::input("policy", "is missing", hint)))
        }
    }
}

fn options((level, resamples, seed): Asked) -> Options {
    let bootstrap = |resamples| Method::Bootstrap { resamples, seed };
    Options { level, method: resamples.map_or(Method::Analytic, bootstrap) }
}

fn named(name: &str, parameter: f64) -> Result<Estimator> {
    Ok(match name {
        "logged" => Estimator::Logged,
        "replay" => Estimator::Replay,
        "ips" => Estimator::InversePropensity,
        "clipped" => Estimator::ClippedInversePropensity { max_weight: parameter },
        "snips" => Estimator::SelfNormalized,
        "dm" => Estimator::Direct,
        "dr" => Estimator::DoublyRobust,
        "switch" => Estimator::SwitchDoublyRobust { threshold: parameter },
        _ => {
            let known = "replay, ips, clipped, snips, dm, dr and switch";
            let problem = format!("is `{name}`");
            return Err(ModelError::input("estimator", problem, format!("there are {known}")));
        }
    })
}

/// What a reward model expects of each of `actions` actions in each round, by models that haven't
/// seen it.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "called by one function, which names them")]
pub fn cross_fit<'py>(
    py: Python<'py>,
    log: Columns<'py>,
    context: Option<Table<'py>>,
    actions: usize,
    link: &str,
    l2: f64,
    folds: usize,
    seed: u64,
    progress: Progress,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let (taken, rewards, propensities) =
        (integers("action", &log.0)?, slice("reward", &log.1)?, slice("propensity", &log.2)?);
    let contexts = contexts(py, context.as_ref(), log.0.len())?;
    let values = interruptible(py, progress, |watch| {
        let log = Log::new(taken, rewards, propensities)?;
        let link = match link {
            "identity" => Link::Identity,
            "logit" => Link::Logit,
            _ => {
                let hint = "there are identity (ridge regression) and logit (logistic regression)";
                return Err(ModelError::input("link", format!("is `{link}`"), hint));
            }
        };
        let fold = off_policy::folds(log.rows(), folds, seed)?;
        off_policy::cross_fit(&RewardModel { link, l2 }, &log, &contexts, actions, &fold, watch)
    })?;
    table(py, values, log.0.len(), actions)
}
