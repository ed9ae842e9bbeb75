//! [`Reader`]: the questions that `flownote.client` asks a datastore.

use flownote_flow::id::{FlowName, StepName, TaskId};
use flownote_store::client::{RunFilter, TagChange};
use flownote_store::{RunKey, Stream, notebooks, reference};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::runtime::ask;
use crate::error::raise_store;
use crate::place;

/// Reads one datastore. Answers are JSON unless said otherwise.
#[pyclass(frozen, module = "flownote._native")]
pub struct Reader {
    /// The datastore's address; an absolute path for a folder.
    #[pyo3(get)]
    url: String,
}

#[pymethods]
impl Reader {
    /// Takes the address of a datastore; by default the one that the surroundings name.
    #[new]
    #[pyo3(signature = (store=None))]
    fn new(py: Python<'_>, store: Option<&str>) -> PyResult<Self> {
        let found = place::find(store).map_err(|error| raise_store(py, &error))?;
        Ok(Self { url: found.url.to_string() })
    }

    /// The names of the flows that have runs.
    fn flows(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let flows = ask(py, &self.url, async |store| Ok(store.flows().await?))?;
        Ok(flows.iter().map(ToString::to_string).collect())
    }

    /// What a pathspec means: flow, run, step, task, artifact. `asking` is the notebook's run
    /// whose cell asks: `latest` is another.
    #[pyo3(signature = (text, flow=None, asking=None))]
    fn resolve(
        &self,
        py: Python<'_>,
        text: &str,
        flow: Option<&str>,
        asking: Option<&str>,
    ) -> PyResult<String> {
        let flow = flow.map(FlowName::new);
        let asking = asking.map(|run| RunKey::new(notebooks::FLOW, run));
        let target = ask(py, &self.url, async |store| {
            Ok(reference::resolve_from(store, text, flow.as_ref(), asking.as_ref()).await?)
        })?;
        Ok(json!({
            "flow": target.run.flow,
            "run": target.run.run,
            "step": target.step,
            "task": target.task,
            "artifact": target.artifact,
        })
        .to_string())
    }

    /// Runs that a filter admits, newest first: `{"runs": […], "next": …}`.
    fn runs(&self, py: Python<'_>, filter: &str) -> PyResult<String> {
        let filter: RunFilter = read(filter)?;
        answer(ask(py, &self.url, async |store| Ok(store.runs(&filter).await?))?)
    }

    /// The same with parameters and metrics.
    fn run_rows(&self, py: Python<'_>, filter: &str) -> PyResult<String> {
        let filter: RunFilter = read(filter)?;
        answer(ask(py, &self.url, async |store| Ok(store.run_rows(&filter).await?.0))?)
    }

    /// How a run stands.
    fn run(&self, py: Python<'_>, flow: &str, run: &str) -> PyResult<String> {
        let run = RunKey::new(flow, run);
        answer(ask(py, &self.url, async |store| Ok(store.run_summary(&run).await?))?)
    }

    /// The record that a run began with.
    fn record(&self, py: Python<'_>, flow: &str, run: &str) -> PyResult<String> {
        let run = RunKey::new(flow, run);
        answer(ask(py, &self.url, async |store| Ok(store.run_record(&run).await?))?)
    }

    /// The tasks of a run or of one of its steps.
    #[pyo3(signature = (flow, run, step=None))]
    fn tasks(&self, py: Python<'_>, flow: &str, run: &str, step: Option<&str>) -> PyResult<String> {
        let run = RunKey::new(flow, run);
        let step = step.map(StepName::new);
        answer(ask(py, &self.url, async |store| Ok(store.tasks(&run, step.as_ref()).await?))?)
    }

    /// One task.
    fn task(
        &self,
        py: Python<'_>,
        flow: &str,
        run: &str,
        step: &str,
        task: &str,
    ) -> PyResult<String> {
        let at = Place::new(flow, run, step, task);
        answer(ask(py, &self.url, async |store| {
            let (step, task) = (Some(at.step), Some(at.task));
            let target = reference::Target { run: at.run, step, task, artifact: None };
            Ok(target.one_task(store, "").await?)
        })?)
    }

