"""The types of parameters: from what a user typed to a value, or to an error that says why not."""

from __future__ import annotations

import os

from flownote.exceptions import ParameterError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_TRUE = ("true", "t", "yes", "y", "on", "1")
_FALSE = ("false", "f", "no", "n", "off", "0")


class ParameterType:
    """How texts become values of one type.

    Subclasses say ``kind`` (the description's word), ``expected`` (for messages) and
    ``accepts`` (the Python types that are taken as they are), and parse.
    """

    kind = "str"
    expected = "text"
    accepts: tuple[type, ...] = (str,)

    def convert(self, given: Any, name: str) -> Any:
        """Return the value of the parameter ``name`` that ``given`` means."""
        if isinstance(given, self.accepts) and not (
            isinstance(given, bool) and bool not in self.accepts
        ):
            return given
        if not isinstance(given, str):
            self.refuse(given, name)
        try:
            return self.parse(given)
        except ValueError as error:
            self.refuse(given, name, error)

    def parse(self, text: str) -> Any:
        """Return the value that a text means, or raise `ValueError`."""
        return text

    def text(self, value: Any) -> str:
        """Return a value as a user would type it."""
        return str(value)

    def refuse(self, given: Any, name: str, error: Exception | None = None) -> NoReturn:
        """Raise the error that names parameter, value and type."""
        raise ParameterError(
            f"the parameter `{name}` must be {self.expected}, not {_shorten(given)}",
            hint=f"write, for example, `--{name} {self.example()}`",
        ) from error

    def example(self) -> str:
        """Return a text that would do."""
        return "TEXT"


class TextType(ParameterType):
    """``str``."""


class IntType(ParameterType):
    """``int``: decimal digits, ``_`` between them allowed."""

    kind, expected, accepts = "int", "a whole number", (int,)

    def parse(self, text: str) -> int:
        """Read decimal digits."""
        return int(text.strip(), 10)

    def example(self) -> str:
        """Return a text that would do."""
        return "10"


class FloatType(ParameterType):
    """``float``; whole numbers are taken too."""

    kind, expected, accepts = "float", "a number", (float,)

    def convert(self, given: Any, name: str) -> float:
        """Take an ``int`` as well."""
        if isinstance(given, int) and not isinstance(given, bool):
            return float(given)
        return super().convert(given, name)

    def parse(self, text: str) -> float:
        """Read a number; ``nan`` and ``inf`` are numbers."""
        return float(text.strip())

    def example(self) -> str:
        """Return a text that would do."""
        return "0.5"


class BoolType(ParameterType):
    """``bool``: true, yes, on, 1 and their opposites, in any case."""

    kind, expected, accepts = "bool", "true or false", (bool,)

    def parse(self, text: str) -> bool:
        """Read one of the words."""
        word = text.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise ValueError(word)

    def text(self, value: Any) -> str:
        """Return ``true`` or ``false``."""
        return "true" if value is True else "false" if value is False else str(value)

    def example(self) -> str:
        """Return a text that would do."""
        return "true"


class _JSONType(ParameterType):
    """Any JSON value: `JSONType`. Defaults may be Python lists and dicts."""

    kind, expected = "json", "JSON"
    accepts = (dict, list, int, float, bool, type(None))
    __name__ = "JSONType"

    def parse(self, text: str) -> Any:
        """Read JSON."""
        import json

        return json.loads(text)

    def text(self, value: Any) -> str:
        """Return the value as JSON; a text is JSON already."""
        import json

        return value if isinstance(value, str) else json.dumps(value)

    def convert(self, given: Any, name: str) -> Any:
        """Say at which character JSON goes wrong."""
        if not isinstance(given, str):
            return super().convert(given, name)
        try:
            return self.parse(given)
        except ValueError as error:
            place = getattr(error, "pos", None)
            reason = getattr(error, "msg", error)
            where = f" (character {place + 1}: {reason})" if place is not None else ""
            raise ParameterError(
                f"the parameter `{name}` must be JSON, not {_shorten(given)}{where}",
                hint=f"quote it for the shell: `--{name} '{{\"key\": [1, 2]}}'`",
            ) from error

    def example(self) -> str:
        """Return a text that would do."""
        return "'[1, 2]'"

    def __repr__(self) -> str:
        return "JSONType"


class FileType(ParameterType):
    """The content of a file, as text or bytes."""

    kind, expected = "file", "the path of a file"
    accepts = ()

    def __init__(self, is_text: bool, encoding: str) -> None:
        self.is_text = is_text
        self.encoding = encoding

    def convert(self, given: Any, name: str) -> str | bytes:
        """Read the file at a path."""
        if not isinstance(given, (str, os.PathLike)):
            self.refuse(given, name)
        path = os.path.expanduser(os.fspath(given))
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            raise ParameterError(
                f"the parameter `{name}` names the file `{given}`, which can't be read: "
                f"{error.strerror}",
                hint="check the path; a relative one starts at the current folder",
            ) from error
        if not self.is_text:
            return data
        try:
            return data.decode(self.encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise ParameterError(
                f"the parameter `{name}` names the file `{given}`, which is not text in "
                f"{self.encoding}",
                hint='say `encoding="…"`, or `is_text=False` for bytes',
            ) from error

    def example(self) -> str:
        """Return a text that would do."""
        return "data.csv"


JSONType = _JSONType()

_TYPES: dict[Any, ParameterType] = {
    str: TextType(),
    int: IntType(),
    float: FloatType(),
    bool: BoolType(),
    dict: JSONType,
    list: JSONType,
}


def type_of(given: Any, default: Any, name: str, several: bool = False) -> ParameterType:
    """Return the type that a parameter's definition means.

    Raises
    ------
    ParameterError
        When the type is unknown, or the default isn't of it.
    """
    if isinstance(given, ParameterType):
        kind = given
    elif given is None:
        kind = _type_of_default(default, several)
    elif given in _TYPES:
        kind = _TYPES[given]
    else:
        raise ParameterError(
            f"the parameter `{name}` has the type {getattr(given, '__name__', given)!r}",
            hint="types are str, int, float, bool, JSONType; `IncludeFile` takes files",
        )
    _check_default(kind, default, name, several)
    return kind


def _type_of_default(default: Any, several: bool) -> ParameterType:
    if several and isinstance(default, (list, tuple)):
        default = default[0] if default else None
    return _TYPES.get(type(default), _TYPES[str])


def _check_default(kind: ParameterType, default: Any, name: str, several: bool) -> None:
    if default is None or callable(default) or isinstance(kind, FileType):
        return
    parts = default if several and isinstance(default, (list, tuple)) else [default]
    for part in parts:
        if several and isinstance(part, str):
            continue
        try:
            kind.convert(part, name)
        except ParameterError as error:
            raise ParameterError(
                f"the default of the parameter `{name}` must be {kind.expected}, "
                f"not {_shorten(part)}",
                hint=f"give a default of that type, or say `type={type(part).__name__}`",
            ) from error


def _shorten(given: Any) -> str:
    shown = repr(given)
    return shown if len(shown) <= 60 else shown[:56] + "…" + shown[-1]
