"""Values between processes: encoded for others, read lazily from others (notebook rules 11, 12)."""

from __future__ import annotations

from importlib import import_module

from flownote.kernel.sizes import size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from flownote.kernel.names import Names
    from flownote.kernel.process import Kernel


class Values:
    """Writes and reads values.

    Parameters
    ----------
    folder
        Where files of values are staged.
    """

    def __init__(self, kernel: Kernel, folder: str) -> None:
        self._kernel = kernel
        self._folder = folder
        # (name, version, common) → what was exported: a version never changes.
        self._exported: dict[tuple[str, int, bool], dict[str, Any]] = {}

    def prepare(self) -> None:
        """Import what describing values needs."""
        import_module("flownote.kernel.described")

    def read(self, name: str, reference: dict[str, Any]) -> Any:
        """Decode a value that was handed over."""
        from flownote.kernel import transfer

        return transfer.read(name, reference)

    def export_bound(self, names: Iterable[str]) -> dict[str, Any]:
        """Export what names are bound to now, for other languages."""
        found = {}
        for name in names:
            if name in self._kernel.names.values:
                value = self._kernel.names.values[name]
                found[name] = self._export(name, value, common=True)
                version = self._kernel.names.version(name)
                if version is not None and "error" not in found[name]:
                    self._exported[name, version, True] = found[name]
        return found

    def export_versions(
        self, versions: dict[str, int], *, common: bool, at_most: int | None = None
    ) -> dict[str, Any]:
        """Export versions of names, those left out that would take more bytes than ``at_most``."""
        found = {}
        for name, version in versions.items():
            known = self._exported.get((name, version, common))
            if known is None:
                try:
                    value = self._kernel.names.value(name, version)
                except KeyError:
                    message = f"`{name}` of execution {version} is not in this Python process"
                    found[name] = {"error": {"message": message, "hint": "run its cell again"}}
                    continue
                if at_most is not None and size_of(value) > at_most:
                    message = f"`{name}` is too large to be kept for later"
                    found[name] = {"error": {"message": message}}
                    continue
                known = self._export(name, value, common=common)
                # What failed may work later: a disk that was full may have room then.
                if "error" not in known:
                    self._exported[name, version, common] = known
            found[name] = known
        return found

    def forget(self, versions: Iterable[dict[str, Any]]) -> None:
        """Forget what was exported of versions."""
        for one in versions:
            for common in (False, True):
                self._exported.pop((one["name"], one["version"], common), None)

    def describe_all(self, names: list[str], of: Names) -> dict[str, dict[str, Any]]:
        """Return what `finished` says of names that were bound."""
        from flownote.kernel.described import describe

        found = {}
        for name in names:
            found[name] = describe(of.values[name])
            if of.is_live(name):
                found[name]["live"] = True
        return found

    def _export(self, name: str, value: Any, *, common: bool) -> dict[str, Any]:
        from flownote.kernel import transfer

        exported = transfer.export(name, value, self._folder, common=common)
        token = self._kernel.names.object_of(value)
        if token is not None and "error" not in exported:
            exported["meta"] = {**(exported.get("meta") or {}), "object": token}
        return exported
