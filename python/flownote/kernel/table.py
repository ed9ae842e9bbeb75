"""Tables of other languages for a Python without pandas, Polars and pyarrow.

Reads the Arrow IPC file format (Arrow's columnar format specification, "IPC File Format",
with ``File.fbs``, ``Message.fbs`` and ``Schema.fbs``) into columns of plain values: what
SQL gives. What isn't known here is an error that says what to install.
"""

from __future__ import annotations

import struct
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from html import escape
from itertools import pairwise

from flownote.codecs.arrow import shape_in_words
from flownote.exceptions import StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

_SHOWN = 20
_MAGIC = b"ARROW1"
_EPOCH = datetime(1970, 1, 1)
# Units per second, by Arrow's `TimeUnit`.
_UNITS = (1, 10**3, 10**6, 10**9)
_INTEGERS = {8: "b", 16: "h", 32: "i", 64: "q"}
_FLOATS = ("e", "f", "d")

# Members of Arrow's union `Type`.
_NULL, _INT, _FLOAT, _BINARY, _UTF8, _BOOL, _DECIMAL, _DATE = range(1, 9)
_TIMESTAMP, _DURATION, _LARGE_BINARY, _LARGE_UTF8 = 10, 18, 19, 20
_BINARY_VIEW, _UTF8_VIEW = 23, 24


