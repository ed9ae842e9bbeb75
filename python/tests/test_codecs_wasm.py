"""A WASM function's record, where nothing is installed that could call it."""

from __future__ import annotations

import sys

import pytest

from flownote import codecs
from flownote.exceptions import StoreError


def test_a_wasm_function_without_the_studio_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "flownote_studio", None)
    monkeypatch.setitem(sys.modules, "flownote_studio.wasm", None)
    record = {"codec": "wasm", "type": "flownote_studio.wasm.Function", "meta": {}}
    with pytest.raises(StoreError, match="can't be loaded without Flownote's studio") as error:
        codecs.decode(bytearray(b"\0asm"), record)
    assert "pip install flownote-studio" in (error.value.hint or "")
