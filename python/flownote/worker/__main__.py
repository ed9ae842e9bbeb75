"""`python -m flownote.worker`: a fresh interpreter that runs one attempt, or starts them.

Started by a zygote, with descriptors inherited and their numbers on the command line:

```text
--task 9 --parent 4711 --flow '{"file": …}'       run the task that socket 9 describes
--control 5 --flow '{"file": …}' --notice TEXT    start a fresh interpreter per launch
```
"""

from __future__ import annotations

import json
import os
import socket
import sys

from flownote.worker import child


def main(arguments: list[str]) -> None:
    """Do what the command line says and end the process."""
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    target = json.loads(options["--flow"])
    if "--control" in options:
        _spawn_others(target, int(options["--control"]), options["--notice"])
    _run_one(target, int(options["--task"]))


def _run_one(target: dict[str, str], descriptor: int) -> None:
    os.set_inheritable(descriptor, False)
    child.prepare_streams()
    sock = socket.socket(fileno=descriptor)
    from flownote.loader import load_again
    from flownote.world import watch

    status = 1
    try:
        flow = load_again(target)
        watch.install()
        status = child.run(flow, sock)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def _spawn_others(target: dict[str, str], descriptor: int, notice: str) -> None:
    from flownote.worker.zygote import serve_spawner

    os.set_inheritable(descriptor, False)
    serve_spawner(target, socket.socket(fileno=descriptor), notice)


if __name__ == "__main__":
    main(sys.argv[1:])
