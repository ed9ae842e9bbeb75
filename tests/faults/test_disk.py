"""A full disk, a read-only disk, a flipped byte: a clear error, and nothing half-visible."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from flownote._native import blake3_hex

from .conftest import Project


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,nr_inodes=2k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small disk, and only where mounts are allowed")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def blobs(store: Path) -> list[Path]:
    return [path for path in store.glob("blobs/*/*") if path.is_file()]


def test_a_full_disk_fails_the_run_with_its_reason(tmp_path: Path, small_disk: Path) -> None:
    project = Project(tmp_path, small_disk / "store")
    ended = project.run("spread.py", "--width", "60")
    assert ended.code in (1, 3), ended
    assert "No space left" in ended.err or "no space left" in ended.err, ended
    assert "hint: " in ended.err
    for blob in blobs(project.store):
        assert blake3_hex(blob.read_bytes()) == blob.name, "no blob is half-written"
    (run,) = project.runs()
    for attempts in project.done(run).values():
        for attempt in attempts:
            if attempt["outcome"] == "ok":
                for record in attempt["manifest"]["artifacts"].values():
                    inline = "inline" in record or "inline_base64" in record
                    digest = record["digest"]
                    assert inline or (project.store / "blobs" / digest[:2] / digest).exists()


def test_a_run_goes_on_when_there_is_room_again(tmp_path: Path, small_disk: Path) -> None:
    project = Project(tmp_path, small_disk / "store")
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * 3_500_000)
    assert project.run("spread.py", "--width", "12").code in (1, 3)
    ballast.unlink()
    again = project.run("spread.py", "--width", "12")
    assert again.code == 0, again


def test_a_read_only_store_is_refused_before_anything_runs(
    tmp_path: Path, small_disk: Path
) -> None:
    project = Project(tmp_path, small_disk / "store")
    assert project.run("spread.py", "--width", "1").code == 0
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    ended = project.run("spread.py")
    assert ended.code == 3, ended
    assert "read-only" in ended.err
    assert "hint: " in ended.err
    assert len(project.runs()) == 1


def test_a_flipped_byte_is_reported_with_artifact_and_producer(project: Project) -> None:
    killed = project.run("spread.py", FLOWNOTE_FAILPOINT="after-done:7")
    assert killed.code == -9
    (run,) = project.runs()
    done = project.done(run)["work/3"][0]
    digest = done["manifest"]["artifacts"]["block"]["digest"]
    blob = project.store / "blobs" / digest[:2] / digest
    damaged = bytearray(blob.read_bytes())
    damaged[50_000] ^= 1
    blob.chmod(0o644)
    blob.write_bytes(damaged)
    ended = project.run("spread.py", "--continue", run)
    assert ended.code == 1, ended
    assert "`block`" in ended.err and "work/3" in ended.err, ended
    assert "damaged" in ended.err
    checked = project.shell("store", "check")
    assert checked.code == 1, checked
    assert "block" in checked.out + checked.err and "work/3" in checked.out + checked.err
