"""`run`: from a loaded flow to a finished run.

The order matters. The zygote is forked while this process has one thread; only then are
values encoded, the environment looked at and the engine started, which has threads.
"""

from __future__ import annotations

import json
import os
import sys

from flownote import _native
from flownote.exceptions import FlownoteException, UsageError
from flownote.shell import cores

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from flownote.loader import LoadedFlow

FAILED = 1
USAGE = 2
CANCELLED = 130
_EXIT_CODES = {"succeeded": 0, "failed": FAILED, "cancelled": CANCELLED}


def run(loaded: LoadedFlow, options: dict[str, Any], parameters: Mapping[str, Any]) -> int:
    """Run a flow, or go on with a run of it, and return the exit code.

    Parameters
    ----------
    loaded
        The flow.
    options
        The options of `flownote run`, by name.
    parameters
        What was given for the flow's parameters, by name, as text.
    """
    from flownote.decorators.command_line import attach
    from flownote.describe import describe

    attach(loaded.flow, options.get("with") or [])
    description = describe(loaded.flow)
    problems = _native.lint_flow(json.dumps(description))
    if problems:
        print("\n\n".join(problems), file=sys.stderr)
        return USAGE

    def engine(control: int) -> str:
        try:
            request = _request(loaded, description, options, parameters)
        except BaseException:
            os.close(control)  # the workers' side ends with it
            raise
        return _native.Runner(json.dumps(request), control).run()

    if options.get("in_process"):
        from flownote.worker import in_process

        summary = in_process.run(loaded.flow, engine)
    else:
        from flownote import blas
        from flownote.worker import zygote

        blas.limit_loaded(max(1, cores() // _workers(options)))
        control, zygote_pid = zygote.start(loaded)
        try:
            summary = engine(control)
        finally:
            # The engine has closed its socket, or the process ends: so does the zygote.
            _reap(zygote_pid)
    finished = json.loads(summary)
    code = _EXIT_CODES[finished["status"]]
    if code == 0 and options.get("verify"):
        return _verified(finished["verified"], finished["differing"])
    return code


def _verified(count: int, differing: int) -> int:
    """Say what `cache verify` found, and return the exit code."""
    results = "1 kept result" if count == 1 else f"{count} kept results"
    if not count:
        print("no kept result fell into the sample: try `--sample 100%`, or there is none that")
        print("the flow as it is now could take: `flownote run flow.py --cache` keeps some")
    elif differing:
        print(f"computed {results} again: {differing} differ")
    else:
        print(f"computed {results} again: all as they were kept")
    return FAILED if differing else 0


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass  # somebody else's SIGCHLD handler was quicker


def _request(
    loaded: LoadedFlow,
    description: dict[str, Any],
    options: dict[str, Any],
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    from flownote import reuse

    request = {
        "store": options.get("store"),
        "durable": options.get("durable", False),
        "spawn": options.get("spawn", False),
        "signals": not options.get("in_process", False),
        "display": _display(options),
    }
    if options.get("continue"):
        if options.get("until"):
            raise FlownoteException(
                "`--continue` goes on to where the run was meant to end",
                hint="leave `--until` out, or `flownote resume FLOW --until STEP`",
            )
        request["continue"] = {"flow": description["name"], "run": options["continue"]}
        if parameters:
            raise FlownoteException(
                "`--continue` goes on with the parameters that the run was started with",
                hint="leave the parameters out, or start a new run",
            )
        request["reuse"] = reuse.request(loaded, description, options, None)
        return request
    origin = reuse.origin_of(loaded, options)
    request["record"] = _record(loaded, description, options, parameters, origin)
    request["reuse"] = reuse.request(loaded, description, options, origin)
    return request


def _display(options: dict[str, Any]) -> str:
    chosen = [name for name in ("json", "quiet", "plain") if options.get(name)]
    if options.get("in_process") and not chosen:
        return "plain"
    return chosen[0] if chosen else "auto"


def _record(
    loaded: LoadedFlow,
    description: dict[str, Any],
    options: dict[str, Any],
    parameters: Mapping[str, Any],
    origin: dict[str, Any] | None,
) -> dict[str, Any]:
    from flownote import reuse, run_environment, sources
    from flownote.describe import constants_of, parameters_of
    from flownote.parameter_values import resolve
    from flownote.worker.staging import Staging

    new = json.loads(_native.new_run(options.get("store")))
    known = origin["parameters"] if origin else {}
    values = resolve(loaded.flow, parameters, user_name=new["user"], known=known)
    staging = Staging(new["staging"])
    sources.keep_loaded()
    _announce(options.get("run_id_file"), new["run"])
    keep_going = options.get("keep_going", False)
    until = options.get("until")
    reuse.check_step(loaded, until)
    return {
        "schema": 1,
        "flow": description["name"],
        "run": new["run"],
        "nonce": "",
        "created_at": "",
        "user": "",
        "host": "",
        "pid": 0,
        "description": description,
        "parameters": {
            **{name: known[name] for name, _ in parameters_of(loaded.flow) if name in known},
            **{name: staging.store(value) for name, value in values.items()},
        },
        "constants": _storable(staging, constants_of(loaded.flow)),
        "sources": _sources(staging),
        "environment": run_environment.record(),
        "tags": list(dict.fromkeys(options.get("tag") or [])),
        "system_tags": [
            f"python:{sys.version_info[0]}.{sys.version_info[1]}",
            *([f"until:{until}"] if until else []),
        ],
        "policy": {
            "max_workers": _workers(options),
            "on_failure": {"kind": "keep_going"}
            if keep_going
            else {"kind": "fail_fast", "grace_ms": 10_000},
            "with": options.get("with") or [],
            "until": until,
        },
        "origin": origin["run"] if origin and not options.get("verify") else None,
        "command": [os.path.basename(sys.executable), *sys.argv],
    }


def _sources(staging: Any) -> dict[str, Any]:
    """Store the project's own files; Flownote's and installed ones are known by version."""
    from flownote import sources
    from flownote.describe import shown

    return {
        shown(path): staging.store(text)
        for path, text in sources.kept().items()
        if sources.is_project_file(path)
    }


def _workers(options: dict[str, Any]) -> int:
    return 1 if options.get("in_process") else options.get("max_workers") or cores()


def _storable(staging: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the records of what can be stored; other constants stay with the class."""
    from flownote.exceptions import UnstorableArtifact

    records = {}
    for name, value in values.items():
        try:
            records[name] = staging.store(value)
        except UnstorableArtifact:
            continue
    return records


def _announce(file: str | None, run: str) -> None:
    if not file:
        return
    try:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(run + "\n")
    except OSError as error:
        raise UsageError(
            f"the run's id can't be written to `{file}`: {error.strerror}",
            hint="give `--run-id-file` a file in a folder that exists and is writable",
        ) from None