    /// The tasks that were given a task's results.
    fn child_tasks(
        &self,
        py: Python<'_>,
        flow: &str,
        run: &str,
        step: &str,
        task: &str,
    ) -> PyResult<String> {
        let at = Place::new(flow, run, step, task);
        answer(ask(py, &self.url, async |store| {
            let of = store.task(&at.run, &at.step, &at.task).await?;
            Ok(store.child_tasks(&at.run, &of).await?)
        })?)
    }

    /// The artifacts that a task sees; none while it has no result.
    fn artifacts(
        &self,
        py: Python<'_>,
        flow: &str,
        run: &str,
        step: &str,
        task: &str,
    ) -> PyResult<String> {
        let at = Place::new(flow, run, step, task);
        answer(ask(py, &self.url, async |store| {
            match store.artifacts(&at.run, &at.step, &at.task).await {
                Err(flownote_store::Error::Missing { .. }) => Ok(vec![]),
                other => Ok(other?),
            }
        })?)
    }

    /// What a task printed: both streams or one, every attempt or one.
    #[pyo3(signature = (flow, run, step, task, stream=None, attempt=None))]
    #[expect(clippy::too_many_arguments, reason = "a task has a name of four parts")]
    fn log_lines(
        &self,
        py: Python<'_>,
        flow: &str,
        run: &str,
        step: &str,
        task: &str,
        stream: Option<&str>,
        attempt: Option<u32>,
    ) -> PyResult<String> {
        let at = Place::new(flow, run, step, task);
        let stream = match stream {
            None => None,
            Some("stdout") => Some(Stream::Stdout),
            Some("stderr") => Some(Stream::Stderr),
            Some(_) => return Err(PyValueError::new_err("a stream is `stdout` or `stderr`")),
        };
        answer(ask(py, &self.url, async |store| {
            Ok(store.log_lines(&at.run, &at.step, &at.task, attempt, stream).await?)
        })?)
    }

    /// A run's tags: `{"user": […], "system": […]}`.
    fn tags(&self, py: Python<'_>, flow: &str, run: &str) -> PyResult<String> {
        let run = RunKey::new(flow, run);
        answer(ask(py, &self.url, async |store| Ok(store.tags(&run).await?))?)
    }

    /// Changes a run's tags and answers what they are now.
    fn change_tags(
        &self,
        py: Python<'_>,
        flow: &str,
        run: &str,
        add: Vec<String>,
        remove: Vec<String>,
    ) -> PyResult<String> {
        let run = RunKey::new(flow, run);
        let change = TagChange { add, remove };
        answer(ask(py, &self.url, async |store| Ok(store.change_tags(&run, &change).await?))?)
    }

    /// The path of a verified local file with a blob's bytes, as text.
    fn fetch_blob(
        &self,
        py: Python<'_>,
        digest: &str,
        producer: &str,
        artifact: &str,
    ) -> PyResult<String> {
        let path = ask(py, &self.url, async |store| {
            Ok(store.fetch_blob(digest, producer, artifact).await?)
        })?;
        path.into_os_string()
            .into_string()
            .map_err(|path| PyValueError::new_err(format!("{path:?} is not UTF-8")))
    }
}

/// A task's place.
struct Place {
    run: RunKey,
    step: StepName,
    task: TaskId,
}

impl Place {
    fn new(flow: &str, run: &str, step: &str, task: &str) -> Self {
        Self { run: RunKey::new(flow, run), step: step.into(), task: task.into() }
    }
}

fn read(filter: &str) -> PyResult<RunFilter> {
    serde_json::from_str(filter).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn answer(value: impl Serialize) -> PyResult<String> {
    Ok(serde_json::to_string(&value).expect("plain data is JSON"))
}
