"""The shell: `flownote VERB flow.py …` and `python flow.py VERB …`, which are one.

The command tree is in Rust (`flownote._native.invoke`). A line is read in two phases,
since a flow's parameters are options: first the flow's file is found and loaded, then the
whole line is read. Verbs that need the flow's code come back here.
"""

from __future__ import annotations

import json
import os
import sys

from flownote import _native
from flownote.exceptions import FlownoteException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from flownote.loader import LoadedFlow

USAGE = 2
INTERRUPTED = 130

# Verbs that look at what ran: a notebook's file means its latest run to them.
_LOOKS = ("show", "runs", "logs", "artifacts", "dump", "open", "tag", "env")


def main(arguments: list[str] | None = None, *, flow: LoadedFlow | None = None) -> int:
    """Run a command line.

    Parameters
    ----------
    arguments
        The program's name and its arguments; ``sys.argv`` by default.
    flow
        The flow of the program itself, when a flow's file was started.

    Returns
    -------
    int
        The exit code, as `flownote help exit-codes` lists them.
    """
    line = list(sys.argv if arguments is None else arguments)
    line[0] = "flownote"
    line = _native.verb_first(line)
    if flow is not None:
        line = _name_flow(line, flow.argument)
    try:
        if flow is None and _is_about_notebooks(line):
            return _studio()(line)
        return _invoke(line, flow)
    except FlownoteException as error:
        print_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED


def print_error(error: FlownoteException) -> None:
    """Print an error as every Flownote error is printed: what, where, what now."""
    print(f"error: {error.message}", file=sys.stderr)
    if error.file:
        place = f"{error.file}:{error.line}" if error.line else error.file
        print(f"  --> {place}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)


def _name_flow(line: list[str], argument: str) -> list[str]:
    """``python flow.py run --x 1`` says what ``flownote run flow.py --x 1`` says."""
    for position, word in enumerate(line[1:], start=1):
        if not word.startswith("-"):
            return [*line[: position + 1], argument, *line[position + 1 :]]
    return line


def _is_about_notebooks(line: list[str]) -> bool:
    """Whether a line goes to the studio: its verb is, or a notebook is to run."""
    verb, words = (line[1], line[2:]) if len(line) > 1 else ("", [])
    if verb in ("notebook", "kernel", "rust", "serve", "ui"):
        return True
    if verb not in ("run", "resume"):
        return False
    # An option's value may end so, too; as with flows, the first file is what runs.
    files = (word for word in _own(words) if word.endswith((".py", ".ipynb")))
    return _is_notebook(next(files, ""))


def _verb(line: list[str]) -> str:
    return line[1] if len(line) > 1 else ""


def _own(words: list[str]) -> list[str]:
    """The words that are no options, up to what is not the command's."""
    own = words[: words.index("--")] if "--" in words else words
    return [word for word in own if not word.startswith("-")]


def _is_notebook(word: str) -> bool:
    """Whether a word names a notebook: `.ipynb`, or Python in cells that isn't a flow."""
    if word.endswith(".ipynb"):
        return True
    if not word.endswith(".py"):
        return False
    try:
        with open(word, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError):
        return False
    return "FlowSpec" not in text and any(line.startswith("# %%") for line in text.splitlines())


def _names_notebook(word: str) -> bool:
    """Whether a word means a notebook: its file, or one that was run under that name."""
    if os.path.exists(word) or word.endswith(".ipynb"):
        return _is_notebook(word)
    try:
        found = _native.Reader().runs(json.dumps({"flow": "Notebook"}))
    except FlownoteException:
        return False  # the verb itself will say what is wrong
    tags = (tag for run in json.loads(found)["runs"] for tag in run["system_tags"])
    names = {os.path.basename(tag) for tag in tags if tag.startswith("file:")}
    return os.path.basename(word) in {name.removeprefix("file:") for name in names}


def _studio() -> Callable[[list[str]], int]:
    """Find the package that notebooks and the browser's page need."""
    try:
        from flownote_studio.shell import main as studio
    except ModuleNotFoundError as error:
        if error.name != "flownote_studio":
            raise
        raise FlownoteException(
            "notebooks and their page are part of the package `flownote-studio`, which is not "
            "installed",
            hint="install it beside flownote: pip install flownote-studio",
        ) from None
    return studio


def open_page(file: str, store: str) -> int:
    """Open a notebook in the browser's page, until the user ends it; returns the exit code."""
    return _studio()(["flownote", "ui", file, "--store", store])


def _invoke(line: list[str], flow: LoadedFlow | None) -> int:
    _use_store(line)
    target = _native.find_flow(line)
    if target is not None and _verb(line) in _LOOKS and _names_notebook(target):
        target = None  # its latest run is meant
    if flow is None and target is not None:
        from flownote.loader import load_flow

        flow = load_flow(target, cores=cores(), workers=_max_workers(line))
    description = None
    if flow is not None:
        from flownote.constants import seal
        from flownote.describe import describe

        seal(flow.flow)
        description = describe(flow.flow)
    answer = json.loads(
        _native.invoke(line, None if description is None else json.dumps(description))
    )
    if answer.get("exit") == USAGE:
        from flownote.moving import hint_for_options

        known = [one["name"] for one in description["parameters"]] if description else []
        hint = hint_for_options(line, known) or answer.get("hint")
        if hint:
            print(f"hint: {hint}", file=sys.stderr)
    if "exit" in answer:
        return answer["exit"]
    options, parameters = answer["options"], answer["parameters"]
    if answer["verb"] == "demo":
        from flownote import demo

        return demo.run(options)
    if answer["verb"] == "dump":
        from flownote import dump

        return dump.run(options)
    if answer["verb"] == "open":
        from flownote import script

        return script.run(options)
    from flownote import run

    if flow is None:
        from flownote import no_flow

        raise no_flow.error(str(options.get("flow")), answer["verb"])
    return run.run(flow, options, parameters)


def _use_store(line: list[str]) -> None:
    """Have the client read what ``--store`` names, in the flow's file and in its steps."""
    store = _ahead(line, "--store")
    if store:
        os.environ["FLOWNOTE_STORE"] = _native.Reader(store).url


def _max_workers(line: list[str]) -> int:
    value = _ahead(line, "--max-workers", "-j")
    return int(value) if value.isdigit() and int(value) else cores()


def _ahead(line: list[str], *names: str) -> str:
    """Read an option ahead of the rest: loading the flow depends on it."""
    for word, following in zip(line, [*line[1:], ""], strict=True):
        name, _, value = word.partition("=")
        if name in names:
            return value or following
    return ""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    sys.exit(main())
