"""Reading: manifests and blobs of the run so far, as files.

With a local datastore they are simply there. With a remote one the engine fetches each
into its cache when asked.
"""

from __future__ import annotations

import base64
import json
import mmap
import os

from flownote._native import verify_blob
from flownote.exceptions import StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Files:
    """The stored files that one attempt may read.

    Parameters
    ----------
    spec
        The attempt's TaskSpec.
    channel
        Asks the engine for files that aren't in their place.
    """

    def __init__(self, spec: dict[str, Any], channel: Any) -> None:
        self._spec = spec
        self._channel = channel
        self._done: dict[str, dict[str, Any]] = {}
        self._items: dict[str, tuple[str, list[dict[str, Any]]]] = {}
        self._run: dict[str, Any] | None = None

    def done(self, attempt: str) -> dict[str, Any]:
        """Return the ``done`` object of an attempt (``step/task.attempt``)."""
        done = self._done.get(attempt)
        if done is None:
            path = f"{self._spec['run_dir']}/tasks/{attempt}.done"
            if self._spec["remote"]:
                path = self._channel.need({"need_done": {"attempt": attempt}})
            done = self._done[attempt] = _read_json(path)
        return done

    def manifest(self, attempt: str) -> dict[str, Any]:
        """Return the manifest of an attempt."""
        return self.done(attempt)["manifest"]

    def items(self, split: str) -> tuple[str, list[dict[str, Any]]]:
        """Return what an attempt iterated over: the attribute's name, each item's record."""
        if split not in self._items:
            items = self.manifest(split)["items"]
            data = self.data(items["items"], split, items["over"])
            self._items[split] = items["over"], json.loads(bytes(data))
        return self._items[split]

    def run(self) -> dict[str, Any]:
        """Return ``run.json``."""
        if self._run is None:
            self._run = _read_json(self._spec["run_json"])
        return self._run

    def data(self, record: dict[str, Any], producer: str, name: str) -> Any:
        """Return a record's bytes as a writable buffer that is private to this process.

        A blob comes as a private map (`mmap.mmap`), an inline encoding as a bytearray.

        Raises
        ------
        DamagedArtifact
            When the blob isn't what ``producer`` wrote.
        """
        inline = record.get("inline")
        if inline is not None:
            return bytearray(inline, "utf-8")
        inline = record.get("inline_base64")
        if inline is not None:
            return bytearray(base64.b64decode(inline))
        if record["size"] == 0:
            return bytearray()
        try:
            return _map(self._blob(record["digest"], producer, name))
        except FileNotFoundError:
            # gc took it between the look and the opening; looking again brings it back.
            return _map(self._blob(record["digest"], producer, name))

    def steps_with(self, name: str) -> list[str]:
        """Return the steps of this run that wrote an artifact, as far as files here tell."""
        folder = f"{self._spec['run_dir']}/tasks"
        steps = []
        for step in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            done = next((f for f in os.listdir(f"{folder}/{step}") if f.endswith(".done")), None)
            if done and name in _read_json(f"{folder}/{step}/{done}")["manifest"]["artifacts"]:
                steps.append(step)
        return steps

    def _blob(self, digest: str, producer: str, name: str) -> str:
        if self._spec["remote"]:
            need = {"digest": digest, "producer": producer, "artifact": name}
            return self._channel.need({"need_blob": need})
        path = f"{self._spec['files_root']}/blobs/{digest[:2]}/{digest}"
        verify_blob(path, digest, producer, name)
        return path


def _map(path: str) -> mmap.mmap:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return mmap.mmap(
            descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE
        )
    finally:
        os.close(descriptor)


def _read_json(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return json.loads(file.read())
    except (OSError, ValueError) as error:
        raise StoreError(
            f"can't read `{path}`: {error}", hint="`flownote store check` tells what is damaged"
        ) from error
