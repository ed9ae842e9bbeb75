"""What Metaflow's users write and Flownote does without, with what to do instead."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["hint_for_module", "hint_for_name", "hint_for_options"]

_OPTIONS = {
    "--no-pylint": "leave it out: a flow is checked without pylint",
    "--pylint": "leave it out: `flownote check FLOW.py` checks a flow without pylint",
    "--quiet": "write it after the verb: `run --quiet`",
    "--datastore": "name the store after the verb: `--store s3://bucket/prefix`, or a folder",
    "--datastore-root": "name the store after the verb: `--store s3://bucket/prefix`, or a folder",
    "--metadata": "leave it out: what is known of a run stands in the store",
    "--environment": "leave it out: a flow runs in the Python that starts it",
    "--event-logger": "leave it out: `run --json` writes events",
    "--monitor": "leave it out: `run --json` writes events",
    "--max-num-splits": "leave it out: a foreach may have any number of items",
    "--max-log-size": "leave it out: the head and the tail of 100 MiB are kept",
    "--namespace": "say it in Python, `namespace(…)`, or name the user in FLOWNOTE_USER",
    "--run-id": "name the run without an option: `flownote tag list RUN`",
    "--origin-run-id": "`flownote resume --help` tells how a run is named",
}

_KUBERNETES = "it says where a step runs; leave it out to run the step here"
_PACKAGES = "install the packages in the Python that starts the flow, and leave it out"
_EVENTS = "start the flow by cron or by your scheduler, `flownote run FLOW.py`, and leave it out"
_NAMES = {
    "batch": _KUBERNETES,
    "kubernetes": _KUBERNETES,
    "conda": _PACKAGES,
    "conda_base": _PACKAGES,
    "pypi": _PACKAGES,
    "pypi_base": _PACKAGES,
    "schedule": _EVENTS,
    "trigger": _EVENTS,
    "trigger_on_finish": _EVENTS,
    "card": "assign what it should show to `self`: `flownote show` and notebooks show artifacts",
    "project": "leave it out: `run --tag` and namespaces tell runs apart",
    "parallel": "run the parts as a foreach",
    "S3": "read the files with boto3 or fsspec; values on `self` are stored for you",
    "Runner": "call the command: `subprocess.run(['flownote', 'run', 'flow.py'], check=True)`",
    "Deployer": "call the command: `subprocess.run(['flownote', 'run', 'flow.py'], check=True)`",
    "Config": "use a `Parameter` or `IncludeFile` of type `JSONType`",
}


def hint_for_options(line: Iterable[str], parameters: Collection[str]) -> str | None:
    """Return what to do about the first of Metaflow's options in a line that was refused.

    Parameters
    ----------
    line
        The words of the command line.
    parameters
        The flow's own options, which are not Metaflow's.
    """
    for word in line:
        option = word.partition("=")[0]
        if option in _OPTIONS and option.removeprefix("--") not in parameters:
            return f"`{option}` is an option of Metaflow; {_OPTIONS[option]}"
    return None


def hint_for_name(name: str) -> str | None:
    """Return what to do about a name that Metaflow has and Flownote hasn't."""
    return f"`{name}` is a name of Metaflow; {_NAMES[name]}" if name in _NAMES else None


def hint_for_module(name: str) -> str | None:
    """Return what to do about an import of Metaflow itself."""
    if name.partition(".")[0] != "metaflow":
        return None
    return "write `from flownote import …`: flows in Metaflow's dialect run here"
