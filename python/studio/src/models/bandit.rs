//! `flownote_models::bandit` for Python: policies that learn.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use flownote_models::bandit::{
    Contexts, EpsilonGreedy, LinTs, LinUcb, Policy as _, Rounds, Softmax, Thompson, Ucb1,
};
use flownote_models::{Model as _, ModelError, Result, Watch};
use numpy::{
    PyArray1, PyArray2, PyArrayMethods as _, PyReadonlyArray2, PyUntypedArrayMethods as _,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::{Column, Numbers, detached, interruptible, keep, numbers, raise, read, slice};

/// A column of actions from Python.
pub(super) type Actions<'py> = numpy::PyReadonlyArray1<'py, i64>;

/// Rows of numbers from Python.
pub(super) type Table<'py> = PyReadonlyArray2<'py, f64>;

/// Up to so many rounds are chosen for on the thread that asks: to wake others takes longer, and
/// no policy shares out so few.
const FEW: usize = 32;

/// Contexts are asked about in pieces of about so long: between them Python's signals are heard.
const PIECE: Duration = Duration::from_millis(50);

/// What `of` says of each context, a piece of them after the other.
fn piecewise(
    contexts: &Contexts<'_>,
    watch: &dyn Watch,
    of: impl Fn(&Contexts<'_>) -> Result<Vec<f64>>,
) -> Result<Vec<f64>> {
    let (mut all, mut first, mut size) = (Vec::new(), 0, FEW);
    while first < contexts.rows() {
        if watch.stop() {
            return Err(ModelError::Cancelled);
        }
        let (begun, end) = (Instant::now(), contexts.rows().min(first + size));
        all.extend(of(&contexts.between(first..end))?);
        if begun.elapsed() < PIECE {
            size *= 2;
        }
        first = end;
    }
    Ok(all)
}

/// A policy. Several of Python's threads may ask it while none learns.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct Policy(RwLock<Kind>);

enum Kind {
    EpsilonGreedy(EpsilonGreedy),
    Softmax(Softmax),
    Ucb1(Ucb1),
    Thompson(Thompson),
    LinUcb(LinUcb),
    LinTs(LinTs),
}

/// The same with whichever policy it is.
macro_rules! each {
    ($kind:expr, $policy:ident => $result:expr) => {
        match $kind {
            Kind::EpsilonGreedy($policy) => $result,
            Kind::Softmax($policy) => $result,
            Kind::Ucb1($policy) => $result,
            Kind::Thompson($policy) => $result,
            Kind::LinUcb($policy) => $result,
            Kind::LinTs($policy) => $result,
        }
    };
}

impl Kind {
    fn new(kind: &str, actions: usize, dimensions: usize, options: (f64, f64)) -> Result<Self> {
        let (first, second) = options;
        Ok(match kind {
            EpsilonGreedy::KIND => Self::EpsilonGreedy(EpsilonGreedy::new(actions, first)?),
            Softmax::KIND => Self::Softmax(Softmax::new(actions, first)?),
            Ucb1::KIND => Self::Ucb1(Ucb1::new(actions, first)?),
            Thompson::KIND => Self::Thompson(Thompson::new(actions, first, second)?),
            LinUcb::KIND => Self::LinUcb(LinUcb::new(actions, dimensions, first, second)?),
            LinTs::KIND => Self::LinTs(LinTs::new(actions, dimensions, first, second)?),
            _ => return Err(unknown(kind)),
        })
    }
}

fn unknown(kind: &str) -> ModelError {
    ModelError::input("kind", format!("is `{kind}`"), "ask for a policy that there is")
}

#[pymethods]
impl Policy {
    /// A policy of the kind `kind` that has learnt nothing; `options` are its two numbers.
    #[new]
    fn new(
        py: Python<'_>,
        kind: &str,
        actions: usize,
        dimensions: usize,
        options: (f64, f64),
    ) -> PyResult<Self> {
        let made = Kind::new(kind, actions, dimensions, options);
        made.map(RwLock::new).map(Self).map_err(|error| raise(py, &error))
    }

    /// The policy that `to_bytes` wrote.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, kind: &str, data: &[u8]) -> PyResult<Self> {
        let made = match kind {
            EpsilonGreedy::KIND => read(py, data).map(Kind::EpsilonGreedy),
            Softmax::KIND => read(py, data).map(Kind::Softmax),
            Ucb1::KIND => read(py, data).map(Kind::Ucb1),
            Thompson::KIND => read(py, data).map(Kind::Thompson),
            LinUcb::KIND => read(py, data).map(Kind::LinUcb),
            LinTs::KIND => read(py, data).map(Kind::LinTs),
            _ => Err(raise(py, &unknown(kind))),
        };
        made.map(RwLock::new).map(Self)
    }

    /// The policy as one file, with the options of its class as JSON.
    fn to_bytes<'py>(&self, py: Python<'py>, options: &str) -> PyResult<Bound<'py, PyBytes>> {
        let kind = self.kind();
        each!(&*kind, policy => keep(py, policy, options))
    }

    /// How many actions there are.
    fn actions(&self) -> usize {
        let kind = self.kind();
        each!(&*kind, policy => policy.actions())
    }

    /// Learns from rounds: actions, rewards, and a row of context each.
    fn learn(
        &self,
        py: Python<'_>,
        actions: Actions<'_>,
        rewards: Column<'_>,
        context: Option<Table<'_>>,
    ) -> PyResult<()> {
        let (actions, rewards) = (integers("action", &actions)?, slice("reward", &rewards)?);
        let contexts = contexts(py, context.as_ref(), actions.len())?;
        let rounds = Rounds { actions, rewards, contexts };
        // On this thread: one of the fits' own that waited for the lock could keep those who
        // hold it from ending.
        let learnt = py.detach(|| {
            let mut kind = self.0.write().unwrap_or_else(PoisonError::into_inner);
            each!(&mut *kind, policy => policy.learn(&rounds))
        });
        learnt.map_err(|error| raise(py, &error))
    }

    /// The probability of each action in `rows` contexts.
    fn propensities<'py>(
        &self,
        py: Python<'py>,
        context: Option<Table<'py>>,
        rows: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let contexts = contexts(py, context.as_ref(), rows)?;
        let kind = self.kind();
        let actions = each!(&*kind, policy => policy.actions());
        let learnt = &*kind;
        let of = |contexts: &Contexts<'_>| each!(learnt, policy => policy.propensities(contexts));
        // Others are asked once, whatever the rounds.
        let is_linear = matches!(learnt, Kind::LinUcb(_) | Kind::LinTs(_));
        let values = if is_linear && contexts.rows() > FEW {
            interruptible(py, None, |watch| piecewise(&contexts, watch, of))?
        } else {
            detached(py, || of(&contexts))?
        };
        table(py, values, contexts.rows(), actions)
    }

    /// An action for each of `rows` contexts.
    fn choose<'py>(
        &self,
        py: Python<'py>,
        context: Option<Table<'py>>,
        rows: usize,
        seed: u64,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let contexts = contexts(py, context.as_ref(), rows)?;
        let kind = self.kind();
        let learnt = &*kind;
        let choose = || each!(learnt, policy => policy.choose(&contexts, seed));
        let chosen = if contexts.rows() <= FEW {
            py.detach(choose).map_err(|error| raise(py, &error))
        } else {
            detached(py, choose)
        };
        Ok(PyArray1::from_vec(py, chosen?))
    }

    /// What was learnt, by name: counts and sums of rewards, or products and moments.
    fn learnt<'py>(&self, py: Python<'py>) -> Vec<(String, Vec<usize>, Numbers<'py>)> {
        let kind = self.kind();
        let arrays = each!(&*kind, policy => policy.save()).arrays;
        let named = arrays.into_iter();
        named.map(|(name, array)| (name, array.shape, numbers(py, array.values))).collect()
    }

    /// Of a linear policy, its coefficients.
    fn coefficients<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArray2<f64>>>> {
        let (values, actions) = match &*self.kind() {
            Kind::LinUcb(policy) => (policy.coefficients(), policy.actions()),
            Kind::LinTs(policy) => (policy.coefficients(), policy.actions()),
            _ => return Ok(None),
        };
        let numbers = values.len() / actions;
        table(py, values, actions, numbers).map(Some)
    }
}

