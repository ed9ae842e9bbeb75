"""Values through their codec and back, as the store would do it."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings

from flownote import codecs

# A busy machine is no failure of a codec.
settings.register_profile("codecs", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("codecs")


def encoding(value: Any) -> tuple[bytes, dict[str, Any]]:
    """Return a value's bytes and the record that goes with them."""
    encoded = codecs.encode(value)
    pieces: list[bytes] = []
    encoded.write(lambda piece: pieces.append(bytes(piece)))
    data = b"".join(pieces)
    record = {
        "codec": encoded.codec,
        "type": codecs.type_name(type(value)),
        "size": len(data),
        "meta": encoded.meta or {},
    }
    assert encoded.preview is None or len(encoded.preview) <= 120
    assert encoded.preview is None or encoded.preview.isprintable()
    return data, record


def through(value: Any, codec: str) -> Any:
    """Encode, check the codec, decode; the same value must give the same bytes again."""
    data, record = encoding(value)
    assert record["codec"] == codec
    back = codecs.decode(bytearray(data), record)
    assert type(back) is type(value)
    if codecs.is_canonical(record):
        assert encoding(back)[0] == data
    return back


def same(one: Any, other: Any) -> bool:
    """Whether two plain values are equal to the last bit, types and order included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return one.hex() == other.hex()
    if isinstance(one, complex):
        return same(one.real, other.real) and same(one.imag, other.imag)
    if isinstance(one, dict):
        pairs = zip(one.items(), other.items(), strict=True)
        return len(one) == len(other) and all(same(a, b) for a, b in pairs)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, (set, frozenset)):
        return len(one) == len(other) and {(type(i), i) for i in one} == {
            (type(i), i) for i in other
        }
    return bool(one == other)
