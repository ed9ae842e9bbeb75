"""Flows and notebooks over one store.

A flow is a class of steps; `python flow.py run` runs it, every value it assigns to
``self`` is an artifact, and the client reads them back.

Examples
--------
>>> from flownote import FlowSpec, step
>>> class Hello(FlowSpec):
...     @step
...     def start(self):
...         self.greeting = "hello"
...         self.next(self.end)
...
...     @step
...     def end(self):
...         print(self.greeting)
"""

from flownote.current import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flownote.client import (
        DataArtifact,
        Flow,
        Flownote,
        Notebook,
        Run,
        Step,
        Task,
        default_namespace,
        get_namespace,
        namespace,
        use_store,
    )
    from flownote.decorators.cache import cache
    from flownote.decorators.catch import catch
    from flownote.decorators.environment import environment
    from flownote.decorators.isolate import isolate
    from flownote.decorators.resources import resources
    from flownote.decorators.retry import retry
    from flownote.decorators.secrets import secrets
    from flownote.decorators.timeout import timeout
    from flownote.externals import file, table, url
    from flownote.flowspec import FlowSpec, step
    from flownote.memoise import memo
    from flownote.parameters import IncludeFile, JSONType, Parameter

# Where each public name lives. A name is imported when it is first asked for, so that
# `import flownote` stays quick whatever the package grows to.
_HOMES = {
    "FlowSpec": "flowspec",
    "step": "flowspec",
    "Parameter": "parameters",
    "JSONType": "parameters",
    "IncludeFile": "parameters",
    "retry": "decorators",
    "cache": "decorators",
    "catch": "decorators",
    "timeout": "decorators",
    "environment": "decorators",
    "resources": "decorators",
    "secrets": "decorators",
    "isolate": "decorators",
    "Flownote": "client",
    "Metaflow": "client",
    "Flow": "client",
    "Notebook": "client",
    "Run": "client",
    "Step": "client",
    "Task": "client",
    "DataArtifact": "client",
    "namespace": "client",
    "get_namespace": "client",
    "default_namespace": "client",
    "use_store": "client",
    "FlownoteException": "exceptions",
    "memo": "memoise",
    "file": "externals",
    "url": "externals",
    "table": "externals",
}

__all__ = [
    "DataArtifact",
    "Flow",
    "FlowSpec",
    "Flownote",
    "FlownoteException",
    "IncludeFile",
    "JSONType",
    "Notebook",
    "Parameter",
    "Run",
    "Step",
    "Task",
    "cache",
    "catch",
    "current",
    "default_namespace",
    "environment",
    "file",
    "get_namespace",
    "isolate",
    "memo",
    "namespace",
    "resources",
    "retry",
    "secrets",
    "step",
    "table",
    "timeout",
    "url",
    "use_store",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        if name == "__version__":
            from importlib.metadata import version

            return version("flownote")
        raise AttributeError(f"module 'flownote' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"flownote.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
