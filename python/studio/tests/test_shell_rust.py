"""`flownote rust setup` and `flownote rust status`, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from notebook_folder import Folder


def test_without_a_compiler_it_says_what_to_install(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUSTC", str(folder.path / "no-such-rustc"))
    for verb in ("setup", "status"):
        ran = folder.flownote("rust", verb)
        assert ran.code == 1
        assert "error: Rust cells need `rustc`, which is not installed" in ran.err
        assert "hint: install Rust with rustup" in ran.err


def test_an_old_compiler_is_named_with_what_is_needed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = folder.path / "rustc"
    old.write_text("#!/bin/sh\nprintf 'rustc 1.60.0\\nhost: x\\nrelease: 1.60.0\\n'\n")
    old.chmod(0o755)
    monkeypatch.setenv("RUSTC", str(old))
    ran = folder.flownote("rust", "setup")
    assert ran.code == 1
    assert "need rustc 1.95 or newer" in ran.err and "is 1.60.0" in ran.err
    assert "rustup update" in ran.err


def test_an_empty_cache_is_not_ready_and_says_what_to_do(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FLOWNOTE_RUST_CACHE", str(tmp_path / "cache"))
    ran = folder.flownote("rust", "status")
    assert ran.code == 1
    assert ran.out.startswith("rustc 1.")
    assert "nothing is built yet in " in ran.out
    assert "next: `flownote rust setup` builds what Rust cells need" in ran.out
    status = json.loads(folder.flownote("rust", "status", "--json").out)
    assert status["ready"] is False and status["built"] == []


def test_a_setup_that_was_made_is_found_and_not_made_again(folder: Folder) -> None:
    first = folder.flownote("rust", "setup", "--base")
    assert first.code == 0, first.err
    assert first.out.startswith("Rust cells are ready: base, rustc 1.")
    again = folder.flownote("rust", "setup", "--base")
    assert again.err == "base: built before\n"
    assert folder.flownote("rust", "setup", "--base", "--quiet")[:3] == (0, "", "")
    status = json.loads(folder.flownote("rust", "status", "--json").out)
    (base,) = (one for one in status["built"] if one["current"] and one["name"] == "base")
    assert base["size"] > 1_000_000
    assert (Path(base["folder"]) / "libflownote.so").exists()


def test_a_cache_that_cannot_be_written_names_the_folder(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLOWNOTE_RUST_CACHE", str(tmp_path / "file" / "cache"))
    ran = folder.flownote("rust", "setup", "--base")
    assert ran.code == 1
    assert "can't be written" in ran.err and str(tmp_path / "file") in ran.err
    assert "FLOWNOTE_RUST_CACHE" in ran.err


def test_what_earlier_versions_left_is_named_and_deleted(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("FLOWNOTE_RUST_CACHE", str(cache))
    left = cache / "1.90.0-0123456789ab" / "base"
    left.mkdir(parents=True)
    (left / "libflownote.so").write_bytes(b"x" * 5_000)
    ready = {"dylib": "libflownote.so", "externs": {}, "digest": "", "rustc": "1.90.0 (x)"}
    (left / "ready.json").write_text(json.dumps(ready))
    (cache / "notes").mkdir()
    told = folder.flownote("rust", "status").out
    assert "of earlier versions, which `flownote rust clean` deletes" in told
    cleaned = folder.flownote("rust", "clean")
    assert cleaned.code == 0, cleaned.err
    assert cleaned.out.startswith("deleted base of rustc 1.90.0, ")
    assert [one.name for one in cache.iterdir()] == ["notes"]
    assert folder.flownote("rust", "clean").out == "nothing is left over that nobody uses\n"
