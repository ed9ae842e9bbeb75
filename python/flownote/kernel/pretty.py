"""Text of values, laid out as IPython lays it out.

The layout and the methods of `Printer` are those of ``IPython.lib.pretty`` (after Oppen):
text goes to a buffer while it may fit into the line; when it doesn't, the outermost group
that can break does. Values bring ``_repr_pretty_(p, cycle)`` of their own.
"""

from __future__ import annotations

import datetime
import io
import os
import re
import types
from collections import Counter as CounterType
from collections import OrderedDict, UserList, defaultdict, deque
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Show = Callable[[Any, "Printer", bool], Any]

WIDTH = 79
# Items of a container that are shown.
MOST = 1000


class _Group:
    """What breaks together."""

    __slots__ = ("breakables", "depth", "wants_break")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.breakables: deque[_Break] = deque()
        self.wants_break = False


class _Text:
    """Text in the buffer."""

    __slots__ = ("parts", "width")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.width = 0


class _Break:
    """A place in the buffer where the line may end."""

    __slots__ = ("group", "indentation", "text", "width")

    def __init__(self, text: str, indentation: int, group: _Group) -> None:
        self.text = text
        self.width = len(text)
        self.indentation = indentation
        self.group = group
        group.breakables.append(self)


class Printer:
    """Lays out one value. What ``_repr_pretty_`` is given as ``p``."""

    def __init__(
        self,
        types_: dict[type, Show] | None = None,
        named: dict[tuple[str, str], Show] | None = None,
        singletons: dict[int, Show] | None = None,
        max_width: int = WIDTH,
    ) -> None:
        self.output = io.StringIO()
        self.max_width = max_width
        self.max_seq_length = MOST
        self.newline = "\n"
        self.verbose = False
        self.indentation = 0
        self.stack: list[int] = []
        self.type_pprinters = TYPES if types_ is None else {**TYPES, **types_}
        self.deferred_pprinters = named or {}
        self.singleton_pprinters = singletons or {}
        self._line_width = 0
        self._buffer_width = 0
        self._buffer: deque[Any] = deque()
        root = _Group(0)
        self._groups = [root]
        self._queue: list[list[_Group]] = [[root]]

    # What values call.

    def text(self, text: str) -> None:
        """Add text."""
        if not self._buffer:
            self.output.write(text)
            self._line_width += len(text)
            return
        last = self._buffer[-1]
        if type(last) is not _Text:
            last = _Text()
            self._buffer.append(last)
        last.parts.append(text)
        last.width += len(text)
        self._buffer_width += len(text)
        self._break_outer_groups()

    def breakable(self, sep: str = " ") -> None:
        """Add ``sep``, or the end of the line if it would get too long."""
        group = self._groups[-1]
        if group.wants_break:
            self.flush()
            self._end_line()
        else:
            self._buffer.append(_Break(sep, self.indentation, group))
            self._buffer_width += len(sep)
            self._break_outer_groups()

    def break_(self) -> None:
        """End the line."""
        group = self._next_group()
        if group is not None:
            self._break_group(group)
        self.flush()
        self._end_line()

    def begin_group(self, indent: int = 0, open: str = "") -> None:
        """Begin what breaks together, ``indent`` further in."""
        if open:
            self.text(open)
        group = _Group(self._groups[-1].depth + 1)
        self._groups.append(group)
        while len(self._queue) <= group.depth:
            self._queue.append([])
        self._queue[group.depth].append(group)
        self.indentation += indent

    def end_group(self, dedent: int = 0, close: str = "") -> None:
        """End it."""
        self.indentation -= dedent
        group = self._groups.pop()
        if not group.breakables:
            self._unqueue(group)
        if close:
            self.text(close)

    @contextmanager
    def group(self, indent: int = 0, open: str = "", close: str = "") -> Iterator[None]:
        """Group what is printed meanwhile."""
        self.begin_group(indent, open)
        try:
            yield
        finally:
            self.end_group(indent, close)

    @contextmanager
    def indent(self, indent: int) -> Iterator[None]:
        """Indent what is printed meanwhile."""
        self.indentation += indent
        try:
            yield
        finally:
            self.indentation -= indent

    def pretty(self, obj: Any) -> Any:
        """Print a value."""
        mark = id(obj)
        cycle = mark in self.stack
        self.stack.append(mark)
        self.begin_group()
        try:
            return self._printer_of(obj)(obj, self, cycle)
        finally:
            self.end_group()
            self.stack.pop()

    def flush(self) -> None:
        """Write what waits."""
        for one in self._buffer:
            self._line_width += self._write(one, self._line_width)
        self._buffer.clear()
        self._buffer_width = 0

    def _enumerate(self, items: Iterable[Any]) -> Iterator[tuple[int, Any]]:
        for place, item in enumerate(items):
            if self.max_seq_length and place >= self.max_seq_length:
                self.text(",")
                self.breakable()
                self.text("...")
                return
            yield place, item

    # Which function prints a value.

    def _printer_of(self, obj: Any) -> Show:
        found = self.singleton_pprinters.get(id(obj))
        if found is not None:
            return found
        for kind in _class_of(obj).__mro__:
            found = self.type_pprinters.get(kind) or self._named(kind)
            if found is not None:
                return found
            own = vars(kind)
            if "_repr_pretty_" in own and callable(kind._repr_pretty_):  # type: ignore[attr-defined]
                return _own
            if kind is not object and "__repr__" in own and callable(kind.__repr__):
                return _repr
        return _default

    def _named(self, kind: type) -> Show | None:
        if not self.deferred_pprinters:
            return None
        key = (getattr(kind, "__module__", None), getattr(kind, "__name__", None))
        return self.deferred_pprinters.get(key)  # type: ignore[arg-type]

    # Lines.

    def _end_line(self) -> None:
        self.output.write(self.newline)
        self.output.write(" " * self.indentation)
        self._line_width = self.indentation
        self._buffer_width = 0

    def _break_outer_groups(self) -> None:
        while self.max_width < self._line_width + self._buffer_width:
            group = self._next_group()
            if group is None:
                return
            self._break_group(group)

    def _break_group(self, group: _Group) -> None:
        while group.breakables:
            self._take()
        while self._buffer and type(self._buffer[0]) is _Text:
            self._take()

    def _take(self) -> None:
        one = self._buffer.popleft()
        self._line_width = self._write(one, self._line_width)
        self._buffer_width -= one.width

    def _write(self, one: Any, width: int) -> int:
        if type(one) is _Text:
            self.output.write("".join(one.parts))
            return width + one.width
        group = one.group
        group.breakables.popleft()
        if group.wants_break:
            self.output.write(self.newline)
            self.output.write(" " * one.indentation)
            return one.indentation
        if not group.breakables:
            self._unqueue(group)
        self.output.write(one.text)
        return width + one.width

    def _next_group(self) -> _Group | None:
        for stack in self._queue:
            for place, group in enumerate(reversed(stack)):
                if group.breakables:
                    del stack[place]
                    group.wants_break = True
                    return group
            for group in stack:
                group.wants_break = True
            del stack[:]
        return None

    def _unqueue(self, group: _Group) -> None:
        stack = self._queue[group.depth]
        if group in stack:
            stack.remove(group)


