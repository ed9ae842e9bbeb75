"""Sparse matrices come back with class, index dtypes and every stored element."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from roundtrip import through
from scipy import sparse

KINDS = [sparse.csr_matrix, sparse.csr_array, sparse.csc_matrix, sparse.csc_array]


@given(
    kind=st.sampled_from(KINDS),
    shape=st.tuples(st.integers(0, 20), st.integers(0, 20)),
    density=st.floats(0, 1),
    dtype=st.sampled_from(["f8", "f4", "i8", "i1", "?", "c16", "u2"]),
    wide=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_compressed_matrices(
    kind: Any, shape: tuple[int, int], density: float, dtype: str, wide: bool, seed: int
) -> None:
    dense = numpy.random.default_rng(seed).random(shape) * 100
    dense[dense > density * 100] = 0
    value = kind(dense.astype(dtype))
    if wide:
        value.indices, value.indptr = value.indices.astype("i8"), value.indptr.astype("i8")
    back = through(value, value.format)
    assert back.shape == value.shape
    for part in ("data", "indices", "indptr"):
        assert getattr(back, part).dtype == getattr(value, part).dtype
        assert getattr(back, part).tobytes() == getattr(value, part).tobytes()
    assert numpy.array_equal(back.toarray(), value.toarray())


def test_unsorted_and_repeated_entries_stay_as_they_are() -> None:
    value = sparse.csr_matrix(([1.0, 2.0, 3.0], [2, 0, 0], [0, 3]), shape=(1, 3))
    back = through(value, "csr")
    assert back.indices.tolist() == [2, 0, 0]
    assert not back.has_sorted_indices
    assert back.toarray().tolist() == [[5.0, 0.0, 1.0]]


@pytest.mark.parametrize("form", ["coo", "dia", "bsr", "lil", "dok"])
def test_other_forms_are_pickled(form: str) -> None:
    value = sparse.eye(4, format=form)
    assert numpy.array_equal(through(value, "pickle").toarray(), value.toarray())
