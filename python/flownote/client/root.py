"""`Flownote`: all flows of a datastore."""

from __future__ import annotations

from flownote.client.base import ClientObject
from flownote.client.stores import note_read, reader_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from flownote.client.flow import Flow


class Flownote(ClientObject):
    """The flows of a datastore that lie in the namespace.

    Parameters
    ----------
    store
        The datastore; by default the one in use (`flownote.use_store`).

    Examples
    --------
    >>> [flow.id for flow in Flownote()]  # doctest: +SKIP
    ['Hello', 'Recommend']
    """

    def __init__(self, *, store: str | None = None) -> None:
        note_read("")
        self._reader, self._parts = reader_of(store), ()

    @property
    def flows(self) -> list[Flow]:
        """The flows."""
        return list(self)

    @property
    def parent(self) -> None:
        """Nothing holds this."""
        return None

    def _children(self) -> Iterator[Flow]:
        from flownote.client.flow import Flow

        flows = (Flow._at(self._reader, (name,)) for name in self._reader.flows())
        return (flow for flow in flows if flow.is_in_namespace())

    def _child(self, name: str) -> Flow:
        from flownote.client.flow import Flow

        return Flow(name, store=self._reader.url)

    def __repr__(self) -> str:
        return f"Flownote({self.store!r})"

    def _repr_html_(self) -> str:
        from flownote.client.html import table, title

        rows = ((flow.id, flow.latest_run.id if flow.latest_run else "") for flow in self)
        return title("Flows", self.store) + table(("flow", "latest run"), rows)


Metaflow = Flownote
