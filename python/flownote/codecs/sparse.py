"""The `csr` and `csc` codecs: SciPy's compressed sparse matrices and arrays.

The encoding is three `npy` files, each at a multiple of 64 bytes: data, indices, indptr.
``meta.places`` tells where they are, ``meta.shape`` what they make. Loaded, they are views
of a private map.
"""

from __future__ import annotations

from scipy import sparse

from flownote.codecs import npy
from flownote.codecs.base import Encoded, Sections, sections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_KINDS = (sparse.csr_matrix, sparse.csr_array, sparse.csc_matrix, sparse.csc_array)
_PARTS = ("data", "indices", "indptr")
# What SciPy remembers of a matrix; it finds out again.
_REMEMBERED = ("_has_sorted_indices", "_has_canonical_format")


def encode(value: Any) -> Encoded | None:
    """Encode a matrix or array in CSR or CSC form; None for other forms."""
    if type(value) not in _KINDS or not all(npy.keeps(part.dtype) for part in _arrays(value)):
        return None
    whole = Sections()
    for part in _arrays(value):
        whole.add(npy.header(part), *npy.body(part))
    meta = {
        "shape": [int(length) for length in value.shape],
        "dtype": str(value.dtype),
        "nnz": int(value.nnz),
        "places": whole.places,
    }
    shape = "×".join(map(str, value.shape))
    preview = f"{shape} {value.format} of {value.dtype}, {value.nnz:,} stored"
    return Encoded(value.format, whole.chunks, meta, preview)


def decode(data: Any, record: dict[str, Any]) -> Any:
    """Decode to exactly the class and index dtypes that were stored."""
    meta = record["meta"]
    parts = [npy.read_array(part) for part in sections(data, meta["places"])]
    kind = getattr(sparse, record["type"].rpartition(".")[2])
    # The public constructor would make large indices small, which copies them.
    value = kind(tuple(meta["shape"]), dtype=parts[0].dtype)
    for name, part in zip(_PARTS, parts, strict=True):
        setattr(value, name, part)
    for name in _REMEMBERED:
        value.__dict__.pop(name, None)
    return value


def form(value: Any) -> Any:
    """Return what a matrix is apart from the bytes in its memory."""
    return value.shape, *map(npy.form, _arrays(value))


def _arrays(value: Any) -> list[Any]:
    return [getattr(value, name) for name in _PARTS]
