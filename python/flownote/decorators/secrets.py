"""`@secrets`: passwords and keys as environment variables, masked in logs, never stored.

The description of a flow holds the *sources* only. The worker reads the values just
before the step runs, puts them into its own environment and tells the engine, with one
``{"mask": [values]}`` frame on the task socket, what to replace by ``***`` in the logs.
"""

from __future__ import annotations

import os

from flownote.decorators.base import StepDecorator
from flownote.exceptions import DecoratorError, SecretError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Shorter values ("1", "yes") would blacken half a log and are no secrets.
SHORTEST_MASKED = 4

# What is masked in this process.
_known: set[str] = set()


class secrets(StepDecorator):  # noqa: N801 - read as a decorator
    """Put secrets into a step's environment.

    Parameters
    ----------
    sources
        Where they come from:

        - ``"env:DB_PASSWORD"``: the variable of the environment in which the run was
          started, under the same name; ``"env:CI_DB_PASSWORD as DB_PASSWORD"`` renames;
        - ``"file:/path/to/secrets.json"``: a JSON object of names and texts;
        - ``"file:/path/to/.env"``: lines of ``NAME=value``.

        A file's path may begin with ``~`` and may be relative to the folder of the run.

    Raises
    ------
    SecretError
        When the step starts and a source can't be read.

    Examples
    --------
    >>> from flownote import FlowSpec, secrets, step
    >>> class Load(FlowSpec):
    ...     @secrets(sources=["env:DB_PASSWORD"])
    ...     @step
    ...     def start(self): ...
    """

    name = "secrets"
    defaults = {"sources": []}
    types = {"sources": (list, tuple)}
    positional = "sources"
    example = '@secrets(sources=["env:DB_PASSWORD"])'

    def check(self) -> None:
        """Refuse sources of an unknown kind."""
        self.attributes["sources"] = list(self.attributes["sources"])
        if not self.attributes["sources"]:
            raise DecoratorError("`@secrets` names no source", hint=self._hint())
        for source in self.attributes["sources"]:
            if not isinstance(source, str):
                raise DecoratorError(
                    f"`@secrets`: a source is a text, not {type(source).__name__}",
                    hint=self._hint(),
                )
            kind, _, rest = source.partition(":")
            if kind not in ("env", "file") or not rest.strip():
                raise DecoratorError(
                    f"`@secrets`: can't read the source `{source}`",
                    hint="a source is `env:NAME`, `env:NAME as OTHER` or `file:PATH`",
                )

    def enter(self, mask: Callable[[list[str]], None]) -> None:
        """Read the values, have them masked, then put them into the environment."""
        values = self.read()
        _known.update(masks(values.values()))
        mask(masks(values.values()))
        os.environ.update(values)

    def read(self) -> dict[str, str]:
        """Return name → value of every source.

        Raises
        ------
        SecretError
            When a source can't be read, or two of them give the same name.
        """
        found: dict[str, str] = {}
        for source in self.attributes["sources"]:
            for name, value in _read_source(source).items():
                if found.setdefault(name, value) != value:
                    raise SecretError(
                        f"two sources of `@secrets` give `{name}`",
                        hint="rename one: `env:NAME as OTHER`",
                    )
        return found


def masks(values: Any) -> list[str]:
    """Return what must not appear in a log: the values, and each line of those with several."""
    wanted = set()
    for value in values:
        wanted.add(value)
        wanted.update(value.splitlines())
    # Longest first, so that a secret inside a longer one doesn't leave its remainder.
    return sorted(
        (part for part in wanted if len(part.strip()) >= SHORTEST_MASKED),
        key=lambda part: (-len(part), part),
    )


def masks_of(flow: type) -> list[str]:
    """Return what any step's secrets from the environment would mask.

    Such a variable is in the environment of every step, so a step without ``@secrets``
    can print it as well.
    """
    from flownote.decorators.base import decorators_of
    from flownote.flowspec import step_names

    values = []
    for name in step_names(flow):
        for decorator in decorators_of(getattr(flow, name)):
            for source in decorator.attributes.get("sources", ()):
                if source.startswith("env:"):
                    variable = source.removeprefix("env:").partition(" as ")[0].strip()
                    values.append(os.environ.get(variable, ""))
    found = masks(values)
    _known.update(found)
    return found


def hide(failure: dict[str, Any]) -> dict[str, Any]:
    """Return a failure whose texts show no secret: `@catch` makes a stored value of it."""
    ordered = sorted(_known, key=lambda part: (-len(part), part))
    shown = dict(failure)
    for field, text in failure.items():
        if isinstance(text, str):
            for secret in ordered:
                text = text.replace(secret, "***")
            shown[field] = text
    return shown


def _read_source(source: str) -> dict[str, str]:
    kind, _, rest = source.partition(":")
    if kind == "env":
        return _read_variable(rest)
    return _read_file(os.path.expanduser(rest.strip()))


def _read_variable(text: str) -> dict[str, str]:
    variable, _, other = (part.strip() for part in text.partition(" as "))
    value = os.environ.get(variable)
    if value is None:
        raise SecretError(
            f"the secret `{variable}` is not in the environment",
            hint=f"start the run with it: `{variable}=… flownote run …`",
        )
    return {other or variable: value}


def _read_file(path: str) -> dict[str, str]:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SecretError(
            f"can't read the secrets in `{path}`: {reason}",
            hint="check the path; a relative one starts at the folder of the run",
        ) from None
    return _parse_json(text, path) if text.lstrip().startswith("{") else _parse_lines(text, path)


def _parse_json(text: str, path: str) -> dict[str, str]:
    import json

    try:
        values = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise SecretError(
            "a file of secrets isn't valid JSON", file=path, line=line, hint="check its syntax"
        ) from None
    wrong = [name for name, value in values.items() if not isinstance(value, (str, int, float))]
    if wrong:
        raise SecretError(
            f"the secret `{wrong[0]}` is neither text nor a number",
            file=path,
            hint='a file of secrets is one flat object: {"NAME": "value"}',
        )
    return {name: value if isinstance(value, str) else str(value) for name, value in values.items()}


def _parse_lines(text: str, path: str) -> dict[str, str]:
    values = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip().removeprefix("export ").strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name.isidentifier():
            raise SecretError(
                "a line of a file of secrets isn't `NAME=value`",
                file=path,
                line=number,
                hint="a comment starts with #",
            )
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[name] = value
    return values
