"""Exports in, expectations out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from appliance.azure.connection import assemble
from appliance.azure.expectation import Expectation
from appliance.azure.heap import Heap, gather
from appliance.azure.reading import documents
from appliance.azure.resources import Kind, Resource, show_command
from appliance.azure.spelling import nearest, shorten
from appliance.azure.tree import Faults
from appliance.errors import ExpectationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_WHAT = "the Azure exports"


def load(paths: Sequence[str | Path], *, connection: str | None = None) -> tuple[Expectation, ...]:
    """All site-to-site connections in files and directories of exports, sorted by name.

    With `connection`, a name or id, only that one is put together, so that others may be
    incomplete. Raises `ExpectationError` with every fault found.
    """
    faults, notes = Faults(), list[str]()
    heap = gather(documents(paths, faults, notes), notes)
    faults.stop(_WHAT)
    wanted = _connections(heap, faults)
    if connection is not None:
        named = [(resource.name, resource.id) for resource in wanted]
        wanted = (wanted[_index(named, connection)],)
    found = [assemble(resource, heap) for resource in wanted]
    faults.stop(_WHAT)
    shared = tuple(dict.fromkeys(heap.notes))
    return tuple(
        replace(expectation, notes=(*expectation.notes, *shared))
        for expectation in found
        if expectation is not None
    )


def select(expectations: Sequence[Expectation], connection: str | None) -> Expectation:
    """The connection of this name or id; None stands for the only one there is.

    Raises `ExpectationError` that lists the names when it is not clear which is meant.
    """
    named = [(expectation.name, expectation.id) for expectation in expectations]
    return expectations[_index(named, connection)]


def _index(named: Sequence[tuple[str, str | None]], connection: str | None) -> int:
    """Position of the connection meant among (name, id) pairs."""
    if connection is None:
        wanted = list(range(len(named)))
    else:
        word = connection.strip().casefold()
        wanted = [at for at, (name, _) in enumerate(named) if name.casefold() == word]
        wanted += [
            at for at, (_, identity) in enumerate(named) if (identity or "").casefold() == word
        ]
    if len(wanted) == 1:
        return wanted[0]
    raise ExpectationError(_unclear(named, wanted, connection), where=_WHAT, hint=_hint(named))


def _unclear(
    named: Sequence[tuple[str, str | None]], wanted: Sequence[int], connection: str | None
) -> str:
    if not named:
        return "there is no connection in them"
    if connection is None:
        return f"{len(named)} connections, and none is named"
    if wanted:
        return f"{len(wanted)} connections are called {shorten(connection)}: " + ", ".join(
            str(named[at][1]) for at in wanted
        )
    near = nearest(connection, tuple(name for name, _ in named))
    guess = f"; did you mean {near}?" if near else ""
    return f"no connection {shorten(connection)} in them{guess}"


def _hint(named: Sequence[tuple[str, str | None]]) -> str:
    if not named:
        return f"add one: {show_command(Kind.CONNECTION, None)}"
    shown = [name for name, _ in named[:20]]
    more = f" and {len(named) - len(shown)} more" if len(named) > len(shown) else ""
    return f"set azure.connection to one of: {', '.join(shown)}{more} (or to its id)"


def _connections(heap: Heap, faults: Faults) -> tuple[Resource, ...]:
    """Connections to on-premises sites; of the other types a note is left."""
    known = heap.of(Kind.CONNECTION)
    found = []
    for connection in known:
        kind = connection.node.text("connectionType") or "IPsec"
        if kind.casefold() == "ipsec":
            found.append(connection)
        else:
            heap.notes.append(
                f"{connection.node.where}: connection {connection.name} is of type "
                f"{shorten(kind)}, not IPsec; skipped"
            )
    if not found:
        has = ", ".join(sorted({resource.kind for resource in heap.resources.values()}))
        what = "only connections of other types than IPsec" if known else "no connection"
        faults.add(
            f"{what} among them" + (f" (found: {has})" if has else ""),
            where=_WHAT,
            hint=f"add it: {show_command(Kind.CONNECTION, None)}",
        )
    faults.stop(_WHAT)
    return tuple(found)
