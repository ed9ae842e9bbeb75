"""The least engine that can drive workers: files in a folder, a zygote, one task a time.

It publishes as the real engine does (engine rule 3): staged files are renamed into
``blobs/``, a ``done`` object is written. It never schedules: tests say what runs.
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from flownote.describe import describe
from flownote.loader import LoadedFlow
from flownote.worker import zygote
from flownote.worker.staging import Staging

RUN = "20261122T101512345-8f2c9a"


class Attempt:
    """What is known of an attempt that ended."""

    def __init__(self) -> None:
        self.pid = 0
        self.status: int | None = None
        self.manifest: dict[str, Any] | None = None
        self.stdout = b""
        self.stderr = b""
        self.usage: dict[str, int] = {}
        self.frames: list[dict[str, Any]] = []

    @property
    def failure(self) -> dict[str, Any]:
        assert self.manifest is not None, self.stderr.decode()
        return self.manifest["failure"]

    @property
    def artifacts(self) -> dict[str, Any]:
        assert self.manifest is not None, self.stderr.decode()
        assert "failure" not in self.manifest, self.manifest["failure"]
        return self.manifest["artifacts"]


class SmallEngine:
    """Runs attempts of one flow in one run."""

    def __init__(self, root: Path, flow: type, parameters: dict[str, Any] | None = None) -> None:
        self.root = root
        self.run_dir = root / "runs" / flow.__name__ / RUN
        self.run_dir.mkdir(parents=True)
        self.flow = flow
        staging = Staging(str(root / "staging" / "parameters"))
        run = {
            "parameters": {k: staging.store(v) for k, v in (parameters or {}).items()},
            "constants": {},
            "description": describe(flow),
        }
        self._publish(root / "staging" / "parameters")
        (self.run_dir / "run.json").write_text(json.dumps(run))
        self.command, ours = _start_command(flow)
        with ours:
            message, descriptors, _, _ = socket.recv_fds(ours, 64, 1)
        assert descriptors, "the command ended before it had a zygote"
        self.zygote_pid = int(message)
        self.control = socket.socket(fileno=descriptors[0])
        self.ready = self._packet()
        self._launches = 0

    def __enter__(self) -> SmallEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.control.close()
        assert self.command.wait() == 0

    def spec(self, step: str, parents: list[str], **more: Any) -> dict[str, Any]:
        """Compose a TaskSpec."""
        task = "-".join(str(frame["index"]) for frame in more.get("foreach", ())) or "0"
        attempt = more.get("attempt", 0)
        return {
            "flow": self.flow.__name__, "run": RUN, "step": step, "task": task,
            "attempt": attempt, "max_attempts": 1,
            "pathspec": f"{self.flow.__name__}/{RUN}/{step}/{task}",
            "files_root": str(self.root), "run_dir": str(self.run_dir), "remote": False,
            "staging": str(self.root / "staging" / step / f"{task}.{attempt}"),
            "run_json": str(self.run_dir / "run.json"),
            "parents": parents, "foreach": [], "mode": "normal", "failure": None,
            "timeout_ms": None,
            "origin": {"user": "ana", "namespace": "user:ana", "tags": [], "origin_run_id": None},
            **more,
        }  # fmt: skip

    def run(self, step: str, parents: list[str] | None = None, **more: Any) -> Attempt:
        """Run an attempt to its end and publish what it wrote."""
        spawn = more.pop("spawn", False)
        spec = self.spec(step, parents or [], **more)
        attempt = self.launch(spec, spawn=spawn)
        self.finish(spec, attempt)
        return attempt

    def launch(self, spec: dict[str, Any], *, spawn: bool = False) -> Attempt:
        """Start an attempt."""
        attempt = Attempt()
        self._launches += 1
        attempt.launch = self._launches
        attempt.out = os.pipe()
        attempt.err = os.pipe()
        attempt.socket, theirs = socket.socketpair()
        packet = json.dumps({"launch": self._launches, "spawn": spawn}).encode()
        rights = [attempt.out[1], attempt.err[1], theirs.fileno()]
        socket.send_fds(self.control, [packet], rights)
        os.close(attempt.out[1])
        os.close(attempt.err[1])
        theirs.close()
        frame = json.dumps(spec).encode()
        try:
            attempt.socket.sendall(struct.pack("<I", len(frame)) + frame)
        except BrokenPipeError:
            pass
        started = self._packet()
        assert started["started"] == self._launches
        attempt.pid = started["pid"]
        return attempt

    def wait_for(self, attempt: Attempt, output: bytes) -> None:
        """Wait until an attempt has printed a line."""
        seen = b""
        while not seen.endswith(output):
            piece = os.read(attempt.out[0], 100)
            assert piece, "the attempt ended"
            seen += piece

    def kill(self, attempt: Attempt, number: int) -> None:
        """Signal an attempt's process group."""
        self.control.send(json.dumps({"kill": attempt.launch, "signal": number}).encode())

    def finish(self, spec: dict[str, Any], attempt: Attempt) -> None:
        """Follow an attempt to its end."""
        readers = [
            threading.Thread(target=_read_all, args=(attempt, "stdout", attempt.out[0])),
            threading.Thread(target=_read_all, args=(attempt, "stderr", attempt.err[0])),
            threading.Thread(target=_converse, args=(attempt,)),
        ]
        for reader in readers:
            reader.start()
        exited = self._packet()
        for reader in readers:
            reader.join()
        assert exited["exited"] == attempt.launch
        attempt.status, attempt.usage = exited["status"], exited
        if attempt.manifest is not None and "failure" not in attempt.manifest:
            self._publish(Path(spec["staging"]))
            folder = self.run_dir / "tasks" / spec["step"]
            folder.mkdir(parents=True, exist_ok=True)
            frames = [[f["split"].split("/")[0], f["index"], f["count"]] for f in spec["foreach"]]
            done = {"manifest": attempt.manifest, "foreach": frames}
            name = f"{spec['task']}.{spec['attempt']}.done"
            (folder / name).write_text(json.dumps(done))

    def frames(self, split: str) -> list[list[dict[str, Any]]]:
        """Return the foreach frames of the children of a split."""
        step, _, rest = split.partition("/")
        done = json.loads((self.run_dir / "tasks" / step / f"{rest}.done").read_text())
        items = done["manifest"]["items"]
        records = json.loads(self.bytes_of(items["items"]))
        count = items["count"]
        return [
            [{"split": split, "over": items["over"], "index": i, "count": count, "item": record}]
            for i, record in enumerate(records)
        ]

    def bytes_of(self, record: dict[str, Any]) -> bytes:
        """Return a record's encoding."""
        if "inline" in record:
            return record["inline"].encode()
        digest = record["digest"]
        return (self.root / "blobs" / digest[:2] / digest).read_bytes()

    def _publish(self, staging: Path) -> None:
        for staged in staging.glob("*") if staging.exists() else ():
            assert len(staged.name) == 64, f"{staged} was left in staging"
            place = self.root / "blobs" / staged.name[:2] / staged.name
            place.parent.mkdir(parents=True, exist_ok=True)
            staged.rename(place)

    def _packet(self) -> dict[str, Any]:
        assert select.select([self.control], [], [], 60)[0], "the zygote says nothing"
        data = self.control.recv(65536)
        assert data, "the zygote is gone"
        return json.loads(data)


