"""Exports in, expectations out."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.azure.connection import assemble
from appliance.azure.expectation import Expectation, matching
from appliance.azure.heap import Heap, gather
from appliance.azure.reading import documents
from appliance.azure.resources import Kind, Resource, show_command
from appliance.azure.spelling import nearest, shorten
from appliance.azure.tree import Faults
from appliance.errors import ExpectationError
from appliance.record import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_WHAT = "the Azure exports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one connection: its expectation, or the error that says why there is none."""

    name: str
    id: str | None
    expectation: Expectation | None
    error: ExpectationError | None


def outcomes(paths: Sequence[str | Path]) -> tuple[Outcome, ...]:
    """All site-to-site connections in files and directories of exports, sorted by name.

    An incomplete connection spoils no other. Raises `ExpectationError` with every fault found when
    a file cannot be read, or there is no connection.
    """
    faults, notes = Faults(), list[str]()
    heap = gather(documents(paths, faults, notes), notes)
    faults.stop(_WHAT)
    wanted = _connections(heap, faults)
    found = tuple((resource, *_outcome(resource, heap, faults)) for resource in wanted)
    shared = tuple(dict.fromkeys(heap.notes))
    return tuple(
        Outcome(
            name=resource.name,
            id=resource.id,
            expectation=done and replace(done, notes=(*done.notes, *shared)),
            error=error,
        )
        for resource, done, error in found
    )


def choose(found: Sequence[Outcome], connection: str | None) -> Expectation:
    """The connection of this name or id; None stands for the only one there is.

    Raises its `ExpectationError`, or one that lists the names when it is not clear which is meant.
    """
    outcome = found[_index([(each.name, each.id) for each in found], connection)]
    if outcome.expectation is None:
        raise outcome.error or ExpectationError("nothing came of it", where=outcome.name)
    return outcome.expectation


def load(paths: Sequence[str | Path], *, connection: str | None = None) -> tuple[Expectation, ...]:
    """All site-to-site connections in files and directories of exports, sorted by name.

    With `connection`, a name or id, only that one, so that others may be incomplete. Raises
    `ExpectationError` with every fault found.
    """
    found = outcomes(paths)
    if connection is not None:
        return (choose(found, connection),)
    faults = Faults()
    for outcome in found:
        if outcome.error is not None:
            faults.take(outcome.error)
    faults.stop(_WHAT)
    return tuple(each.expectation for each in found if each.expectation is not None)


def select(expectations: Sequence[Expectation], connection: str | None) -> Expectation:
    """The connection of this name or id; None stands for the only one there is.

    Raises `ExpectationError` that lists the names when it is not clear which is meant.
    """
    return expectations[_index([(each.name, each.id) for each in expectations], connection)]


def _outcome(
    connection: Resource, heap: Heap, faults: Faults
) -> tuple[Expectation | None, ExpectationError | None]:
    """Put one connection together; `faults` is left empty for the next."""
    found = assemble(connection, heap)
    try:
        faults.stop(_WHAT)
    except ExpectationError as error:
        faults.found.clear()
        return None, error
    return found, None


def _index(named: Sequence[tuple[str, str | None]], connection: str | None) -> int:
    """Position of the connection meant among (name, id) pairs."""
    wanted = matching(named, connection)
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
