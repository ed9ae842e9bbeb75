"""Files and folders that a task opens: which of them it read, and which it wrote.

Reading is recorded with the digest of the content, whoever reads: `open`, `pathlib`, NumPy
and pandas all end in Python's own ``open``. What the task wrote itself isn't a read.
"""

from __future__ import annotations

import os
import sys

from flownote.provenance.world import file_version, folder_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.reads import Reads

_SYSTEM = ("/bin/", "/dev/", "/etc/", "/lib/", "/lib64/", "/proc/", "/run/", "/sbin/", "/sys/")
_CODE = (".py", ".pyc", ".pyi", ".so", ".pth")
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
# Whoever opens source to show or to load it: code is recorded elsewhere.
_LOADERS = (
    *("<frozen", "linecache.py", "tokenize.py", "inspect.py", "zipimport.py"),
    # Looks through every folder that is imported from, for distributions.
    f"importlib{os.sep}metadata{os.sep}__init__.py",
)


def _folder(path: str) -> str:
    return os.path.abspath(path).rstrip(os.sep) + os.sep


_INTERPRETER = tuple(
    {_folder(one) for one in (sys.prefix, sys.base_prefix, os.path.dirname(os.__file__))}
)


def _scratch() -> tuple[str, ...]:
    named = (os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME"))
    usual = ("/tmp", "/var/tmp", os.path.expanduser("~/.cache"))
    return tuple(_folder(one) for one in (*named, *usual) if one)


class Places:
    """Where things stand for one task: made when the first file is opened."""

    def __init__(self, spec: dict[str, Any] | None) -> None:
        self.folder = os.getcwd()
        self._inside = _folder(self.folder)
        names = ("files_root", "run_dir", "staging")
        self.datastore = tuple(_folder(spec[name]) for name in names if spec and name in spec)
        # What was written here, so that it isn't read later as if it were the world's.
        self.written: set[str] = set()
        # Files of databases that were opened, and who opened them.
        self.databases: list[tuple[Reads, str]] = []

    def counts(self, path: str) -> bool:
        """Whether a file is of the world, and not of Python, the system or Flownote."""
        if path.startswith(self.datastore) or any(part in path for part in _INSTALLED):
            return False
        inside = path.startswith(self._inside)
        for prefix in _INTERPRETER:
            # An interpreter inside the project isn't the project; one around it is no reason.
            if path.startswith(prefix) and not (inside and self._inside.startswith(prefix)):
                return False
        return inside or not path.startswith((*_SYSTEM, "/usr/"))

    def is_scratch(self, path: str) -> bool:
        """Whether writing there is nobody's business: temporary folders and caches."""
        if path.startswith(self._inside):
            return False
        return (path + os.sep).startswith(_scratch())

    def name(self, path: str) -> str:
        """Return the name that a read is recorded under."""
        return os.path.relpath(path, self.folder) if path.startswith(self._inside) else path


_places: tuple[Any, Places] | None = None


def places(reads: Reads) -> Places:
    """Return the places of the task that runs here, or of this memoised call."""
    global _places
    from flownote.current import current

    owner = current._reads_of_task or reads
    if _places is None or _places[0] is not owner:
        _places = (owner, Places(current._spec))
    return _places[1]


def end() -> None:
    """Compare the files of databases with what they were when they were opened."""
    here = _places[1] if _places is not None else None
    for reads, path in here.databases if here is not None else ():
        name = here.name(path)  # type: ignore[union-attr]
        known = reads.externals.get(("file", name), "")
        if known != "" and file_version(path) != known:
            reads.cannot_verify(f"writes {name}")


def read(reads: Reads, path: str) -> None:
    """Record that a file or a folder was read."""
    path = os.path.abspath(path)
    here = places(reads)
    if path in here.written or not here.counts(path):
        return
    name = here.name(path)
    if os.path.isdir(path):
        if ("folder", name) not in reads.externals:
            reads.external("folder", name, folder_version(path))
    elif ("file", name) not in reads.externals:
        try:
            reads.external("file", name, file_version(path))
        except OSError as error:
            reads.cannot_verify(f"reads {name}, which can't be digested ({error.strerror})")


def wrote(reads: Reads, path: str, *, append: bool = False) -> None:
    """Record that a file was opened to be written.

    What is only added to a file is like what is printed: a log.
    """
    path = os.path.abspath(path)
    here = places(reads)
    if not here.counts(path):
        return
    if append or here.is_scratch(path):
        if not append or not os.path.exists(path):
            here.written.add(path)
        return
    here.written.add(path)
    reads.cannot_verify(f"writes {here.name(path)}")


def _opened(reads: Reads, arguments: tuple[Any, ...]) -> None:
    path, _, flags = arguments
    if isinstance(path, int):
        return
    text = os.fsdecode(path)
    mode = flags & os.O_ACCMODE
    if mode == os.O_RDONLY and not flags & (os.O_CREAT | os.O_TRUNC):
        if not (text.endswith(_CODE) and _is_loading()):
            read(reads, text)
        return
    if mode == os.O_RDWR and not flags & os.O_TRUNC and os.path.exists(text):
        read(reads, text)
    wrote(reads, text, append=bool(flags & os.O_APPEND and mode == os.O_WRONLY))


def _listed(reads: Reads, arguments: tuple[Any, ...]) -> None:
    path = arguments[0]
    if not isinstance(path, int) and not _is_loading():
        read(reads, os.fsdecode("." if path is None else path))


def _renamed(reads: Reads, arguments: tuple[Any, ...]) -> None:
    wrote(reads, os.fsdecode(arguments[1]))


def _removed(reads: Reads, arguments: tuple[Any, ...]) -> None:
    path = os.path.abspath(os.fsdecode(arguments[0]))
    here = places(reads)
    if here.counts(path) and path not in here.written and not here.is_scratch(path):
        reads.cannot_verify(f"removes {here.name(path)}")


def _is_loading() -> bool:
    """Whether it is Python that reads, to import or to show source."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_OURSELVES):
        frame = frame.f_back
    return frame is not None and (
        frame.f_code.co_filename.startswith("<frozen importlib")
        or frame.f_code.co_filename.endswith(_LOADERS)
    )


_OURSELVES = os.path.dirname(os.path.abspath(__file__)) + os.sep


HANDLERS = {
    "open": _opened,
    "os.listdir": _listed,
    "os.scandir": _listed,
    "os.rename": _renamed,
    "os.remove": _removed,
}

__all__ = ["HANDLERS", "end", "places", "read", "wrote"]