def _start_command(flow: type) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a zygote from a process that has loaded nothing but the flow.

    This one may have threads: other tests ran in it.
    """
    ours, theirs = socket.socketpair()
    arguments = [__file__, flow.__module__, flow.__name__, str(theirs.fileno())]
    path = os.pathsep.join(sys.path)
    with theirs:
        command = subprocess.Popen(
            [sys.executable, *arguments],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": path},
        )
    return command, ours


def _be_command(module: str, name: str, descriptor: str) -> int:
    flow = getattr(__import__(module), name)
    file = os.path.abspath(__import__(module).__file__)
    loaded = LoadedFlow(flow, file, module, file)
    loaded.path0 = os.path.dirname(file)
    control, pid = zygote.start(loaded)
    with socket.socket(fileno=int(descriptor)) as sock:
        socket.send_fds(sock, [str(pid).encode()], [control])
    os.close(control)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _read_all(attempt: Attempt, name: str, descriptor: int) -> None:
    with open(descriptor, "rb") as pipe:
        setattr(attempt, name, pipe.read())


def _converse(attempt: Attempt) -> None:
    with attempt.socket, attempt.socket.makefile("rb") as stream:
        while True:
            try:
                head = stream.read(4)
            except ConnectionResetError:
                return
            if len(head) < 4:
                return
            frame = json.loads(stream.read(struct.unpack("<I", head)[0]))
            if "done" in frame:
                attempt.manifest = frame["done"]
                return
            attempt.frames.append(frame)


if __name__ == "__main__":
    os._exit(_be_command(*sys.argv[1:]) & 0xFF)
