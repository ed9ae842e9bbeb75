"""The native module's types."""

from collections.abc import Buffer  # type: ignore[attr-defined]

def blake3_hex(buffer: Buffer) -> str:
    """Return the BLAKE3 digest of a C-contiguous buffer, 64 lower-case hex digits."""

class Blake3:
    """A BLAKE3 hasher that is fed piece by piece; large pieces release the GIL."""

    def __init__(self) -> None: ...
    def update(self, buffer: Buffer) -> None:
        """Add a C-contiguous buffer."""
    def hexdigest(self) -> str:
        """Return the digest of everything added so far."""

def buffer_address(buffer: Buffer) -> int:
    """Return where a C-contiguous buffer stands in memory."""

def die_with_parent(signal: int) -> None:
    """Have the kernel send ``signal`` to this process when the thread that forked it ends."""

def verify_blob(path: str, digest: str, producer: str, artifact: str) -> None:
    """Verify a blob's file; raises `DamagedArtifact` naming the artifact and its producer."""

def verb_first(line: list[str]) -> list[str]:
    """Return a command line with its verb first: options may stand before it."""

def find_flow(line: list[str]) -> str | None:
    """Return the flow's file in a command line, before the flow's options are known."""

def invoke(line: list[str], description: str | None = None) -> str:
    """Do what a command line says; answers ``{"exit"}`` or what Python must do, as JSON."""

def lint_flow(description: str) -> list[str]:
    """Return every problem of a flow, as the shell prints it."""

def new_run(store: str | None = None) -> str:
    """Return a new run's id, where its values may be staged, and who starts it, as JSON."""

def origin_run(flow: str, reference: str, file: str, store: str | None = None) -> str:
    """Return the run that `resume` takes results from, ``{"run", "parameters"}`` as JSON."""

class Runner:
    """Runs one run.

    Parameters
    ----------
    request
        What to run and how, as JSON (``python/src/run.rs``).
    control_fd
        The engine's end of a zygote's control socket, which this owns from now on.
    """

    def __init__(self, request: str, control_fd: int) -> None: ...
    def run(self) -> str:
        """Run to the end, without the GIL, and return a summary as JSON."""
    def cancel(self, *, now: bool = False) -> None:
        """Cancel the run, from another thread."""

class Memo:
    """Asks one datastore for the values of memoised calls, which are provenance records."""

    url: str
    """The datastore's address."""

    def __init__(self, store: str | None = None, *, trust_pickles: bool = False) -> None: ...
    def ask(self, call: str) -> str:
        """Return ``{"hit"}``, ``{"held"}`` or ``{"compute", "staging"}`` as JSON."""
    def keep(self, compute: int, value: str | None = None, *, failed: bool = False) -> str:
        """Keep what was computed, or nothing: ``{"kept", "differs"}`` as JSON."""
    def why(self, call: str, name: str) -> str:
        """Say whose value of a call is kept, or what differs from the nearest."""
    def forget(self, call: str) -> int:
        """Forget the values of a call; returns how many there were."""

class Reader:
    """Reads one datastore for `flownote.client`. Answers are JSON unless typed otherwise.

    Every method releases the GIL, and raises `NotFound`, `DamagedArtifact`, `UsageError`
    or `StoreError` of `flownote.exceptions`.
    """

    url: str
    """The datastore's address."""

    def __init__(self, store: str | None = None) -> None: ...
    def flows(self) -> list[str]:
        """Return the names of the flows that have runs."""
    def resolve(self, text: str, flow: str | None = None, asking: str | None = None) -> str:
        """Return what a pathspec means: flow, run, step, task, artifact."""
    def runs(self, filter: str) -> str:
        """Return the runs that a filter admits, newest first, and where the next page begins."""
    def run_rows(self, filter: str) -> str:
        """Return the runs that a filter admits with their parameters and metrics."""
    def run(self, flow: str, run: str) -> str:
        """Return how a run stands."""
    def record(self, flow: str, run: str) -> str:
        """Return the record that a run began with."""
    def tasks(self, flow: str, run: str, step: str | None = None) -> str:
        """Return the tasks of a run or of one of its steps."""
    def task(self, flow: str, run: str, step: str, task: str) -> str:
        """Return one task."""
    def child_tasks(self, flow: str, run: str, step: str, task: str) -> str:
        """Return the tasks that were given a task's result."""
    def artifacts(self, flow: str, run: str, step: str, task: str) -> str:
        """Return the artifacts that a task sees; none while it has no result."""
    def log_lines(
        self,
        flow: str,
        run: str,
        step: str,
        task: str,
        stream: str | None = None,
        attempt: int | None = None,
    ) -> str:
        """Return what a task printed, by time."""
    def tags(self, flow: str, run: str) -> str:
        """Return a run's tags: user, system."""
    def change_tags(self, flow: str, run: str, add: list[str], remove: list[str]) -> str:
        """Change a run's tags and return what they are now."""
    def fetch_blob(self, digest: str, producer: str, artifact: str) -> str:
        """Return the path of a verified local file with a blob's bytes."""

def rest() -> None:
    """End the readers' runtime and its threads; the next question makes a new one."""

def user_name() -> str:
    """Return the user's name as runs record it."""
