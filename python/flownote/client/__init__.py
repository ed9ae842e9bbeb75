"""The client: what ran and what it made, from any Python.

Objects are indexed by their pathspec's parts and iterate over what they hold; a value is
loaded when ``.data`` asks for it, never before.

Examples
--------
>>> from flownote import Flow  # doctest: +SKIP
>>> run = Flow("Recommend").latest_successful_run  # doctest: +SKIP
>>> run.data.ndcg  # doctest: +SKIP
0.31
>>> [task.data.score for task in run["train"]]  # doctest: +SKIP
[0.29, 0.31]
"""

from flownote.client.artifact import DataArtifact
from flownote.client.base import ClientObject
from flownote.client.flow import Flow
from flownote.client.namespaces import default_namespace, get_namespace, namespace
from flownote.client.notebook import Notebook
from flownote.client.root import Flownote, Metaflow
from flownote.client.run import Run
from flownote.client.step import Step
from flownote.client.stores import use_store
from flownote.client.task import Task

__all__ = [
    "ClientObject",
    "DataArtifact",
    "Flow",
    "Flownote",
    "Metaflow",
    "Notebook",
    "Run",
    "Step",
    "Task",
    "default_namespace",
    "get_namespace",
    "namespace",
    "use_store",
]
