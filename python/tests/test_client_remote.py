"""A run whose datastore is a bucket, made and read from one machine and then another."""

from __future__ import annotations

import urllib.request

import pytest

import flownote
from flownote import Flow

moto = pytest.importorskip("moto.server")


@pytest.fixture(scope="module")
def bucket():
    """The address of an empty bucket on this machine."""
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    put = urllib.request.Request(f"http://{host}:{port}/bucket", method="PUT")
    urllib.request.urlopen(put).close()
    yield f"s3://bucket/team?endpoint=http://{host}:{port}"
    server.stop()


def test_a_run_in_a_bucket_is_read_through_the_cache(project, bucket, monkeypatch, tmp_path):
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "us-east-1"}
    here = keys | {"XDG_CACHE_HOME": str(tmp_path / "here"), "FLOWNOTE_STORE": bucket}
    project.env |= here
    run = project.shell("run flow.py --quiet")
    assert run.code == 0, run.err
    assert project.shell("show").lines()[0] == "Train/<run>  ✓ succeeded in <s>"
    # Another machine: nothing is cached there.
    there = here | {"XDG_CACHE_HOME": str(tmp_path / "there")}
    project.env |= there
    assert project.shell("dump latest/end/0/long").raw == "x" * 10_000 + "\n"
    assert project.shell("logs latest/start/0").raw == "loading\n"
    assert len(list((tmp_path / "there").glob("flownote/stores/*/blobs/*/*"))) == 1
    for name, value in there.items():
        monkeypatch.setenv(name, value)
    flownote.namespace(None)
    found = Flow("Train", store=bucket).latest_run
    assert (found.data.total, found.data.long) == (3.0, "x" * 10_000)
    found.add_tag("seen")
    assert project.shell("tag list latest").lines()[1] == "tags  seen"
    flownote.default_namespace()