class Table:
    """A table: columns of plain values, read only.

    Parameters
    ----------
    columns
        Name → values.
    rows
        How many rows there are, of a table that may have no columns.

    Examples
    --------
    >>> table = Table({"k": ["a", "b"], "n": [1, None]})
    >>> len(table), table["n"], table.rows()
    (2, (1, None), [{'k': 'a', 'n': 1}, {'k': 'b', 'n': None}])
    """

    def __init__(self, columns: dict[str, list[Any]], rows: int = 0) -> None:
        self._columns = {name: tuple(values) for name, values in columns.items()}
        self._rows = len(next(iter(self._columns.values()))) if columns else rows

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return list(self._columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self), len(self._columns)

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, name: str) -> tuple[Any, ...]:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows as dicts."""
        names = self.columns
        values = zip(*self._columns.values(), strict=True)
        return [dict(zip(names, row, strict=True)) for row in values]

    def to_dict(self) -> dict[str, list[Any]]:
        """Return the columns as lists."""
        return {name: list(values) for name, values in self._columns.items()}

    def __repr__(self) -> str:
        cells = [self.columns, *([_text(one) for one in row] for row in self._first())]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in cells
        ]
        return "\n".join([*lines, f"[{shape_in_words(len(self), len(self._columns))}]"])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self._columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(_text(one))}</td>' for one in row)}</tr>"
            for row in self._first()
        )
        size = f"<p>{shape_in_words(len(self), len(self._columns))}</p>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{size}"

    def _first(self) -> list[tuple[Any, ...]]:
        return list(zip(*(values[:_SHOWN] for values in self._columns.values()), strict=True))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def read_table(data: Any) -> Table:
    """Return the table in an IPC file's bytes.

    Raises
    ------
    StoreError
        For types that aren't known here.
    """
    view = memoryview(data)
    if bytes(view[:6]) != _MAGIC or bytes(view[-6:]) != _MAGIC:
        raise StoreError("a table's file is no Arrow file", hint="run the cell that makes it")
    (length,) = struct.unpack_from("<i", view, len(view) - 10)
    footer = _Record.root(view, len(view) - 10 - length)
    fields = [_Field(one) for one in footer.record(1).records(1)]
    columns: list[list[Any]] = [[] for _ in fields]
    rows = 0
    for offset, size in footer.blocks(3):
        record = _Record.root(view, offset + 8).record(2)
        rows += record.scalar(0, "<q", 0)
        batch = _Batch(record, view[offset + size :])
        for field, column in zip(fields, columns, strict=True):
            column += batch.column(field)
    named = {field.name: column for field, column in zip(fields, columns, strict=True)}
    return Table(named, rows)


class _Record:
    """A table of a flatbuffer."""

    def __init__(self, view: memoryview, place: int) -> None:
        self._view = view
        self._place = place
        self._fields = place - self._unpack("<i", place)
        self._size = self._unpack("<H", self._fields)

    @classmethod
    def root(cls, view: memoryview, place: int) -> _Record:
        return cls(view, place + struct.unpack_from("<I", view, place)[0])

    def _unpack(self, form: str, place: int) -> Any:
        return struct.unpack_from(form, self._view, place)[0]

    def _at(self, number: int) -> int | None:
        slot = 4 + 2 * number
        offset = self._unpack("<H", self._fields + slot) if slot < self._size else 0
        return self._place + offset if offset else None

    def scalar(self, number: int, form: str, default: Any) -> Any:
        place = self._at(number)
        return default if place is None else self._unpack(form, place)

    def _vector(self, number: int) -> tuple[int, int]:
        place = self._at(number)
        if place is None:
            return 0, 0
        start = place + self._unpack("<I", place)
        return start + 4, self._unpack("<I", start)

    def text(self, number: int) -> str:
        start, length = self._vector(number)
        return str(self._view[start : start + length], "utf-8")

    def has(self, number: int) -> bool:
        return self._at(number) is not None

    def record(self, number: int) -> _Record:
        place = self._at(number) or 0
        return _Record(self._view, place + self._unpack("<I", place))

    def records(self, number: int) -> list[_Record]:
        start, count = self._vector(number)
        places = range(start, start + 4 * count, 4)
        return [_Record(self._view, place + self._unpack("<I", place)) for place in places]

    def pairs(self, number: int) -> list[tuple[int, int]]:
        start, count = self._vector(number)
        return [struct.unpack_from("<qq", self._view, start + 16 * at) for at in range(count)]  # type: ignore[misc]

    def blocks(self, number: int) -> list[tuple[int, int]]:
        start, count = self._vector(number)
        return [struct.unpack_from("<qi", self._view, start + 24 * at) for at in range(count)]  # type: ignore[misc]

    def counts(self, number: int) -> list[int]:
        start, count = self._vector(number)
        return [self._unpack("<q", start + 8 * at) for at in range(count)]


class _Field:
    """A column of the schema."""

    def __init__(self, record: _Record) -> None:
        self.name = record.text(0)
        self.kind = record.scalar(2, "<B", 0)
        self.type = record.record(3)
        if record.has(4) or self.kind not in _READERS:
            raise StoreError(
                f"the column `{self.name}` has a type that needs a library to be read",
                hint="`%pip install pandas pyarrow`, then run the cell again",
            )


class _Batch:
    """A record batch, read column by column."""

    def __init__(self, record: _Record, body: memoryview) -> None:
        if record.has(3):
            raise StoreError(
                "a compressed table needs a library to be read", hint="`%pip install pyarrow`"
            )
        self._body = body
        self._nodes = iter(record.pairs(1))
        self._buffers = iter(record.pairs(2))
        self._variadic = iter(record.counts(4))

    def buffer(self) -> memoryview:
        offset, length = next(self._buffers)
        return self._body[offset : offset + length]

    def column(self, field: _Field) -> list[Any]:
        count, nulls = next(self._nodes)
        if field.kind == _NULL:
            return [None] * count
        present = self.buffer()
        values = _READERS[field.kind](self, field.type, count)
        if nulls:
            return [one if _bit(present, at) else None for at, one in enumerate(values)]
        return values

    def numbers(self, form: str, count: int) -> list[Any]:
        return list(struct.unpack_from(f"<{count}{form}", self.buffer())) if count else self._skip()

    def _skip(self) -> list[Any]:
        self.buffer()
        return []

    def pieces(self, form: str, count: int) -> list[bytes]:
        ends = self.numbers(form, count + 1) if count else self._skip()
        data = bytes(self.buffer())
        return [data[start:end] for start, end in pairwise(ends)]

    def views(self, count: int) -> list[bytes]:
        heads = bytes(self.buffer())
        others = [bytes(self.buffer()) for _ in range(next(self._variadic))]
        found = []
        for at in range(0, 16 * count, 16):
            (size,) = struct.unpack_from("<i", heads, at)
            if size <= 12:
                found.append(heads[at + 4 : at + 4 + size])
            else:
                number, start = struct.unpack_from("<ii", heads, at + 8)
                found.append(others[number][start : start + size])
        return found


def _bit(bits: memoryview, at: int) -> int:
    return bits[at >> 3] >> (at & 7) & 1


def _integers(batch: _Batch, kind: _Record, count: int) -> list[Any]:
    form = _INTEGERS[kind.scalar(0, "<i", 0)]
    return batch.numbers(form if kind.scalar(1, "<?", False) else form.upper(), count)


def _floats(batch: _Batch, kind: _Record, count: int) -> list[Any]:
    return batch.numbers(_FLOATS[kind.scalar(0, "<h", 0)], count)


def _booleans(batch: _Batch, _: _Record, count: int) -> list[Any]:
    bits = batch.buffer()
    return [bool(_bit(bits, at)) for at in range(count)]


def _bytes(form: str) -> Callable[[_Batch, _Record, int], list[Any]]:
    return lambda batch, _, count: batch.pieces(form, count)


def _texts(form: str) -> Callable[[_Batch, _Record, int], list[Any]]:
    return lambda batch, _, count: [one.decode() for one in batch.pieces(form, count)]


def _decimals(batch: _Batch, kind: _Record, count: int) -> list[Any]:
    scale, width = kind.scalar(1, "<i", 0), kind.scalar(2, "<i", 128) // 8
    data = bytes(batch.buffer())
    numbers = (
        int.from_bytes(data[at : at + width], "little", signed=True)
        for at in range(0, width * count, width)
    )
    return [Decimal(one).scaleb(-scale) for one in numbers]


def _dates(batch: _Batch, kind: _Record, count: int) -> list[Any]:
    if kind.scalar(0, "<h", 1) == 0:
        return [date(1970, 1, 1) + timedelta(days) for days in batch.numbers("i", count)]
    return [(_EPOCH + timedelta(milliseconds=one)).date() for one in batch.numbers("q", count)]


def _timestamps(batch: _Batch, kind: _Record, count: int) -> list[Any]:
    unit = _UNITS[kind.scalar(0, "<h", 0)]
    epoch = _EPOCH.replace(tzinfo=timezone.utc) if kind.has(1) else _EPOCH
    numbers = batch.numbers("q", count)
    return [epoch + timedelta(microseconds=one * 10**6 // unit) for one in numbers]


def _durations(batch: _Batch, kind: _Record, count: int) -> list[Any]:
    unit = _UNITS[kind.scalar(0, "<h", 1)]
    return [timedelta(microseconds=one * 10**6 // unit) for one in batch.numbers("q", count)]


_READERS: dict[int, Callable[[_Batch, _Record, int], list[Any]]] = {
    _NULL: lambda batch, kind, count: [None] * count,
    _INT: _integers,
    _FLOAT: _floats,
    _BINARY: _bytes("i"),
    _UTF8: _texts("i"),
    _BOOL: _booleans,
    _DECIMAL: _decimals,
    _DATE: _dates,
    _TIMESTAMP: _timestamps,
    _DURATION: _durations,
    _LARGE_BINARY: _bytes("q"),
    _LARGE_UTF8: _texts("q"),
    _BINARY_VIEW: lambda batch, kind, count: batch.views(count),
    _UTF8_VIEW: lambda batch, kind, count: [one.decode() for one in batch.views(count)],
}