impl Policy {
    /// The policy, which nobody changes meanwhile. Who does waits without Python's lock.
    fn kind(&self) -> RwLockReadGuard<'_, Kind> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A column of actions as a slice; `name` is the argument's.
pub(super) fn integers<'a>(name: &'static str, column: &'a Actions<'_>) -> PyResult<&'a [i64]> {
    column.as_slice().map_err(|_| in_pieces(column.py(), name))
}

/// Rows as a slice and the number of columns; `name` is the argument's.
pub(super) fn row_major<'a>(
    name: &'static str,
    table: &'a Table<'_>,
) -> PyResult<(&'a [f64], usize)> {
    let values = table.as_slice().map_err(|_| in_pieces(table.py(), name))?;
    Ok((values, table.shape()[1]))
}

/// Contexts, or `rows` rounds of which nothing is known.
pub(super) fn contexts<'a>(
    py: Python<'_>,
    table: Option<&'a Table<'_>>,
    rows: usize,
) -> PyResult<Contexts<'a>> {
    let Some(table) = table else { return Ok(Contexts::none(rows)) };
    let (values, columns) = row_major("context", table)?;
    Contexts::new(values, table.shape()[0], columns).map_err(|error| raise(py, &error))
}

/// Rows of results.
pub(super) fn table(
    py: Python<'_>,
    values: Vec<f64>,
    rows: usize,
    columns: usize,
) -> PyResult<Bound<'_, PyArray2<f64>>> {
    PyArray1::from_vec(py, values).reshape([rows, columns])
}

fn in_pieces(py: Python<'_>, name: &'static str) -> PyErr {
    let problem = "doesn't lie in one piece";
    raise(py, &ModelError::input(name, problem, "call numpy.ascontiguousarray on it"))
}