def pretty(value: Any, **options: Any) -> str:
    """Return a value's text."""
    printer = Printer(**options)
    printer.pretty(value)
    printer.flush()
    return printer.output.getvalue()


# How values print.


def _class_of(obj: Any) -> type:
    try:
        kind = obj.__class__
    except Exception:  # user code
        kind = None
    return kind if isinstance(kind, type) else type(obj)


def _own(obj: Any, p: Printer, cycle: bool) -> Any:
    return obj._repr_pretty_(p, cycle)


def _repr(obj: Any, p: Printer, cycle: bool) -> None:
    with p.group():
        for place, line in enumerate(repr(obj).splitlines()):
            if place:
                p.break_()
            p.text(line)


def _default(obj: Any, p: Printer, cycle: bool) -> None:
    kind: Any = _class_of(obj)
    if kind.__repr__ is not object.__repr__:
        _repr(obj, p, cycle)
        return
    with p.group(1, "<", ">"):
        p.pretty(kind)
        p.text(f" at 0x{id(obj):x}")
        if cycle:
            p.text(" ...")


def _sequence(start: str, end: str) -> Show:
    def show(obj: Any, p: Printer, cycle: bool) -> None:
        if cycle:
            p.text(f"{start}...{end}")
            return
        with p.group(len(start), start, end):
            for place, item in p._enumerate(obj):
                if place:
                    p.text(",")
                    p.breakable()
                p.pretty(item)
            if len(obj) == 1 and isinstance(obj, tuple):
                p.text(",")

    return show


def _set(start: str, end: str) -> Show:
    ordered = _sequence(start, end)

    def show(obj: Any, p: Printer, cycle: bool) -> None:
        if not obj and not cycle:
            p.text(f"{type(obj).__name__}()")
        elif cycle or len(obj) >= p.max_seq_length:
            ordered(obj, p, cycle)
        else:
            ordered(_sorted(obj), p, cycle)

    return show


def _sorted(items: Any) -> list[Any]:
    items = list(items)
    for key in (None, str):
        try:
            return sorted(items, key=key)
        except Exception:  # items without an order
            continue
    return items


def _dict(start: str, end: str) -> Show:
    def show(obj: Any, p: Printer, cycle: bool) -> None:
        if cycle:
            p.text("{...}")
            return
        with p.group(len(start), start, end):
            for place, key in p._enumerate(obj.keys()):
                if place:
                    p.text(",")
                    p.breakable()
                p.pretty(key)
                p.text(": ")
                p.pretty(obj[key])

    return show


class _Raw:
    """Text within a call."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_pretty_(self, p: Printer, cycle: bool) -> None:
        p.text(self.text)


def _call(p: Printer, name: str, arguments: Iterable[Any], named: dict[str, Any]) -> None:
    with p.group(len(name) + 1, f"{name}(", ")"):
        for place, item in enumerate(arguments):
            if place:
                p.text(",")
                p.breakable()
            p.pretty(item)
        is_first = not arguments
        for key, item in named.items():
            if not is_first:
                p.text(",")
                p.breakable()
            is_first = False
            with p.group(len(key) + 1, f"{key}="):
                p.pretty(item)


def _called(name: str | None, content: Callable[[Any], tuple[list[Any], dict[str, Any]]]) -> Show:
    def show(obj: Any, p: Printer, cycle: bool) -> None:
        called = name or _class_of(obj).__name__
        arguments, named = ([_Raw("...")], {}) if cycle else content(obj)

        class Call:
            """A group of its own, as a value in the value's place."""

            def _repr_pretty_(self, p: Printer, cycle: bool) -> None:
                _call(p, called, arguments, named)

        p.pretty(Call())

    return show


def _exception_content(obj: BaseException) -> tuple[list[Any], dict[str, Any]]:
    return list(getattr(obj, "args", ())), {}


def _exception(obj: Any, p: Printer, cycle: bool) -> None:
    kind = type(obj)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", "exceptions"):
        name = f"{kind.__module__}.{name}"
    _called(name, _exception_content)(obj, p, False)


def _pattern(obj: Any, p: Printer, cycle: bool) -> None:
    text = repr(obj.pattern).replace("\\\\", "\\")
    arguments = [_Raw(f"r{text}")]
    if obj.flags:
        names = ["IGNORECASE", "LOCALE", "MULTILINE", "DOTALL", "UNICODE", "VERBOSE", "DEBUG"]
        flags = [f"re.{name}" for name in names if obj.flags & getattr(re, name)]
        arguments.append(_Raw("|".join(flags)))
    _called("re.compile", lambda _: (arguments, {}))(obj, p, False)


def _type(obj: Any, p: Printer, cycle: bool) -> None:
    owners = [one for one in type(obj).__mro__ if "__repr__" in vars(one)]
    if owners[:1] != [type]:
        _repr(obj, p, cycle)
        return
    module = getattr(obj, "__module__", None)
    name = obj.__qualname__ if isinstance(obj.__qualname__, str) else obj.__name__
    p.text(name if module in (None, "builtins", "exceptions") else f"{module}.{name}")


def _function(obj: Any, p: Printer, cycle: bool) -> None:
    from inspect import signature

    name = getattr(obj, "__qualname__", obj.__name__)
    module = obj.__module__
    if module and module not in ("builtins", "exceptions"):
        name = f"{module}.{name}"
    try:
        name = f"{name}{signature(obj)}"
    except ValueError:
        pass
    p.text(f"<function {name}>")


def _super(obj: Any, p: Printer, cycle: bool) -> None:
    with p.group(8, "<super: ", ">"):
        p.pretty(obj.__thisclass__)
        p.text(",")
        p.breakable()
        p.pretty(obj.__self__)


def _ordered(obj: Any) -> tuple[list[Any], dict[str, Any]]:
    return ([list(obj.items())] if obj else []), {}


def _deque(obj: Any) -> tuple[list[Any], dict[str, Any]]:
    return [list(obj)], {} if obj.maxlen is None else {"maxlen": obj.maxlen}


def _counter(obj: Any) -> tuple[list[Any], dict[str, Any]]:
    return ([dict(obj.most_common())] if obj else []), {}


TYPES: dict[type, Show] = {
    **dict.fromkeys((int, float, str, bytes, bool, type(None), range, slice), _repr),
    **dict.fromkeys((types.MethodType, datetime.datetime, datetime.timedelta), _repr),
    tuple: _sequence("(", ")"),
    list: _sequence("[", "]"),
    dict: _dict("{", "}"),
    types.MappingProxyType: _dict("mappingproxy({", "})"),
    type(os.environ): _dict("environ{", "}"),
    set: _set("{", "}"),
    frozenset: _set("frozenset({", "})"),
    super: _super,
    re.Pattern: _pattern,
    type: _type,
    types.FunctionType: _function,
    types.BuiltinFunctionType: _function,
    types.SimpleNamespace: _called("namespace", lambda obj: ([], vars(obj))),
    BaseException: _exception,
    defaultdict: _called(None, lambda obj: ([obj.default_factory, dict(obj)], {})),
    OrderedDict: _called(None, _ordered),
    deque: _called(None, _deque),
    CounterType: _called(None, _counter),
    UserList: _called(None, lambda obj: ([obj.data], {})),
}
